// Telling people: one notice is one new message or one mail. Recorded before and after; a message whose outcome is
// unknown is sent again, a mail is not.

import type { MessageView } from '../domain/message-views.ts';
import { mailInsteadOf } from '../domain/notices.ts';
import type { Address, Delivery, Notice, Tx } from '../domain/ports.ts';
import { day, type Instant } from '../domain/time.ts';
import { channelReader, readPersonalAddress, readReader } from './address.ts';
import { deliverMail } from './deliver-mail.ts';
import { deliverTicket, isMail } from './deliver-ticket.ts';
import { holdingLease, isHeld, leaseMs } from './lease.ts';
import { endNotice, type NoticeDeps, type NoticeWork, retryNotice, writeMailAudit } from './notice-row.ts';
import { recordOutcome } from './record-outcome.ts';
import { refreshRequest } from './refresh-cards.ts';
import { order } from './save.ts';
import { tellAdmins } from './tell-admins.ts';
import { tellUnreached } from './tell-unreached.ts';
import { readView } from './view.ts';

/** A message of yesterday helps nobody any more. */
const staleAfterMs = day;

/** Does what is due for one notice; may be run at any time, by anybody. */
export async function deliverNotice(deps: NoticeDeps, noticeId: string): Promise<void> {
  const work = await deps.unitOfWork.run((tx) => takeWork(tx, deps, noticeId));
  if (!work) return;
  const home = {
    lock: (tx: Tx) => tx.notices.lock(noticeId),
    save: (tx: Tx, row: Notice) => tx.notices.save(row),
  };
  await holdingLease(deps, work.lease, home, () => tell(deps, work));
}

function tell(deps: NoticeDeps, work: NoticeWork): Promise<void> {
  if (work.notice.via === 'mail') return deliverMail(deps, work);
  if (work.notice.via === 'ticket') return deliverTicket(deps, work);
  return work.address === null ? tellAdmins(deps, work) : sendMessage(deps, work, work.address);
}

async function sendMessage(deps: NoticeDeps, work: NoticeWork, address: Address): Promise<void> {
  const { notice } = work;
  const delivery = await deps.messenger.send(address, wordsOf(deps, work));
  if (delivery.kind !== 'delivered')
    deps.log.warn({ noticeId: notice.id, requestId: notice.requestId, ...delivery }, 'notice not delivered');
  await recordOutcome(deps, (tx) => record(tx, deps, work, delivery));
}

/** Teams' own sign-in card says what is to be done, and does most of it by itself. */
function wordsOf({ signIns }: NoticeDeps, { notice: { notice, audience }, view }: NoticeWork): MessageView {
  if (notice === 'signIn' && signIns) return { signIn: { code: view.request.code } };
  return { card: 'notice', notice, audience, view };
}

async function takeWork(tx: Tx, deps: NoticeDeps, noticeId: string): Promise<NoticeWork | null> {
  const notice = await tx.notices.lock(noticeId);
  const now = deps.clock.now();
  if (!notice || (notice.state !== 'pending' && notice.state !== 'sending')) return null;
  if (notice.dueAt !== null && now < notice.dueAt) return null;
  const request = await tx.requests.get(notice.requestId);
  if (!request) return null;
  if (notice.notice === 'signIn' && !(await isSignInMissing(tx, notice))) {
    await endNotice(tx, notice, 'sent', null);
    return null;
  }
  if (isMail(notice) && notice.state === 'sending') {
    // Its sender died between send and record: a second mail would be worse than a missing one.
    await endNotice(tx, notice, 'refused', null);
    await writeMailAudit(tx, notice, notice.via === 'ticket' ? 'ticket.unclear' : 'mail.unclear', now);
    if (request.operation !== 'reprovision') await refreshRequest(tx, deps, request.id);
    return null;
  }
  const lease = deps.ids.next();
  // A mail is being sent only when its address is known: until then nothing of it can have left.
  const state = isMail(notice) ? 'pending' : 'sending';
  await tx.notices.save({ ...notice, state, lease, dueAt: now + leaseMs });
  const view = await readView(tx, request, now, notice.itemId);
  if (notice.person) {
    const reader = await readReader(tx, deps.policy, notice.person.id);
    const address = await readPersonalAddress(tx, deps.policy, notice.person);
    return { notice, lease, view, address, reader };
  }
  const address = await readChannelAddress(tx, deps, notice);
  return { notice, lease, view, address, reader: channelReader(deps.policy) };
}

