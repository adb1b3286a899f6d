// On the embedded store nobody else can be running: what a killed process held is free at once.
import type { Deps } from './deps.ts';

/** Ends every lease of the last run. A mail that was being sent stays unclear; cards and messages are sent again. */
export async function recoverLeases({ unitOfWork, clock }: Pick<Deps, 'unitOfWork' | 'clock'>): Promise<void> {
  await unitOfWork.run(async (tx) => {
    const now = clock.now();
    for (const cardId of await tx.cards.endLeases(now)) tx.wake({ queue: 'deliverCard', cardId });
    for (const noticeId of await tx.notices.endLeases(now)) tx.wake({ queue: 'deliverNotice', noticeId });
  });
}
