// How fast messages may go out. Teams takes 50 requests in a second of one app and tenant, and of one conversation 7 in 1 s, 8 in
// 2 s, 60 in 30 s and 1,800 in an hour; we stay below, since other processes and the turns' own answers send as well.
// https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
import { setTimeout as sleep } from 'node:timers/promises';
import { hour, second } from '../domain/time.ts';

export interface Pace {
  /**
   * Waits for this conversation's next turn, each in the order in which they came.
   * @param mostMs the longest wait
   * @returns null when it may go out now; else how long it would have to wait, and it has no place in the row
   */
  take(conversationId: string, mostMs?: number): Promise<{ afterMs: number } | null>;
  /** Of how many conversations something is remembered. */
  readonly size: number;
}

export interface PaceClock {
  /** Milliseconds that never go back. */
  now(): number;
  wait(ms: number): Promise<void>;
}

/** At most `count` within any `withinMs`. */
interface Limit {
  count: number;
  withinMs: number;
}

const perConversation: readonly Limit[] = [
  { count: 5, withinMs: second },
  { count: 7, withinMs: 2 * second },
  { count: 50, withinMs: 30 * second },
  { count: 1_700, withinMs: hour },
];
const inAll: readonly Limit[] = [{ count: 20, withinMs: second }];
const longestWaitMs = 10 * second;

const systemClock: PaceClock = {
  now: () => performance.now(),
  wait: async (ms) => {
    await sleep(ms);
  },
};

export function createPace(clock: PaceClock = systemClock): Pace {
  const all = new Row(inAll);
  // In the order of their last use, so that those to be forgotten are in front.
  const rows = new Map<string, Row>();
  return {
    get size() {
      return rows.size;
    },
    async take(conversationId, mostMs = longestWaitMs) {
      const began = clock.now();
      forgetIdle(rows, began);
      const row = rows.get(conversationId) ?? new Row(perConversation);
      const own = row.earliest(began);
      // Nobody is held up by a conversation that waits for itself: the place among all is taken after that wait.
      const atLeast = Math.max(own, all.earliest(began)) - began;
      if (atLeast > mostMs) return { afterMs: atLeast };
      row.add(own);
      rows.delete(conversationId);
      rows.set(conversationId, row);
      await waitUntil(clock, own);
      const now = clock.now();
      const slot = all.earliest(now);
      if (slot - began > mostMs) return { afterMs: slot - now };
      all.add(slot);
      await waitUntil(clock, slot);
      return null;
    },
  };
}

async function waitUntil(clock: PaceClock, at: number): Promise<void> {
  const ms = at - clock.now();
  if (ms > 0) await clock.wait(ms);
}

/** After the longest limit nothing in a row makes anybody wait. */
function forgetIdle(rows: Map<string, Row>, now: number): void {
  for (const [conversationId, row] of rows) {
    if (row.last + hour > now) return;
    rows.delete(conversationId);
  }
}

/** When the last ones went out or are to go out: of so many as the longest limit counts. */
class Row {
  readonly #limits: readonly Limit[];
  readonly #mostKept: number;
  #times: number[] = [];

  constructor(limits: readonly Limit[]) {
    this.#limits = limits;
    this.#mostKept = Math.max(...limits.map(({ count }) => count));
  }

  /** The first moment from `now` on at which one more breaks no limit; never before one that waits already. */
  earliest(now: number): number {
    const after = this.#limits.map(({ count, withinMs }) => {
      const before = this.#times.at(-count);
      return before === undefined ? now : before + withinMs;
    });
    return Math.max(now, this.last, ...after);
  }

  add(at: number): void {
    this.#times.push(at);
    // Now and then, as shifting each time would move all of them.
    if (this.#times.length >= 2 * this.#mostKept) this.#times = this.#times.slice(-this.#mostKept);
  }

  /** When the last one goes out. */
  get last(): number {
    return this.#times.at(-1) ?? Number.NEGATIVE_INFINITY;
  }
}
