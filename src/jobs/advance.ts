// Runs the steps of one item for as long as each lets the next follow at once.
import { operations } from '../operations/index.ts';
import type { OperationDeps } from '../operations/operation.ts';

/** More steps at once than any operation has: a loop would be a bug, and the sweep wakes the item again. */
const mostSteps = 10;

export async function advance(deps: OperationDeps, itemId: string): Promise<void> {
  for (let count = 0; count < mostSteps; count += 1) {
    const goesOn = await runStep(deps, itemId);
    if (!goesOn) return;
  }
}

async function runStep(deps: OperationDeps, itemId: string): Promise<boolean> {
  const found = await deps.unitOfWork.run(async (tx) => {
    const item = await tx.items.get(itemId);
    const request = item && (await tx.requests.get(item.requestId));
    return item && request ? { item, request } : null;
  });
  if (!found) return false;
  const { item, request } = found;
  if (request.operation !== 'reprovision') return false;
  const isDue = item.dueAt !== null && item.dueAt <= deps.clock.now();
  if (!isDue) return false;
  const step = operations[request.operation].steps.find((one) => one.when === item.state);
  return step ? step.run(deps, request, item) : false;
}
