// What has not begun is cancelled: the one item at once, those of a bulk request by its job, a few at a time.
import { mayStillCancel } from '../domain/item.ts';
import type { Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import { sizeOf, waitingIn } from '../domain/waves.ts';
import type { Deps } from './deps.ts';
import { cancelPerson, isPersonCancellable } from './person/begin-person.ts';
import { type Cause, cancelItems } from './save.ts';

type CancelDeps = Pick<Deps, 'policy' | 'clock' | 'ids'>;

/** The request's row must be locked; returns it with its new counts, to be saved. */
export async function cancelWaiting(tx: Tx, deps: CancelDeps, request: Request, cause: Cause): Promise<Request> {
  if (request.bulk) {
    await makeBulkDue(tx, deps, request.id);
    return request;
  }
  if (request.operation !== 'reprovision') return cancelPerson(tx, deps, request, cause);
  const item = await tx.items.first(request.id);
  return item ? cancelItems(tx, deps, request, [item], cause) : request;
}

/** Its job looks at the request as soon as this is committed. */
export async function makeBulkDue(tx: Tx, { clock }: Pick<Deps, 'clock'>, requestId: string): Promise<void> {
  const wave = await tx.waves.get(requestId, 1);
  if (wave) await tx.waves.save({ ...wave, dueAt: clock.now() });
  tx.wake({ queue: 'bulk', requestId });
}

/** Nothing of the request has begun, nor may have. */
export async function isCancellable(tx: Tx, request: Request): Promise<boolean> {
  if (request.bulk) {
    const hasBegun = waitingIn(request.tally) < sizeOf(request.tally);
    return !hasBegun && (await tx.items.sumAttempts(request.id)) === 0;
  }
  if (request.operation !== 'reprovision') return isPersonCancellable(tx, request.id);
  const item = await tx.items.first(request.id);
  return item === null || mayStillCancel(item);
}
