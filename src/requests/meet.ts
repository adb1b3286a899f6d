// Somebody wrote or pressed: what the bot remembers of people and places, and what could not be delivered before.
import type { PersonRef } from '../domain/people.ts';
import type { Conversation, TeamsUser } from '../domain/ports.ts';
import type { Deps } from './deps.ts';
import { refreshCards } from './refresh-cards.ts';

export interface Meeting {
  person: PersonRef;
  locale: string | null;
  timeZone: string | null;
  teamsUser: TeamsUser;
  /** Where it happened, when the bot may write there again (personal chats and channels). */
  conversation: Conversation | null;
}

/** Remembers, and wakes what was unreachable there. */
export async function meet(deps: Pick<Deps, 'unitOfWork' | 'clock'>, meeting: Meeting): Promise<void> {
  const { person, locale, timeZone, teamsUser, conversation } = meeting;
  const reached = await deps.unitOfWork.run(async (tx) => {
    await tx.people.upsert({ id: person.id, name: person.name, locale, timeZone, teamsUser });
    if (!conversation) return [];
    await tx.conversations.upsert(conversation);
    const now = deps.clock.now();
    const where =
      conversation.kind === 'personal' ? { personId: person.id } : { conversationId: conversation.conversationId };
    const cardIds = await tx.cards.reopen(where, now);
    for (const cardId of cardIds) tx.wake({ queue: 'deliverCard', cardId });
    const noticeIds = await tx.notices.reopen(where, now);
    for (const noticeId of noticeIds) tx.wake({ queue: 'deliverNotice', noticeId });
    const requestIds: string[] = [];
    for (const cardId of cardIds) requestIds.push(...requestOf(await tx.cards.lock(cardId)));
    for (const noticeId of noticeIds) requestIds.push(...requestOf(await tx.notices.lock(noticeId)));
    return requestIds;
  });
  // The other cards of these requests say that somebody could not be reached.
  await refreshCards(deps, reached);
}

function requestOf(row: { requestId: string } | null): string[] {
  return row ? [row.requestId] : [];
}

/** The bot was removed from there. */
export async function part(deps: Pick<Deps, 'unitOfWork' | 'clock'>, conversationId: string): Promise<void> {
  await deps.unitOfWork.run((tx) => tx.conversations.block(conversationId, deps.clock.now()));
}
