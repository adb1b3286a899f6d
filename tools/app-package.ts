// The Teams app package out of appPackage/, with its placeholders filled in.
import { readFileSync } from 'node:fs';
import type { ZipEntry } from './zip.ts';

const folder = new URL('../appPackage/', import.meta.url);

/** What a value must look like; what is not here may be any words, and only these may be empty. */
const kinds: readonly { names: RegExp; looks: RegExp; words: string }[] = [
  { names: /_ID$/, looks: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, words: 'a GUID' },
  {
    names: /_DOMAIN$/,
    looks: /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)*[a-z\d](?:[a-z\d-]*[a-z\d])?$/i,
    words: 'a host name without https://',
  },
];

/** Why there is no package: what is missing or wrong, and where to mend it. */
export class PackageError extends Error {}

/** `${{NAME}}`, as the toolkit writes it. */
const placeholder = /\$\{\{([A-Z][A-Z0-9_]*)\}\}/g;

/**
 * The files of the package: manifest, strings and icons, by name.
 * @param variables values for the placeholders; one that is not there is missing, an empty one only where words may be empty
 * @throws PackageError that names every variable that is missing or wrong
 */
export function fillAppPackage(variables: ReadonlyMap<string, string>): ZipEntry[] {
  const manifest = read('manifest.json');
  const texts = ['manifest.json', ...stringsFilesOf(JSON.parse(manifest))].map((name) => ({ name, text: read(name) }));
  const faults = faultsOf(texts.map(({ text }) => text).join('\n'), variables);
  if (faults.length > 0) throw new PackageError(faults.join('\n'));
  const filled = texts.map(({ name, text }) => ({ name, data: Buffer.from(fill(text, variables)) }));
  const icons = iconsOf(JSON.parse(manifest)).map((name) => ({ name, data: readFileSync(new URL(name, folder)) }));
  return [...filled, ...icons];
}

/** An environment file of the toolkit: `NAME=value` in a line, `#` before a remark. */
export function readVariables(text: string): Map<string, string> {
  const pairs = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, name, value = ''] = /^\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')]];
  });
  return new Map(pairs);
}

function faultsOf(text: string, variables: ReadonlyMap<string, string>): string[] {
  const names = new Set([...text.matchAll(placeholder)].map(([, name = '']) => name));
  return [...names].flatMap((name) => {
    const value = variables.get(name);
    const kind = kinds.find((one) => one.names.test(name));
    if (value === undefined || (value === '' && kind)) return [`${name} is missing${kind ? `: ${kind.words}` : ''}.`];
    return kind && !kind.looks.test(value) ? [`${name} must be ${kind.words}, and is "${value}".`] : [];
  });
}

/** Inside a text of JSON a quote or a backslash would end it. */
function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(placeholder, (_, name: string) => JSON.stringify(variables.get(name) ?? '').slice(1, -1));
}

interface Manifest {
  localizationInfo: { defaultLanguageFile: string; additionalLanguages: { file: string }[] };
  icons: { color: string; outline: string };
}

function stringsFilesOf({ localizationInfo }: Manifest): string[] {
  return [localizationInfo.defaultLanguageFile, ...localizationInfo.additionalLanguages.map(({ file }) => file)];
}

function iconsOf({ icons }: Manifest): string[] {
  return [icons.color, icons.outline];
}

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}
