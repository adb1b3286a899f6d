// The groups of the policy are left only when no other Cloud PC of the person needs them: leaving them puts a dedicated
// Cloud PC into its grace period. What is needed is looked at now, when the licence has gone.
import { currentGroups, hasLicence, isWritable, needGroups, pin } from '../../../domain/assign-check.ts';
import type { PinnedGroup } from '../../../domain/person-item.ts';
import { readPerson } from '../../../requests/person/read-person.ts';
import { changeGroup, readWithinMs } from '../change-group.ts';
import type { PersonStepRun, Run } from '../step.ts';

export const leaveUnneeded: PersonStepRun = async (run) => {
  const { order } = run.item;
  const begun = run.item.changes.filter(
    ({ direction, group }) => direction === 'leave' && group.id !== order.entitlement.group.id,
  );
  const groups = begun.some(({ state }) => state === 'intended')
    ? begun.filter(({ state }) => state === 'intended').map(({ group }) => group)
    : await findUnneeded(run);
  for (const group of groups) {
    const event = await changeGroup(run, group, 'leave');
    if (event?.type !== 'stepDone') return event;
  }
  return begun.some(({ state }) => state === 'intended') ? leaveUnneeded(run) : { type: 'stepDone' };
};

/** What is not in its grace period yet still needs them, be it the one that was to go: another licence may hold it. */
async function findUnneeded(run: Run): Promise<PinnedGroup[]> {
  const reading = await readPerson(run.deps, run.item, [], readWithinMs);
  const isLicensed = reading.otherEntitlements.length > 0 || hasLicence(run.item.order.entitlement, reading);
  if (isLicensed || needGroups(reading.cloudPcs).length > 0) return [];
  return (['provisioning', 'settings'] as const).flatMap((part) =>
    // Members of a group with a rule, or of one that is kept on premises, are not ours to change.
    currentGroups(part, reading)
      .filter((group) => isWritable(group))
      .map((group) => pin(part, group)),
  );
}
