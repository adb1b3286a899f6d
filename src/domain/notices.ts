// Who is told what, when something happens to a request. Cards change in place and make no sound; notices do.
import type { Item, ItemNews } from './item.ts';
import type { MailKind } from './mail-views.ts';
import type { Policy } from './policy.ts';
import type { Request, RequestNews } from './request.ts';
import type { Audience, NoticeKind } from './views.ts';

export type NoticeOrder =
  | { via: 'chat' | 'ticket'; notice: NoticeKind; audience: Audience }
  | { via: 'mail'; notice: NoticeKind; audience: 'requester' | 'owner'; mail: MailKind };

interface ItemNotice {
  notice: NoticeKind;
  people: boolean;
  channel: boolean;
  mail?: MailKind;
}

/** Told to the people concerned, and to IT where somebody there has to look. */
const itemNotices: Partial<Record<ItemNews, ItemNotice>> = {
  building: { notice: 'started', people: false, channel: false, mail: 'started' },
  needsSignIn: { notice: 'signIn', people: true, channel: false },
  ready: { notice: 'ready', people: true, channel: false, mail: 'ready' },
  readyWithWarnings: { notice: 'readyWithWarnings', people: true, channel: true, mail: 'readyWithWarnings' },
  failed: { notice: 'failed', people: true, channel: true, mail: 'failed' },
  notStarted: { notice: 'notStarted', people: true, channel: true, mail: 'notStarted' },
  skipped: { notice: 'skipped', people: true, channel: false, mail: 'notStarted' },
  closed: { notice: 'closed', people: true, channel: false, mail: 'closed' },
  slow: { notice: 'slow', people: false, channel: true },
  timedOut: { notice: 'timedOut', people: true, channel: true },
  needsOperator: { notice: 'needsOperator', people: true, channel: true },
};

export function noticesForItem(news: ItemNews, request: Request, policy: Policy): NoticeOrder[] {
  const row = itemNotices[news];
  if (!row) return [];
  if (request.bulk) return noticesForBulkItem(row, request, policy);
  const orders: NoticeOrder[] = [];
  const people: ('requester' | 'owner')[] = isForAnother(request) ? ['requester', 'owner'] : ['requester'];
  if (row.people) orders.push(...people.map((audience) => ({ via: 'chat' as const, notice: row.notice, audience })));
  if (row.channel) orders.push({ via: 'chat', notice: row.notice, audience: 'channel' });
  if (row.mail && isMailWanted(row.mail, request, policy)) {
    // The one whose Cloud PC it is needs the mail; for one's own that is the requester.
    const audience = isForAnother(request) ? 'owner' : 'requester';
    orders.push({ via: 'mail', notice: row.notice, audience, mail: row.mail });
  }
  return orders;
}

/** Each owner is told; whoever asked follows all of them on one card. */
function noticesForBulkItem(row: ItemNotice, request: Request, policy: Policy): NoticeOrder[] {
  const { notice, people, mail } = row;
  return [
    ...(people ? [{ via: 'chat' as const, notice, audience: 'owner' as const }] : []),
    ...(mail && isMailWanted(mail, request, policy)
      ? [{ via: 'mail' as const, notice, audience: 'owner' as const, mail }]
      : []),
  ];
}

/** The mail that says the same as this message, for somebody whom the bot cannot reach. */
export function mailInsteadOf(notice: NoticeKind, policy: Policy): NoticeOrder | null {
  const row = Object.values(itemNotices).find((one) => one.notice === notice);
  if (!row?.mail || policy.mail.from === null) return null;
  return { via: 'mail', notice, audience: 'owner', mail: row.mail };
}

/** A mail at the start goes out when the policy says so, and whenever IT asked to have the owner told by mail. */
function isMailWanted(mail: MailKind, request: Request, policy: Policy): boolean {
  if (policy.mail.from === null) return false;
  if (mail !== 'started') return request.mail.wanted;
  return policy.mail.whenStarted || (request.mail.wanted && isForAnother(request));
}

export function noticesForRequest(news: RequestNews, request: Request): NoticeOrder[] {
  if (news === 'declined') return [{ via: 'chat', notice: 'declined', audience: 'requester' }];
  if (news === 'expired') return [{ via: 'chat', notice: 'expired', audience: 'requester' }];
  if (news !== 'cancelled') return request.bulk ? noticesForBulk(news) : [];
  const orders: NoticeOrder[] = [];
  if (request.cancelledBy?.id !== request.requester.id) {
    orders.push({ via: 'chat', notice: 'cancelled', audience: 'requester' });
  }
  // The owner has been told only once it was approved.
  if (isForAnother(request) && !request.bulk && request.approvedAt !== null) {
    orders.push({ via: 'chat', notice: 'cancelled', audience: 'owner' });
  }
  return orders;
}

const bulkNotices: Partial<Record<RequestNews, NoticeKind>> = {
  bulkPaused: 'bulkPaused',
  bulkWayGone: 'bulkWayGone',
  ended: 'bulkEnded',
};

function noticesForBulk(news: RequestNews): NoticeOrder[] {
  const notice = bulkNotices[news];
  return notice ? (['requester', 'channel'] as const).map((audience) => ({ via: 'chat', notice, audience })) : [];
}

/** Asked by an admin for other people. */
export function isForAnother(request: Pick<Request, 'requester' | 'owner' | 'bulk'>): boolean {
  return request.bulk !== null || request.requester.id !== request.owner.id;
}

/** The request as it concerns one of its Cloud PCs. */
export function forItem(request: Request, { owner, ownerUpn }: Pick<Item, 'owner' | 'ownerUpn'>): Request {
  return { ...request, owner, ownerUpn };
}
