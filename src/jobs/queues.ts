// The queues and what travels in them. A job is only a wake-up: the truth is in the columns. `later` alone carries
// its own data, since nothing else remembers it.
import type { Queue } from 'pg-boss';
import type { WakeUp } from '../domain/ports.ts';
import { day, hour, minute, second } from '../domain/time.ts';

export type QueueName = WakeUp['queue'] | 'sweep';

export const queueNames: readonly QueueName[] = [
  'advance',
  'person',
  'bulk',
  'deliverCard',
  'deliverNotice',
  'timers',
  'watch',
  'refresh',
  'seal',
  'sweep',
  'later',
];

/** What a job of each queue carries. */
export interface JobData {
  advance: { itemId: string };
  person: { personItemId: string };
  bulk: { requestId: string };
  deliverCard: { cardId: string };
  deliverNotice: { noticeId: string };
  timers: Record<string, never>;
  watch: Record<string, never>;
  refresh: Record<string, never>;
  seal: Record<string, never>;
  sweep: Record<string, never>;
  later: { id: string; turn: Record<string, unknown> };
}

const inSeconds = (ms: number) => ms / second;

const common = {
  notify: true,
  /** A worker that dies is noticed after this; pg-boss takes nothing below ten. */
  heartbeatSeconds: 10,
  /** The columns stay due, so the sweep wakes again every minute: repeats of one job must not pile up behind that. */
  retryLimit: 3,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: inSeconds(minute),
  expireInSeconds: inSeconds(2 * minute),
  deleteAfterSeconds: inSeconds(hour),
  retentionSeconds: inSeconds(14 * day),
} satisfies Omit<Queue, 'name'>;

/**
 * `short`: a wake-up is dropped only where one of the same key is waiting; a job that runs already may have read the
 * columns before they changed, so it never swallows one.
 */
export function queueOptions(name: QueueName): Omit<Queue, 'name'> {
  // Nothing else remembers a late turn, so it is repeated more often.
  if (name === 'later')
    return { ...common, policy: 'standard', retryLimit: 10, expireInSeconds: inSeconds(5 * minute) };
  return { ...common, policy: 'short' };
}
