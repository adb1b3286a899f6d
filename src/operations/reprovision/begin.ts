// queued → checking: its turn has come.
import type { Step } from '../operation.ts';
import { applyEvent } from './apply-event.ts';

export const beginStep: Step = {
  name: 'begin',
  when: 'queued',
  run: (deps, request, item) => applyEvent(deps, request.id, item.id, { type: 'checkBegan' }),
};
