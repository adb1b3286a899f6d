// Runs the steps of one person's item for as long as each lets the next follow at once. A run holds the item by a claim
// with a time, which it renews; what comes back from one that has lost it changes nothing.

import type { PersonEvent } from '../../domain/person-events.ts';
import { isFinishedPerson, type PersonItem } from '../../domain/person-item.ts';
import type { Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { type Instant, minute, second } from '../../domain/time.ts';
import { countSureness, holdingLease, type LeaseHome } from '../../requests/lease.ts';
import { changePersonItem } from '../../requests/person/change-person-item.ts';
import { recordOutcome } from '../../requests/record-outcome.ts';
import { runStep } from './run-step.ts';
import type { PersonDeps, Run } from './step.ts';

/** A call leaves within ten seconds of a renewal and is answered within thirty more: only then may another run come to it. */
const claimMs = 45 * second;
/** What ends a grace period is sent once: its answer is not lost because the store was away for a minute. */
const graceClaimMs = 2 * minute;
/** More steps at once than there are: a loop would be a bug, and the sweep wakes the item again. */
const mostSteps = 24;
/** Later than the sweep ever is: nobody was there to look. */
const awayMs = 5 * minute;

export async function advancePerson(deps: PersonDeps, personItemId: string): Promise<void> {
  for (let count = 0; count < mostSteps; count += 1) {
    const isSure = countSureness(deps);
    const taken = await deps.unitOfWork.run((tx) => take(tx, deps, personItemId));
    if (!taken) return;
    const goesOn = await holdingLease(
      deps,
      taken.claim,
      homeOf(taken),
      (isHeld) => runTaken(deps, taken, isHeld),
      isSure,
    );
    if (!goesOn) return;
  }
}

/** @returns false when this run has nothing more to say */
async function runTaken(deps: PersonDeps, taken: Taken, mayStillSend: () => boolean): Promise<boolean> {
  const run = createRun(deps, taken, mayStillSend);
  const event = await runStep(run);
  if (event !== null) await record(run, event, { claim: taken.claim, isLast: true });
  return event !== null;
}

type LeasedItem = PersonItem & { lease: string | null };

function homeOf({ request, item }: Taken): LeaseHome<LeasedItem> {
  return {
    async lock(tx) {
      await tx.requests.lock(request.id);
      const fresh = await tx.personItems.get(item.id);
      return fresh && !isFinishedPerson(fresh) ? { ...fresh, lease: fresh.claim } : null;
    },
    lastsMs: claimLasts,
    save: (tx, { lease, ...fresh }) => tx.personItems.save({ ...fresh, claim: lease }),
  };
}

function claimLasts({ intentId }: PersonItem): number {
  return intentId === null ? claimMs : graceClaimMs;
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
  const stepSince = begun.change.item.stepSince + awayFor(item.dueAt, now);
  const claimed: PersonItem = { ...begun.change.item, stepSince, claim, dueAt: now + claimMs };
  await tx.personItems.save(claimed);
  return { request: begun.request, item: claimed, claim };
}

/** The time in which no process ran counts for no step's limit: what was built meanwhile is not given up unseen. */
function awayFor(dueAt: Instant, now: Instant): number {
  return now - dueAt > awayMs ? now - dueAt : 0;
}

function createRun(deps: PersonDeps, { request, item, claim }: Taken, mayStillSend: () => boolean): Run {
  const run: Run = {
    deps,
    request,
    item,
    mayStillSend,
    commit: (event, guard) => record(run, event, { claim, isLast: false, guard }),
  };
  return run;
}

interface Recording {
  claim: string;
  isLast: boolean;
  guard?: ((tx: Tx) => Promise<boolean>) | undefined;
}

/** @returns false when the item is not this run's any more, or the event does not fit */
async function record(run: Run, event: PersonEvent, { claim, isLast, guard }: Recording): Promise<boolean> {
  const { deps } = run;
  let isOurs = false;
  await recordOutcome(deps, async (tx) => {
    isOurs = false;
    const locked = await tx.requests.lock(run.request.id);
    const fresh = await tx.personItems.get(run.item.id);
    if (!locked || fresh?.claim !== claim || (guard && !(await guard(tx)))) return;
    const changed = await changePersonItem(tx, deps, locked, fresh, await ofNow(tx, deps, event));
    if (!changed) return;
    const { item } = changed.change;
    // Until its last word a run keeps what it holds; afterwards the item is anybody's.
    const kept = isLast ? { ...item, claim: null } : { ...item, dueAt: deps.clock.now() + claimLasts(item) };
    if (!isFinishedPerson(item)) await tx.personItems.save(kept);
    run.item = kept;
    run.request = changed.request;
    isOurs = true;
  });
  return isOurs;
}

/** Starts may have gone on since they were seen paused: then nothing would wake the item before its time. */
async function ofNow(tx: Tx, { clock }: PersonDeps, event: PersonEvent): Promise<PersonEvent> {
  if (event.type !== 'hold' || event.reason !== 'paused') return event;
  const { paused } = await tx.settings.lockStarts();
  return paused ? event : { ...event, until: clock.now() };
}
