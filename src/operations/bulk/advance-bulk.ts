// What is next for a bulk request: cancel what is to be cancelled, let the next wave begin, start what is started together.
// Each round is a short transaction or one call; whatever is left is due in the waves' columns.
import type { BulkLack } from '../../domain/bulk.ts';
import { type Item, type ItemEvent, mayStillCancel } from '../../domain/item.ts';
import type { Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { decideRequest } from '../../domain/request.ts';
import { isToBeCancelled, mayGoOn } from '../../domain/request-bulk.ts';
import { isDone, type Wave, waitingStates } from '../../domain/waves.ts';
import { beginWave } from '../../requests/begin-wave.ts';
import { audit, changeItem, saveRequest } from '../../requests/save.ts';
import type { OperationDeps } from '../operation.ts';
import { startsTogether } from '../reprovision/starts-together.ts';
import { checkWave } from './check-wave.ts';
import { startTogether } from './start.ts';

/** Items of one transaction or one call: so it stays short, and the call leaves well within its time. */
const atOnce = 25;
/** After so many rounds another job goes on, so that no job lasts too long. */
const mostRounds = 20;

type Next =
  /** Nothing is due now. */
  { kind: 'nothing' } | { kind: 'again' } | { kind: 'start'; request: Request; items: Item[] };

export async function advanceBulk(deps: OperationDeps, requestId: string): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const next = await deps.unitOfWork.run((tx) => takeNext(tx, deps, requestId));
    if (next.kind === 'nothing') return;
    if (next.kind === 'start') await startDue(deps, next.request, next.items);
  }
  await deps.unitOfWork.run(async (tx) => tx.wake({ queue: 'bulk', requestId }));
}

async function takeNext(tx: Tx, deps: OperationDeps, requestId: string): Promise<Next> {
  const request = await tx.requests.lock(requestId);
  if (!request?.bulk) return { kind: 'nothing' };
  const waves = await tx.waves.of(requestId);
  if (isToBeCancelled(request) && (await cancelSome(tx, deps, request))) return { kind: 'again' };
  const current = waves.findLast(({ beganAt }) => beganAt !== null);
  for (const wave of waves) if (wave.dueAt !== null && wave !== current) await tx.waves.save({ ...wave, dueAt: null });
  if (!current) return { kind: 'nothing' };
  if (isDone(current) && current.endedAt === null) return endWave(tx, deps, request, current, waves);
  if (!mayGoOn(request)) return rest(tx, current, null);
  // Went on after it had halted between two waves.
  if (current.endedAt !== null && current.number < waves.length) return beginNext(tx, deps, request, current, waves);
  return startsTogether(deps, request) ? takeDue(tx, deps, request, current) : rest(tx, current, null);
}

/**
 * Where a call may have arrived before (an admin had chosen to start again), "nothing was changed" cannot be said: it is closed.
 * @returns false when nothing is left
 */
async function cancelSome(tx: Tx, deps: OperationDeps, request: Request): Promise<boolean> {
  const items = await tx.items.inStates(request.id, waitingStates, atOnce);
  const actor = request.bulk?.stopped?.by ?? request.cancelledBy;
  let latest = request;
  for (const item of items) {
    const event: ItemEvent = mayStillCancel(item) ? { type: 'cancel' } : { type: 'close', attempt: item.attempt };
    const changed = await changeItem(tx, deps, latest, item, event, { actor });
    latest = changed?.request ?? latest;
  }
  return items.length > 0;
}

async function endWave(
  tx: Tx,
  deps: OperationDeps,
  request: Request,
  current: Wave,
  waves: readonly Wave[],
): Promise<Next> {
  const ended: Wave = { ...current, endedAt: deps.clock.now(), dueAt: null };
  await tx.waves.save(ended);
  await audit(tx, deps, request, null, 'request.waveEnded', { actor: null }, { wave: current.number });
  if (mayGoOn(request) && current.number < waves.length) return beginNext(tx, deps, request, ended, waves);
  // The cards may have been drawn since its last item ended: they say when it was done.
  await saveRequest(tx, deps, request, null);
  return { kind: 'nothing' };
}

async function beginNext(
  tx: Tx,
  deps: OperationDeps,
  request: Request,
  ended: Wave,
  waves: readonly Wave[],
): Promise<Next> {
  await tx.waves.save({ ...ended, dueAt: null });
  const next = waves.find(({ number }) => number === ended.number + 1);
  if (!next) return { kind: 'nothing' };
  await beginWave(tx, deps, request, next.number);
  await saveRequest(tx, deps, request, null);
  return { kind: 'again' };
}

async function takeDue(tx: Tx, deps: OperationDeps, request: Request, current: Wave): Promise<Next> {
  const items = await tx.items.dueInWaves(request.id, current.number, deps.clock.now(), atOnce);
  if (items.length > 0) return { kind: 'start', request, items };
  const next = await tx.items.nextDueInWaves(request.id, current.number);
  if (next !== null) tx.wake({ queue: 'bulk', requestId: request.id }, next);
  return rest(tx, current, next);
}

async function rest(tx: Tx, current: Wave, dueAt: number | null): Promise<Next> {
  if (current.dueAt !== dueAt) await tx.waves.save({ ...current, dueAt });
  return { kind: 'nothing' };
}

async function startDue(deps: OperationDeps, request: Request, items: readonly Item[]): Promise<void> {
  const { bulkStarter } = deps;
  const mustWait = request.bulk?.duringMaintenance ?? false;
  if (!bulkStarter || (mustWait && bulkStarter.way !== 'bulkActions'))
    return deps.unitOfWork.run((tx) => haltForWay(tx, deps, request.id, 'windows'));
  const checkedAt = deps.clock.monotonic();
  const orders = await checkWave(deps, bulkStarter, request, items);
  if (orders.length === 0) return;
  const isThere = await startTogether(deps, bulkStarter, request, orders, checkedAt);
  if (!isThere) await deps.unitOfWork.run((tx) => haltForWay(tx, deps, request.id, bulkStarter.way));
}

async function haltForWay(tx: Tx, deps: OperationDeps, requestId: string, lacks: BulkLack): Promise<void> {
  const request = await tx.requests.lock(requestId);
  if (!request) return;
  deps.log.error({ requestId, way: deps.bulkWay, lacks }, 'waves cannot be started this way here; see GRAPH_BULK');
  const decided = decideRequest(request, { type: 'wayGone', lacks }, deps.clock.now(), deps.policy.approval);
  if (!('refused' in decided)) await saveRequest(tx, deps, decided.request, decided.news);
}
