// Starts many Cloud PCs with one call. The intent rule holds for the call as a whole: an intent for each Cloud PC is committed
// first, only the run that committed them sends, once; what its answer leaves open is looked up for each Cloud PC.
import { TemporaryError } from '../../domain/errors.ts';
import type { BulkStartAnswer, BulkStarter, BulkStartPermit, BulkWord, Intent } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { recordOutcome } from '../../requests/record-outcome.ts';
import { startCounting } from '../../requests/start-counting.ts';
import type { OperationDeps } from '../operation.ts';
import { type Answered, commitIntents, type Order, takeAnswers, toAnswered } from '../reprovision/intents.ts';
import { waitForGraph } from '../reprovision/wait-for-graph.ts';

/** @returns false: the tenant does not have this way of starting */
export async function startTogether(
  deps: OperationDeps,
  starter: BulkStarter,
  request: Request,
  orders: readonly Order[],
  checkedAt: number,
): Promise<boolean> {
  const permit = await starter.prepare().catch((error: unknown) => {
    if (error instanceof TemporaryError) return error;
    throw error;
  });
  if (permit instanceof TemporaryError) {
    for (const { item } of orders) await waitForGraph(deps, request, item, permit);
    return true;
  }
  try {
    const mayStillSend = startCounting(deps);
    const commission = { checkedAt, inWhoseName: 'application' as const };
    const intents = await deps.unitOfWork.run((tx) => commitIntents(tx, deps, request.id, orders, commission));
    return intents.length === 0 || (await sendOnce(deps, request, orders, intents, permit, mayStillSend));
  } finally {
    permit.discard();
  }
}

async function sendOnce(
  deps: OperationDeps,
  request: Request,
  orders: readonly Order[],
  intents: readonly Intent[],
  permit: BulkStartPermit,
  mayStillSend: () => boolean,
): Promise<boolean> {
  const devices = new Map(orders.map(({ pc }) => [pc.id, pc.deviceId ?? null]));
  const duringMaintenance = request.bulk?.duringMaintenance ?? false;
  const cloudPcs = intents.map(({ cloudPcId }) => ({ cloudPcId, deviceId: devices.get(cloudPcId) ?? null }));
  const displayName = `CloudPcConcierge-${request.code}`;
  const answer = await permit.send({ cloudPcs, displayName, duringMaintenance, mayStillSend });
  const { kind, graphRequestId } = answer;
  const bulkActionId = answer.kind === 'accepted' ? answer.bulkActionId : undefined;
  const graphCode = 'detail' in answer ? answer.detail?.code : undefined;
  const fields = {
    requestId: request.id,
    items: intents.length,
    answer: kind,
    graphRequestId,
    graphCode,
    bulkActionId,
  };
  deps.log.info(fields, 'bulk reprovision answered');
  const answered = intents.map((intent) => toAnswer(intent, answer, duringMaintenance, deps.clock.now()));
  await recordOutcome(deps, (tx) => takeAnswers(tx, deps, request.id, answered, graphRequestId));
  return kind !== 'wayGone';
}

function toAnswer(intent: Intent, answer: BulkStartAnswer, waitsForWindow: boolean, now: number): Answered {
  if (answer.kind === 'accepted') {
    const word = answer.words.get(intent.cloudPcId) ?? 'unknown';
    return toWord(intent, word, answer.bulkActionId, waitsForWindow);
  }
  if (answer.kind !== 'wayGone') return toAnswered(intent, answer, now);
  const { detail } = answer;
  // Nothing was applied; the request halts, and it goes on when an admin has changed the setting.
  return { intent, state: 'notApplied', event: { type: 'notApplied', intentId: intent.id, retryAt: now, detail } };
}

function toWord(intent: Intent, word: BulkWord, bulkActionId: string | null, waitsForWindow: boolean): Answered {
  const { id: intentId } = intent;
  const detail = { code: `bulk.${word}`, message: null };
  const rejected = { type: 'rejected' as const, intentId, isBusy: false, detail };
  switch (word) {
    case 'accepted':
      return { intent, state: 'accepted', event: { type: 'accepted', intentId, bulkActionId, waitsForWindow } };
    case 'failed':
      return { intent, state: 'rejected', event: rejected };
    case 'notFound':
      return { intent, state: 'rejected', event: { ...rejected, skip: 'notInIntune' } };
    case 'notSupported':
      return { intent, state: 'rejected', event: { ...rejected, skip: 'notOffered' } };
    case 'unknown':
      return { intent, state: 'unknown', event: { type: 'unknown', intentId } };
  }
}
