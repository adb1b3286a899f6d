// `npm run package`: the zip that is uploaded to Teams. The same input gives the same bytes.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fillAppPackage, PackageError, readVariables } from './app-package.ts';
import { writeZip } from './zip.ts';

const root = new URL('..', import.meta.url);

function main(): void {
  const { values } = parseArgs({
    options: { env: { type: 'string', default: 'dev' }, out: { type: 'string' } },
  });
  const out = resolve(values.out ?? new URL(`build/appPackage.${values.env}.zip`, root).pathname);
  const entries = fillAppPackage(variablesOf(values.env));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, writeZip(entries));
  const names = entries.map(({ name }) => name).join(', ');
  process.stdout.write(`${relative(process.cwd(), out) || out}: ${names}\n`);
}

/** env/.env.NAME, above it env/.env.NAME.user, above both what is set in the environment of the process. */
function variablesOf(environment: string): Map<string, string> {
  const files = [`env/.env.${environment}`, `env/.env.${environment}.user`].map((path) => new URL(path, root));
  if (!files.some((file) => existsSync(file)))
    throw new PackageError(`There is no env/.env.${environment}: --env names one of the files in env/.`);
  const read = files.filter((file) => existsSync(file)).map((file) => readVariables(readFileSync(file, 'utf8')));
  const set = Object.entries(process.env).flatMap(([name, value]): [string, string][] =>
    value ? [[name, value]] : [],
  );
  return new Map([...read.flatMap((variables) => [...variables]), ...set]);
}

try {
  main();
} catch (error) {
  const sentence = error instanceof PackageError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(
    `There is no package.\n${sentence}\nSet it in the environment file (env/) or in the environment: docs/install.md.\n`,
  );
  process.exitCode = 1;
}
