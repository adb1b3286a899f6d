// Who is told what, when something happens to a request about a person.

import type { MailKind } from './mail-views.ts';
import { isForAnother, type NoticeOrder } from './notices.ts';
import type { PersonNews } from './person-events.ts';
import type { Policy } from './policy.ts';
import type { Request } from './request.ts';
import type { NoticeKind } from './views.ts';

interface PersonNotice {
  notice: NoticeKind;
  /** The person whom it is about, where somebody else asked. */
  person: boolean;
  requester: boolean;
  channel: boolean;
  mail?: MailKind;
}

const personNotices: Partial<Record<PersonNews, PersonNotice>> = {
  assigned: { notice: 'assigned', person: true, requester: true, channel: false, mail: 'assigned' },
  assignedWithWarnings: {
    notice: 'assignedWithWarnings',
    person: true,
    requester: true,
    channel: true,
    mail: 'assigned',
  },
  unassigned: { notice: 'unassigned', person: true, requester: true, channel: false, mail: 'unassigned' },
  unassignedWithWarnings: {
    notice: 'unassignedWithWarnings',
    person: true,
    requester: true,
    channel: true,
    mail: 'unassigned',
  },
  skipped: { notice: 'assignSkipped', person: false, requester: true, channel: false },
  outOfSeats: { notice: 'outOfSeats', person: false, requester: true, channel: true },
  outOfSeatsLate: { notice: 'outOfSeats', person: true, requester: true, channel: true, mail: 'assignFailed' },
  failed: { notice: 'assignFailed', person: true, requester: true, channel: true, mail: 'assignFailed' },
  slow: { notice: 'slow', person: false, requester: false, channel: true },
  needsOperator: { notice: 'needsOperator', person: false, requester: true, channel: true },
};

export function noticesForPerson(news: PersonNews, request: Request, policy: Policy): NoticeOrder[] {
  const row = personNotices[news];
  if (!row) return [];
  const { notice, mail } = row;
  const isOther = isForAnother(request);
  const orders: NoticeOrder[] = [];
  if (row.requester) orders.push({ via: 'chat', notice, audience: 'requester' });
  if (row.person && isOther) orders.push({ via: 'chat', notice, audience: 'owner' });
  if (row.channel) orders.push({ via: 'chat', notice, audience: 'channel' });
  if (mail && request.mail.wanted && policy.mail.from !== null)
    orders.push({ via: 'mail', notice, audience: isOther ? 'owner' : 'requester', mail });
  return orders;
}
