// The figures, as instruments of OpenTelemetry: read at /metrics, and sent to Application Insights where that is set up. No label
// names anybody; what each figure means stands in docs/operations.md.
import { setTimeout as wait } from 'node:timers/promises';
import type { Meter } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Figures } from '../domain/figures.ts';
import type { Log } from '../domain/ports.ts';
import { minute, second } from '../domain/time.ts';

export interface Metrics {
  turn(kind: string, ms: number, hasFailed: boolean): void;
  job(queue: string, ms: number, hasFailed: boolean): void;
  activity(status: number): void;
  action(action: string): void;
  build(ms: number): void;
  graphRequest(method: string, path: string, status: number | null, ms: number): void;
  connectorCall(method: string, path: string, status: number | null, ms: number): void;
  delivery(doing: 'send' | 'edit', to: string, outcome: string): void;
  mail(what: 'mail' | 'ticket', outcome: string): void;
  /** @returns Prometheus text. What cannot be read now is left out. */
  text(): Promise<string>;
  stop(): Promise<void>;
}

export interface MetricsParts {
  resource: Resource;
  /** Besides the one of /metrics. */
  readers: MetricReader[];
  readFigures: () => Promise<Figures>;
  /** Whether Graph is asked only now and then, since it answers nothing but trouble. */
  isGraphInTrouble: () => boolean;
  log: Log;
}

/** Everybody who can reach the port may ask; the store is asked this often at most. */
const figuresStayMs = 5 * second;
const looksWithinMs = 2 * second;
/** A look at the store that has not ended by then never will. */
const looksEndWithinMs = minute;
const ofStore = {
  requests: 'concierge.requests.open',
  items: 'concierge.items.open',
  oldest: 'concierge.oldest.waiting.seconds',
  queues: 'concierge.queue.jobs',
  lost: 'concierge.messages.undelivered',
};

/** Read whenever somebody asks for the text. */
class ScrapeReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export function createMetrics(parts: MetricsParts): Metrics {
  const scraped = new ScrapeReader();
  const provider = new MeterProvider({ resource: parts.resource, readers: [scraped, ...parts.readers] });
  const meter = provider.getMeter('cloud-pc-concierge');
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  const look = shareLooks(parts);
  observeStore(meter, look);
  observeProcess(meter, parts);
  return {
    ...createInstruments(meter),
    async text() {
      const isKnown = (await look()) !== null;
      const { resourceMetrics } = await scraped.collect();
      return serializer.serialize(isKnown ? resourceMetrics : withoutStore(resourceMetrics));
    },
    stop: () => provider.shutdown(),
  };
}

const seconds = (...boundaries: number[]) => ({ advice: { explicitBucketBoundaries: boundaries } });
const quick = seconds(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);
const builds = seconds(300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800, 21_600);

function createInstruments(meter: Meter): Omit<Metrics, 'text' | 'stop'> {
  const count = (name: string, description: string) => meter.createCounter(`concierge.${name}`, { description });
  const duration = (name: string, description: string, buckets = quick) =>
    meter.createHistogram(`concierge.${name}.duration.seconds`, { description, ...buckets });
  const turn = duration('turn', 'Turns: an activity of Teams, from its check to the answer');
  const job = duration('job', 'Jobs of the queue');
  const build = duration('build', 'Builds of Cloud PCs that were reprovisioned, from the start to ready', builds);
  const graph = duration('graph.request', 'Requests to Microsoft Graph, each try by itself');
  const connector = duration('connector.call', 'Calls of the Bot Connector, each try by itself');
  const activities = count('activities', 'What came to /api/messages, by the answer');
  const throttles = count('graph.throttles', 'Answers of Graph that said 429');
  const actions = count('audit.actions', 'What was decided and what became of it, as the audit has it');
  const deliveries = count('deliveries', 'Cards and notices, by what became of them in Teams');
  const mails = count('mails', 'Mails and tickets, by what became of them');
  const result = (hasFailed: boolean) => (hasFailed ? 'failed' : 'done');
  return {
    turn: (kind, ms, hasFailed) => turn.record(ms / second, { kind, result: result(hasFailed) }),
    job: (queue, ms, hasFailed) => job.record(ms / second, { queue, result: result(hasFailed) }),
    activity: (status) => activities.add(1, { status }),
    action: (action) => actions.add(1, { action }),
    build: (ms) => build.record(ms / second),
    graphRequest(method, path, status, ms) {
      graph.record(ms / second, { method, path, status: status ?? 'none' });
      if (status === 429) throttles.add(1);
    },
    connectorCall: (method, path, status, ms) =>
      connector.record(ms / second, { method, path, status: status ?? 'none' }),
    delivery: (doing, to, outcome) => deliveries.add(1, { doing, to, outcome }),
    mail: (what, outcome) => mails.add(1, { what, outcome }),
  };
}

