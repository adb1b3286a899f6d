// One event for one item, in a transaction of its own: lock the request, decide, save.
import { type Item, type ItemEvent, isFinished } from '../../domain/item.ts';
import { changeItem } from '../../requests/save.ts';
import type { OperationDeps } from '../operation.ts';

/**
 * @param read the item as the event was found with it; what was found before an admin's choice says nothing about after it
 * @returns whether the event fitted and the item goes on
 */
export async function applyEvent(
  deps: Pick<OperationDeps, 'unitOfWork' | 'policy' | 'clock' | 'ids'>,
  read: Pick<Item, 'id' | 'requestId' | 'attempt'>,
  event: ItemEvent,
): Promise<boolean> {
  return deps.unitOfWork.run(async (tx) => {
    const request = await tx.requests.lock(read.requestId);
    const item = await tx.items.get(read.id);
    if (!request || item?.attempt !== read.attempt) return false;
    const changed = await changeItem(tx, deps, request, item, event);
    return changed !== null && !isFinished(changed.change.item.state);
  });
}
