// Saving what a decision changed: the row, its audit line, the cards that must change, the notices, the wake-ups.
import { decideItem } from '../domain/decide-item.ts';
import { type Item, type ItemChange, type ItemEvent, isBeforeStart } from '../domain/item.ts';
import { type NoticeOrder, noticesForItem, noticesForRequest } from '../domain/notices.ts';
import type { PersonRef } from '../domain/people.ts';
import type { Card, Tx } from '../domain/ports.ts';
import { decideRequest, type Request, type RequestNews } from '../domain/request.ts';
import type { Audience } from '../domain/views.ts';
import { isDone, moveTally, type Wave } from '../domain/waves.ts';
import type { Deps } from './deps.ts';

type SaveDeps = Pick<Deps, 'policy' | 'clock' | 'ids'>;

/** Why somebody did it; for the audit. */
export interface Cause {
  actor: PersonRef | null;
  details?: Record<string, unknown>;
}

const system: Cause = { actor: null };

/** Applies one event to one item of a request whose row is locked. Returns null when the event does not fit any more. */
export async function changeItem(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  item: Item,
  event: ItemEvent,
  cause: Cause = system,
): Promise<{ request: Request; change: ItemChange } | null> {
  const now = deps.clock.now();
  const change = decideItem(item, event, now, deps.policy.limits);
  if (!change) return null;
  const isSaved = await tx.items.save(change.item);
  // The Cloud PC that seemed to be the new one belongs to another unfinished request: a person must look.
  if (!isSaved)
    return changeItem(tx, deps, request, { ...item, missingSince: 0 }, { type: 'gone', ownersCloudPcs: [] }, cause);
  // The job that begins goes on by itself; a wake-up would only have a second one check the same again.
  if (event.type !== 'checkBegan') wakeItem(tx, change.item);
  if (change.news === 'unknown' && item.intentId) await tx.intents.answer(item.intentId, 'unknown', now, null);
  if (!change.news) return { request, change };
  await audit(tx, deps, request, change.item.id, `item.${change.news}`, cause, auditDetails(change));
  const counted = await countItem(tx, deps, request, item, change.item);
  const rolled = decideRequest(counted, { type: 'itemsChanged' }, now, deps.policy.approval);
  const next = 'refused' in rolled ? counted : rolled.request;
  const saved = await saveRequest(tx, deps, next, 'refused' in rolled ? null : rolled.news, cause, change.item.id);
  await order(tx, deps, saved, noticesForItem(change.news, saved, deps.policy), onceFor(change), change.item);
  return { request: await afterCount(tx, deps, saved, change), change };
}

/** The counts of its wave and of the request. */
async function countItem(tx: Tx, deps: SaveDeps, request: Request, before: Item, after: Item): Promise<Request> {
  if (before.state === after.state) return request;
  const wave = await tx.waves.get(request.id, after.wave);
  if (wave) {
    const counted: Wave = { ...wave, tally: moveTally(wave.tally, before.state, after.state) };
    const isDue = request.bulk !== null && counted.endedAt === null && isDone(counted);
    const now = deps.clock.now();
    await tx.waves.save(isDue ? { ...counted, dueAt: now } : counted);
    if (isDue) tx.wake({ queue: 'bulk', requestId: request.id });
  }
  return { ...request, tally: moveTally(request.tally, before.state, after.state) };
}

/** What the new counts mean for a bulk request: it halts by itself, or somebody must look at what is unclear. */
async function afterCount(tx: Tx, deps: SaveDeps, request: Request, { item, news }: ItemChange): Promise<Request> {
  if (!request.bulk) return request;
  if (news === 'needsOperator' || news === 'timedOut') {
    const once = `unsettled:${item.wave}:${item.attempt}`;
    const orders = (['requester', 'channel'] as const).map((audience) => ({
      via: 'chat' as const,
      notice: 'bulkUnsettled' as const,
      audience,
    }));
    await order(tx, deps, request, orders, once);
  }
  const wave = await tx.waves.get(request.id, item.wave);
  if (!wave) return request;
  const { stopWhenFailedPercent } = deps.policy.limits;
  const event = { type: 'waveCounted' as const, wave, stopWhenFailedPercent };
  const decided = decideRequest(request, event, deps.clock.now(), deps.policy.approval);
  if ('refused' in decided || !decided.news) return request;
  return saveRequest(tx, deps, decided.request, decided.news, { actor: null, details: { wave: wave.number } });
}

/** The same news of the same attempt is told once; each time that a sign-in is missing anew is news of its own. */
function onceFor({ item, news }: ItemChange): string {
  const once = `${item.id}:${item.attempt}`;
  return news === 'needsSignIn' ? `${once}:${item.signInSince}` : once;
}

