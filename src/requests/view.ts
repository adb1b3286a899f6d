// What the cards of a request show, read in one go.

import type { BulkView } from '../domain/bulk-views.ts';
import { mostForUsual, usualDuration } from '../domain/estimates.ts';
import type { Item } from '../domain/item.ts';
import { forItem, isForAnother } from '../domain/notices.ts';
import type { Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { Audience, RequestView } from '../domain/views.ts';
import { readPersonView } from './person/person-view.ts';

const mostTroubled = 5;

/**
 * The bot was removed there or blocked, say: who reads that card does not see the request, or was not told.
 * @param except a card or notice that does not count
 */
export async function countUnreached(
  tx: Pick<Tx, 'cards' | 'notices'>,
  requestId: string,
  audience: Audience,
  except?: string,
): Promise<number> {
  const cards = await tx.cards.countLost(requestId, audience, except);
  return cards > 0 ? cards : tx.notices.countLost(requestId, audience, except);
}

/**
 * A bulk request is shown as a whole, or as it concerns one of its Cloud PCs.
 * @param itemId which one; null: the whole
 */
export async function readView(
  tx: Tx,
  request: Request,
  now: Instant,
  itemId: string | null = null,
): Promise<RequestView> {
  const item = await readItem(tx, request, itemId);
  const seen = item ? forItem(request, item) : request;
  const others = isForAnother(request) ? 'owner' : 'requester';
  const unreached = await countUnreached(tx, request.id, others);
  const isWhole = request.bulk !== null && item === null;
  return {
    request: seen,
    item,
    bulk: isWhole ? await readBulk(tx, request, unreached) : null,
    person: await readPersonView(tx, request),
    usual: usualDuration(await tx.items.buildDurations(mostForUsual)),
    ownerUnreached: unreached > 0,
    hasChannel:
      (await tx.settings.approvalsChannel()) !== null && (await countUnreached(tx, request.id, 'channel')) === 0,
    startsPaused: await tx.settings.startsPaused(),
    now,
  };
}

async function readItem(tx: Tx, request: Request, itemId: string | null): Promise<Item | null> {
  if (request.operation !== 'reprovision') return null;
  if (itemId === null) return request.bulk ? null : tx.items.first(request.id);
  const item = await tx.items.get(itemId);
  return item?.requestId === request.id ? item : null;
}

async function readBulk(tx: Tx, { id, tally }: Request, unreached: number): Promise<BulkView> {
  return {
    waves: await tx.waves.of(id),
    tally,
    troubled: await tx.items.troubled(id, mostTroubled),
    unreached,
    attempts: await tx.items.sumAttempts(id),
    startedAt: await tx.items.firstStartAt(id),
  };
}
