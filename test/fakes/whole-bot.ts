// The whole bot as production composes it (real server, authentication, store, queue, Graph client), with a fake connector
// and token authority in place of Teams and the simulator in place of Graph; and people who type and press.
import assert from 'node:assert/strict';
import { type Bot, type BotOptions, composeBot } from '../../src/compose.ts';
import type { Config } from '../../src/config.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Clock, Log } from '../../src/domain/ports.ts';
import { day, hour, minute, second } from '../../src/domain/time.ts';
import { demoGroups, demoMailboxes, demoTenant, type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { createBotAuthentication } from '../../src/teams/authentication.ts';
import { FakeCredentials, startTokenAuthority, type TokenAuthority } from './bot-tokens.ts';
import { type FakeConnector, startConnector } from './connector.ts';
import { hasButton, last } from './looking.ts';
import { createPeople } from './people.ts';
import { createFakeLog } from './running-bot.ts';
import { createTestDatabase, type TestDatabase, testStoreKind } from './store.ts';
import { botAppId, postActivity, type TeamsAnswer, tenantId, testAuditKey, testBotPassword } from './teams.ts';
import { type FakeTokenService, personOfToken, ssoConnection, startTokenService } from './token-service.ts';

export const testPolicy: Policy = {
  roles: { admins: [demoGroups.admins], approvers: [demoGroups.approvers], vip: [demoGroups.vip] },
  selfService: { reprovision: 'approval', assign: 'off', respectResetEnabled: false, osVersions: [], accountTypes: [] },
  admin: {
    single: 'approval',
    bulk: 'approval',
    assign: 'approval',
    osVersions: ['windows10', 'windows11'],
    accountTypes: ['standardUser', 'administrator'],
  },
  approval: { needed: 1, neededForBulk: 1, expiresAfterMs: 3 * day, remindEveryMs: 8 * hour, escalateAfterMs: day },
  channel: { language: 'en', timeZone: 'Europe/Berlin' },
  limits: {
    perCloudPcCooldownMs: day,
    startsPerHour: 200,
    bulkMax: 500,
    canary: 1,
    waveSize: 25,
    stopWhenFailedPercent: 10,
    unknownAfterMs: 2 * second,
    slowAfterMs: hour,
    giveUpAfterMs: 6 * hour,
    membershipWithinMs: 30 * minute,
    licenceWithinMs: 2 * hour,
    cloudPcWithinMs: 2 * hour,
  },
  mail: { from: demoMailboxes.sender, whenStarted: false, whenFinished: true, customText: true },
  windows365: {
    licenceGroups: [],
    provisioningGroupPrefix: null,
    provisioningGroup: null,
    userSettingsGroupPrefix: null,
    userSettingsGroup: null,
    frontlinePolicies: [],
    endGracePeriod: false,
  },
  ticket: { enabled: false, queue: null, customerId: null },
};

export interface WholeBotOptions {
  policy?: Partial<Policy>;
  config?: Partial<Config>;
  buildMs?: number;
  clock?: Clock;
  /** In place of SharePoint. */
  fetchFile?: BotOptions['fetchFile'];
  spanProcessors?: BotOptions['spanProcessors'];
  /** A database of the caller's; dropped at the end all the same. */
  database?: TestDatabase;
}

export const graphToken = 'graph-token-for-tests';

export async function startWholeBot({
  policy,
  config,
  buildMs = 600,
  clock,
  fetchFile,
  spanProcessors,
  ...given
}: WholeBotOptions = {}) {
  const credentials = new FakeCredentials(botAppId);
  const connector = await startConnector({ token: credentials.token });
  const authority = await startTokenAuthority({ appId: botAppId });
  const tokenService = await startTokenService({ token: credentials.token, connectionName: ssoConnection });
  const simulator = await startSimulator({ buildMs, token: graphToken, personOf: personOfToken }, demoTenant);
  const log = createFakeLog();
  const database = given.database ?? (testStoreKind === 'postgres' ? await createTestDatabase() : null);
  const surroundings = { connector, authority, simulator, database, credentials, log, tokenService };
  let bot = await composeTestBot(surroundings, { policy, config, clock, fetchFile, spanProcessors });
  const teams = { authority, connector };
  const post = (activity: Parameters<typeof postActivity>[1]) => postActivity({ url: bot.url }, activity, teams);
  return {
    get bot() {
      return bot;
    },
    /** Stops it and composes it anew; what it kept is there again when the store is a database or in a directory. */
    async restart(changes: Pick<WholeBotOptions, 'policy' | 'config'>) {
      await bot.stop();
      bot = await composeTestBot(surroundings, { policy, config, clock, fetchFile, ...changes });
    },
    simulator,
    connector,
    authority,
    tokenService,
    /** null on the embedded store. */
    database,
    log,
    post,
    ...createPeople(bot, teams, post),
    stop: () => stopAll([bot, simulator, connector, authority, tokenService], database),
  };
}

/** What a bot of the tests stands in. */
export interface Surroundings {
  connector: FakeConnector;
  authority: TokenAuthority;
  simulator: Simulator;
  /** null: the embedded store, in memory. */
  database: TestDatabase | null;
  credentials: FakeCredentials;
  log: Log;
  tokenService?: FakeTokenService;
}

/** The bot as production composes it, in these surroundings. */
export function composeTestBot(
  around: Surroundings,
  { policy, config, clock, fetchFile, spanProcessors }: WholeBotOptions,
): Promise<Bot> {
  const { connector, authority, simulator, database, credentials, log, tokenService } = around;
  const fullConfig: Config = {
    port: 0,
    host: '127.0.0.1',
    operations: null,
    bot: { type: 'SingleTenant', appId: botAppId, tenantId, password: testBotPassword, allowedTenants: [tenantId] },
    cloud: 'global',
    graphManagedIdentity: null,
    reprovisionVersion: 'v1.0',
    bulk: 'bulkActions',
    ssoConnection: null,
    sharePointHosts: null,
    ssoReprovisionForm: 'me',
    teamsAppId: null,
    store: { databaseUrl: database?.databaseUrl, dataDir: 'memory' },
    auditKey: testAuditKey,
    policyFile: '',
    watchEveryMs: 150,
    logLevel: 'info',
    applicationInsights: null,
    isProduction: false,
    ...config,
  };
  return composeBot({
    config: fullConfig,
    policy: { ...testPolicy, ...policy },
    authentication: createBotAuthentication(
      { ...fullConfig.bot, allowedTenants: [tenantId], cloud: 'global' },
      {
        metadataUrl: authority.metadataUrl,
        tokenServiceUrl: tokenService?.url,
        credentials,
        serviceOrigins: [connector.origin],
      },
    ),
    credential: { getToken: async () => ({ token: graphToken, expiresOnTimestamp: Date.now() + hour }) },
    graphBaseUrl: simulator.url,
    firstContactUrl: connector.url,
    clock,
    fetchFile,
    spanProcessors,
    log,
  });
}

export type WholeBot = Awaited<ReturnType<typeof startWholeBot>>;

interface Stoppable {
  stop(): Promise<void>;
}

async function stopAll(parts: readonly [Bot, Simulator, ...Stoppable[]], database: TestDatabase | null) {
  const [bot, simulator, ...others] = parts;
  await bot.stop();
  await simulator.close();
  for (const other of others) await other.stop();
  await database?.drop();
}

/** Ivan's channel, set by Adam. */
export async function setChannel(whole: WholeBot): Promise<void> {
  const answer = await whole.says('adam', 'use this channel for approvals', { thread: '1' });
  assert.equal(answer.status, 200);
}

/** Ada asks, Ada sends the form; gives the card of the new state. */
export async function adaSubmits(whole: WholeBot, inputs: Record<string, unknown> = {}): Promise<TeamsAnswer> {
  const known = new Set(whole.messagesOf('ada').map(({ id }) => id));
  await whole.says('ada', 'reprovision my Cloud PC');
  // A card of an earlier request may come in between.
  const form = last(whole.messagesOf('ada').filter((one) => !known.has(one.id) && hasButton(one, 'request.submit')));
  return whole.presses('ada', form, 'request.submit', {
    reason: 'Apps no longer start',
    saved: 'true',
    mail: 'true',
    ...inputs,
  });
}
