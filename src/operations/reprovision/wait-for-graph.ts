// Before the start Graph does not answer, not as it should, or cannot be connected to.
import { type ConciergeError, TemporaryError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import type { Request } from '../../domain/request.ts';
import { minute, second } from '../../domain/time.ts';
import type { OperationDeps } from '../operation.ts';
import { applyEvent } from './apply-event.ts';

const tryAgainMs = minute;
/** Where Graph says how long, that is enough, but for a moment at least. */
const soonestMs = 5 * second;

/** Holds the item, and lets go of it after the longest a build may take: nothing was sent, and the card says so. */
export async function waitForGraph(
  deps: OperationDeps,
  request: Request,
  item: Item,
  error: ConciergeError,
): Promise<void> {
  const now = deps.clock.now();
  const fields = { requestId: request.id, itemId: item.id, code: error.code, ...error.values };
  if (error instanceof TemporaryError) deps.log.warn(fields, 'check must wait for Graph');
  else deps.log.error(fields, 'check is refused by Graph');
  const isTooLong = item.hold === 'graph' && now - (item.checkingAt ?? now) > deps.policy.limits.giveUpAfterMs;
  const askedMs = error instanceof TemporaryError ? error.retryAfterMs : null;
  const until = now + (askedMs === null ? tryAgainMs : Math.max(soonestMs, askedMs));
  await applyEvent(
    deps,
    item,
    isTooLong ? { type: 'refuse', reason: 'graphUnavailable' } : { type: 'hold', reason: 'graph', until },
  );
}
