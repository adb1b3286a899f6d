// How a person's item moves on: to the next step, to its end, or back when a step has failed for good.
import type { StatusDetail } from './cloud-pc.ts';
import type { PersonChange } from './person-events.ts';
import {
  assignSteps,
  type MembershipChange,
  type PersonItem,
  type PersonOutcome,
  type PersonOutcomeCode,
  type PersonStep,
  type PinnedGroup,
  unassignSteps,
} from './person-item.ts';
import type { Instant } from './time.ts';

export function atStep(item: PersonItem, step: PersonStep | null, now: Instant): PersonItem {
  return { ...item, step: step ?? item.step, stepSince: now, hold: null, isSlow: false, dueAt: now };
}

export function end(
  item: PersonItem,
  state: 'ready' | 'readyWithWarnings' | 'failed' | 'skipped' | 'cancelled',
  code: PersonOutcomeCode,
  detail: StatusDetail | null,
  now: Instant,
): PersonItem {
  return { ...item, state, outcome: { code, detail }, endedAt: now, dueAt: null, claim: null, hold: null };
}

export function finishUnassign(item: PersonItem, now: Instant): PersonChange {
  const { failing } = item;
  if (!failing) return { item: end(item, 'ready', 'unassigned', null, now), news: 'unassigned' };
  return { item: end(item, 'readyWithWarnings', failing.code, failing.detail, now), news: 'unassignedWithWarnings' };
}

/** The step behind this one that has anything to do; null: it was the last one. */
export function following(item: PersonItem): PersonStep | null {
  const steps: readonly PersonStep[] = item.operation === 'assign' ? assignSteps.slice(0, -1) : unassignSteps;
  return steps.slice(steps.indexOf(item.step) + 1).find((step) => concerns(step, item)) ?? null;
}

function concerns(step: PersonStep, item: PersonItem): boolean {
  const { order, operation, cloudPc } = item;
  const isToJoin = (group: PinnedGroup | null) =>
    group !== null && !item.changes.some((change) => change.group.id === group.id && change.state === 'wasSo');
  switch (step) {
    case 'joinProvisioning':
      return isToJoin(order.provisioning);
    case 'joinSettings':
      return isToJoin(order.settings);
    case 'leaveOthers':
      // What is to be left after a licence is found out when it is gone.
      return operation === 'unassign' || order.leaves.length > 0;
    case 'awaitMembership':
      return isToJoin(order.provisioning) || isToJoin(order.settings);
    case 'awaitLicence':
      return order.entitlement.kind === 'licence';
    case 'endGrace':
    case 'awaitEnd':
      return operation === 'unassign' && order.endsGrace && cloudPc !== null;
    default:
      return true;
  }
}

export function fail(item: PersonItem, outcome: PersonOutcome, now: Instant): PersonChange | null {
  if (item.operation === 'unassign') return failUnassign(item, outcome, now);
  if (item.failing !== null) return null;
  const failing = { ...item, failing: outcome };
  if (nextToUndo(failing) === null) return endFailed(failing, outcome, now);
  return { item: atStep({ ...failing, state: 'starting' }, 'undo', now), news: 'undoing' };
}

/** Nothing is left to be taken back. */
export function endFailed(item: PersonItem, { code, detail }: PersonOutcome, now: Instant): PersonChange {
  const news = code === 'outOfSeatsLate' ? 'outOfSeatsLate' : 'failed';
  return { item: end(item, 'failed', code, detail, now), news };
}

/** The licence is gone already: what is left to do goes on, and the end says what was missing first. */
export function failUnassign(item: PersonItem, outcome: PersonOutcome, now: Instant): PersonChange | null {
  if (item.step === 'check' || item.step === 'leaveEntitlement')
    return { item: end(item, 'failed', outcome.code, outcome.detail, now), news: 'failed' };
  const going: PersonItem = { ...item, failing: item.failing ?? outcome };
  if (item.step === 'leaveOthers') return finishUnassign(going, now);
  // Without its grace period there is nothing to end.
  return { item: atStep({ ...going, state: 'starting' }, 'leaveOthers', now), news: null };
}

/** What is to be taken back next: in reverse order, and only what this request has changed or may have changed. */
export function nextToUndo({ changes }: Pick<PersonItem, 'changes'>): MembershipChange | null {
  return changes.findLast(({ state }) => state === 'done' || state === 'intended') ?? null;
}

/** Nothing was changed, nor may have been. */
export function isBeforeChanges({ state, changes }: Pick<PersonItem, 'state' | 'changes'>): boolean {
  return (state === 'queued' || state === 'checking') && changes.length === 0;
}
