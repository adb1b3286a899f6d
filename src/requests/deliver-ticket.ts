// A ticket: one mail to the queue of the policy, because no seat was free. As with every mail, one that may have left is
// not sent again. It never changes how the request ends; its card and `check` say when it failed.

import type { TicketView } from '../domain/mail-views.ts';
import type { MailDelivery, Notice, Tx } from '../domain/ports.ts';
import { isHeld } from './lease.ts';
import { endNotice, type NoticeDeps, type NoticeWork, retryNotice, writeMailAudit } from './notice-row.ts';
import { recordOutcome } from './record-outcome.ts';
import { refreshRequest } from './refresh-cards.ts';

export async function deliverTicket(deps: NoticeDeps, work: NoticeWork): Promise<void> {
  const ticket = toTicket(deps, work);
  if (!(await deps.unitOfWork.run((tx) => beginSending(tx, work)))) return;
  const delivery: MailDelivery =
    ticket === null ? { kind: 'refused', reason: 'no queue' } : await deps.mailer.sendTicket(ticket);
  await recordOutcome(deps, (tx) => record(tx, deps, work, delivery));
}

function toTicket({ policy, clock }: NoticeDeps, { view }: NoticeWork): TicketView | null {
  const { request, person } = view;
  const { queue, customerId } = policy.ticket;
  if (!person || queue === null) return null;
  const { item } = person;
  const { entitlement } = item.order;
  const isLicence = entitlement.kind === 'licence';
  return {
    ticket: isLicence ? 'outOfLicences' : 'outOfFrontlineSeats',
    to: item.ticket?.to ?? queue,
    customerId,
    code: request.code ?? '',
    licence: isLicence ? entitlement.group.name : entitlement.policyName,
    partNumber: isLicence ? entitlement.partNumber : entitlement.planName,
    used: item.seats?.used ?? 0,
    total: item.seats?.total ?? 0,
    requester: request.requester,
    person: item.person,
    personUpn: item.upn,
    language: policy.channel.language,
    timeZone: policy.channel.timeZone,
    now: clock.now(),
  };
}

async function beginSending(tx: Tx, work: NoticeWork): Promise<boolean> {
  const notice = await tx.notices.lock(work.notice.id);
  if (!isHeld(notice, work.lease)) return false;
  await tx.notices.save({ ...notice, state: 'sending' });
  return true;
}

async function record(tx: Tx, deps: NoticeDeps, work: NoticeWork, delivery: MailDelivery): Promise<void> {
  // The request's row is always taken before what belongs to it: its cards say what became of the ticket.
  await tx.requests.lock(work.notice.requestId);
  const notice = await tx.notices.lock(work.notice.id);
  if (!notice || notice.state === 'sent') return;
  const now = deps.clock.now();
  if (delivery.kind === 'retry' && !delivery.wasSent) {
    if (isHeld(notice, work.lease)) await retryNotice(tx, notice, delivery.afterMs, now);
    return;
  }
  const isSent = delivery.kind === 'accepted';
  await endNotice(tx, notice, isSent ? 'sent' : 'refused', isSent ? now : null);
  await writeMailAudit(tx, notice, `ticket.${wordFor(delivery)}`, now);
  await refreshRequest(tx, deps, notice.requestId);
  if (!isSent) deps.log.warn({ noticeId: notice.id, requestId: notice.requestId, ...delivery }, 'ticket not sent');
}

function wordFor(delivery: MailDelivery): 'sent' | 'unclear' | 'refused' {
  if (delivery.kind === 'accepted') return 'sent';
  return delivery.kind === 'retry' ? 'unclear' : 'refused';
}

export const isMail = ({ via }: Notice): boolean => via !== 'chat';
