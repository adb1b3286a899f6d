// The only file that builds the real parts and joins them.
import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { composeGraph } from './compose-graph.ts';
import { createFiles, createSpeech } from './compose-teams.ts';
import { startTelemetry } from './compose-telemetry.ts';
import type { Config } from './config.ts';
import type { Policy } from './domain/policy.ts';
import type { BulkStarter, Clock, Ids, Log, Mailer, SignIns, TicketMailer, UnitOfWork } from './domain/ports.ts';
import { second } from './domain/time.ts';
import { graphAsPerson } from './graph/as-person.ts';
import { graphBulkStarter } from './graph/bulk-starter.ts';
import { graphGraceEnder } from './graph/grace-ender.ts';
import type { GraphClient } from './graph/graph-client.ts';
import { graphSelf } from './graph/graph-self.ts';
import { graphGroupMembership } from './graph/group-members.ts';
import { graphMailer } from './graph/mailer.ts';
import { graphStarter } from './graph/starter.ts';
import { graphTenant } from './graph/tenant.ts';
import { endJobs, startBoss, stopBoss } from './jobs/boss.ts';
import { bossOutbox } from './jobs/outbox.ts';
import { startTicker } from './jobs/ticker.ts';
import { startWorkers } from './jobs/workers.ts';
import { createTexts } from './locales/texts.ts';
import { createMails } from './mails/render-mail.ts';
import { renderTicket } from './mails/ticket-mail.ts';
import type { TurnDeps } from './requests/deps.ts';
import { recoverLastRun } from './requests/recover.ts';
import { createServer, type HttpServer } from './server.ts';
import { openStore, type Store } from './store/open-store.ts';
import { type ConciergeAdapter, createAdapter } from './teams/adapter.ts';
import { type BotApplication, createApplication } from './teams/application.ts';
import { type BotAuthentication, createBotAuthentication } from './teams/authentication.ts';
import { clouds as teamsClouds } from './teams/clouds.ts';
import { laterTurn, readLaterTurn } from './teams/later.ts';
import { createReceiver } from './teams/receive.ts';
import { createSignIns } from './teams/sign-ins.ts';
import { createUserTokens, type UserTokens } from './teams/user-tokens.ts';
import type { Telemetry, TelemetryParts } from './telemetry/telemetry.ts';

export interface BotOptions {
  config: Config;
  policy: Policy;
  log: Log;
  /** Left out in production: built from the settings. The demo passes its own, and tests theirs. */
  authentication?: BotAuthentication;
  /** Left out in production: DefaultAzureCredential. */
  credential?: TokenCredential;
  /** For the demo and the tests: another root of Graph. */
  graphBaseUrl?: string;
  /** For the demo and the tests: where people are written to who have no chat with the bot yet. */
  firstContactUrl?: string;
  /** For the demo and the tests: in place of fetching from SharePoint. */
  fetchFile?: (url: string, init: RequestInit) => Promise<Response>;
  /** Refuses requests before anything else. */
  requestFilter?: Parameters<typeof createServer>[0]['mayEnter'];
  clock?: Clock;
  /** For the tests: who takes the spans besides. */
  spanProcessors?: TelemetryParts['spanProcessors'];
  /** The store will never answer again: the process must end. */
  onStoreGivenUp?: (error: Error) => void;
}

export interface Bot {
  port: number;
  url: string;
  /** Where `/readyz` and `/metrics` are; the same as `url` without a port of their own. */
  operationsUrl: string;
  stop(): Promise<void>;
}

const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
const randomIds: Ids = { next: () => randomUUID() };

type Stop = () => Promise<void> | void;

/** Turns and jobs have so long to end; `index.ts` has somewhat more for all. */
const workEndsWithinMs = 6 * second;
/** Then a turn that waits for Teams to take its answer leaves that to a job of the next start. */
const turnsHurryAfterMs = 4 * second;

