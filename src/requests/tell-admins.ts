// Telling the admins when there is no channel to tell.
import { type PersonRef, roleGroupIds, rolesOf } from '../domain/people.ts';
import type { Notice } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { isHeld } from './lease.ts';
import { endNotice, type NoticeDeps, type NoticeWork, retryNotice } from './notice-row.ts';

const readWithinMs = 20 * second;
const adminsAtMost = 10;
const peopleAPage = 100;

/** Without a channel, admins with a known chat are told, at most ten; who is an admin is read live. */
export async function tellAdmins(deps: NoticeDeps, { notice, lease }: NoticeWork): Promise<void> {
  const { admins, hasFaults } = await findAdmins(deps);
  await deps.unitOfWork.run(async (tx) => {
    const now = deps.clock.now();
    const current = await tx.notices.lock(notice.id);
    if (!isHeld(current, lease)) return;
    if (hasFaults && admins.length < adminsAtMost) return retryNotice(tx, current, null, now);
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
        lease: null,
      };
      if (await tx.notices.insert(one, `${notice.id}:${person.id}`))
        tx.wake({ queue: 'deliverNotice', noticeId: one.id });
    }
    await endNotice(tx, current, admins.length > 0 ? 'sent' : 'unreachable', admins.length > 0 ? now : null);
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