function auditDetails({ item, news }: ItemChange): Record<string, unknown> {
  return {
    cloudPcId: item.cloudPc.id,
    cloudPc: item.newName ?? item.cloudPc.name,
    state: item.state,
    attempt: item.attempt,
    ...(item.intentId ? { intentId: item.intentId } : {}),
    ...(item.outcome ? { outcome: item.outcome.code, graphCode: item.outcome.detail?.code } : {}),
    ...(news === 'held' ? { hold: item.hold } : {}),
  };
}

function wakeItem(tx: Tx, item: Item): void {
  if (item.dueAt !== null) tx.wake({ queue: 'advance', itemId: item.id }, item.dueAt);
  if (item.lookAt !== null) tx.wake({ queue: 'watch' }, item.lookAt);
}

/** Saves the request and has every card of it shown anew. `news` null: something about it changed, its state did not. */
export async function saveRequest(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  news: RequestNews | null,
  cause: Cause = system,
  itemId: string | null = null,
): Promise<Request> {
  const saved = await tx.requests.save(request);
  if (news) await audit(tx, deps, saved, null, `request.${news}`, cause, { state: saved.state });
  await wantCards(tx, deps, saved, itemId);
  if (news) await order(tx, deps, saved, noticesForRequest(news, saved), onceForRequest(saved, news));
  return saved;
}

/** In a bulk request only the card of the whole, and those of the item that changed. */
export async function wantCards(
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  { id, version, bulk }: Request,
  itemId: string | null,
): Promise<void> {
  const ids = await tx.cards.want(id, version, deps.clock.now(), bulk ? { itemId } : undefined);
  for (const cardId of ids) tx.wake({ queue: 'deliverCard', cardId });
}

/** A bulk request may halt more than once. */
function onceForRequest({ id, version }: Request, news: RequestNews): string {
  return news === 'bulkPaused' || news === 'bulkWayGone' ? `${id}:${version}` : id;
}

/** Adds a card that `deliver` will send or, where the message is there already, edit. */
export async function addCard(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  audience: Audience,
  where: { person: PersonRef | null; conversationId: string | null; activityId?: string | null },
): Promise<void> {
  const card = newCard(deps, request, audience, where);
  await tx.cards.insert(card);
  tx.wake({ queue: 'deliverCard', cardId: card.id });
}

export function newCard(
  deps: SaveDeps,
  request: Request,
  audience: Audience,
  where: {
    person: PersonRef | null;
    conversationId: string | null;
    activityId?: string | null;
    itemId?: string | null;
  },
): Card {
  return {
    id: deps.ids.next(),
    requestId: request.id,
    itemId: where.itemId ?? null,
    audience,
    person: where.person,
    conversationId: where.conversationId,
    activityId: where.activityId ?? null,
    wanted: request.version,
    shown: 0,
    state: 'open',
    tries: 0,
    dueAt: deps.clock.now(),
    shownAt: null,
    lease: null,
  };
}

/** @param once what makes the notice the same one when the event is decided again */
export async function order(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  orders: readonly NoticeOrder[],
  once: string,
  item: Item | null = null,
): Promise<void> {
  const people = { requester: request.requester, owner: item?.owner ?? request.owner, channel: null };
  for (const wanted of orders) {
    const now = deps.clock.now();
    const person = people[wanted.audience];
    const notice = {
      id: deps.ids.next(),
      requestId: request.id,
      itemId: item?.id ?? null,
      via: wanted.via,
      notice: wanted.notice,
      audience: wanted.audience,
      person,
      mail: wanted.via === 'mail' ? wanted.mail : null,
      state: 'pending' as const,
      tries: 0,
      createdAt: now,
      dueAt: now,
      sentAt: null,
      lease: null,
    };
    const isNew = await tx.notices.insert(notice, once);
    if (isNew) tx.wake({ queue: 'deliverNotice', noticeId: notice.id });
  }
}

export async function audit(
  tx: Tx,
  deps: SaveDeps,
  request: Request | null,
  itemId: string | null,
  action: string,
  cause: Cause,
  details: Record<string, unknown> = {},
): Promise<void> {
  await tx.audit.write({
    at: deps.clock.now(),
    requestId: request?.id ?? null,
    itemId,
    actor: cause.actor,
    action,
    details: { ...details, ...cause.details },
  });
}

/** Cancels every item that has not started; used with a cancelled request, in its transaction. Returns it with its counts. */
export async function cancelItems(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  items: readonly Item[],
  cause: Cause,
): Promise<Request> {
  let counted = request;
  for (const item of items.filter(isBeforeStart)) {
    const change = decideItem(item, { type: 'cancel' }, deps.clock.now(), deps.policy.limits);
    if (!change) continue;
    await tx.items.save(change.item);
    await audit(tx, deps, counted, item.id, 'item.cancelled', cause, { cloudPcId: item.cloudPc.id });
    counted = await countItem(tx, deps, counted, item, change.item);
  }
  return counted;
}
