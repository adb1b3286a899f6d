// What became of a notice, in its row.
import type { Reader } from '../domain/people.ts';
import type { Address, Mailer, Messenger, Notice, TicketMailer, Tx } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import type { RequestView } from '../domain/views.ts';
import { backoffMs } from './backoff.ts';
import type { Deps } from './deps.ts';

export type NoticeDeps = Deps & { messenger: Messenger; mailer: Mailer & TicketMailer };

/** A notice that this run holds, and what it says to whom. */
export interface NoticeWork {
  notice: Notice;
  lease: string;
  view: RequestView;
  /** null: a mail, or the admins one by one. */
  address: Address | null;
  reader: Reader;
}

export async function endNotice(
  tx: Tx,
  notice: Notice,
  state: 'sent' | 'unreachable' | 'refused',
  sentAt: Instant | null,
): Promise<void> {
  await tx.notices.save({ ...notice, state, lease: null, sentAt, dueAt: null });
}

export async function retryNotice(tx: Tx, notice: Notice, afterMs: number | null, now: Instant): Promise<void> {
  const dueAt = now + backoffMs(notice.tries, afterMs);
  await tx.notices.save({ ...notice, state: 'pending', lease: null, tries: notice.tries + 1, dueAt });
  tx.wake({ queue: 'deliverNotice', noticeId: notice.id }, dueAt);
}

export async function writeMailAudit(tx: Tx, notice: Notice, action: string, at: Instant): Promise<void> {
  const details = { mail: notice.mail, personId: notice.person?.id };
  await tx.audit.write({ at, requestId: notice.requestId, itemId: null, actor: null, action, details });
}
