// Intents: the licences to send, committed before the call, and what became of it, recorded after. The same for one Cloud PC
// and for the many of one bulk call.
import type { Baseline } from '../../domain/baseline.ts';
import type { CloudPc } from '../../domain/cloud-pc.ts';
import type { HoldReason, Item, ItemEvent } from '../../domain/item.ts';
import type { Intent, IntentState, StartAnswer, Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { hour, minute, second } from '../../domain/time.ts';
import { changeItem } from '../../requests/save.ts';
import type { OperationDeps } from '../operation.ts';

/** What was checked longer ago than this is checked again. */
const checkHoldsMs = minute;
const lookAgainMs = 30 * second;
const retryStartMs = 30 * second;

/** An item that passed its check. */
export interface Order {
  item: Item;
  pc: CloudPc;
  baseline: Baseline;
}

/** When the check was begun (monotonic), and in whose name the call will be. */
export interface Commission {
  checkedAt: number;
  inWhoseName: 'application' | 'person';
}

/** @returns the intents that were committed: for these, and no others, the caller may send, once */
export async function commitIntents(
  tx: Tx,
  deps: OperationDeps,
  requestId: string,
  orders: readonly Order[],
  commission: Commission,
): Promise<Intent[]> {
  let request = await tx.requests.lock(requestId);
  if (!request || request.bulk?.stopped) return [];
  if (request.state !== 'approved' && request.state !== 'running') return [];
  const { hold, most } = await whyHold(tx, deps, request);
  const isStale = deps.clock.monotonic() - commission.checkedAt > checkHoldsMs;
  const intents: Intent[] = [];
  for (const order of orders) {
    const item = await tx.items.get(order.item.id);
    if (item?.state !== 'checking' || item.attempt !== order.item.attempt) continue;
    const now = deps.clock.now();
    if (hold !== null && (hold !== 'quota' || intents.length >= most)) {
      const held = await changeItem(tx, deps, request, item, { type: 'hold', reason: hold, until: now + lookAgainMs });
      request = held?.request ?? request;
    } else if (isStale) {
      await tx.items.save({ ...item, dueAt: now });
      tx.wake({ queue: 'advance', itemId: item.id }, now);
    } else {
      const committed = await commitIntent(tx, deps, request, item, order, commission.inWhoseName);
      request = committed?.request ?? request;
      if (committed) intents.push(committed.intent);
    }
  }
  return intents;
}

/** Locks the switch: a pause waits for intents that are being committed, and the next ones see it. */
async function whyHold(
  tx: Tx,
  deps: OperationDeps,
  request: Request,
): Promise<{ hold: HoldReason | null; most: number }> {
  if (request.bulk?.pause) return { hold: 'bulk', most: 0 };
  const { paused } = await tx.settings.lockStarts();
  if (paused) return { hold: 'paused', most: 0 };
  return { hold: 'quota', most: await startsLeft(tx, deps) };
}

async function startsLeft(tx: Tx, { clock, policy }: OperationDeps): Promise<number> {
  const lately = await tx.intents.countSince(clock.now() - hour);
  return Math.max(0, policy.limits.startsPerHour - lately);
}

/** Without a lock, to save the reads of a check that could come to nothing. */
export async function whyHoldNow(tx: Tx, deps: OperationDeps): Promise<HoldReason | null> {
  if (await tx.settings.startsPaused()) return 'paused';
  return (await startsLeft(tx, deps)) === 0 ? 'quota' : null;
}

async function commitIntent(
  tx: Tx,
  deps: OperationDeps,
  request: Request,
  item: Item,
  { pc, baseline }: Order,
  inWhoseName: Commission['inWhoseName'],
): Promise<{ request: Request; intent: Intent } | null> {
  const intent: Intent = {
    id: deps.ids.next(),
    itemId: item.id,
    requestId: request.id,
    cloudPcId: pc.id,
    attempt: item.attempt,
    baseline,
    options: request.options,
    state: 'open',
    committedAt: deps.clock.now(),
    answeredAt: null,
    graphRequestId: null,
  };
  const event: ItemEvent = {
    type: 'begin',
    intentId: intent.id,
    baseline,
    cloudPc: { ...pc, name: item.cloudPc.name },
  };
  const changed = await changeItem(tx, deps, request, item, event, { actor: null, details: { inWhoseName } });
  if (!changed) return null;
  await tx.intents.insert(intent);
  return { request: changed.request, intent };
}

/** What Graph said about one intent. */
export interface Answered {
  intent: Intent;
  state: Exclude<IntentState, 'open'>;
  event: ItemEvent;
}

/** May be run again. */
export async function takeAnswers(
  tx: Tx,
  deps: OperationDeps,
  requestId: string,
  answered: readonly Answered[],
  graphRequestId: string | null,
): Promise<void> {
  let request = await tx.requests.lock(requestId);
  if (!request) return;
  for (const { intent, state, event } of answered) {
    const item = await tx.items.get(intent.itemId);
    if (!item) continue;
    await tx.intents.answer(intent.id, state, deps.clock.now(), graphRequestId);
    const cause = { actor: null, details: { graphRequestId } };
    const changed = await changeItem(tx, deps, request, item, event, cause);
    request = changed?.request ?? request;
  }
}

/** An answer that holds for the whole call. */
export function toAnswered(intent: Intent, answer: StartAnswer, now: number): Answered {
  const { id: intentId } = intent;
  switch (answer.kind) {
    case 'accepted':
      return { intent, state: 'accepted', event: { type: 'accepted', intentId } };
    case 'rejected': {
      const { isBusy, detail } = answer;
      return { intent, state: 'rejected', event: { type: 'rejected', intentId, isBusy, detail } };
    }
    case 'notApplied': {
      const retryAt = now + Math.max(retryStartMs, answer.retryAfterMs ?? 0);
      return { intent, state: 'notApplied', event: { type: 'notApplied', intentId, retryAt, detail: answer.detail } };
    }
    case 'unknown':
      return { intent, state: 'unknown', event: { type: 'unknown', intentId } };
  }
}
