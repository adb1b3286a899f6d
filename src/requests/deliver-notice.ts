// Telling people: one notice is one new message or one mail. Recorded before and after; a message whose outcome is
// unknown is sent again, a mail is not.
import { TemporaryError } from '../domain/errors.ts';
import { isForAnother } from '../domain/notices.ts';
import { type PersonRef, type Reader, roleGroupIds, rolesOf } from '../domain/people.ts';
import type { Address, Delivery, MailDelivery, Mailer, Messenger, Notice, Tx } from '../domain/ports.ts';
import { day, type Instant, second } from '../domain/time.ts';
import type { RequestView } from '../domain/views.ts';
import { channelReader, readPersonalAddress, readReader } from './address.ts';
import { backoffMs } from './backoff.ts';
import type { Deps } from './deps.ts';
import { readView } from './view.ts';

const leaseMs = 60 * second;
const readWithinMs = 20 * second;
const adminsAtMost = 10;
const peopleAPage = 100;
/** A message of yesterday helps nobody any more. */
const staleAfterMs = day;

export type NoticeDeps = Deps & { messenger: Messenger; mailer: Mailer };

interface Work {
  notice: Notice;
  view: RequestView;
  /** null: a mail, or the admins one by one. */
  address: Address | null;
  reader: Reader;
}

/** Does what is due for one notice; may be run at any time, by anybody. */
export async function deliverNotice(deps: NoticeDeps, noticeId: string): Promise<void> {
  const work = await deps.unitOfWork.run((tx) => takeWork(tx, deps, noticeId));
  if (!work) return;
  if (work.notice.via === 'mail') return deliverMail(deps, work);
  if (work.address === null) return tellAdmins(deps, work);
  const { notice, address, view } = work;
  const delivery = await deps.messenger.send(address, {
    card: 'notice',
    notice: notice.notice,
    audience: notice.audience,
    view,
  });
  if (delivery.kind !== 'delivered')
    deps.log.warn({ noticeId, requestId: notice.requestId, ...delivery }, 'notice not delivered');
  await deps.unitOfWork.run((tx) => record(tx, deps, noticeId, delivery));
}

async function takeWork(tx: Tx, deps: NoticeDeps, noticeId: string): Promise<Work | null> {
  const notice = await tx.notices.lock(noticeId);
  const now = deps.clock.now();
  if (!notice || (notice.state !== 'pending' && notice.state !== 'sending')) return null;
  if (notice.dueAt !== null && now < notice.dueAt) return null;
  const request = await tx.requests.get(notice.requestId);
  if (!request) return null;
  if (notice.via === 'mail' && notice.state === 'sending') {
    // Its sender died between send and record: a second mail would be worse than a missing one.
    await end(tx, notice, 'refused', null);
    await writeMailAudit(tx, notice, 'mail.unclear', now);
    return null;
  }
  await tx.notices.save({ ...notice, state: 'sending', dueAt: now + leaseMs });
  const view = await readView(tx, request, now);
  if (notice.person) {
    const reader = await readReader(tx, deps.policy, notice.person.id);
    return { notice, view, address: await readPersonalAddress(tx, deps.policy, notice.person), reader };
  }
  return { notice, view, address: await readChannelAddress(tx, deps, notice), reader: channelReader(deps.policy) };
}

/** Below the request's card where there is one, else a new thread; null without a channel. */
async function readChannelAddress(tx: Tx, deps: NoticeDeps, notice: Notice): Promise<Address | null> {
  const cards = await tx.cards.of(notice.requestId);
  const card = cards.find((one) => one.audience === 'channel' && one.activityId !== null);
  const conversationId = card?.conversationId ?? (await tx.settings.approvalsChannel());
  const conversation = conversationId === null ? null : await tx.conversations.get(conversationId);
  if (!conversation || conversation.blockedAt !== null) return null;
  const reader = channelReader(deps.policy);
  if (!card?.activityId) return { to: 'channel', conversation, reader };
  return { to: 'thread', conversation, rootActivityId: card.activityId, reader };
}

async function record(tx: Tx, deps: NoticeDeps, noticeId: string, delivery: Delivery): Promise<void> {
  const notice = await tx.notices.lock(noticeId);
  if (notice?.state !== 'sending') return;
  const now = deps.clock.now();
  if (delivery.kind === 'delivered') {
    if (delivery.conversation) await tx.conversations.upsert(delivery.conversation);
    return end(tx, notice, 'sent', now);
  }
  if (delivery.kind === 'unreachable') return end(tx, notice, 'unreachable', null);
  const isStale = now - notice.createdAt > staleAfterMs;
  if (delivery.kind === 'refused' || isStale) return end(tx, notice, 'refused', null);
  if (delivery.kind === 'activityGone') await postCardAnew(tx, notice, now);
  await retry(tx, notice, delivery.kind === 'retry' ? delivery.afterMs : null, now);
}

