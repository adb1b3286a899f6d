// `npm run package`: a zip that Teams takes, the same for the same input, or a sentence that says what is missing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillAppPackage, PackageError, readVariables } from '../../tools/app-package.ts';
import { readZip } from './read-zip.ts';
import { faultsOf } from './toolkit-schemas.ts';

const root = new URL('../..', import.meta.url).pathname;
const given = {
  TEAMS_APP_ID: '11111111-1111-4111-8111-111111111111',
  BOT_ID: '22222222-2222-4222-8222-222222222222',
  BOT_DOMAIN: 'concierge.contoso.com',
  APP_NAME_SUFFIX: '',
};

interface Ended {
  code: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

/** The very command, with an environment of its own. */
function runPackage(words: readonly string[], env: Record<string, string>): Promise<Ended> {
  const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  const [, ...script] = (scripts.package ?? '').split(' ');
  return new Promise((resolve) => {
    execFile(process.execPath, [...script, ...words], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}

describe('npm run package', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('When everything is given, then the zip has manifest, strings and icons, filled in and valid; twice the same bytes', async () => {
    const [first, second] = ['a.zip', 'b.zip'].map((name) => join(folder, name)) as [string, string];

    const ends = [await runPackage(['--out', first], given), await runPackage(['--out', second], given)];

    assert.deepEqual(
      ends.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    const zip = readFileSync(first);
    assert.ok(zip.equals(readFileSync(second)));
    const entries = readZip(zip);
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['manifest.json', 'en.json', 'de.json', 'fr.json', 'color.png', 'outline.png'],
    );
    const json = entries.filter(({ name }) => name.endsWith('.json'));
    const [manifest, ...strings] = json.map(({ data }) => JSON.parse(data.toString()));
    assert.deepEqual(faultsOf('MicrosoftTeams.v1.29.schema.json', manifest), []);
    for (const one of strings) assert.deepEqual(faultsOf('MicrosoftTeams.Localization.v1.29.schema.json', one), []);
    assert.deepEqual(
      [manifest.id, manifest.bots[0].botId, manifest.validDomains[1], manifest.name.short],
      [given.TEAMS_APP_ID, given.BOT_ID, given.BOT_DOMAIN, 'Cloud PC Concierge'],
    );
    assert.ok(json.every(({ data }) => !data.includes('${{')));
    for (const { name, data } of entries.filter((entry) => entry.name.endsWith('.png')))
      assert.ok(data.equals(readFileSync(join(root, 'appPackage', name))));
  });

  it('When the environment is that of the demo, then its file has everything', async () => {
    const { code, stdout } = await runPackage(['--env', 'testtool', '--out', join(folder, 'c.zip')], {});

    assert.equal(code, 0);
    assert.match(stdout, /c\.zip: manifest\.json, /);
  });

  it('When something is missing or wrong, then each is named in a sentence, and nothing is written', async () => {
    const { BOT_ID: _, ...rest } = given;

    const { code, stdout, stderr } = await runPackage(['--env', 'unknown', '--out', join(folder, 'd.zip')], rest);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^There is no package\.\nThere is no env\/\.env\.unknown/);

    assert.throws(
      () => fillAppPackage(new Map(Object.entries({ ...rest, BOT_DOMAIN: 'https://concierge.contoso.com' }))),
      (error: unknown) =>
        error instanceof PackageError &&
        error.message ===
          'BOT_ID is missing: a GUID.\nBOT_DOMAIN must be a host name without https://, and is "https://concierge.contoso.com".',
    );
    assert.throws(() => readFileSync(join(folder, 'd.zip')), { code: 'ENOENT' });
  });

  it('When a value has a quote or a backslash, then it is text in the manifest and nothing else', () => {
    const [manifest] = fillAppPackage(new Map(Object.entries({ ...given, APP_NAME_SUFFIX: ' "a\\' })));

    assert.equal(JSON.parse(String(Buffer.from(manifest!.data))).name.short, 'Cloud PC Concierge "a\\');
  });

  it('When an environment file is read, then remarks and blanks are nothing, and quotes are not part of a value', () => {
    const read = readVariables('# remark\n\n A = b c \r\nB="x=y"\nC=\n#D=1\nnot a line\n');

    assert.deepEqual(
      [...read],
      [
        ['A', 'b c'],
        ['B', 'x=y'],
        ['C', ''],
      ],
    );
  });
});
