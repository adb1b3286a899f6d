// The safety net: once a minute, what is due in the columns and was forgotten is woken, and what is old is thrown away.
import { draftLivesMs } from '../domain/request.ts';
import { day, second } from '../domain/time.ts';
import type { Deps } from '../requests/deps.ts';

const atOnce = 500;
/** Leases are set and read by the clocks of the processes; half of the shortest time that they rest on. */
const clocksMayDifferMs = 10 * second;

export async function sweep({ unitOfWork, clock, log }: Pick<Deps, 'unitOfWork' | 'clock' | 'log'>): Promise<void> {
  const now = clock.now();
  const woken = await unitOfWork.run(async (tx) => {
    const items = await tx.items.due(now, atOnce);
    const cards = await tx.cards.due(now, atOnce);
    const notices = await tx.notices.due(now, atOnce);
    for (const itemId of items) tx.wake({ queue: 'advance', itemId });
    for (const personItemId of await tx.personItems.due(now, atOnce)) tx.wake({ queue: 'person', personItemId });
    for (const requestId of await tx.waves.due(now, atOnce)) tx.wake({ queue: 'bulk', requestId });
    for (const cardId of cards) tx.wake({ queue: 'deliverCard', cardId });
    for (const noticeId of notices) tx.wake({ queue: 'deliverNotice', noticeId });
    tx.wake({ queue: 'timers' });
    tx.wake({ queue: 'seal' });
    const look = await tx.items.nextLookAt();
    if (look !== null) tx.wake({ queue: 'watch' }, look);
    await tx.seenActivities.forgetBefore(now - day);
    await tx.pendingTurns.forgetBefore(now - draftLivesMs);
    const aheadMs = clock.now() - (await tx.now());
    if (Math.abs(aheadMs) > clocksMayDifferMs) log.warn({ aheadMs }, 'the clock differs from that of the store');
    return { items: items.length, cards: cards.length, notices: notices.length };
  });
  log.debug(woken, 'swept');
}
