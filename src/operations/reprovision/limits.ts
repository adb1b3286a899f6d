// starting and building: nothing is sent here; only the limits of time are looked at.
import type { Step } from '../operation.ts';
import { applyEvent } from './apply-event.ts';

/** A start whose answer never came (this or another process died): the outcome is unknown, and Graph is looked at. */
export const startingLimits: Step = {
  name: 'starting limits',
  when: 'starting',
  run: async (deps, _request, item) => {
    await applyEvent(deps, item, { type: 'time' });
    return false;
  },
};

export const buildingLimits: Step = { ...startingLimits, name: 'building limits', when: 'building' };
