// On the embedded store nobody else can be running: what a killed process held is free at once, and an answer that it was
// waiting for will never be taken.
import type { Tx } from '../domain/ports.ts';
import type { Deps } from './deps.ts';
import { changeItem } from './save.ts';

/**
 * Ends every lease and claim of the last run: a mail that was being sent stays unclear; cards and messages are sent again,
 * and what is being built is looked at.
 * A reprovision without a recorded answer is looked at now, instead of when its answer would be overdue.
 */
export async function recoverLastRun(deps: Deps): Promise<void> {
  await deps.unitOfWork.run(async (tx) => {
    const now = deps.clock.now();
    for (const cardId of await tx.cards.endLeases(now)) tx.wake({ queue: 'deliverCard', cardId });
    for (const noticeId of await tx.notices.endLeases(now)) tx.wake({ queue: 'deliverNotice', noticeId });
    for (const personItemId of await tx.personItems.endClaims(now)) tx.wake({ queue: 'person', personItemId });
    await tx.items.lookNow(now);
    tx.wake({ queue: 'watch' });
  });
  const unanswered = await deps.unitOfWork.run((tx) => tx.items.awaitingAnswer());
  for (const { id, requestId } of unanswered) await deps.unitOfWork.run((tx) => giveUpAnswer(tx, deps, requestId, id));
}

async function giveUpAnswer(tx: Tx, deps: Deps, requestId: string, itemId: string): Promise<void> {
  const request = await tx.requests.lock(requestId);
  const item = await tx.items.get(itemId);
  if (request && item?.intentId)
    await changeItem(tx, deps, request, item, { type: 'unknown', intentId: item.intentId });
}
