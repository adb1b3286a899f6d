// While Graph answers nothing but trouble it is asked only now and then, by one request at a time: the others would wait in
// vain, and add to the flood when it returns.
import { TemporaryError } from '../domain/errors.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { type Instant, minute, second } from '../domain/time.ts';

/** So many in a row, whoever asked. */
const troublesToOpen = 8;
const firstPauseMs = 5 * second;
const longestPauseMs = minute;

export interface Circuit {
  /**
   * Right before a request; what came of it must be noted.
   * @throws TemporaryError `graph.unreachable` while it is open, with the time until the next try
   */
  enter(): void;
  note(isTrouble: boolean): void;
  /** Wall clock; null: closed. */
  openSince(): Instant | null;
}

export function createCircuit({ clock, log }: { clock: Clock; log: Log }): Circuit {
  let troubles = 0;
  let openedAt: Instant | null = null;
  let pauseMs = firstPauseMs;
  let nextTryAt = 0;
  let isTrying = false;

  function open(): void {
    if (openedAt === null) log.warn({ troubles }, 'Graph answers nothing but trouble; it is asked only now and then');
    else pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    openedAt ??= clock.now();
    nextTryAt = clock.monotonic() + pauseMs;
  }

  function close(): void {
    if (openedAt !== null) log.warn({ ms: clock.now() - openedAt }, 'Graph answers again');
    openedAt = null;
    pauseMs = firstPauseMs;
    troubles = 0;
  }

  return {
    enter() {
      if (openedAt === null) return;
      const waitMs = nextTryAt - clock.monotonic();
      if (waitMs <= 0 && !isTrying) {
        isTrying = true;
        return;
      }
      const retryAfterMs = Math.ceil(Math.max(waitMs, firstPauseMs));
      throw new TemporaryError('graph.unreachable', { graphCode: 'circuitOpen' }, { retryAfterMs });
    },
    note(isTrouble) {
      isTrying = false;
      if (!isTrouble) return close();
      troubles += 1;
      if (troubles >= troublesToOpen) open();
    },
    openSince: () => openedAt,
  };
}
