// Turns, jobs and calls as spans of OpenTelemetry. All spans of a request are one trace, over days, restarts and replicas: its id is
// that of the request, so nothing has to be remembered for it.
import { createHash } from 'node:crypto';
import {
  type Context,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  type IdGenerator,
  RandomIdGenerator,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Request } from '../domain/request.ts';
import { type Instant, second } from '../domain/time.ts';
import type { Call, Work } from './current-work.ts';

export interface Traces {
  /** A turn or a job that is over, with the calls that ended within it. Gives what takes the calls that end later. */
  work(work: Work, calls: readonly Call[], ms: number, error: unknown): (call: Call) => void;
  /** The span that holds all others of a request: when it has ended. */
  request(request: Request): void;
  stop(): Promise<void>;
}

/** More links than this are of no use to anybody. */
const mostLinks = 50;

export function createTraces(processors: SpanProcessor[], resource: Resource): Traces {
  const ids = new ChosenIds();
  const provider = new BasicTracerProvider({ resource, spanProcessors: processors, idGenerator: ids });
  const tracer = provider.getTracer('cloud-pc-concierge');

  function writeCall(call: Call, parent: Context): void {
    const { endedAt, attributes } = call;
    const startTime = timeOf(endedAt - call.ms);
    const span = tracer.startSpan(call.name, { kind: SpanKind.CLIENT, startTime, attributes }, parent);
    if (call.hasFailed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(timeOf(endedAt));
  }

  return {
    work(work, calls, ms, error) {
      // Jobs too: the exporter of Application Insights leaves a consumer's span without its name.
      const kind = SpanKind.SERVER;
      const { startedAt, attributes } = work;
      const startTime = timeOf(startedAt);
      const { parent, links } = belonging([...work.requests.keys()]);
      const span = tracer.startSpan(work.name, { kind, startTime, attributes, links }, parent);
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: nameOf(error) });
      const here = trace.setSpan(ROOT_CONTEXT, span);
      for (const call of calls) writeCall(call, here);
      span.end(timeOf(startedAt + ms));
      return (call) => writeCall(call, here);
    },
    request(request) {
      const { id, code, operation, state, createdAt, endedAt } = request;
      const attributes = {
        'concierge.request.id': id,
        'concierge.request.code': code ?? '',
        'concierge.request.state': state,
      };
      const span = ids.choosing(rootOf(id), () =>
        tracer.startSpan(`request ${operation}`, { startTime: timeOf(createdAt), attributes }, ROOT_CONTEXT),
      );
      span.end(timeOf(endedAt ?? createdAt));
    },
    stop: () => provider.shutdown(),
  };
}

/** Work on one request is part of its trace; work on several is a trace of its own that points to theirs. */
function belonging(requestIds: readonly string[]): { parent: Context; links: Link[] } {
  const roots = requestIds
    .slice(0, mostLinks)
    .map((id) => ({ ...rootOf(id), traceFlags: TraceFlags.SAMPLED, isRemote: true }));
  const [only] = roots;
  if (only && requestIds.length === 1) return { parent: trace.setSpanContext(ROOT_CONTEXT, only), links: [] };
  return { parent: ROOT_CONTEXT, links: roots.map((context) => ({ context })) };
}

/** A UUID has as many bits as the id of a trace. */
export function rootOf(requestId: string): { traceId: string; spanId: string } {
  const hash = createHash('sha256').update(requestId).digest('hex');
  const plain = requestId.replaceAll('-', '').toLowerCase();
  return { traceId: /^(?!0+$)[0-9a-f]{32}$/.test(plain) ? plain : hash.slice(0, 32), spanId: hash.slice(-16) };
}

/** Random ones, but where a span must be found again by those that came before it. */
class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #chosen: { traceId: string; spanId: string } | null = null;

  generateTraceId = (): string => this.#chosen?.traceId ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.#chosen?.spanId ?? this.#random.generateSpanId();

  choosing<T>(chosen: { traceId: string; spanId: string }, start: () => T): T {
    this.#chosen = chosen;
    try {
      return start();
    } finally {
      this.#chosen = null;
    }
  }
}

/** A plain number from before this process began would be taken for one of its own stopwatch. */
function timeOf(at: Instant): HrTime {
  const seconds = Math.floor(at / second);
  return [seconds, Math.round((at - seconds * second) * 1e6)];
}

/** Never its words: they may name somebody. */
function nameOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'Error';
}
