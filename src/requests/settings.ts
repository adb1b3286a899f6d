// What admins set by word: the approvals channel, the emergency stop; and what everybody sets for themselves.
import { NotAllowedError } from '../domain/errors.ts';
import type { Language, PersonRef } from '../domain/people.ts';
import type { Conversation, Tx } from '../domain/ports.ts';
import { readAsker, toRef } from './asker.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import { audit } from './save.ts';

/** @throws NotAllowedError `notAdmin` */
export async function readAdmin(deps: Deps, person: PersonRef, deadline: Deadline): Promise<PersonRef> {
  const asker = await readAsker(deps, person.id, deadline);
  if (!asker.roles.admin) throw new NotAllowedError('notAdmin');
  return toRef(asker.person);
}

/** Requests that wait for a channel are posted there at once. @throws NotAllowedError `notAdmin` */
export async function useChannel(
  deps: Deps,
  person: PersonRef,
  channel: Conversation,
  origin: Origin,
  deadline: Deadline,
): Promise<void> {
  const actor = await readAdmin(deps, person, deadline);
  await deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    await tx.conversations.upsert(channel);
    await tx.settings.setApprovalsChannel(channel.conversationId);
    const details = { conversationId: channel.conversationId };
    await audit(tx, deps, null, null, 'settings.approvalsChannel', { actor }, details);
    for (const cardId of await tx.cards.waitingForChannel()) await moveCard(tx, deps, cardId, channel.conversationId);
    // The requesters' cards say that nobody could be asked: that is over now.
    tx.wake({ queue: 'refresh' });
  });
}

async function moveCard(tx: Tx, deps: Deps, cardId: string, conversationId: string): Promise<void> {
  const card = await tx.cards.lock(cardId);
  if (!card) return;
  const now = deps.clock.now();
  await tx.cards.save({ ...card, conversationId, activityId: null, state: 'open', shown: 0, tries: 0, dueAt: now });
  tx.wake({ queue: 'deliverCard', cardId });
}

/** The emergency stop. Returns false when it was so already. @throws NotAllowedError `notAdmin` */
export async function setStartsPaused(
  deps: Deps,
  person: PersonRef,
  paused: boolean,
  origin: Origin,
  deadline: Deadline,
): Promise<boolean> {
  const actor = await readAdmin(deps, person, deadline);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const before = await tx.settings.lockStarts();
    if (before.paused === paused) return false;
    await tx.settings.setStartsPaused(paused);
    await audit(tx, deps, null, null, paused ? 'settings.startsPaused' : 'settings.startsResumed', { actor });
    if (!paused) await wakeWaiting(tx, deps);
    // The cards that wait say so, or no longer: many perhaps, and nothing for a turn.
    tx.wake({ queue: 'refresh' });
    return true;
  });
}

/** What waited for the end of the pause goes on at once. */
async function wakeWaiting(tx: Tx, deps: Deps): Promise<void> {
  const now = deps.clock.now();
  for (const itemId of await tx.items.wakeHeld('paused', now)) tx.wake({ queue: 'advance', itemId }, now);
  for (const personItemId of await tx.personItems.wakePaused(now)) tx.wake({ queue: 'person', personItemId }, now);
}

export async function setLanguage(deps: Deps, person: PersonRef, language: Language, origin: Origin): Promise<void> {
  await deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    await tx.people.setLanguage(person.id, language);
  });
}
