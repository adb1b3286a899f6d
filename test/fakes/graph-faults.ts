// The faults of the fault table: what Graph, the network or a proxy does, and what must come of it, over real HTTP.

import type { Item } from '../../src/domain/item.ts';
import type { StartAnswer } from '../../src/domain/ports.ts';
import type { Fault } from '../../src/simulator/index.ts';

/** Of a read: an answer, `null` for something that is gone, or the code of our error. */
export interface ReadOutcome {
  comes: 'answered' | 'gone' | string;
  /** HTTP requests of it. */
  requests: number;
  /** At least so long, because Graph said so. */
  waitsMs?: number;
}

export interface StartOutcome {
  answer: Partial<StartAnswer> & { kind: StartAnswer['kind'] };
  /** Graph's word, or ours. */
  code?: string;
  /** Builds that the one POST began. */
  applied: 0 | 1;
  item: Item['state'];
}

export interface FaultRow {
  name: string;
  /** Made when it is set, since a date is of now. */
  fault: () => Fault;
  /** The fault strikes the first request only, or for ever. */
  lasts?: true;
  read: ReadOutcome;
  /** The same as a part of a batch, where such a fault can strike one; `requests` of the whole. */
  part?: ReadOutcome;
  start: StartOutcome;
}

const answeredAtSecond = { comes: 'answered', requests: 2 } as const;
const unknown = { kind: 'unknown' } as const;
const html = '<html>Please log in</html>';

/** HTTP dates have whole seconds: this one is between one and two seconds away. */
const soon = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();

