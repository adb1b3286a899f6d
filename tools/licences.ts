// Whose licences come with the bot: `npm run licences` writes docs/licences.md from the lock file.
import { writeFileSync } from 'node:fs';
import { type LockedPackage, readLockFile } from './lock-file.ts';

/** Each permits use, change and passing on, and demands no more than that its text goes along. */
export const allowed: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** Only for what builds and tests: nothing of it is passed on. */
export const allowedForTools: Readonly<Record<string, string>> = {
  '@microsoft/m365agentsplayground': 'SEE LICENSE IN LICENSE',
  argparse: 'PSF-2.0',
};

/** Packages whose package.json says nothing that npm reads; found in the licence text that they bring. */
export const stated: Readonly<Record<string, string>> = {
  cldrjs: 'MIT',
  'escape-regexp-component': 'MIT',
  jspath: 'MIT',
};

/** An SPDX expression, or the package's own words; '' when nothing is known. */
export function licenceOf({ name, licence }: LockedPackage): string {
  return licence ?? stated[name] ?? '';
}

/** Whether the licence may come along. Of a choice (OR) one suffices; what is not understood may not. */
export function isAllowed(found: LockedPackage): boolean {
  const licence = licenceOf(found);
  if (found.isDev && allowedForTools[found.name] === licence) return true;
  const choices = licence.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((one) => allowed.includes(one));
}

/** The content of docs/licences.md. */
export function renderLicences(packages: readonly LockedPackage[]): string {
  const product = packages.filter(({ isDev }) => !isDev);
  const tools = packages.filter(({ isDev }) => isDev);
  return `# Licences

Written by \`npm run licences\` from package-lock.json; a test compares. Which licences may come along is decided in \`tools/licences.ts\`.
Names, versions and hashes: \`npm run sbom -- --out FILE\`.

## What the bot runs on

${table(product)}

## What only builds and tests it

${table(tools)}
`;
}

function table(packages: readonly LockedPackage[]): string {
  const names = new Map<string, Set<string>>();
  for (const found of packages) {
    const licence = licenceOf(found);
    names.set(licence, (names.get(licence) ?? new Set()).add(found.name));
  }
  const rows = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(row);
  return ['| licence | packages | |', '|---|---|---|', ...rows].join('\n');
}

function row([licence, names]: [string, ReadonlySet<string>]): string {
  return `| ${licence} | ${names.size} | ${[...names].sort().join(', ')} |`;
}

if (import.meta.main) writeFileSync(new URL('../docs/licences.md', import.meta.url), renderLicences(readLockFile()));
