// What the cards of a request show, read in one go.
import { mostForUsual, usualDuration } from '../domain/estimates.ts';
import type { Card, Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { RequestView } from '../domain/views.ts';

/** The bot was removed from the channel, say: nobody there sees the request. */
function isChannelUnreached(cards: readonly Card[]): boolean {
  return cards.some(
    (card) => card.audience === 'channel' && (card.state === 'unreachable' || card.state === 'refused'),
  );
}

export async function readView(tx: Tx, request: Request, now: Instant): Promise<RequestView> {
  const [item] = await tx.items.of(request.id);
  const cards = await tx.cards.of(request.id);
  return {
    request,
    item: item ?? null,
    usual: usualDuration(await tx.items.buildDurations(mostForUsual)),
    ownerUnreached: cards.some((card) => card.audience === 'owner' && card.state === 'unreachable'),
    hasChannel: (await tx.settings.approvalsChannel()) !== null && !isChannelUnreached(cards),
    startsPaused: await tx.settings.startsPaused(),
    now,
  };
}
