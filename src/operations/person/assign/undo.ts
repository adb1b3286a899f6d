// What this request changed is taken back, in reverse order. A call whose answer was lost may have arrived: it is taken
// back too, but not before it can no longer be on its way.

import { cloudPcsFor, needGroups } from '../../../domain/assign-check.ts';
import type { MembershipChange } from '../../../domain/person-item.ts';
import { nextToUndo } from '../../../domain/person-moves.ts';
import { minute, second } from '../../../domain/time.ts';
import { call, readWithinMs } from '../change-group.ts';
import type { PersonStepRun, Run } from '../step.ts';

const onItsWayMs = minute;
const tryAgainMs = 20 * second;

export const undo: PersonStepRun = async (run) => {
  const change = nextToUndo(run.item);
  if (!change) return { type: 'stepDone' };
  const now = run.deps.clock.now();
  const soonest = run.item.stepSince + onItsWayMs;
  if (change.state === 'intended' && now < soonest) return { type: 'wait', until: soonest };
  if (await holdsAnother(run, change))
    return { type: 'undone', groupId: change.group.id, direction: change.direction, isDone: false };
  return takeBack(run, change);
};

/** Another Cloud PC that came meanwhile would lose its ground with the provisioning group. */
async function holdsAnother({ deps, item }: Run, { group, direction }: MembershipChange): Promise<boolean> {
  if (group.part !== 'provisioning' || direction !== 'join') return false;
  const { listed } = await deps.tenant.read(
    { listed: { ask: 'cloudPcsOf', upn: item.upn } },
    { withinMs: readWithinMs },
  );
  const own = cloudPcsFor(item.order.entitlement, listed);
  return needGroups(listed).some((pc) => !own.includes(pc));
}

async function takeBack(run: Run, { group, direction }: MembershipChange): ReturnType<PersonStepRun> {
  const answer = await call(run, group, direction === 'join' ? 'leave' : 'join');
  const now = run.deps.clock.now();
  const id = { groupId: group.id, direction };
  // Another replica of the directory may not know yet what was joined seconds ago.
  const isEarly = answer.kind === 'done' && answer.wasSo && now - run.item.stepSince < onItsWayMs;
  if (isEarly) return { type: 'wait', until: now + tryAgainMs };
  if (answer.kind === 'done') return { type: 'undone', ...id, isDone: true };
  // Of a group that is gone nobody is a member.
  if (answer.kind === 'rejected' && answer.why === 'gone')
    return { type: 'undone', ...id, isDone: direction === 'join' };
  const afterMs = answer.kind === 'notApplied' ? (answer.retryAfterMs ?? tryAgainMs) : tryAgainMs;
  return { type: 'wait', until: now + Math.max(afterMs, second) };
}
