// Runs the steps of one person's item for as long as each lets the next follow at once. A run holds the item by a claim
// with a time; what comes back from one that has lost it changes nothing.

import type { PersonEvent } from '../../domain/decide-person-item.ts';
import { ConciergeError, TemporaryError } from '../../domain/errors.ts';
import { isFinishedPerson, type PersonItem } from '../../domain/person-item.ts';
import type { Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { minute, second } from '../../domain/time.ts';
import { changePersonItem } from '../../requests/person/change-person-item.ts';
import { recordOutcome } from '../../requests/record-outcome.ts';
import { startCounting } from '../start-counting.ts';
import { isOverdue, whenOverdue } from './limits.ts';
import type { PersonDeps, Run } from './step.ts';
import { steps } from './steps.ts';

/** Longer than any step takes: its reads and its one call end within it. */
const claimMs = 2 * minute;
/** More steps at once than there are: a loop would be a bug, and the sweep wakes the item again. */
const mostSteps = 24;
const tryAgainMs = 30 * second;

export async function advancePerson(deps: PersonDeps, personItemId: string): Promise<void> {
  for (let count = 0; count < mostSteps; count += 1) {
    const mayStillSend = startCounting(deps, claimMs / 2);
    const taken = await deps.unitOfWork.run((tx) => take(tx, deps, personItemId));
    if (!taken) return;
    const run = createRun(deps, taken, mayStillSend);
    const event = await runStep(run);
    if (event === null) return;
    await record(run, event, { claim: taken.claim, isLast: true });
  }
}

interface Taken {
  request: Request;
  item: PersonItem;
  claim: string;
}

async function take(tx: Tx, deps: PersonDeps, personItemId: string): Promise<Taken | null> {
  const known = await tx.personItems.get(personItemId);
  const request = known && (await tx.requests.lock(known.requestId));
  const item = request && (await tx.personItems.get(personItemId));
  const now = deps.clock.now();
  if (!item || isFinishedPerson(item) || item.dueAt === null || item.dueAt > now) return null;
  if (request.state !== 'approved' && request.state !== 'running') return null;
  const begun =
    item.state === 'queued'
      ? await changePersonItem(tx, deps, request, item, { type: 'begin' })
      : { request, change: { item } };
  if (!begun) return null;
  const claim = deps.ids.next();
  const claimed: PersonItem = { ...begun.change.item, claim, dueAt: now + claimMs };
  await tx.personItems.save(claimed);
  return { request: begun.request, item: claimed, claim };
}

function createRun(deps: PersonDeps, { request, item, claim }: Taken, mayStillSend: () => boolean): Run {
  const run: Run = {
    deps,
    request,
    item,
    mayStillSend,
    commit: (event) => record(run, event, { claim, isLast: false }),
  };
  return run;
}

/** @returns false when the item is not this run's any more, or the event does not fit */
async function record(
  run: Run,
  event: PersonEvent,
  { claim, isLast }: { claim: string; isLast: boolean },
): Promise<boolean> {
  const { deps } = run;
  let isOurs = false;
  await recordOutcome(deps, async (tx) => {
    isOurs = false;
    const locked = await tx.requests.lock(run.request.id);
    const fresh = await tx.personItems.get(run.item.id);
    if (!locked || fresh?.claim !== claim) return;
    const changed = await changePersonItem(tx, deps, locked, fresh, event);
    if (!changed) return;
    const { item } = changed.change;
    // Until its last word a run keeps what it holds; afterwards the item is anybody's.
    const kept = isLast ? { ...item, claim: null } : { ...item, dueAt: deps.clock.now() + claimMs };
    if (!isFinishedPerson(item)) await tx.personItems.save(kept);
    run.item = kept;
    run.request = changed.request;
    isOurs = true;
  });
  return isOurs;
}

/** What cannot be read or reached is waited for until the time of the step is over. */
async function runStep(run: Run): Promise<PersonEvent | null> {
  const { deps, item } = run;
  const now = deps.clock.now();
  if (isOverdue(item, deps.policy.limits, now)) {
    const overdue = whenOverdue(item);
    if (overdue) return overdue;
  }
  try {
    return await steps[item.step](run);
  } catch (error) {
    if (!(error instanceof ConciergeError)) throw error;
    const fields = {
      requestId: item.requestId,
      personItemId: item.id,
      step: item.step,
      code: error.code,
      ...error.values,
    };
    if (error instanceof TemporaryError) deps.log.warn(fields, 'a step must wait for Graph');
    else deps.log.error(fields, 'a step is refused by Graph');
    const askedMs = error instanceof TemporaryError ? error.retryAfterMs : null;
    const until = deps.clock.now() + Math.max(askedMs ?? tryAgainMs, second);
    return item.step === 'check' ? { type: 'hold', reason: 'graph', until } : { type: 'wait', until };
  }
}
