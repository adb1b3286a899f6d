// `npm run sbom -- --out FILE [--with-tools]`: a bill of materials in CycloneDX, made by npm from the lock file alone (no network, no
// node_modules). Three things of npm 11 are mended: it names the project by its folder; it knows no licence where a package.json has
// none; and with `--omit dev` it forgets what the product needs as soon as a tool needs it too.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { stated } from './licences.ts';
import { readLockFile } from './lock-file.ts';

/** The parts of CycloneDX that npm fills. */
export interface Sbom {
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  metadata: { timestamp: string; component: SbomComponent };
  components: SbomComponent[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

export interface SbomComponent {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  purl: string;
  hashes?: { alg: string; content: string }[];
  licenses?: ({ license: { id: string } | { name: string } } | { expression: string })[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** @param withTools also what only builds and tests. @throws when npm does not know `sbom` (before 10), or finds a fault in the lock file */
export async function makeSbom({ withTools }: { withTools: boolean }): Promise<Sbom> {
  const order = [
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--sbom-type',
    'application',
    '--package-lock-only',
    '--offline',
  ];
  // On Windows npm is a script, which only a shell starts.
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' };
  const { stdout } = await run('npm', order, options);
  const sbom = JSON.parse(stdout) as Sbom;
  const { component } = sbom.metadata;
  component.name = component['bom-ref'].slice(0, component['bom-ref'].lastIndexOf('@'));
  for (const part of sbom.components) part.licenses ??= statedLicence(part.name);
  return withTools ? sbom : withoutTools(sbom);
}

function withoutTools(sbom: Sbom): Sbom {
  const product = readLockFile().filter(({ isDev }) => !isDev);
  const kept = new Set(product.map(({ name, version }) => `${name}@${version}`));
  const own = sbom.metadata.component['bom-ref'];
  return {
    ...sbom,
    components: sbom.components.filter((one) => kept.has(one['bom-ref'])),
    dependencies: sbom.dependencies
      .filter(({ ref }) => ref === own || kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) })),
  };
}

function statedLicence(name: string): SbomComponent['licenses'] {
  const id = stated[name];
  return id === undefined ? [] : [{ license: { id } }];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: 'string' }, 'with-tools': { type: 'boolean' } } });
  const sbom = await makeSbom({ withTools: values['with-tools'] ?? false });
  const text = `${JSON.stringify(sbom, null, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else await writeFile(values.out, text);
}

if (import.meta.main) await main();
