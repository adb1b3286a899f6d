// Items of a wave that are to be started with one call: all are checked again, and those that pass go on together.
import { hasBegunSince, takeBaseline } from '../../domain/baseline.ts';
import { findObstacle } from '../../domain/check.ts';
import { ConciergeError } from '../../domain/errors.ts';
import type { Item, ItemEvent } from '../../domain/item.ts';
import type { BulkStarter, Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { minute } from '../../domain/time.ts';
import { changeItem } from '../../requests/save.ts';
import type { OperationDeps } from '../operation.ts';
import type { Order } from '../reprovision/intents.ts';
import { whyHoldNow } from '../reprovision/intents.ts';
import { type Found, readForChecks } from '../reprovision/read-for-check.ts';
import { waitForGraph } from '../reprovision/wait-for-graph.ts';

const tryAgainMs = minute;
/** For so long no other job checks them; one that died in between is not waited for. */
const claimedForMs = 1.5 * minute;

/** @returns those that passed; what is to be known of the others is recorded */
export async function checkWave(
  deps: OperationDeps,
  starter: BulkStarter,
  request: Request,
  due: readonly Item[],
): Promise<Order[]> {
  const items = await deps.unitOfWork.run((tx) => beginChecks(tx, deps, request.id, due));
  if (items.length === 0) return [];
  const found = await readForChecks(deps, request, items);
  const orders: Order[] = [];
  const events: [Item, ItemEvent][] = [];
  for (const item of items) {
    const one = found.get(item.id);
    if (!one) continue;
    if (one instanceof ConciergeError) {
      await waitForGraph(deps, request, item, one);
      continue;
    }
    const judged = judge(deps, starter, request, item, one);
    if ('type' in judged) events.push([item, judged]);
    else orders.push(judged);
  }
  if (events.length > 0) await deps.unitOfWork.run((tx) => applyEvents(tx, deps, request.id, events));
  return orders;
}

/** Seen again, under the lock, when the intents are committed; here it only saves the reads. */
async function beginChecks(tx: Tx, deps: OperationDeps, requestId: string, due: readonly Item[]): Promise<Item[]> {
  const reason = await whyHoldNow(tx, deps);
  const now = deps.clock.now();
  const events = due.flatMap((item): [Item, ItemEvent][] => {
    if (reason) return [[item, { type: 'hold', reason, until: now + tryAgainMs }]];
    return item.state === 'queued' ? [[item, { type: 'checkBegan' }]] : [];
  });
  await applyEvents(tx, deps, requestId, events);
  if (reason) return [];
  // Later than the time at which each of them began to be checked.
  const claimedAt = deps.clock.now();
  const claimed: Item[] = [];
  for (const { id } of due) {
    const item = await tx.items.get(id);
    // Another job may have taken it since it was found to be due.
    if (item?.state !== 'checking' || item.dueAt === null || item.dueAt > claimedAt) continue;
    claimed.push(item);
    await tx.items.save({ ...item, dueAt: claimedAt + claimedForMs });
  }
  return claimed;
}

/** As `applyEvent`: what was found before an admin's choice says nothing about after it. */
async function applyEvents(
  tx: Tx,
  deps: OperationDeps,
  requestId: string,
  events: readonly [Item, ItemEvent][],
): Promise<void> {
  let request = await tx.requests.lock(requestId);
  for (const [read, event] of events) {
    const item = await tx.items.get(read.id);
    if (!request) return;
    if (item?.attempt !== read.attempt) continue;
    const changed = await changeItem(tx, deps, request, item, event);
    request = changed?.request ?? request;
  }
}

function judge(
  deps: OperationDeps,
  starter: BulkStarter,
  request: Request,
  item: Item,
  { reading, ownersCloudPcs }: Found,
): Order | ItemEvent {
  const { pc } = reading;
  if (pc && item.baseline && hasBegunSince(item.baseline, pc)) return { type: 'foundStarted' };
  const obstacle = findObstacle(request, reading, deps.policy);
  if (obstacle || !pc) return { type: 'refuse', reason: obstacle ?? 'gone' };
  if (!starter.canStart(pc)) return { type: 'refuse', reason: 'notInIntune' };
  return { item, pc, baseline: takeBaseline(pc, ownersCloudPcs) };
}
