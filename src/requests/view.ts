// What the cards of a request show, read in one go.
import { mostForUsual, usualDuration } from '../domain/estimates.ts';
import { isForAnother } from '../domain/notices.ts';
import type { Card, Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { Audience, RequestView } from '../domain/views.ts';

/** The bot was removed there or blocked, say: who reads that card does not see the request. */
function isUnreached(cards: readonly Card[], audience: Audience): boolean {
  return cards.some((card) => card.audience === audience && (card.state === 'unreachable' || card.state === 'refused'));
}

export async function readView(tx: Tx, request: Request, now: Instant): Promise<RequestView> {
  const [item] = await tx.items.of(request.id);
  const cards = await tx.cards.of(request.id);
  return {
    request,
    item: item ?? null,
    usual: usualDuration(await tx.items.buildDurations(mostForUsual)),
    ownerUnreached: isUnreached(cards, isForAnother(request) ? 'owner' : 'requester'),
    hasChannel: (await tx.settings.approvalsChannel()) !== null && !isUnreached(cards, 'channel'),
    startsPaused: await tx.settings.startsPaused(),
    now,
  };
}
