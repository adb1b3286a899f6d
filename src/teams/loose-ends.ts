// What is still under way when the bot is told to stop.
import { setTimeout as wait } from 'node:timers/promises';

/** Work that no turn waits for. */
export interface LooseEnds {
  /** @param work must not reject */
  add(work: Promise<void>): void;
  /** All that was under way is done, or the time is over. */
  settled(withinMs: number): Promise<void>;
}

export function createLooseEnds(): LooseEnds {
  const underWay = new Set<Promise<void>>();
  return {
    add(work) {
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    async settled(withinMs) {
      const over = new AbortController();
      await Promise.race([
        Promise.all(underWay),
        wait(withinMs, null, { ref: false, signal: over.signal }).catch(() => {}),
      ]);
      over.abort();
    },
  };
}

/** What `work` gives; or `instead`, once the signal comes before it. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, instead: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const give = () => resolve(instead);
  signal.addEventListener('abort', give, { once: true });
  if (signal.aborted) give();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', give);
  }
}
