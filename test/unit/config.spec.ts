// The settings from the environment: what is read, what is refused, and that nobody changes them later.
import assert from 'node:assert/strict';
import { type Config, loadConfig } from '../../src/config.ts';
import { InputError } from '../../src/domain/errors.ts';
import { minute, second } from '../../src/domain/time.ts';

const botId = 'eeeeeeee-0001-4000-8000-000000000001';
const tenantId = '11111111-1111-4111-8111-111111111111';
const otherTenant = '22222222-2222-4222-8222-222222222222';
const password = 'a-password-for-tests';

const insights =
  'InstrumentationKey=33333333-3333-4333-8333-333333333333;IngestionEndpoint=https://insights.contoso.com/';

const needed = { BOT_ID: botId, BOT_TYPE: 'SingleTenant', BOT_TENANT_ID: tenantId, BOT_PASSWORD: password };

/** One line for each fault. */
function faultsOf(env: Record<string, string | undefined>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    assert.equal(error.code, 'settings');
    return String(error.values.faults).split('\n');
  }
  return [];
}

describe('loadConfig', () => {
  it('When only what is needed is set, then the rest has its default', () => {
    const config = loadConfig(needed);

    const expected: Config = {
      port: 3978,
      host: '0.0.0.0',
      operations: null,
      bot: { type: 'SingleTenant', appId: botId, tenantId, password, allowedTenants: [tenantId] },
      cloud: 'global',
      graphManagedIdentity: null,
      reprovisionVersion: 'v1.0',
      bulk: 'bulkActions',
      teamsAppId: null,
      ssoConnection: null,
      sharePointHosts: null,
      ssoReprovisionForm: 'me',
      store: { databaseUrl: undefined, dataDir: './data' },
      auditKey: null,
      policyFile: './policy.yaml',
      watchEveryMs: 30 * second,
      logLevel: 'info',
      applicationInsights: null,
      isProduction: false,
    };
    assert.deepEqual(config, expected);
  });

  it('When everything is set, then it is read', () => {
    const config = loadConfig({
      PORT: '8080',
      HOST: '127.0.0.1',
      OPERATIONS_PORT: '9090',
      OPERATIONS_HOST: '10.0.0.4',
      BOT_ID: botId.toUpperCase(),
      BOT_TYPE: 'UserAssignedMSI',
      BOT_TENANT_ID: tenantId,
      ALLOWED_TENANTS: `${tenantId}, ${otherTenant.toUpperCase()}`,
      GRAPH_CLOUD: 'usgov',
      GRAPH_BULK: 'each',
      GRAPH_REPROVISION_VERSION: 'beta',
      SHAREPOINT_HOSTS: 'Contoso.sharepoint.us, contoso-my.sharepoint.us',
      SSO_CONNECTION: 'graph',
      SSO_REPROVISION_FORM: 'users',
      TEAMS_APP_ID: 'DDDDDDDD-0002-4000-8000-000000000002',
      DATABASE_URL: 'postgresql://concierge:secret@db.contoso.com/concierge',
      DATA_DIR: '/var/concierge',
      POLICY_FILE: '/etc/concierge/policy.yaml',
      AUDIT_KEY: 'k'.repeat(32),
      WATCH_EVERY: '2m',
      LOG_LEVEL: 'debug',
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights,
      NODE_ENV: 'production',
    });

    assert.deepEqual(config, {
      port: 8080,
      host: '127.0.0.1',
      operations: { port: 9090, host: '10.0.0.4' },
      bot: {
        type: 'UserAssignedMSI',
        appId: botId,
        tenantId,
        password: undefined,
        allowedTenants: [tenantId, otherTenant],
      },
      cloud: 'usgov',
      graphManagedIdentity: botId,
      reprovisionVersion: 'beta',
      bulk: 'each',
      sharePointHosts: ['contoso.sharepoint.us', 'contoso-my.sharepoint.us'],
      ssoConnection: 'graph',
      ssoReprovisionForm: 'users',
      teamsAppId: 'dddddddd-0002-4000-8000-000000000002',
      store: {
        databaseUrl: 'postgresql://concierge:secret@db.contoso.com/concierge',
        dataDir: '/var/concierge',
      },
      auditKey: 'k'.repeat(32),
      policyFile: '/etc/concierge/policy.yaml',
      watchEveryMs: 2 * minute,
      logLevel: 'debug',
      applicationInsights: insights,
      isProduction: true,
    });
  });

  it('When Graph has an identity of its own, then the bot’s managed identity is not used for it', () => {
    const { BOT_PASSWORD: _password, ...others } = needed;
    const settings = { ...others, BOT_TYPE: 'UserAssignedMSI', AZURE_CLIENT_ID: otherTenant };

    assert.equal(loadConfig(settings).graphManagedIdentity, null);
    assert.equal(loadConfig({ ...settings, AZURE_CLIENT_ID: '' }).graphManagedIdentity, botId);
  });

  it('When operators have a port of their own, then on the host of the other, unless it says where', () => {
    const host = '127.0.0.1';

    const { operations } = loadConfig({ ...needed, HOST: host, OPERATIONS_PORT: '9090' });

    assert.deepEqual(operations, { port: 9090, host });
    assert.deepEqual(faultsOf({ ...needed, OPERATIONS_PORT: '3978' }), ['OPERATIONS_PORT: must be another than PORT']);
    assert.deepEqual(faultsOf({ ...needed, OPERATIONS_HOST: host }), [
      'OPERATIONS_HOST: says nothing without OPERATIONS_PORT',
    ]);
  });

  it('When values are empty or blank, then they count as not set', () => {
    const config = loadConfig({
      ...needed,
      PORT: '',
      HOST: ' ',
      DATABASE_URL: '',
      TEAMS_APP_ID: '\t',
      ALLOWED_TENANTS: '',
    });

    assert.deepEqual(config, loadConfig(needed));
  });

  it('When the environment holds settings of others, then they do not matter', () => {
    const config = loadConfig({
      ...needed,
      PATH: '/usr/bin',
      BOT_NAME: 'x',
      WEBSITE_HOSTNAME: 'contoso.com',
      NONE: undefined,
    });

    assert.deepEqual(config, loadConfig(needed));
  });

  it('When several tenants are given with any of the usual separators, then all are allowed', () => {
    for (const separator of [',', ';', ' ', '\n', ', ']) {
      const config = loadConfig({ ...needed, ALLOWED_TENANTS: `${tenantId}${separator}${otherTenant}` });

      assert.deepEqual(config.bot.allowedTenants, [tenantId, otherTenant]);
    }
  });

  it('When it has been read, then nobody can change it, not even deep inside', () => {
    const config = loadConfig(needed);

    for (const part of [config, config.bot, config.bot.allowedTenants, config.store]) assert.ok(Object.isFrozen(part));
    assert.throws(() => (config.bot.allowedTenants as string[]).push(otherTenant), TypeError);
  });

  it('When everything is wrong, then every fault is named at once, and no value is told', () => {
    const faults = faultsOf({
      PORT: 'eighty',
      BOT_ID: 'my bot',
      BOT_TYPE: 'SingleTenant',
      BOT_TENANT_ID: 'contoso.com',
      ALLOWED_TENANTS: `${tenantId},fabrikam.com`,
      GRAPH_CLOUD: 'china',
      GRAPH_BULK: 'none',
      GRAPH_REPROVISION_VERSION: 'v2.0',
      TEAMS_APP_ID: '1',
      DATABASE_URL: 'mysql://concierge:secret@db.contoso.com',
      WATCH_EVERY: 'often',
      LOG_LEVEL: 'loud',
      APPLICATIONINSIGHTS_CONNECTION_STRING: 'IngestionEndpoint=https://insights.contoso.com/',
    });

    assert.deepEqual(faults, [
      'PORT: must be a number from 0 to 65535',
      'BOT_ID: must be a GUID',
      'BOT_TENANT_ID: must be a GUID',
      'ALLOWED_TENANTS.1: must be a GUID',
      'GRAPH_CLOUD: must be global or usgov: Windows 365 for Graph is offered in no other cloud',
      'GRAPH_BULK: must be bulkActions, managedDevices or each',
      'GRAPH_REPROVISION_VERSION: must be v1.0 or beta',
      'TEAMS_APP_ID: must be a GUID',
      'DATABASE_URL: must begin with postgres:// or postgresql://',
      'WATCH_EVERY: must be a duration such as 30s or 5m',
      'LOG_LEVEL: must be debug, info, warn or error',
      'APPLICATIONINSIGHTS_CONNECTION_STRING: must contain InstrumentationKey= and its GUID',
      'BOT_PASSWORD: is needed with BOT_TYPE=SingleTenant',
    ]);
    assert.doesNotMatch(faults.join(), /secret|contoso|fabrikam|eighty|often/);
  });

  it('When nothing is set, then everything that is needed is named', () => {
    assert.deepEqual(faultsOf({}), [
      'BOT_ID: is missing',
      'BOT_TYPE: must be SingleTenant or UserAssignedMSI',
      'BOT_TENANT_ID: is missing',
    ]);
  });

  for (const port of ['abc', '-1', '65536', '3978.5', '0x10', '1e3', '99999999999', '\\\\.\\pipe\\x']) {
    it(`When PORT is ${port}, then it is refused`, () => {
      assert.deepEqual(faultsOf({ ...needed, PORT: port }), ['PORT: must be a number from 0 to 65535']);
    });
  }

  for (const [name, value] of [
    ['OPERATIONS_PORT', '70000'],
    ['BOT_TYPE', 'MultiTenant'],
    ['GRAPH_CLOUD', 'Global'],
    ['GRAPH_BULK', 'bulkactions'],
    ['WATCH_EVERY', '0s'],
    ['WATCH_EVERY', '30'],
    ['ALLOWED_TENANTS', ' , '],
    ['ALLOWED_TENANTS', '*'],
    ['ALLOWED_TENANTS', 'common'],
    ['DATABASE_URL', 'db.contoso.com'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', '33333333-3333-4333-8333-333333333333'],
    ['SHAREPOINT_HOSTS', ','],
    ['SHAREPOINT_HOSTS', '*.sharepoint.com'],
    ['SHAREPOINT_HOSTS', 'https://contoso.sharepoint.com'],
    ['SHAREPOINT_HOSTS', 'contoso.sharepoint.com.evil.contoso.com'],
    ['SHAREPOINT_HOSTS', 'files.contoso.com'],
    ['SHAREPOINT_HOSTS', '10.0.0.1'],
    ['SHAREPOINT_HOSTS', 'contoso.sharepoint.us'],
  ] as const) {
    it(`When ${name} is “${value}”, then it is refused by name`, () => {
      const faults = faultsOf({ ...needed, [name]: value });

      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', new RegExp(`^${name}(\\.0)?: must `));
    });
  }

  it('When the bot has a managed identity, then it needs no password', () => {
    assert.deepEqual(faultsOf({ ...needed, BOT_TYPE: 'UserAssignedMSI', BOT_PASSWORD: undefined }), []);
  });

  it('When the bot has a registration of its own but no password, then that is told', () => {
    assert.deepEqual(faultsOf({ ...needed, BOT_PASSWORD: ' ' }), [
      'BOT_PASSWORD: is needed with BOT_TYPE=SingleTenant',
    ]);
  });
});
