// What was sent, and what came of it, is not forgotten because the store is away for a moment: a message would be sent
// twice, and a clear answer would become an unclear one.
import { TemporaryError } from '../domain/errors.ts';
import type { Tx } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import type { Deps } from './deps.ts';

/** With the sending before it, less than the two minutes after which its job is given to somebody else. */
const keepTryingMs = 75 * second;
const againMs = second;

/**
 * Runs the transaction again while the store is away. It may have been committed unheard, so it must bear a second run.
 * @throws TemporaryError `store.unavailable` when the store stays away; whatever else `record` throws, at once
 */
export async function recordOutcome(
  deps: Pick<Deps, 'unitOfWork' | 'clock' | 'log'>,
  record: (tx: Tx) => Promise<void>,
): Promise<void> {
  const until = deps.clock.monotonic() + keepTryingMs;
  for (;;) {
    try {
      return await deps.unitOfWork.run(record);
    } catch (error) {
      if (!isAway(error) || deps.clock.monotonic() > until) throw error;
      deps.log.warn({ err: error }, 'an outcome could not be recorded yet');
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }
}

/** A store that is closed for good belongs to a process that ends. */
function isAway(error: unknown): boolean {
  return error instanceof TemporaryError && error.code === 'store.unavailable' && error.values.reason !== 'closed';
}
