// The one destructive call. The intent is committed first; only the run that committed it sends, once, within ten
// seconds by two clocks, with the token and on the connection that were there before. Whatever comes after finds the
// intent and never sends.
import type { Baseline } from '../../domain/baseline.ts';
import type { CloudPc } from '../../domain/cloud-pc.ts';
import { TemporaryError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import type { Intent, StartPermit } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { recordOutcome } from '../../requests/record-outcome.ts';
import { startCounting } from '../../requests/start-counting.ts';
import type { OperationDeps } from '../operation.ts';
import type { FoundStarter } from './find-starter.ts';
import { commitIntents, takeAnswers, toAnswered } from './intents.ts';
import { waitForGraph } from './wait-for-graph.ts';

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
  { pc, baseline, checkedAt }: Checked,
): Promise<void> {
  const permit = await by.starter.prepare().catch((error: unknown) => {
    if (error instanceof TemporaryError) return error;
    throw error;
  });
  if (permit instanceof TemporaryError) return waitForGraph(deps, request, item, permit);
  try {
    const mayStillSend = startCounting(deps);
    const commission = { checkedAt, inWhoseName: by.inWhoseName };
    const [intent] = await deps.unitOfWork.run((tx) =>
      commitIntents(tx, deps, request.id, [{ item, pc, baseline }], commission),
    );
    if (intent) await sendOnce(deps, intent, permit, mayStillSend);
  } finally {
    permit.discard();
  }
}

async function sendOnce(
  deps: OperationDeps,
  intent: Intent,
  permit: StartPermit,
  mayStillSend: () => boolean,
): Promise<void> {
  const answer = await permit.send({ cloudPcId: intent.cloudPcId, options: intent.options, mayStillSend });
  const { requestId, itemId, id: intentId } = intent;
  const { kind, graphRequestId } = answer;
  const graphCode = 'detail' in answer ? answer.detail?.code : undefined;
  deps.log.info({ requestId, itemId, intentId, answer: kind, graphRequestId, graphCode }, 'reprovision answered');
  await recordOutcome(deps, (tx) =>
    takeAnswers(tx, deps, requestId, [toAnswered(intent, answer, deps.clock.now())], graphRequestId),
  );
}