export const faultRows: readonly FaultRow[] = [
  {
    name: '429 with seconds',
    fault: () => ({ status: 429, retryAfter: 1 }),
    read: { ...answeredAtSecond, waitsMs: 1000 },
    part: { ...answeredAtSecond, waitsMs: 1000 },
    start: {
      answer: { kind: 'notApplied', retryAfterMs: 1000 },
      code: 'TooManyRequests',
      applied: 0,
      item: 'checking',
    },
  },
  {
    name: '429 with a date',
    fault: () => ({ status: 429, retryAfter: soon() }),
    read: { ...answeredAtSecond, waitsMs: 900 },
    part: { ...answeredAtSecond, waitsMs: 900 },
    start: { answer: { kind: 'notApplied' }, code: 'TooManyRequests', applied: 0, item: 'checking' },
  },
  {
    name: '429 without Retry-After',
    fault: () => ({ status: 429 }),
    read: answeredAtSecond,
    part: answeredAtSecond,
    start: {
      answer: { kind: 'notApplied', retryAfterMs: null },
      code: 'TooManyRequests',
      applied: 0,
      item: 'checking',
    },
  },
  {
    name: '503 with seconds',
    fault: () => ({ status: 503, retryAfter: 1 }),
    read: { ...answeredAtSecond, waitsMs: 1000 },
    part: { ...answeredAtSecond, waitsMs: 1000 },
    start: { answer: unknown, code: 'ServiceUnavailable', applied: 0, item: 'starting' },
  },
  {
    name: '503 without Retry-After',
    fault: () => ({ status: 503 }),
    read: answeredAtSecond,
    part: answeredAtSecond,
    start: { answer: unknown, code: 'ServiceUnavailable', applied: 0, item: 'starting' },
  },
  {
    name: '504 without an effect',
    fault: () => ({ status: 504 }),
    read: answeredAtSecond,
    part: answeredAtSecond,
    start: { answer: unknown, code: 'GatewayTimeout', applied: 0, item: 'starting' },
  },
  {
    name: '504 after the effect',
    fault: () => ({ applyThenStatus: 504 }),
    read: answeredAtSecond,
    part: answeredAtSecond,
    start: { answer: unknown, code: 'GatewayTimeout', applied: 1, item: 'starting' },
  },
  {
    name: '500',
    fault: () => ({ status: 500 }),
    lasts: true,
    read: { comes: 'graph.unreachable', requests: 1 },
    part: { comes: 'graph.unreachable', requests: 1 },
    start: { answer: unknown, code: 'InternalServerError', applied: 0, item: 'starting' },
  },
  {
    name: '408',
    fault: () => ({ status: 408, code: 'RequestTimeout' }),
    lasts: true,
    read: { comes: 'graph.slow', requests: 1 },
    part: { comes: 'graph.slow', requests: 1 },
    start: { answer: unknown, code: 'RequestTimeout', applied: 0, item: 'starting' },
  },
  {
    name: 'a connection reset before the effect',
    fault: () => 'reset',
    read: answeredAtSecond,
    start: { answer: unknown, applied: 0, item: 'starting' },
  },
  {
    name: 'a connection reset after the effect',
    fault: () => 'resetAfter',
    read: answeredAtSecond,
    start: { answer: unknown, applied: 1, item: 'starting' },
  },
  {
    name: 'no answer at all',
    fault: () => 'hang',
    lasts: true,
    read: { comes: 'graph.slow', requests: 1 },
    start: { answer: unknown, code: 'timeout', applied: 0, item: 'starting' },
  },
  {
    name: 'a body that never ends',
    fault: () => 'endless',
    lasts: true,
    read: { comes: 'graph.slow', requests: 1 },
    start: { answer: unknown, code: 'timeout', applied: 1, item: 'starting' },
  },
  {
    name: '200 with HTML instead of JSON',
    fault: () => ({ status: 200, body: html }),
    lasts: true,
    read: { comes: 'graph.unreadable', requests: 1 },
    part: { comes: 'graph.unreadable', requests: 1 },
    start: { answer: unknown, code: 'http200', applied: 0, item: 'starting' },
  },
  {
    name: '502 with HTML of a gateway',
    fault: () => ({ status: 502, body: html }),
    read: answeredAtSecond,
    part: answeredAtSecond,
    start: { answer: unknown, code: 'http502', applied: 0, item: 'starting' },
  },
  {
    name: 'a redirect',
    fault: () => ({ status: 307, body: '' }),
    lasts: true,
    read: { comes: 'graph.unreachable', requests: 1 },
    part: { comes: 'graph.unreachable', requests: 1 },
    start: { answer: unknown, code: 'http307', applied: 0, item: 'starting' },
  },
  {
    name: '401 whatever the token',
    fault: () => ({ status: 401 }),
    lasts: true,
    read: { comes: 'graph.forbidden', requests: 1 },
    part: { comes: 'graph.forbidden', requests: 1 },
    start: {
      answer: { kind: 'notApplied', retryAfterMs: null },
      code: 'InvalidAuthenticationToken',
      applied: 0,
      item: 'checking',
    },
  },
  {
    name: '403 without a code',
    fault: () => ({ status: 403, code: '' }),
    lasts: true,
    read: { comes: 'graph.forbidden', requests: 1 },
    part: { comes: 'graph.forbidden', requests: 1 },
    start: { answer: { kind: 'rejected', isBusy: false }, code: 'http403', applied: 0, item: 'failed' },
  },
  {
    name: '403 with a code',
    fault: () => ({ status: 403, code: 'Authorization_RequestDenied' }),
    lasts: true,
    read: { comes: 'graph.forbidden', requests: 1 },
    part: { comes: 'graph.forbidden', requests: 1 },
    start: {
      answer: { kind: 'rejected', isBusy: false },
      code: 'Authorization_RequestDenied',
      applied: 0,
      item: 'failed',
    },
  },
  {
    name: '404 of a Cloud PC that has vanished',
    fault: () => ({ status: 404 }),
    lasts: true,
    read: { comes: 'gone', requests: 1 },
    part: { comes: 'gone', requests: 1 },
    start: { answer: { kind: 'rejected', isBusy: false }, code: 'ResourceNotFound', applied: 0, item: 'failed' },
  },
  {
    name: '400',
    fault: () => ({ status: 400 }),
    lasts: true,
    read: { comes: 'graph.badRequest', requests: 1 },
    part: { comes: 'graph.badRequest', requests: 1 },
    start: { answer: { kind: 'rejected', isBusy: false }, code: 'BadRequest', applied: 0, item: 'failed' },
  },
  {
    name: '409',
    fault: () => ({ status: 409 }),
    lasts: true,
    read: { comes: 'graph.conflict', requests: 1 },
    part: { comes: 'graph.conflict', requests: 1 },
    start: { answer: { kind: 'rejected', isBusy: true }, code: 'Conflict', applied: 0, item: 'skipped' },
  },
  {
    name: '423',
    fault: () => ({ status: 423 }),
    lasts: true,
    read: { comes: 'graph.conflict', requests: 1 },
    part: { comes: 'graph.conflict', requests: 1 },
    start: { answer: { kind: 'rejected', isBusy: true }, code: 'Locked', applied: 0, item: 'skipped' },
  },
];
