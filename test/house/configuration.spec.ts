// docs/configuration.md: what the code reads, as it reads it, and nothing in the files of an installation that it leaves out.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { InputError } from '../../src/domain/errors.ts';
import { ofOthers, readSettings, renderConfiguration } from '../../tools/configuration.ts';
import { environmentOf, readDockerfile } from '../container/dockerfile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const settings = readSettings();
const tenantId = '11111111-1111-4111-8111-111111111111';
const good = { BOT_ID: tenantId, BOT_TYPE: 'SingleTenant', BOT_TENANT_ID: tenantId, BOT_PASSWORD: 'x' };

/** What is set where, with its value as it is written. */
function given(): { file: string; name: string; value: string }[] {
  const kept = readdirSync(join(root, 'env')).filter((name) => !name.endsWith('.user'));
  const environments = kept.flatMap((name) => pairs(`env/${name}`, /^([A-Z][A-Z0-9_]*)=(.*)$/gm));
  const compose = parse(read('compose.yaml')).services.bot.environment as Record<string, string>;
  const local = parse(read('teamsapp.local.yml')).deploy.at(-1).with.envs as Record<string, string>;
  const image = environmentOf(readDockerfile(read('Dockerfile')).at(-1)!);
  return [
    ...environments,
    ...pairs('infra/azure.bicep', /^ {2}([A-Z][A-Z0-9_]+): (.*)$/gm),
    ...pairs('infra/app-service.bicep', /^ +([A-Z][A-Z0-9_]+): (.*)$/gm),
    ...pairs('infra/container-apps.bicep', /name: '([A-Z][A-Z0-9_]+)'\s+(.*)$/gm),
    ...of('compose.yaml', compose),
    ...of('teamsapp.local.yml', local),
    ...of('Dockerfile', image),
  ];
}

function pairs(file: string, pattern: RegExp): { file: string; name: string; value: string }[] {
  return [...read(file).matchAll(pattern)].map(([, name = '', value = '']) => ({ file, name, value }));
}

function of(file: string, values: Record<string, string>): { file: string; name: string; value: string }[] {
  return Object.entries(values).map(([name, value]) => ({ file, name, value }));
}

/** Names that are to be filled in: `${{NAME}}` of the toolkit, `${NAME…}` of compose. */
function asked(): string[] {
  const toolkit = [
    'teamsapp.yml',
    'teamsapp.local.yml',
    'teamsapp.testtool.yml',
    'infra/azure.parameters.json',
    'appPackage/manifest.json',
  ].flatMap((path) => [...read(path).matchAll(/\$\{\{(\w+)\}\}/g)]);
  const compose = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)];
  return [...new Set([...toolkit, ...compose].map(([, name = '']) => name))];
}

function faultsOf(env: Record<string, string>): string {
  try {
    loadConfig(env);
    return '';
  } catch (error) {
    assert.ok(error instanceof InputError);
    return String(error.values.faults);
  }
}

describe('docs/configuration.md', () => {
  it('When it is read, then it is what `npm run configuration` writes', () => {
    assert.equal(read('docs/configuration.md'), renderConfiguration(), 'run `npm run configuration`');
  });

  it('When it calls a setting needed, or names its default and its words, then so it is', () => {
    for (const { name, isNeeded, standard, words } of settings) {
      const { [name as keyof typeof good]: _left, ...without } = good;
      assert.equal(faultsOf(without).includes(`${name}: `), isNeeded || name === 'BOT_PASSWORD', name);
      if (standard !== null) assert.deepEqual(loadConfig({ ...good, [name]: standard }), loadConfig(good), name);
      for (const word of words ?? []) assert.equal(faultsOf({ ...good, [name]: word }), '', `${name}=${word}`);
      if (words) assert.match(faultsOf({ ...good, [name]: 'none of them' }), new RegExp(`^${name}: must be `));
    }
    assert.ok(settings.filter(({ words }) => words).length >= 5);
    assert.ok(settings.filter(({ standard }) => standard !== null).length >= 10);
  });

  it('When two settings are explained, then in words of their own', () => {
    const words = settings.map(({ does }) => does);

    assert.deepEqual(
      words.filter((one, index) => words.indexOf(one) !== index),
      [],
    );
  });

  it('When a file of an installation sets something or asks for it, then the page has it', () => {
    const known = new Set([...settings, ...ofOthers].map(({ name }) => name));
    const found = given();

    for (const file of ['env/.env.dev', 'infra/azure.bicep', 'infra/app-service.bicep', 'infra/container-apps.bicep'])
      assert.ok(found.filter((one) => one.file === file).length >= 2, file);
    assert.ok(found.length > 45 && asked().length > 12);
    assert.deepEqual(
      found.filter(({ name }) => !known.has(name)),
      [],
    );
    assert.deepEqual(
      asked().filter((name) => !known.has(name)),
      [],
    );
  });

  it('When it says that others read something, then a file here sets it or asks for it, or the Azure SDK has it', () => {
    const there = new Set([...given().map(({ name }) => name), ...asked()]);
    const sdk = ['defaultAzureCredentialFunctions', 'environmentCredential']
      .map((name) => read(`node_modules/@azure/identity/dist/esm/credentials/${name}.js`))
      .join('\n');

    assert.deepEqual(
      ofOthers.filter(({ name, reader }) => !(reader === 'Azure SDK' ? sdk.includes(name) : there.has(name))),
      [],
    );
  });

  it('When it calls something secret, then no file has it written out; and what is named like a secret is one', () => {
    const all = [...settings, ...ofOthers];
    const secrets = new Set(all.filter(({ isSecret }) => isSecret).map(({ name }) => name));
    const isElsewhere = (value: string) =>
      value === '' ||
      /^\$\{.+\}$/.test(value) ||
      /^'@Microsoft\.KeyVault\(|^secretRef: /.test(value) ||
      /^\w+:\/\/\w+:\$\{[^}]+\}@/.test(value);

    const set = given().filter(({ name }) => secrets.has(name));

    assert.deepEqual(
      set.filter(({ value }) => !isElsewhere(value)),
      [],
    );
    assert.ok(set.length >= 8, String(set.length));
    assert.deepEqual(
      all.filter(({ name }) => /PASSWORD|SECRET|_KEY$|DATABASE_URL/.test(name) && !secrets.has(name)),
      [],
    );
  });
});
