// What the cards of a request show, read in one go.
import { mostForUsual, usualDuration } from '../domain/estimates.ts';
import { isForAnother } from '../domain/notices.ts';
import type { Card, Notice, Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { Audience, RequestView } from '../domain/views.ts';

/** The bot was removed there or blocked, say: who reads that card does not see the request, or was not told. */
export function isUnreached(cards: readonly Card[], lost: readonly Notice[], audience: Audience): boolean {
  const isLost = (card: Card) => card.state === 'unreachable' || card.state === 'refused';
  // Admins who are told one by one stand in for a channel that is not there.
  const wasMissed = ({ person }: Notice) => audience !== 'channel' || person === null;
  return (
    cards.some((card) => card.audience === audience && isLost(card)) ||
    lost.some((notice) => notice.audience === audience && wasMissed(notice))
  );
}

export async function readView(tx: Tx, request: Request, now: Instant): Promise<RequestView> {
  const [item] = await tx.items.of(request.id);
  const cards = await tx.cards.of(request.id);
  const lost = await tx.notices.lost(request.id);
  return {
    request,
    item: item ?? null,
    usual: usualDuration(await tx.items.buildDurations(mostForUsual)),
    ownerUnreached: isUnreached(cards, lost, isForAnother(request) ? 'owner' : 'requester'),
    hasChannel: (await tx.settings.approvalsChannel()) !== null && !isUnreached(cards, lost, 'channel'),
    startsPaused: await tx.settings.startsPaused(),
    now,
  };
}
