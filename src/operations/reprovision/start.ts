// The one destructive call. The intent is committed first; only the run that committed it sends, once, within ten
// seconds by two clocks, with the token and on the connection that were there before. Whatever comes after finds the
// intent and never sends.
import type { Baseline } from '../../domain/baseline.ts';
import type { CloudPc } from '../../domain/cloud-pc.ts';
import { TemporaryError } from '../../domain/errors.ts';
import type { Item, ItemEvent } from '../../domain/item.ts';
import type { Intent, IntentState, StartAnswer, StartPermit, Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { hour, minute, second } from '../../domain/time.ts';
import { recordOutcome } from '../../requests/record-outcome.ts';
import { changeItem } from '../../requests/save.ts';
import type { OperationDeps } from '../operation.ts';
import type { FoundStarter } from './find-starter.ts';
import { waitForGraph } from './wait-for-graph.ts';

/** After the intent is committed the call must leave within this, by the wall clock and by the monotonic one. */
const sendWithinMs = 10 * second;
/** What was checked longer ago than this is checked again. */
const checkHoldsMs = minute;
const lookAgainMs = 30 * second;
const retryStartMs = 30 * second;

/** What the check found, and when (monotonic). */
export interface Checked {
  pc: CloudPc;
  baseline: Baseline;
  checkedAt: number;
}

export async function start(
  deps: OperationDeps,
  request: Request,
  item: Item,
  by: Extract<FoundStarter, { kind: 'starter' }>,
  checked: Checked,
): Promise<void> {
  const permit = await by.starter.prepare().catch((error: unknown) => {
    if (error instanceof TemporaryError) return error;
    throw error;
  });
  if (permit instanceof TemporaryError) return waitForGraph(deps, request, item, permit);
  try {
    const intentId = deps.ids.next();
    const clocks = { monotonic: deps.clock.monotonic(), wall: deps.clock.now() };
    const intent = await deps.unitOfWork.run((tx) => commitIntent(tx, deps, item, checked, intentId, by.inWhoseName));
    if (intent) await sendOnce(deps, intent, permit, clocks);
  } finally {
    permit.discard();
  }
}

/** @returns the intent, or null: nothing may be sent */
async function commitIntent(
  tx: Tx,
  deps: OperationDeps,
  before: Item,
  { pc, baseline, checkedAt }: Checked,
  intentId: string,
  inWhoseName: 'application' | 'person',
): Promise<Intent | null> {
  const request = await tx.requests.lock(before.requestId);
  const item = (await tx.items.of(before.requestId)).find((one) => one.id === before.id);
  if (!request || !item || item.state !== 'checking' || item.attempt !== before.attempt) return null;
  if (request.state !== 'approved' && request.state !== 'running') return null;
  const now = deps.clock.now();
  const hold = await whyHold(tx, deps);
  if (hold) {
    await changeItem(tx, deps, request, item, { type: 'hold', reason: hold, until: now + lookAgainMs });
    return null;
  }
  if (deps.clock.monotonic() - checkedAt > checkHoldsMs) {
    await tx.items.save({ ...item, dueAt: now });
    tx.wake({ queue: 'advance', itemId: item.id }, now);
    return null;
  }
  const intent: Intent = {
    id: intentId,
    itemId: item.id,
    requestId: request.id,
    cloudPcId: pc.id,
    attempt: item.attempt,
    baseline,
    options: request.options,
    state: 'open',
    committedAt: now,
    answeredAt: null,
    graphRequestId: null,
  };
  const event: ItemEvent = { type: 'begin', intentId, baseline, cloudPc: { ...pc, name: item.cloudPc.name } };
  const changed = await changeItem(tx, deps, request, item, event, { actor: null, details: { inWhoseName } });
  if (!changed) return null;
  await tx.intents.insert(intent);
  return intent;
}

/** Locks the switch: a pause waits for intents that are being committed, and the next ones see it. */
async function whyHold(tx: Tx, deps: OperationDeps): Promise<'paused' | 'quota' | null> {
  const { paused } = await tx.settings.lockStarts();
  if (paused) return 'paused';
  const lately = await tx.intents.countSince(deps.clock.now() - hour);
  return lately >= deps.policy.limits.startsPerHour ? 'quota' : null;
}

async function sendOnce(
  deps: OperationDeps,
  intent: Intent,
  permit: StartPermit,
  clocks: { monotonic: number; wall: number },
): Promise<void> {
  const mayStillSend = () =>
    deps.clock.monotonic() - clocks.monotonic < sendWithinMs && Math.abs(deps.clock.now() - clocks.wall) < sendWithinMs;
  const answer = await permit.send({ cloudPcId: intent.cloudPcId, options: intent.options, mayStillSend });
  const fields = { requestId: intent.requestId, itemId: intent.itemId, intentId: intent.id, answer: answer.kind };
  deps.log.info(
    {
      ...fields,
      graphRequestId: answer.graphRequestId,
      graphCode: 'detail' in answer ? answer.detail?.code : undefined,
    },
    'reprovision answered',
  );
  await recordOutcome(deps, (tx) => takeAnswer(tx, deps, intent, answer));
}

const intentStates: Record<StartAnswer['kind'], Exclude<IntentState, 'open'>> = {
  accepted: 'accepted',
  notApplied: 'notApplied',
  rejected: 'rejected',
  unknown: 'unknown',
};

async function takeAnswer(tx: Tx, deps: OperationDeps, intent: Intent, answer: StartAnswer): Promise<void> {
  const request = await tx.requests.lock(intent.requestId);
  const item = (await tx.items.of(intent.requestId)).find((one) => one.id === intent.itemId);
  if (!request || !item) return;
  const now = deps.clock.now();
  await tx.intents.answer(intent.id, intentStates[answer.kind], now, answer.graphRequestId);
  const details = { graphRequestId: answer.graphRequestId };
  await changeItem(tx, deps, request, item, toEvent(answer, intent.id, now), { actor: null, details });
}

function toEvent(answer: StartAnswer, intentId: string, now: number): ItemEvent {
  switch (answer.kind) {
    case 'accepted':
      return { type: 'accepted', intentId };
    case 'rejected':
      return { type: 'rejected', intentId, isBusy: answer.isBusy, detail: answer.detail };
    case 'notApplied':
      return {
        type: 'notApplied',
        intentId,
        retryAt: now + Math.max(retryStartMs, answer.retryAfterMs ?? 0),
        detail: answer.detail,
      };
    case 'unknown':
      return { type: 'unknown', intentId };
  }
}
