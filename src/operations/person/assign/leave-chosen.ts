// Groups of the same prefix that the person was to leave for the new ones: one after the other.
import { changeGroup } from '../change-group.ts';
import type { PersonStepRun } from '../step.ts';

export const leaveChosen: PersonStepRun = async (run) => {
  for (const group of run.item.order.leaves) {
    const event = await changeGroup(run, group, 'leave');
    if (event?.type !== 'stepDone') return event;
    const change = run.item.changes.find((one) => one.group.id === group.id && one.direction === 'leave');
    // The check saw them in it: through another group, out of which nobody asked to take them.
    if (change?.state === 'wasSo')
      return { type: 'fail', code: 'groupRefused', detail: { code: 'memberThroughAnotherGroup', message: null } };
  }
  return { type: 'stepDone' };
};
