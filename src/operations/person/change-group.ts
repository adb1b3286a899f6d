// One change of one group's members, in the order that makes it certain whose it is: intended, called once by the run
// that holds the item, recorded. A call whose answer was lost is made again: a second one changes nothing more.
import type { MembershipChange, PinnedGroup } from '../../domain/person-item.ts';
import type { MembershipAnswer } from '../../domain/ports.ts';
import { minute, second } from '../../domain/time.ts';
import type { PersonStepRun, Run } from './step.ts';

export const readWithinMs = 20 * second;
const tryAgainMs = 15 * second;

export type Direction = MembershipChange['direction'];

/** A step that makes this one change; where there is none to make, it is done. */
export function changing(groupOf: (run: Run) => PinnedGroup | null, direction: Direction): PersonStepRun {
  return async (run) => {
    const group = groupOf(run);
    return group === null ? { type: 'stepDone' } : changeGroup(run, group, direction);
  };
}

/**
 * @returns `stepDone` when it stands; else what to wait for, or why it cannot be
 */
export async function changeGroup(run: Run, group: PinnedGroup, direction: Direction): ReturnType<PersonStepRun> {
  const made = run.item.changes.find((change) => change.group.id === group.id && change.direction === direction);
  if (made && made.state !== 'intended') return { type: 'stepDone' };
  if (!(made || (await run.commit({ type: 'intend', group, direction })))) return null;
  return takeAnswer(run, { group, direction, isAgain: made !== undefined }, await call(run, group, direction));
}

/** Leaves while the item is held or not at all, so that no other run has begun to take it back. */
export async function call(run: Run, group: PinnedGroup, direction: Direction): Promise<MembershipAnswer> {
  const { deps, item, mayStillSend } = run;
  const send = direction === 'join' ? deps.membership.add : deps.membership.remove;
  const answer = await send(group.id, item.person.id, { mayStillSend });
  const { kind, graphRequestId } = answer;
  const fields = {
    requestId: item.requestId,
    personItemId: item.id,
    groupId: group.id,
    direction,
    answer: kind,
    graphRequestId,
  };
  deps.log.info(fields, 'group membership answered');
  return answer;
}

interface Called {
  group: PinnedGroup;
  direction: Direction;
  /** An earlier call of this intent may have arrived. */
  isAgain: boolean;
}

async function takeAnswer(
  run: Run,
  { group, direction, isAgain }: Called,
  answer: MembershipAnswer,
): ReturnType<PersonStepRun> {
  const id = { groupId: group.id, direction };
  const now = run.deps.clock.now();
  switch (answer.kind) {
    case 'done':
      // "It was so" at the first call means that it was not us; later, that an earlier call of ours arrived.
      await run.commit({ type: 'settled', ...id, wasSo: answer.wasSo && !isAgain });
      return { type: 'stepDone' };
    case 'notApplied': {
      const until = now + Math.max(answer.retryAfterMs ?? tryAgainMs, second);
      return isAgain ? { type: 'wait', until } : { type: 'notApplied', ...id, retryAt: until };
    }
    case 'rejected': {
      // What is refused now may have been done by an earlier call: then it is still to be taken back.
      if (!isAgain) await run.commit({ type: 'notApplied', ...id, retryAt: now + minute });
      return { type: 'fail', code: 'groupRefused', detail: answer.detail ?? { code: answer.why, message: null } };
    }
    case 'unknown':
      return { type: 'wait', until: now + tryAgainMs };
  }
}
