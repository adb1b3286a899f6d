// Waiting as Graph asks for it. While Graph has told us to wait, every read of this process waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporaryError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import { day, minute } from '../domain/time.ts';
import type { Deadline } from './graph-call.ts';

/** A wrong header must not silence the bot for longer than this. */
const longestPauseMs = 10 * minute;
const firstBackoffMs = 500;
const longestBackoffMs = 8000;

/** Reads Retry-After: seconds, or an HTTP date compared with the wall clock. null when it is neither. */
export function readRetryAfter(value: string | null | undefined, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, day);
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), day);
}

/** How long to wait before the next try: what Graph asked for and a little more, else full jitter. */
export function waitBeforeRetry(retryAfterMs: number | null, attempt: number, random: () => number): number {
  if (retryAfterMs !== null) return retryAfterMs * (1 + 0.1 * random());
  return random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1));
}

export interface Pause {
  /** Graph has told us to wait. */
  extend(ms: number): void;
  /** What is left of it; 0 when there is none. */
  remainingMs(): number;
  /**
   * Waits until the pause is over.
   * @throws TemporaryError `graph.busy` at once when that would be after the deadline
   */
  pass(deadline: Deadline): Promise<void>;
}

export function createPause(clock: Clock, random: () => number): Pause {
  let endsAt = Number.NEGATIVE_INFINITY;
  const remainingMs = () => Math.max(0, endsAt - clock.monotonic());
  return {
    extend(ms) {
      endsAt = Math.max(endsAt, clock.monotonic() + Math.min(ms, longestPauseMs));
    },
    remainingMs,
    async pass(deadline) {
      for (let waitMs = remainingMs(); waitMs > 0; waitMs = remainingMs()) {
        if (waitMs >= deadline.remainingMs()) {
          throw new TemporaryError('graph.busy', { graphCode: 'waiting' }, { retryAfterMs: Math.ceil(waitMs) });
        }
        // Not all at the same moment when it ends.
        await sleep(Math.ceil(waitMs) + random() * Math.min(250, deadline.remainingMs() - waitMs));
      }
    },
  };
}
