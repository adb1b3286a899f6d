// The end of a grace period, which destroys a Cloud PC: one intent, one call, and what nobody knows is an admin's to decide.
import { lateLookMs } from './item-moves.ts';
import type { PersonChange, PersonEvent } from './person-events.ts';
import type { PersonItem } from './person-item.ts';
import { atStep, end, fail, failUnassign, isBeforeChanges } from './person-moves.ts';
import type { Instant } from './time.ts';

const quiet = (item: PersonItem): PersonChange => ({ item, news: null });

export type GraceEvent = Extract<
  PersonEvent,
  { type: 'intendEndGrace' | 'graceAnswered' | 'graceUnclear' | 'startAgain' | 'close' | 'cancel' }
>;

export function decideGrace(item: PersonItem, event: GraceEvent, now: Instant): PersonChange | null {
  switch (event.type) {
    case 'intendEndGrace':
      if (item.step !== 'endGrace' || item.intentId !== null) return null;
      return { item: { ...item, intentId: event.intentId, dueAt: now }, news: 'graceEnding' };
    case 'graceAnswered':
      return graceAnswered(item, event, now);
    case 'graceUnclear':
      if (item.step !== 'awaitEnd' || item.state === 'needsOperator') return null;
      return {
        item: { ...item, state: 'needsOperator', attempt: item.attempt + 1, dueAt: now + lateLookMs },
        news: 'needsOperator',
      };
    case 'startAgain': {
      if (item.state !== 'needsOperator' || item.attempt !== event.attempt) return null;
      // What a look under way would say is about the attempt before.
      const again: PersonItem = { ...item, state: 'building', intentId: null, unknownSince: null, claim: null };
      return { item: atStep(again, 'endGrace', now), news: 'startAgain' };
    }
    case 'close':
      return close(item, event.attempt, now);
    case 'cancel':
      if (!isBeforeChanges(item)) return null;
      return { item: end(item, 'cancelled', 'cancelled', null, now), news: 'cancelled' };
  }
}

/** Nobody waits for the end of the grace period any more: the groups are left, and everybody is told what is not certain. */
function close(item: PersonItem, attempt: number, now: Instant): PersonChange | null {
  if (item.state !== 'needsOperator' || item.attempt !== attempt) return null;
  const going = failUnassign({ ...item, state: 'building', claim: null }, { code: 'graceNotEnded', detail: null }, now);
  return going && { item: going.item, news: 'closed' };
}

type GraceAnswered = Extract<PersonEvent, { type: 'graceAnswered' }>;

/** Only where it is certain that nothing was applied may it be sent anew by itself. */
function graceAnswered(item: PersonItem, { intentId, answer, at }: GraceAnswered, now: Instant): PersonChange | null {
  if (item.intentId !== intentId || item.step !== 'endGrace') return null;
  if (answer === 'notApplied') return quiet({ ...item, intentId: null, dueAt: at });
  if (answer === 'rejected') return fail(item, { code: 'graceNotEnded', detail: null }, now);
  const sent = atStep({ ...item, unknownSince: answer === 'unknown' ? now : null }, 'awaitEnd', now);
  return answer === 'unknown' ? quiet(sent) : { item: sent, news: 'graceEnded' };
}
