// Somebody wrote or pressed: what the bot remembers of people and places, and what could not be delivered before.
import type { PersonRef } from '../domain/people.ts';
import type { Conversation } from '../domain/ports.ts';
import type { Deps } from './deps.ts';

export interface Meeting {
  person: PersonRef;
  locale: string | null;
  timeZone: string | null;
  /** Where it happened, when the bot may write there again (personal chats and channels). */
  conversation: Conversation | null;
}

/** Remembers, and wakes what was unreachable there. */
export async function meet(deps: Pick<Deps, 'unitOfWork' | 'clock'>, meeting: Meeting): Promise<void> {
  const { person, conversation } = meeting;
  await deps.unitOfWork.run(async (tx) => {
    await tx.people.upsert({ id: person.id, name: person.name, locale: meeting.locale, timeZone: meeting.timeZone });
    if (!conversation) return;
    await tx.conversations.upsert(conversation);
    const now = deps.clock.now();
    const where =
      conversation.kind === 'personal' ? { personId: person.id } : { conversationId: conversation.conversationId };
    for (const cardId of await tx.cards.reopen(where, now)) tx.wake({ queue: 'deliverCard', cardId });
    for (const noticeId of await tx.notices.reopen(where, now)) tx.wake({ queue: 'deliverNotice', noticeId });
  });
}

/** The bot was removed from there. */
export async function part(deps: Pick<Deps, 'unitOfWork' | 'clock'>, conversationId: string): Promise<void> {
  await deps.unitOfWork.run((tx) => tx.conversations.block(conversationId, deps.clock.now()));
}
