// Saving what a decision changed: the row, its audit line, the cards that must change, the notices, the wake-ups.
import { decideItem } from '../domain/decide-item.ts';
import { type Item, type ItemChange, type ItemEvent, isBeforeStart } from '../domain/item.ts';
import { isForAnother, type NoticeOrder, noticesForItem, noticesForRequest } from '../domain/notices.ts';
import type { PersonRef } from '../domain/people.ts';
import type { Card, Tx } from '../domain/ports.ts';
import { decideRequest, type Request, type RequestNews } from '../domain/request.ts';
import type { Audience } from '../domain/views.ts';
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
  const items = await tx.items.of(request.id);
  const rolled = decideRequest(request, { type: 'itemsChanged' }, items, now, deps.policy.approval);
  const next = 'refused' in rolled ? request : rolled.request;
  const saved = await saveRequest(tx, deps, next, 'refused' in rolled ? null : rolled.news, cause);
  await order(tx, deps, saved, noticesForItem(change.news, saved, deps.policy), onceFor(change));
  return { request: saved, change };
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
): Promise<Request> {
  const saved = await tx.requests.save(request);
  if (news) await audit(tx, deps, saved, null, `request.${news}`, cause, { state: saved.state });
  if (isOwnersTurn(saved, news)) await addOwnersCard(tx, deps, saved);
  for (const cardId of await tx.cards.want(saved.id, saved.version, deps.clock.now())) {
    tx.wake({ queue: 'deliverCard', cardId });
  }
  if (news) await order(tx, deps, saved, noticesForRequest(news, saved), saved.id);
  return saved;
}

/** The owner (another person) gets a card once it is certain that it will run. */
function isOwnersTurn(request: Request, news: RequestNews | null): boolean {
  return (news === 'approved' || (news === 'submitted' && request.state === 'approved')) && isForAnother(request);
}

async function addOwnersCard(tx: Tx, deps: SaveDeps, request: Request): Promise<void> {
  const conversation = await tx.conversations.ofPerson(request.owner.id);
  await addCard(tx, deps, request, 'owner', {
    person: request.owner,
    conversationId: conversation?.conversationId ?? null,
  });
}

/** Adds a card that `deliver` will send or, where the message is there already, edit. */
export async function addCard(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  audience: Audience,
  where: { person: PersonRef | null; conversationId: string | null; activityId?: string | null },
): Promise<void> {
  const card: Card = {
    id: deps.ids.next(),
    requestId: request.id,
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
  await tx.cards.insert(card);
  tx.wake({ queue: 'deliverCard', cardId: card.id });
}

/** @param once what makes the notice the same one when the event is decided again */
export async function order(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  orders: readonly NoticeOrder[],
  once: string,
): Promise<void> {
  for (const wanted of orders) {
    const now = deps.clock.now();
    const person =
      wanted.audience === 'requester' ? request.requester : wanted.audience === 'owner' ? request.owner : null;
    const notice = {
      id: deps.ids.next(),
      requestId: request.id,
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

/** Cancels every item that has not started; used with a cancelled request, in its transaction. */
export async function cancelItems(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  items: readonly Item[],
  cause: Cause,
): Promise<void> {
  for (const item of items.filter(isBeforeStart)) {
    const change = decideItem(item, { type: 'cancel' }, deps.clock.now(), deps.policy.limits);
    if (!change) continue;
    await tx.items.save(change.item);
    await audit(tx, deps, request, item.id, 'item.cancelled', cause, { cloudPcId: item.cloudPc.id });
  }
}