/** It may have been given, or the request cancelled, before the notice could be delivered. */
async function isSignInMissing(tx: Tx, { requestId }: Notice): Promise<boolean> {
  return (await tx.items.first(requestId))?.state === 'needsSignIn';
}

/** Below the request's card where there is one, else a new thread; null without a channel. */
async function readChannelAddress(tx: Tx, deps: NoticeDeps, notice: Notice): Promise<Address | null> {
  // It says that nobody could be asked there: the admins are told, whatever the channel would take.
  if (notice.notice === 'noChannel') return null;
  const card = await tx.cards.inChannel(notice.requestId);
  const placed = card?.activityId ? card : null;
  const conversationId = placed?.conversationId ?? (await tx.settings.approvalsChannel());
  const conversation = conversationId === null ? null : await tx.conversations.get(conversationId);
  if (!conversation || conversation.blockedAt !== null) return null;
  const reader = channelReader(deps.policy);
  if (!placed?.activityId) return { to: 'channel', conversation, reader };
  return { to: 'thread', conversation, rootActivityId: placed.activityId, reader };
}

async function record(tx: Tx, deps: NoticeDeps, work: NoticeWork, delivery: Delivery): Promise<void> {
  // The request's row is always taken before what belongs to it.
  const isLost = delivery.kind === 'unreachable' || delivery.kind === 'refused';
  if (isLost) await tx.requests.lock(work.notice.requestId);
  const notice = await tx.notices.lock(work.notice.id);
  const now = deps.clock.now();
  if (!isHeld(notice, work.lease)) return;
  if (delivery.kind === 'delivered') {
    if (delivery.conversation) await tx.conversations.upsert(delivery.conversation);
    return endNotice(tx, notice, 'sent', now);
  }
  if (isLost) {
    await endNotice(tx, notice, delivery.kind, null);
    return sayWhoIsMissed(tx, deps, notice);
  }
  if (now - notice.createdAt > staleAfterMs) return endNotice(tx, notice, 'refused', null);
  if (delivery.kind === 'activityGone') await postCardAnew(tx, notice, now);
  await retryNotice(tx, notice, delivery.kind === 'retry' ? delivery.afterMs : null, now);
}

/** An admin who was told for want of a channel is missed by nobody. */
async function sayWhoIsMissed(tx: Tx, deps: NoticeDeps, notice: Notice): Promise<void> {
  const { requestId, audience, person } = notice;
  if (audience === 'owner') await mailInstead(tx, deps, notice);
  if (audience !== 'channel' || person === null)
    await tellUnreached(tx, deps, { requestId, audience, place: notice.id });
}

/** In a bulk request nobody looks after each owner: who cannot be told in Teams gets the same by mail, where there is a sender. */
async function mailInstead(tx: Tx, deps: NoticeDeps, notice: Notice): Promise<void> {
  const request = await tx.requests.get(notice.requestId);
  const item = notice.itemId === null ? null : await tx.items.get(notice.itemId);
  const mail = mailInsteadOf(notice.notice, deps.policy);
  if (!request?.bulk || !item || !mail) return;
  await order(tx, deps, request, [mail], `${item.id}:${item.attempt}`, item);
}

/** The card that it was to stand below was deleted: the card is posted again, and the notice comes below that. */
async function postCardAnew(tx: Tx, notice: Notice, now: Instant): Promise<void> {
  const card = await tx.cards.inChannel(notice.requestId);
  if (!card || card.state === 'sending') return;
  await tx.cards.save({ ...card, state: 'open', activityId: null, shown: 0, shownAt: null, tries: 0, dueAt: now });
  tx.wake({ queue: 'deliverCard', cardId: card.id });
}
