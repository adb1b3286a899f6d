// One event for one item, in a transaction of its own: lock the request, decide, save.
import { type ItemEvent, isFinished } from '../../domain/item.ts';
import { changeItem } from '../../requests/save.ts';
import type { OperationDeps } from '../operation.ts';

/** @returns whether the event fitted and the item goes on */
export async function applyEvent(
  deps: Pick<OperationDeps, 'unitOfWork' | 'policy' | 'clock' | 'ids'>,
  requestId: string,
  itemId: string,
  event: ItemEvent,
): Promise<boolean> {
  return deps.unitOfWork.run(async (tx) => {
    const request = await tx.requests.lock(requestId);
    const item = await tx.items.get(itemId);
    if (!request || !item) return false;
    const changed = await changeItem(tx, deps, request, item, event);
    return changed !== null && !isFinished(changed.change.item.state);
  });
}
