// Looks for what must not stand in a log: what is known from the run, and what looks like a secret.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptSecret, SecretKind } from './recorder.ts';

export interface Leak {
  kind: string;
  /** The line, or what stands around it in a long one. */
  line: string;
  /** Title of the test before it. */
  test: string;
}

export interface Verdict {
  lines: number;
  /** How many different ones were looked for. */
  secrets: Partial<Record<SecretKind, number>>;
  leaks: Leak[];
}

const looks: readonly [string, RegExp][] = [
  ['looks like a token', /\beyJ[\w-]{8,}\.[\w-]{8,}/g],
  ['looks like a header with a token', /\b(?:Bearer|Basic)\s+[\w.~+/=-]{12,}/gi],
  ['looks like a URL with a password', /:\/\/[^\s:@/"]+:(?!\[hidden\]@)[^\s@/"]+@/g],
  [
    'looks like a secret in a form',
    /\b(?:client_secret|client_assertion|access_token|refresh_token|password|pwd|tempauth|sig)=(?!\[hidden\])[^&\s"']+/gi,
  ],
  ['looks like a private key', /-----BEGIN [A-Z ]*PRIVATE KEY/g],
];

/** @param folder with the files of all processes of the run */
export function judgeFolder(folder: string): Verdict {
  const named = (end: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(end))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  const secrets = named('.secrets').flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as KeptSecret),
  );
  return judge(named('.lines'), secrets);
}

/** @param logs one of each process; a line with `# ` at its beginning is the title of the test that follows */
export function judge(logs: readonly string[], secrets: readonly KeptSecret[]): Verdict {
  const unique = new Map(secrets.map((secret) => [`${secret.kind} ${secret.text}`, secret]));
  const counts: Verdict['secrets'] = {};
  for (const { kind } of unique.values()) counts[kind] = (counts[kind] ?? 0) + 1;
  const finder = createFinder([...unique.values()]);
  const leaks = logs.flatMap((text) => {
    const seen = looks.flatMap(([kind, pattern]) => [...text.matchAll(pattern)].map(({ index }) => ({ kind, index })));
    return [...seen, ...finder(text)].flatMap(({ kind, index }) => leakAt(text, kind, index) ?? []);
  });
  const lines = logs.reduce(
    (sum, text) => sum + text.split('\n').filter((line) => line && !line.startsWith('# ')).length,
    0,
  );
  return { lines, secrets: counts, leaks };
}

function leakAt(text: string, kind: string, index: number): Leak | null {
  const from = text.lastIndexOf('\n', index) + 1;
  const end = text.indexOf('\n', index);
  const line = text.slice(from, end < 0 ? undefined : end);
  if (line.startsWith('# ')) return null;
  const title = text.lastIndexOf('\n# ', from);
  const first = title < 0 && text.startsWith('# ') ? -1 : title;
  const test =
    title < 0 && first === title && !text.startsWith('# ') ? '' : text.slice(first + 3, text.indexOf('\n', first + 1));
  return { kind, line: line.slice(Math.max(0, index - from - 300), index - from + 300), test };
}

type Finder = (text: string) => { kind: string; index: number }[];

const keyLength = 6;

/** Thousands of words in tens of megabytes: by their first letters, since one search for each would take minutes. */
function createFinder(secrets: readonly KeptSecret[]): Finder {
  const byKey = new Map<string, KeptSecret[]>();
  const first = new Set<number>();
  for (const secret of secrets.flatMap(asWritten)) {
    const key = secret.text.slice(0, keyLength);
    byKey.set(key, [...(byKey.get(key) ?? []), secret]);
    first.add(hash(secret.text, 0));
  }
  return (text) => {
    const found: { kind: string; index: number }[] = [];
    for (let index = 0; index + keyLength <= text.length; index += 1) {
      if (!first.has(hash(text, index))) continue;
      for (const secret of byKey.get(text.slice(index, index + keyLength)) ?? [])
        if (text.startsWith(secret.text, index)) found.push({ kind: secret.kind, index });
    }
    return found;
  };
}

function hash(text: string, index: number): number {
  return text.charCodeAt(index) | (text.charCodeAt(index + 1) << 8) | (text.charCodeAt(index + 3) << 16);
}

/** In a line of JSON quotes and line ends are written otherwise. */
function asWritten(secret: KeptSecret): KeptSecret[] {
  const inJson = JSON.stringify(secret.text).slice(1, -1);
  return inJson === secret.text ? [secret] : [secret, { ...secret, text: inJson }];
}