/** Starts the bot: store, queue, workers, server; `stop` ends them in the opposite order, as does a start that fails. */
export async function composeBot(options: BotOptions): Promise<Bot> {
  const stops: Stop[] = [];
  const stopAll = async () => {
    const faults: unknown[] = [];
    // One that cannot be stopped must not keep the next ones open.
    for (const stop of stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
  };
  try {
    const { host, operations } = options.config;
    const { port, operationsPort } = await joinParts(options, stops);
    const url = urlOf(host, port);
    const operationsUrl = operations && operationsPort !== null ? urlOf(operations.host, operationsPort) : url;
    return { port, url, operationsUrl, stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function urlOf(host: string, port: number): string {
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

async function joinParts(options: BotOptions, stops: Stop[]): ReturnType<HttpServer['start']> {
  const { config, policy, log } = options;
  const clock = options.clock ?? systemClock;
  const authentication = options.authentication ?? createBotAuthentication({ ...config.bot, cloud: config.cloud });
  const graph = composeGraph({
    ...options,
    clock,
    onRequest: ({ graphRequestId: requestId, ...call }) => telemetry.calledGraph({ ...call, requestId }),
  });
  const store = await openStore({ ...config.store, log, onGivenUp: options.onStoreGivenUp });
  stops.push(() => store.close());
  const boss = await startBoss(store, log);
  stops.push(() => stopBoss(boss));
  const outbox = bossOutbox(boss, { clock, log });
  stops.push(() => outbox.stop());
  const telemetry = await startTelemetry(options, { store, boss, graph, clock });
  stops.push(() => telemetry.stop());
  authentication.onConnectorCall = (call) => telemetry.calledConnector({ ...call, requestId: null });
  const unitOfWork = telemetry.watchUnitOfWork(store.unitOfWork(outbox));
  const userTokens = createTokens(options, authentication);
  const signIns = userTokens && createPersonsSignIns(options, userTokens, graph, unitOfWork, clock);
  const deps: TurnDeps = {
    policy,
    clock,
    ids: randomIds,
    log,
    unitOfWork,
    tenant: graphTenant(graph, { clock, log }),
    signIns,
    bulkWay: config.bulk,
    graphSelf: graphSelf(graph, { teamsAppId: config.teamsAppId, clock }),
  };
  const adapter = createAdapter(authentication, { log });
  const speech = createSpeech(options, { adapter, graph, unitOfWork, clock, userTokens, telemetry });
  const { messenger, responder } = speech;
  const hurry = new AbortController();
  const application = createApplication({
    deps,
    hurry: hurry.signal,
    responder,
    userTokens,
    ...createFiles(options, deps, speech),
    sendLater: (incoming, origin, answer) => laterTurn(deps, incoming, origin, answer),
  });
  if (store.kind === 'embedded') await recoverLastRun(deps);
  if (config.auditKey === null) log.info({}, 'the audit is not sealed: AUDIT_KEY is not set');
  const starter = graphStarter(graph, { version: config.reprovisionVersion });
  await startWorkers({
    boss,
    deps: {
      ...deps,
      messenger,
      mailer: telemetry.watchMailer(createMailer(options, graph)),
      starter,
      bulkStarter: createBulkStarter(config, graph),
      membership: graphGroupMembership(graph),
      graceEnder: graphGraceEnder(graph),
    },
    watchEveryMs: config.watchEveryMs,
    auditKey: config.auditKey,
    runLater: (data) => application.runLater(readLaterTurn(data)),
    around: (job, run) => telemetry.job(job, run),
    log,
  });
  const ticker = startTicker({ boss, outbox, store, clock, log });
  stops.push(() => ticker.stop());
  const server = serverFor(options, { adapter, application, store, graph, telemetry });
  stops.push(async () => {
    const timer = setTimeout(() => hurry.abort(), turnsHurryAfterMs);
    const ends = [
      server.stop(workEndsWithinMs),
      endJobs(boss, workEndsWithinMs),
      application.settled(workEndsWithinMs),
    ];
    await Promise.all(ends).finally(() => clearTimeout(timer));
  });
  return server.start();
}

interface ServedParts {
  adapter: ConciergeAdapter;
  application: BotApplication;
  store: Store;
  graph: GraphClient;
  telemetry: Telemetry;
}

function serverFor(options: BotOptions, { adapter, application, store, graph, telemetry }: ServedParts) {
  const { config, requestFilter, log } = options;
  const receive = createReceiver({
    adapter,
    allowedTenants: config.bot.allowedTenants,
    log,
    runTurn: (context) => telemetry.turn(context.activity, () => application.runTurn(context)),
  });
  return createServer({
    port: config.port,
    host: config.host,
    operations: config.operations,
    async processActivity(request) {
      const answer = await receive(request);
      telemetry.answered(answer.status);
      return answer;
    },
    isReady: () => store.ping().then(() => true),
    troubles: () => troublesOf(graph),
    metrics: () => telemetry.text(),
    mayEnter: requestFilter,
    log,
  });
}

function troublesOf(graph: GraphClient): Record<string, unknown> {
  const since = graph.troubleSince();
  return since === null ? {} : { graph: { state: 'circuitOpen', since: new Date(since).toISOString() } };
}

/** Teams single sign-on, where the settings name the bot's OAuth connection. */
function createTokens({ config, log }: BotOptions, authentication: BotAuthentication): UserTokens | null {
  const { ssoConnection: connectionName, bot } = config;
  return connectionName === null ? null : createUserTokens({ authentication, appId: bot.appId, connectionName, log });
}

function createPersonsSignIns(
  { config, log }: BotOptions,
  tokens: UserTokens,
  graph: GraphClient,
  unitOfWork: UnitOfWork,
  clock: Clock,
): SignIns {
  const settings = { version: config.reprovisionVersion };
  const asPerson = { clock, settings, form: config.ssoReprovisionForm };
  return createSignIns({ tokens, unitOfWork, log, asPerson: (person) => graphAsPerson(graph, asPerson, person) });
}

function createBulkStarter({ bulk }: Config, graph: GraphClient): BulkStarter | null {
  return bulk === 'each' ? null : graphBulkStarter(graph, { way: bulk });
}

function createMailer({ config, policy, log }: BotOptions, graph: GraphClient): Mailer & TicketMailer {
  const { from } = policy.mail;
  // Without a sender no mail is ever ordered; a notice from before the policy changed ends here.
  if (from === null) {
    const refuse = async () => ({ kind: 'refused', reason: 'the policy names no mail.from' }) as const;
    return { send: refuse, sendTicket: refuse };
  }
  const texts = createTexts(log);
  return graphMailer(graph, {
    from,
    render: createMails(texts, teamsClouds[config.cloud].cloudPcUrl).render,
    renderTicket: (ticket) => renderTicket(texts, ticket),
    log,
  });
}
