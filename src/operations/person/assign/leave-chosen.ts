// Groups of the same prefix that the person was to leave for the new ones: one after the other.
import { changeGroup } from '../change-group.ts';
import type { PersonStepRun } from '../step.ts';

export const leaveChosen: PersonStepRun = async (run) => {
  for (const group of run.item.order.leaves) {
    const event = await changeGroup(run, group, 'leave');
    if (event?.type !== 'stepDone') return event;
  }
  return { type: 'stepDone' };
};