/** The card that it was to stand below was deleted: the card is posted again, and the notice comes below that. */
async function postCardAnew(tx: Tx, notice: Notice, now: Instant): Promise<void> {
  const card = (await tx.cards.of(notice.requestId)).find((one) => one.audience === 'channel');
  if (!card || card.state === 'sending') return;
  await tx.cards.save({ ...card, state: 'open', activityId: null, shown: 0, shownAt: null, tries: 0, dueAt: now });
  tx.wake({ queue: 'deliverCard', cardId: card.id });
}

async function end(
  tx: Tx,
  notice: Notice,
  state: 'sent' | 'unreachable' | 'refused',
  sentAt: Instant | null,
): Promise<void> {
  await tx.notices.save({ ...notice, state, sentAt, dueAt: null });
}

async function retry(tx: Tx, notice: Notice, afterMs: number | null, now: Instant): Promise<void> {
  const dueAt = now + backoffMs(notice.tries, afterMs);
  await tx.notices.save({ ...notice, state: 'pending', tries: notice.tries + 1, dueAt });
  tx.wake({ queue: 'deliverNotice', noticeId: notice.id }, dueAt);
}

async function deliverMail(deps: NoticeDeps, work: Work): Promise<void> {
  const { notice, view } = work;
  const { request } = view;
  const audience = isForAnother(request) ? 'owner' : 'requester';
  const person = notice.person;
  const kind = notice.mail;
  if (!person || !kind) throw new Error('a mail without a person or a kind');
  const found = await readMailAddress(deps, person.id);
  if (found instanceof TemporaryError) {
    await deps.unitOfWork.run((tx) => retry(tx, notice, found.retryAfterMs, deps.clock.now()));
    return;
  }
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
  await deps.unitOfWork.run((tx) => recordMail(tx, deps, notice, delivery));
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

async function recordMail(tx: Tx, deps: NoticeDeps, notice: Notice, delivery: MailDelivery): Promise<void> {
  const now = deps.clock.now();
  if (delivery.kind === 'retry' && !delivery.wasSent) return retry(tx, notice, delivery.afterMs, now);
  const isSent = delivery.kind === 'accepted';
  await end(tx, notice, isSent ? 'sent' : 'refused', isSent ? now : null);
  await writeMailAudit(
    tx,
    notice,
    isSent ? 'mail.sent' : delivery.kind === 'retry' ? 'mail.unclear' : 'mail.refused',
    now,
  );
  if (!isSent) deps.log.warn({ noticeId: notice.id, requestId: notice.requestId, ...delivery }, 'mail not sent');
}

async function writeMailAudit(tx: Tx, notice: Notice, action: string, at: Instant): Promise<void> {
  const details = { mail: notice.mail, personId: notice.person?.id };
  await tx.audit.write({ at, requestId: notice.requestId, itemId: null, actor: null, action, details });
}

/** Without a channel, admins with a known chat are told, at most ten; who is an admin is read live. */
async function tellAdmins(deps: NoticeDeps, { notice }: Work): Promise<void> {
  const { admins, hasFaults } = await findAdmins(deps);
  await deps.unitOfWork.run(async (tx) => {
    const now = deps.clock.now();
    const current = await tx.notices.lock(notice.id);
    if (current?.state !== 'sending') return;
    if (hasFaults && admins.length < adminsAtMost) return retry(tx, current, null, now);
    for (const person of admins.slice(0, adminsAtMost)) {
      const one: Notice = {
        ...current,
        id: deps.ids.next(),
        person,
        state: 'pending',
        tries: 0,
        createdAt: now,
        dueAt: now,
        sentAt: null,
      };
      if (await tx.notices.insert(one, `${notice.id}:${person.id}`))
        tx.wake({ queue: 'deliverNotice', noticeId: one.id });
    }
    await end(tx, current, admins.length > 0 ? 'sent' : 'unreachable', admins.length > 0 ? now : null);
    if (admins.length === 0)
      deps.log.warn({ requestId: notice.requestId, notice: notice.notice }, 'no admin could be told');
  });
}

/** Goes through everybody who has a chat with the bot, newest first, until ten admins are found. */
async function findAdmins(deps: NoticeDeps): Promise<{ admins: PersonRef[]; hasFaults: boolean }> {
  const groupIds = roleGroupIds(deps.policy.roles);
  const admins: PersonRef[] = [];
  let hasFaults = false;
  for (let offset = 0; admins.length < adminsAtMost; offset += peopleAPage) {
    const known = await deps.unitOfWork.run((tx) => tx.conversations.knownPeople(offset, peopleAPage));
    const looks = await deps.tenant.look(
      known.map((person) => ({ ask: 'memberOf' as const, personId: person.id, groupIds })),
      { withinMs: readWithinMs },
    );
    for (const [index, person] of known.entries()) {
      const look = looks[index];
      if (!look || 'fault' in look) hasFaults = true;
      else if (rolesOf(look.value, deps.policy.roles).admin) admins.push(person);
    }
    if (known.length < peopleAPage) break;
  }
  return { admins, hasFaults };
}
