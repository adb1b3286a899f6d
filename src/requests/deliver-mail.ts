// A notice as a mail. When it is not certain that a mail did not leave, it is not sent again.
import { TemporaryError } from '../domain/errors.ts';
import { isForAnother } from '../domain/notices.ts';
import type { MailDelivery, Tx } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { isHeld } from './lease.ts';
import { endNotice, type NoticeDeps, type NoticeWork, retryNotice, writeMailAudit } from './notice-row.ts';
import { recordOutcome } from './record-outcome.ts';
import { refreshRequest } from './refresh-cards.ts';

const readWithinMs = 20 * second;

/** Reads the address and sends. */
export async function deliverMail(deps: NoticeDeps, work: NoticeWork): Promise<void> {
  const { notice, view } = work;
  const audience = isForAnother(view.request) ? 'owner' : 'requester';
  const person = notice.person;
  const kind = notice.mail;
  if (!person || !kind) throw new Error('a mail without a person or a kind');
  const found = await readMailAddress(deps, person.id);
  if (found instanceof TemporaryError) {
    await deps.unitOfWork.run((tx) => tryAgain(tx, deps, work, found.retryAfterMs));
    return;
  }
  if (!(await deps.unitOfWork.run((tx) => beginSending(tx, work)))) return;
  const delivery: MailDelivery =
    found === null
      ? { kind: 'refused', reason: 'no mailbox' }
      : await deps.mailer.send({
          mail: kind,
          to: { address: found, name: person.name },
          view,
          audience,
          language: work.reader.language,
          timeZone: work.reader.timeZone,
        });
  await recordOutcome(deps, (tx) => recordMail(tx, deps, work, delivery));
}

async function readMailAddress(deps: NoticeDeps, personId: string): Promise<string | null | TemporaryError> {
  try {
    const { person } = await deps.tenant.read({ person: { ask: 'person', personId } }, { withinMs: readWithinMs });
    return person?.mail ?? null;
  } catch (error) {
    if (error instanceof TemporaryError) return error;
    throw error;
  }
}

/** From here on it may have left. False: another run has it. */
async function beginSending(tx: Tx, work: NoticeWork): Promise<boolean> {
  const notice = await tx.notices.lock(work.notice.id);
  if (!isHeld(notice, work.lease)) return false;
  await tx.notices.save({ ...notice, state: 'sending' });
  return true;
}

async function tryAgain(tx: Tx, deps: NoticeDeps, work: NoticeWork, afterMs: number | null): Promise<void> {
  const notice = await tx.notices.lock(work.notice.id);
  if (isHeld(notice, work.lease)) await retryNotice(tx, notice, afterMs, deps.clock.now());
}

async function recordMail(tx: Tx, deps: NoticeDeps, work: NoticeWork, delivery: MailDelivery): Promise<void> {
  if (delivery.kind === 'retry' && !delivery.wasSent) return tryAgain(tx, deps, work, delivery.afterMs);
  // The request's row is always taken before what belongs to it.
  if (work.view.person) await tx.requests.lock(work.notice.requestId);
  const notice = await tx.notices.lock(work.notice.id);
  if (!notice || notice.state === 'sent') return;
  const now = deps.clock.now();
  const isSent = delivery.kind === 'accepted';
  // Also when the lease was lost: then the mail is called unclear, and nobody else sends it, so this is the truth.
  await endNotice(tx, notice, isSent ? 'sent' : 'refused', isSent ? now : null);
  await writeMailAudit(tx, notice, `mail.${wordFor(delivery)}`, now);
  // The card of a person's request says what became of the mail.
  if (work.view.person) await refreshRequest(tx, deps, notice.requestId);
  if (!isSent) deps.log.warn({ noticeId: notice.id, requestId: notice.requestId, ...delivery }, 'mail not sent');
}

function wordFor(delivery: MailDelivery): 'sent' | 'unclear' | 'refused' {
  if (delivery.kind === 'accepted') return 'sent';
  return delivery.kind === 'retry' ? 'unclear' : 'refused';
}
