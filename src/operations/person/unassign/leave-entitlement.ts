// The licence group is left, or the group of a Frontline size. Whoever is in it through another group alone is no member that
// could be taken out: then nothing was done, and it must not look as if it was.
import { minute } from '../../../domain/time.ts';
import { changeGroup, readWithinMs } from '../change-group.ts';
import { nextLook } from '../next-look.ts';
import type { PersonStepRun } from '../step.ts';

/** Somebody else may have taken the person out just before; readers see that a little later. */
const seenWithinMs = 2 * minute;

export const leaveEntitlement: PersonStepRun = async (run) => {
  const { group } = run.item.order.entitlement;
  const event = await changeGroup(run, group, 'leave');
  const change = run.item.changes.find((one) => one.group.id === group.id && one.direction === 'leave');
  if (event?.type !== 'stepDone' || change?.state !== 'wasSo') return event;
  const { deps, item } = run;
  const { memberOf } = await deps.tenant.read(
    { memberOf: { ask: 'memberOf', personId: item.person.id, groupIds: [group.id] } },
    { withinMs: readWithinMs },
  );
  if (!memberOf.includes(group.id)) return event;
  if (deps.clock.now() - item.stepSince < seenWithinMs) return { type: 'wait', until: nextLook(run) };
  return { type: 'fail', code: 'groupRefused', detail: { code: 'memberThroughAnotherGroup', message: null } };
};
