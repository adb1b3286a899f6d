// Showing the newest state of a request on one card: read what is to be shown, send or edit it, record what came of it.
// The first transaction takes a lease, so that two processes never send the same card at once.
import type { Address, Card, Delivery, Messenger, Tx } from '../domain/ports.ts';
import { type Instant, second } from '../domain/time.ts';
import type { CardView } from '../domain/views.ts';
import { readAddress } from './address.ts';
import { backoffMs } from './backoff.ts';
import type { Deps } from './deps.ts';
import { holdingLease, isHeld, leaseMs } from './lease.ts';
import { recordOutcome } from './record-outcome.ts';
import { tellUnreached } from './tell-unreached.ts';
import { readView } from './view.ts';

/** Teams edits are merged: never more than one in this time on one card. */
const editsApartMs = 5 * second;

type DeliverDeps = Pick<Deps, 'policy' | 'clock' | 'ids' | 'log' | 'unitOfWork'> & { messenger: Messenger };

interface Work {
  card: Card;
  lease: string;
  address: Address;
  view: CardView;
}

/** Does what is due for one card; may be run at any time, by anybody. */
export async function deliverCard(deps: DeliverDeps, cardId: string): Promise<void> {
  const work = await deps.unitOfWork.run((tx) => takeWork(tx, deps, cardId));
  if (!work) return;
  const { card, lease, address, view } = work;
  const home = {
    lock: (tx: Tx) => tx.cards.lock(cardId),
    save: (tx: Tx, row: Card) => tx.cards.save(row),
  };
  await holdingLease(deps, lease, home, async () => {
    const delivery =
      card.activityId === null
        ? await deps.messenger.send(address, view)
        : await deps.messenger.edit(address, card.activityId, view);
    logTrouble(deps, card, delivery);
    await recordOutcome(deps, (tx) => record(tx, deps, work, delivery));
  });
}

async function takeWork(tx: Tx, deps: DeliverDeps, cardId: string): Promise<Work | null> {
  const card = await tx.cards.lock(cardId);
  const now = deps.clock.now();
  if (!card || card.wanted <= card.shown || card.state === 'unreachable' || card.state === 'refused') return null;
  const notBefore = earliest(card, now);
  if (now < notBefore) {
    await tx.cards.save({ ...card, dueAt: notBefore });
    tx.wake({ queue: 'deliverCard', cardId }, notBefore);
    return null;
  }
  const request = await tx.requests.get(card.requestId);
  const address = request ? await readAddress(tx, deps.policy, card) : null;
  if (!request || !address) return null;
  const lease = deps.ids.next();
  const leased: Card = {
    ...card,
    state: 'sending',
    lease,
    wanted: Math.max(card.wanted, request.version),
    dueAt: now + leaseMs,
  };
  await tx.cards.save(leased);
  const view = await readView(tx, request, now, card.itemId);
  return {
    card: { ...leased, wanted: request.version },
    lease,
    address,
    view: { card: 'request', audience: card.audience, view },
  };
}

function earliest(card: Card, now: Instant): Instant {
  // A lease, or the pause that Teams asked for after a try.
  if (card.dueAt !== null && (card.state === 'sending' || card.tries > 0)) return card.dueAt;
  // A time that is still to come was written by a clock that was ahead.
  if (card.activityId === null || card.shownAt === null || card.shownAt > now) return 0;
  return card.shownAt + editsApartMs;
}

async function record(tx: Tx, deps: DeliverDeps, work: Work, delivery: Delivery): Promise<void> {
  // The request's row is always taken before its cards'.
  const isLost = delivery.kind === 'unreachable' || delivery.kind === 'refused';
  if (isLost) await tx.requests.lock(work.card.requestId);
  const card = await tx.cards.lock(work.card.id);
  if (!card) return;
  const now = deps.clock.now();
  if (!isHeld(card, work.lease)) return takeBack(tx, deps, card, work, delivery, now);
  const next = afterDelivery(card, work.card.wanted, delivery, now);
  if (delivery.kind === 'delivered' && delivery.conversation) await tx.conversations.upsert(delivery.conversation);
  if (delivery.kind === 'unreachable' && card.conversationId) await tx.conversations.block(card.conversationId, now);
  await tx.cards.save(next);
  if (next.dueAt !== null) tx.wake({ queue: 'deliverCard', cardId: card.id }, next.dueAt);
  if (isLost) {
    const { requestId, audience, id } = card;
    await tellUnreached(tx, deps, { requestId, audience, place: id });
  }
}

/**
 * Somebody else has this card, or had it meanwhile. Our words may have come after theirs, so the newest are shown once more.
 * Who is sending it right now loses it too: which of both arrived last, nobody knows.
 */
async function takeBack(
  tx: Tx,
  deps: DeliverDeps,
  card: Card,
  work: Work,
  delivery: Delivery,
  now: Instant,
): Promise<void> {
  const fields = { requestId: card.requestId, cardId: card.id, delivery: delivery.kind };
  deps.log.warn(fields, 'card was sent by a run that had lost it');
  const mayHaveArrived = delivery.kind === 'delivered' || (delivery.kind === 'retry' && delivery.wasSent);
  if (!mayHaveArrived || work.card.activityId === null || work.card.activityId !== card.activityId) return;
  if (card.state !== 'open' && card.state !== 'sending') return;
  const dueAt = now + editsApartMs;
  const shown = Math.min(card.shown, card.wanted - 1);
  await tx.cards.save({ ...card, state: 'open', lease: null, shown, shownAt: now, tries: 0, dueAt });
  tx.wake({ queue: 'deliverCard', cardId: card.id }, dueAt);
}

function afterDelivery(leased: Card, shownVersion: number, delivery: Delivery, now: Instant): Card {
  const card = { ...leased, lease: null };
  switch (delivery.kind) {
    case 'delivered': {
      const shown = Math.max(card.shown, shownVersion);
      const conversationId = delivery.conversation?.conversationId ?? card.conversationId;
      const dueAt = card.wanted > shown ? now + editsApartMs : null;
      return {
        ...card,
        state: 'open',
        shown,
        shownAt: now,
        tries: 0,
        conversationId,
        activityId: delivery.activityId,
        dueAt,
      };
    }
    case 'activityGone':
      return { ...card, state: 'open', activityId: null, shownAt: null, tries: card.tries + 1, dueAt: now };
    case 'unreachable':
      return { ...card, state: 'unreachable', tries: card.tries + 1, dueAt: null };
    case 'refused':
      return { ...card, state: 'refused', tries: card.tries + 1, dueAt: null };
    case 'retry':
      return { ...card, state: 'open', tries: card.tries + 1, dueAt: now + backoffMs(card.tries, delivery.afterMs) };
  }
}

function logTrouble(deps: DeliverDeps, card: Card, delivery: Delivery): void {
  if (delivery.kind === 'delivered') return;
  const fields = {
    requestId: card.requestId,
    cardId: card.id,
    audience: card.audience,
    tries: card.tries,
    ...delivery,
  };
  if (delivery.kind === 'refused') deps.log.error(fields, 'card refused by Teams');
  else deps.log.warn(fields, 'card not delivered');
}
