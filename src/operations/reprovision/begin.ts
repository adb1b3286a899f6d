// queued → checking: its turn has come.
import type { Step } from '../operation.ts';
import { applyEvent } from './apply-event.ts';
import { leaveToBulk, startsTogether } from './starts-together.ts';

export const beginStep: Step = {
  name: 'begin',
  when: 'queued',
  run: async (deps, request, item) =>
    startsTogether(deps, request) ? leaveToBulk(deps, request) : applyEvent(deps, item, { type: 'checkBegan' }),
};