type Look = () => Promise<Figures | null>;

/**
 * The same figures for all who ask within some seconds; null where they cannot be read, or not in time. Beside a look that has not
 * ended none is begun, so that looks at a slow store do not take the connections that the work needs.
 */
function shareLooks({ readFigures, log }: MetricsParts): Look {
  let last: { at: number; figures: Promise<Figures | null> } | null = null;
  let runsSince: number | null = null;
  async function look(now: number): Promise<Figures | null> {
    if (runsSince !== null && now - runsSince < looksEndWithinMs) return null;
    runsSince = now;
    const late = wait(looksWithinMs, null, { ref: false }).then(() => {
      throw new Error(`not read within ${looksWithinMs} ms`);
    });
    const reading = readFigures().finally(() => {
      if (runsSince === now) runsSince = null;
    });
    try {
      return await Promise.race([reading, late]);
    } catch (error) {
      log.warn({ err: error }, 'figures could not be read');
      return null;
    }
  }
  return () => {
    const now = performance.now();
    if (!last || now - last.at > figuresStayMs) last = { at: now, figures: look(now) };
    return last.figures;
  };
}

/** What was seen at an earlier look would be told again as if it was so now. */
function withoutStore(all: ResourceMetrics): ResourceMetrics {
  const names = new Set(Object.values(ofStore));
  const scopeMetrics = all.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.filter(({ descriptor }) => !names.has(descriptor.name)),
  }));
  return { ...all, scopeMetrics };
}

/** Those of the store are the same in every replica. */
function observeStore(meter: Meter, look: Look): void {
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });
  const requests = gauge(ofStore.requests, 'Requests that have been submitted and have not ended, by state');
  const items = gauge(ofStore.items, 'Cloud PCs and people of requests that have not ended, by state');
  const oldest = gauge(ofStore.oldest, 'How long the oldest one has been waiting for a person');
  const queues = gauge(ofStore.queues, 'Jobs in the queue: to be run, or running');
  const lost = gauge(ofStore.lost, 'Cards and notices of open requests that Teams does not take');
  meter.addBatchObservableCallback(
    async (result) => {
      const figures = await look();
      if (figures === null) return;
      for (const { state, count } of figures.requests) result.observe(requests, count, { state });
      for (const { of, state, count } of figures.items) result.observe(items, count, { of, state });
      for (const { waitingFor, ms } of figures.oldest) result.observe(oldest, ms / second, { waitingFor });
      for (const { queue, state, count } of figures.queues) result.observe(queues, count, { queue, state });
      for (const { what, count } of figures.undelivered) result.observe(lost, count, { what });
    },
    [requests, items, oldest, queues, lost],
  );
}

function observeProcess(meter: Meter, { isGraphInTrouble }: MetricsParts): void {
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });
  gauge('concierge.graph.trouble', '1 while Graph answers nothing but trouble').addCallback((result) =>
    result.observe(isGraphInTrouble() ? 1 : 0),
  );
  gauge('process.resident.memory.bytes', 'Memory of this process').addCallback((result) =>
    result.observe(process.memoryUsage.rss()),
  );
  gauge('process.uptime.seconds', 'Since this process started').addCallback((result) =>
    result.observe(process.uptime()),
  );
}
