// What is under way right here, a turn or a job: the runtime carries it along, so that whoever calls Graph or Teams, or writes to the
// log, need not be told.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogFields } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';

export type Attributes = Record<string, string | number | boolean>;

/** One call of another system, when it is over. */
export interface Call {
  /** `graph GET`, `connector POST`. */
  name: string;
  endedAt: Instant;
  ms: number;
  hasFailed: boolean;
  attributes: Attributes;
}

export interface Work {
  kind: 'turn' | 'job';
  /** `turn message`, `job advance`. */
  name: string;
  startedAt: Instant;
  attributes: Attributes;
  /** What the log lines of it carry besides the request. */
  logFields: LogFields;
  /** The requests that it has read or changed, by id, with their codes. */
  requests: Map<string, string | null>;
  /** Called with each call that ends within it, also when it has been answered already. */
  onCall(call: Call): void;
}

const current = new AsyncLocalStorage<Work>();

export function runWork<T>(work: Work, run: () => Promise<T>): Promise<T> {
  return current.run(work, run);
}

/** undefined: nothing of ours is under way here. */
export function currentWork(): Work | undefined {
  return current.getStore();
}

export function noteRequest({ id, code }: Pick<Request, 'id' | 'code'>): void {
  current.getStore()?.requests.set(id, code);
}

/**
 * For a line of the log: which activity or job it belongs to, and which request, where that is one alone.
 * @param own what the line says by itself; when it names a request, then that one
 */
export function workFields(own: LogFields): LogFields {
  const work = current.getStore();
  if (!work) return {};
  const [only, ...more] = work.requests;
  const named = own.requestId ?? only?.[0];
  const requestCode = work.requests.get(String(named));
  const isSure = own.requestId !== undefined || more.length === 0;
  return {
    ...work.logFields,
    ...(isSure && named !== undefined ? { requestId: named } : {}),
    ...(isSure && requestCode ? { requestCode } : {}),
  };
}
