// One run of the step that an item is at, and when it is given up.
import { isReadyStatus } from '../../domain/cloud-pc.ts';
import { ConciergeError, TemporaryError } from '../../domain/errors.ts';
import type { PersonEvent } from '../../domain/person-events.ts';
import type { PersonItem } from '../../domain/person-item.ts';
import { second } from '../../domain/time.ts';
import { isOverdue, whenOverdue } from './limits.ts';
import type { Run } from './step.ts';
import { steps } from './steps.ts';

const tryAgainMs = 30 * second;

/**
 * A step is given up by what it has just seen, never unseen. What cannot be read or reached is waited for, for as long
 * again as the step may take.
 * @returns null: this run has nothing more to say
 */
export async function runStep(run: Run): Promise<PersonEvent | null> {
  const { deps, item } = run;
  const { limits } = deps.policy;
  try {
    const event = await steps[item.step](run);
    const isOver = event !== null && isNotYet(event, run.item) && isOverdue(run.item, limits, deps.clock.now());
    return isOver ? await giveUp(run, event) : event;
  } catch (error) {
    const isOver = isOverdue(item, limits, deps.clock.now(), 2);
    if (!(isOver || error instanceof ConciergeError)) throw error;
    logFault(run, error);
    return (isOver ? whenOverdue(item) : null) ?? tryAgain(run, error);
  }
}

function isNotYet(event: PersonEvent, { step }: PersonItem): boolean {
  if (event.type === 'seen')
    return step === 'awaitBuild' && !isReadyStatus(event.pc.status) && event.pc.status !== 'failed';
  if (event.type === 'graceAnswered') return event.answer === 'notApplied';
  return event.type === 'wait' || event.type === 'notApplied' || event.type === 'slow';
}

async function giveUp(run: Run, event: PersonEvent): Promise<PersonEvent> {
  if (event.type === 'notApplied' || event.type === 'graceAnswered') await run.commit(event);
  return whenOverdue(run.item) ?? event;
}

function tryAgain({ deps, item }: Run, error: unknown): PersonEvent {
  const askedMs = error instanceof TemporaryError ? error.retryAfterMs : null;
  const until = deps.clock.now() + Math.max(askedMs ?? tryAgainMs, second);
  return item.step === 'check' ? { type: 'hold', reason: 'graph', until } : { type: 'wait', until };
}

function logFault({ deps, item }: Run, error: unknown): void {
  const ids = { requestId: item.requestId, personItemId: item.id, step: item.step };
  const fields =
    error instanceof ConciergeError ? { ...ids, code: error.code, ...error.values } : { ...ids, err: error };
  if (error instanceof TemporaryError) deps.log.warn(fields, 'a step must wait for Graph');
  else deps.log.error(fields, 'a step cannot be done');
}
