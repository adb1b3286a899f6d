// What is made in Azure: good Bicep as far as its grammar tells, nothing open that need not be, and settings that the bot reads.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { settings as readByTheBot } from '../../src/settings.ts';
import { openBicep } from './bicep.ts';

const folder = new URL('../../infra', import.meta.url).pathname;
const root = new URL('../..', import.meta.url).pathname;
const files = readdirSync(folder).filter((name) => name.endsWith('.bicep'));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
/** Without what only explains. */
const code = (name: string): string => read(name).replace(/^\s*\/\/.*$/gm, '');

describe('infra', () => {
  let readBicep: Awaited<ReturnType<typeof openBicep>>;
  before(async () => {
    readBicep = await openBicep();
  });

  it('When the files are parsed, then each is Bicep; and what is none is found', () => {
    const faults = files.flatMap((name) => readBicep(read(name)).faults.map((fault) => `${name}:${fault}`));

    assert.equal(files.length, 8);
    assert.deepEqual(faults, []);
    assert.notDeepEqual(readBicep("resource a 'b@c' = {\n  name 'x'\n}\n").faults, []);
    assert.notDeepEqual(readBicep("var a = '${b'\n").faults, []);
  });

  it('When a parameter, a resource or a module is declared, then something uses it, or it is a resource that stands by itself', () => {
    const unused = files.flatMap((name) => {
      const { parameters, modules, isUsed } = readBicep(read(name));
      return [...parameters, ...modules].filter((one) => !isUsed(one.name)).map((one) => `${name}: ${one.name}`);
    });

    assert.deepEqual(unused, ['azure.bicep: bot']);
  });

  it('When a file includes another, then it is there and is given what it asks for, and nothing else', () => {
    const { modules } = readBicep(read('azure.bicep'));

    assert.deepEqual(modules.map(({ path }) => path).sort(), files.filter((name) => name !== 'azure.bicep').sort());
    for (const { path, gives } of modules) {
      const { parameters } = readBicep(read(path));
      const asked = parameters.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
      assert.deepEqual([...gives].sort(), asked.sort(), path);
    }
  });

  it('When a module’s output is asked for, then it gives one', () => {
    const { modules } = readBicep(read('azure.bicep'));
    const asked = [...code('azure.bicep').matchAll(/(\w+)!?\.outputs\.(\w+)/g)];

    assert.ok(asked.length > 10);
    for (const [words, symbol, output = ''] of asked) {
      const path = modules.find(({ name }) => name === symbol)?.path;
      assert.ok(path && readBicep(read(path)).outputs.includes(output), words);
    }
  });

  it('When the toolkit deploys, then the parameters file gives what has no default, and secrets come from secret variables', () => {
    const [deploy] = parse(readFileSync(join(root, 'teamsapp.yml'), 'utf8')).provision.filter(
      ({ uses }: { uses: string }) => uses === 'arm/deploy',
    );
    const given: Record<string, { value: string }> = JSON.parse(read('azure.parameters.json')).parameters;
    const { parameters } = readBicep(read('azure.bicep'));

    const [template] = deploy.with.templates;
    assert.deepEqual([template.path, template.parameters], ['./infra/azure.bicep', './infra/azure.parameters.json']);
    const declared = parameters.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(given).filter((name) => !declared.includes(name)),
      [],
    );
    const needed = parameters.filter(({ isOptional }) => !isOptional);
    assert.deepEqual(
      needed.filter(({ name }) => !(name in given)),
      [],
    );
    for (const { name, isSecret } of parameters)
      assert.equal(/^\$\{\{SECRET_\w+\}\}$/.test(given[name]?.value ?? ''), isSecret, name);
  });

  it('When the bot is started with the settings of the template, then its settings are good and complete', () => {
    const settings = objectOf(/var ownSettings = \{([^}]*)\}/, 'azure.bicep');
    const values: Record<string, string> = {
      'identity.properties.clientId': '11111111-1111-4111-8111-111111111111',
      'tenant().tenantId': '22222222-2222-4222-8222-222222222222',
      teamsAppId: '33333333-3333-4333-8333-333333333333',
      sharePointHosts: 'contoso.sharepoint.com',
      'monitoring.outputs.connectionString': 'InstrumentationKey=00000000-0000-4000-8000-000000000000',
    };
    const env = Object.fromEntries(
      settings.map(([name, value]) => [name, /^'.*'$/.test(value) ? value.slice(1, -1) : (values[value] ?? '?')]),
    );
    const url = /databaseUrl: '([^']+)'/.exec(code('azure.bicep'))?.[1] ?? '';
    const databaseUrl = url
      .replace(/\$\{uriComponent\(databasePassword\)\}/, encodeURIComponent('p@ss/w:rd'))
      .replace(/\$\{[^}]+\}/g, 'x');

    const config = loadConfig({ ...env, DATABASE_URL: databaseUrl, AUDIT_KEY: 'k'.repeat(32), PORT: '8080' });

    assert.equal(config.bot.type, 'UserAssignedMSI');
    // Graph is asked with the same identity.
    assert.equal(config.graphManagedIdentity, config.bot.appId);
    assert.equal(config.isProduction, true);
    assert.deepEqual(config.operations, { port: 9090, host: '0.0.0.0' });
    assert.equal(decodeURIComponent(new URL(databaseUrl).password), 'p@ss/w:rd');
    assert.equal(new URL(databaseUrl).searchParams.get('sslmode'), 'verify-full');
    assert.equal(config.applicationInsights, env.APPLICATIONINSIGHTS_CONNECTION_STRING);
    const unread = settings.map(([name]) => name).filter((name) => !(name in readByTheBot.shape));
    assert.deepEqual(unread, []);
    // Where both give a setting, the last one's is taken.
    assert.match(code('azure.bicep'), /var settings = union\(extraSettings, ownSettings\)/);
  });

  it('When something is secret, then it comes from the vault, and stands in no output', () => {
    for (const name of files) {
      assert.doesNotMatch(
        code(name),
        /^output .*(?:password|auditKey\b|databaseUrl\b|listKeys|listCredentials)/im,
        name,
      );
      assert.doesNotMatch(code(name), /(?:DATABASE_URL|AUDIT_KEY): (?!'@Microsoft\.KeyVault\(SecretUri=)/, name);
    }
    assert.match(
      code('app-service.bicep'),
      /DATABASE_URL: '@Microsoft\.KeyVault\(SecretUri=\$\{databaseUrlSecretUri\}\)'/,
    );
    assert.match(code('app-service.bicep'), /AUDIT_KEY: '@Microsoft\.KeyVault\(SecretUri=\$\{auditKeySecretUri\}\)'/);
    assert.match(code('app-service.bicep'), /keyVaultReferenceIdentity: identityId/);
    assert.equal(code('container-apps.bicep').match(/keyVaultUrl: /g)?.length, 2);
    // Reading values is all that the identity may.
    const [role, ...others] = files.flatMap((name) => [...code(name).matchAll(/roleDefinitions', (\w+)/g)]);
    assert.equal(role?.[1], 'secretsUser');
    assert.deepEqual(others, []);
    assert.match(code('vault.bicep'), /var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'/);
    assert.match(code('vault.bicep'), /scope: vault\n/);
  });

  it('When somebody comes from the Internet, then over TLS to the bot alone, and never to the database', () => {
    const database = code('database.bicep');
    assert.match(database, /publicNetworkAccess: 'Disabled'\n\s+delegatedSubnetResourceId: subnetId/);
    assert.match(database, /name: 'require_secure_transport'\n\s+properties: \{\n\s+value: 'ON'/);
    assert.match(database, /name: 'ssl_min_protocol_version'\n\s+properties: \{\n\s+value: 'TLSv1\.2'/);
    assert.doesNotMatch(files.map(code).join('\n'), /firewallRules|0\.0\.0\.0/);
    const site = code('app-service.bicep');
    for (const line of [
      'httpsOnly: true',
      "ftpsState: 'Disabled'",
      "minTlsVersion: '1.2'",
      "scmMinTlsVersion: '1.2'",
      "healthCheckPath: '/healthz'",
      'alwaysOn: true',
    ])
      assert.ok(site.includes(line), line);
    assert.equal(site.match(/allow: false/g)?.length, 2);
    const app = code('container-apps.bicep');
    assert.match(app, /targetPort: 3978\n\s+transport: 'http'\n\s+allowInsecure: false/);
    assert.deepEqual(
      [...app.matchAll(/path: '([^']+)'\n\s+port: (\d+)/g)].map(([, path, port]) => `${path} ${port}`),
      ['/healthz 3978', '/healthz 3978', '/readyz 9090'],
    );
    assert.match(code('bot.bicep'), /endpoint: 'https:\/\/\$\{host\}\/api\/messages'/);
    assert.match(code('bot.bicep'), /msaAppType: 'UserAssignedMSI'\n\s+msaAppId: identityClientId/);
  });

  it('When the code starts on App Service, then with the command of npm start, without npm in between', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

    const command = /appCommandLine: '([^']+)'/.exec(code('app-service.bicep'))?.[1];

    assert.equal(`exec ${command}`, scripts.start);
  });
});

/** Name and value of each line of an object. */
function objectOf(pattern: RegExp, name: string): [string, string][] {
  const lines = (pattern.exec(code(name))?.[1] ?? '').split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, key = '', value = ''] = /^\s*(\w+): (.+)$/.exec(line) ?? [];
    return [key, value];
  });
}
