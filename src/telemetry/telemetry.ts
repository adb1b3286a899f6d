// What the bot tells about itself: a span and a figure for each turn, job and call, and what the store says was done.
import { setTimeout as wait } from 'node:timers/promises';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock, Log, Mailer, Messenger, TicketMailer, UnitOfWork } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { openApplicationInsights } from './application-insights.ts';
import { currentWork } from './current-work.ts';
import { createHarmless } from './harmless.ts';
import { createMetrics, type MetricsParts } from './metrics.ts';
import { type Done, observeUnitOfWork } from './observe-unit-of-work.ts';
import { createTraces } from './traces.ts';
import { kindOfTurn, routeOf } from './words.ts';
import { createWorks } from './works.ts';

/** One HTTP request to another system, when it is over. */
export interface OutgoingCall {
  method: string;
  /** Without host and query. */
  path: string;
  /** null: no answer. */
  status: number | null;
  ms: number;
  /** The id by which the other side can find it. */
  requestId: string | null;
}

export interface TelemetryParts extends Pick<MetricsParts, 'readFigures' | 'isGraphInTrouble'> {
  clock: Clock;
  log: Log;
  version: string;
  /** Connection string; null: nothing is sent. */
  applicationInsights: string | null;
  /** For the tests: who takes the spans besides. */
  spanProcessors?: SpanProcessor[];
}

export interface Telemetry {
  /** Runs one turn. */
  turn(activity: { id?: string; type: string; name?: string }, run: () => Promise<void>): Promise<void>;
  /** Runs one job of a queue. */
  job(job: { queue: string; id: string; tries: number }, run: () => Promise<void>): Promise<void>;
  /** What /api/messages answered. */
  answered(status: number): void;
  calledGraph(call: OutgoingCall): void;
  calledConnector(call: OutgoingCall): void;
  watchUnitOfWork(unitOfWork: UnitOfWork): UnitOfWork;
  watchMessenger(messenger: Messenger): Messenger;
  watchMailer(mailer: Mailer & TicketMailer): Mailer & TicketMailer;
  /** Prometheus text. */
  text(): Promise<string>;
  stop(): Promise<void>;
}

/** What has not been sent by then is lost; the process has little time to end. */
const stopsWithinMs = 1.5 * second;

/** @throws where the connection string cannot be read */
export async function createTelemetry(parts: TelemetryParts): Promise<Telemetry> {
  const { clock, log, version, applicationInsights } = parts;
  const resource = resourceFromAttributes({ 'service.name': 'cloud-pc-concierge', 'service.version': version });
  const insights = applicationInsights === null ? null : await openApplicationInsights(applicationInsights, log);
  const traces = createTraces([...(insights ? [insights.spans] : []), ...(parts.spanProcessors ?? [])], resource);
  const metrics = createMetrics({ ...parts, resource, readers: insights ? [insights.figures] : [] });
  const harmless = createHarmless(log);
  const begin = createWorks(clock, harmless, traces);

  function called(system: 'graph' | 'connector', { method, path, status, ms, requestId }: OutgoingCall): void {
    const route = routeOf(path);
    if (system === 'graph') metrics.graphRequest(method, route, status, ms);
    else metrics.connectorCall(method, route, status, ms);
    currentWork()?.onCall({
      name: `${system} ${method} ${route}`,
      endedAt: clock.now(),
      ms,
      hasFailed: status === null || (status >= 400 && status !== 404),
      attributes: {
        'http.request.method': method,
        'url.template': route,
        ...(status === null ? {} : { 'http.response.status_code': status }),
        ...(requestId === null ? {} : { 'concierge.their.request.id': requestId }),
      },
    });
  }

  function committed({ actions, requests, items }: Done): void {
    for (const { action, requestId, itemId } of actions) {
      metrics.action(action);
      const request = requests.get(requestId ?? '');
      if (request && endings.has(action)) traces.request(request);
      const item = isReady.has(action) ? items.get(itemId ?? '') : undefined;
      if (item?.startingAt && item.endedAt) metrics.build(item.endedAt - item.startingAt);
    }
  }

  return {
    turn(activity, run) {
      const kind = kindOfTurn(activity);
      const attributes = { 'teams.activity.id': activity.id ?? '', 'teams.activity.kind': kind };
      const logFields = activity.id === undefined ? {} : { activityId: activity.id };
      const over = (ms: number, hasFailed: boolean) => metrics.turn(kind, ms, hasFailed);
      return begin({ kind: 'turn', name: `turn ${kind}`, attributes, logFields }, run, over);
    },
    job({ queue, id, tries }, run) {
      const attributes = { 'messaging.destination.name': queue, 'messaging.message.id': id, 'concierge.tries': tries };
      const over = (ms: number, hasFailed: boolean) => metrics.job(queue, ms, hasFailed);
      return begin({ kind: 'job', name: `job ${queue}`, attributes, logFields: { queue, jobId: id } }, run, over);
    },
    answered: harmless(metrics.activity),
    calledGraph: harmless((call) => called('graph', call)),
    calledConnector: harmless((call) => called('connector', call)),
    watchUnitOfWork: (unitOfWork) => observeUnitOfWork(unitOfWork, harmless(committed)),
    watchMessenger: (messenger) => ({
      async send(address, view, mostWaitMs) {
        const delivery = await messenger.send(address, view, mostWaitMs);
        harmless(metrics.delivery)('send', address.to, delivery.kind);
        return delivery;
      },
      async edit(address, activityId, view) {
        const delivery = await messenger.edit(address, activityId, view);
        harmless(metrics.delivery)('edit', address.to, delivery.kind);
        return delivery;
      },
    }),
    watchMailer: (mailer) => ({
      async send(...mail) {
        const delivery = await mailer.send(...mail);
        harmless(metrics.mail)('mail', delivery.kind);
        return delivery;
      },
      async sendTicket(...ticket) {
        const delivery = await mailer.sendTicket(...ticket);
        harmless(metrics.mail)('ticket', delivery.kind);
        return delivery;
      },
    }),
    text: () => metrics.text(),
    async stop() {
      const stopped = Promise.all([traces.stop(), metrics.stop()]).catch((error: unknown) =>
        log.warn({ err: error }, 'telemetry could not be stopped'),
      );
      await Promise.race([stopped, wait(stopsWithinMs, null, { ref: false })]);
    },
  };
}

const endings = new Set(['ended', 'declined', 'expired', 'cancelled', 'draftClosed'].map((news) => `request.${news}`));
const isReady = new Set(['item.ready', 'item.readyWithWarnings']);
