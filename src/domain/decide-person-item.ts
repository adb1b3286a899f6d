// The state machine of a person's item. Pure: (item, event, now) → the new item and what is worth telling, or null where
// the event does not fit any more. What was changed in groups is kept change by change, so that it can be taken back.
import type { CloudPc, StatusDetail } from './cloud-pc.ts';
import { faceOf, isReadyStatus } from './cloud-pc.ts';
import {
  assignSteps,
  isFinishedPerson,
  type MembershipChange,
  type PersonFailure,
  type PersonItem,
  type PersonOutcome,
  type PersonOutcomeCode,
  type PersonRefusal,
  type PersonStep,
  type PinnedGroup,
  type Seats,
  unassignSteps,
} from './person-item.ts';
import type { Instant } from './time.ts';

export type PersonEvent =
  | { type: 'begin' }
  | { type: 'hold'; reason: 'paused' | 'graph'; until: Instant }
  | { type: 'wait'; until: Instant }
  /** Nothing was changed. */
  | { type: 'refuse'; code: PersonRefusal; detail: StatusDetail | null; seats?: Seats | null }
  | {
      type: 'checked';
      knownCloudPcIds: readonly string[];
      seats: Seats | null;
      cloudPc: CloudPc | null;
      /** Ids of the groups that the person is in now and will stay in. */
      memberOf: readonly string[];
    }
  /** Committed before the call. */
  | { type: 'intend'; group: PinnedGroup; direction: MembershipChange['direction'] }
  /** Graph said that it is so now. */
  | { type: 'settled'; groupId: string; direction: MembershipChange['direction']; wasSo: boolean }
  /** It is certain that nothing was changed. */
  | { type: 'notApplied'; groupId: string; direction: MembershipChange['direction']; retryAt: Instant }
  | { type: 'stepDone' }
  | { type: 'fail'; code: PersonFailure; detail: StatusDetail | null; seats?: Seats | null }
  /** assign: the Cloud PC that the entitlement led to. unassign: the one that goes. */
  | { type: 'seen'; pc: CloudPc; until: Instant }
  | { type: 'undone'; groupId: string; direction: MembershipChange['direction']; isDone: boolean }
  | { type: 'intendEndGrace'; intentId: string }
  | { type: 'graceAnswered'; intentId: string; answer: 'accepted' | 'notApplied' | 'rejected' | 'unknown'; at: Instant }
  | { type: 'slow'; until: Instant }
  | { type: 'graceUnclear' }
  | { type: 'startAgain'; attempt: number }
  | { type: 'close'; attempt: number }
  | { type: 'cancel' };

export type PersonNews =
  | 'checking'
  | 'held'
  | 'joining'
  | 'joined'
  | 'left'
  | 'licensed'
  | 'building'
  | 'slow'
  | 'undoing'
  | 'undone'
  | 'notUndone'
  | 'outOfSeats'
  | 'assigned'
  | 'assignedWithWarnings'
  | 'unassigned'
  | 'unassignedWithWarnings'
  | 'graceEnding'
  | 'graceEnded'
  | 'needsOperator'
  | 'skipped'
  | 'failed'
  | 'startAgain'
  | 'closed'
  | 'cancelled';

export interface PersonChange {
  item: PersonItem;
  news: PersonNews | null;
}

const quiet = (item: PersonItem): PersonChange => ({ item, news: null });

export function decidePersonItem(item: PersonItem, event: PersonEvent, now: Instant): PersonChange | null {
  if (isFinishedPerson(item)) return null;
  switch (event.type) {
    case 'begin':
      return item.state === 'queued'
        ? { item: atStep({ ...item, state: 'checking', startedAt: now }, 'check', now), news: 'checking' }
        : null;
    case 'hold':
      return hold(item, event, now);
    case 'wait':
      return quiet({ ...item, hold: null, dueAt: event.until });
    case 'refuse':
      return refuse(item, event, now);
    case 'checked':
      return checked(item, event, now);
    case 'intend':
      return intend(item, event, now);
    case 'settled':
      return settled(item, event, now);
    case 'notApplied':
      return quiet({ ...withoutChange(item, event), dueAt: event.retryAt });
    case 'stepDone':
      return stepDone(item, now);
    case 'fail':
      return fail(
        event.seats ? { ...item, seats: event.seats } : item,
        { code: event.code, detail: event.detail },
        now,
      );
    case 'seen':
      return seen(item, event.pc, event.until, now);
    case 'slow':
      return item.isSlow ? null : { item: { ...item, isSlow: true, dueAt: event.until }, news: 'slow' };
    case 'undone':
      return undone(item, event, now);
    default:
      return decideGrace(item, event, now);
  }
}

type GraceEvent = Extract<
  PersonEvent,
  { type: 'intendEndGrace' | 'graceAnswered' | 'graceUnclear' | 'startAgain' | 'close' | 'cancel' }
>;

function decideGrace(item: PersonItem, event: GraceEvent, now: Instant): PersonChange | null {
  switch (event.type) {
    case 'intendEndGrace':
      if (item.step !== 'endGrace' || item.intentId !== null) return null;
      return { item: { ...item, intentId: event.intentId, dueAt: now }, news: 'graceEnding' };
    case 'graceAnswered':
      return graceAnswered(item, event, now);
    case 'graceUnclear':
      if (item.step !== 'awaitEnd' || item.state === 'needsOperator') return null;
      return {
        item: { ...item, state: 'needsOperator', attempt: item.attempt + 1, dueAt: null },
        news: 'needsOperator',
      };
    case 'startAgain': {
      if (item.state !== 'needsOperator' || item.attempt !== event.attempt) return null;
      const again: PersonItem = { ...item, state: 'building', intentId: null, unknownSince: null };
      return { item: atStep(again, 'endGrace', now), news: 'startAgain' };
    }
    case 'close':
      return close(item, event.attempt, now);
    case 'cancel':
      if (!isBeforeChanges(item)) return null;
      return { item: end(item, 'cancelled', 'cancelled', null, now), news: 'cancelled' };
  }
}

/** Nobody waits for the end of the grace period any more: the groups are left, and everybody is told what is not certain. */
function close(item: PersonItem, attempt: number, now: Instant): PersonChange | null {
  if (item.state !== 'needsOperator' || item.attempt !== attempt) return null;
  const going = failUnassign({ ...item, state: 'building' }, { code: 'graceNotEnded', detail: null }, now);
  return going && { item: going.item, news: 'closed' };
}

/** Nothing was changed, nor may have been. */
export function isBeforeChanges({ state, changes }: Pick<PersonItem, 'state' | 'changes'>): boolean {
  return (state === 'queued' || state === 'checking') && changes.length === 0;
}

type Held = Extract<PersonEvent, { type: 'hold' }>;

/** A pause takes nothing from the time that a step has. */
function hold(item: PersonItem, { reason, until }: Held, now: Instant): PersonChange {
  const stepSince = reason === 'paused' ? now : item.stepSince;
  const held: PersonItem = { ...item, hold: reason, stepSince, dueAt: until };
  return item.hold === reason ? quiet(held) : { item: held, news: 'held' };
}

type Refused = Extract<PersonEvent, { type: 'refuse' }>;

function refuse(item: PersonItem, { code, detail, seats }: Refused, now: Instant): PersonChange | null {
  if (!isBeforeChanges(item)) return null;
  const known = seats ? { ...item, seats } : item;
  return { item: end(known, 'skipped', code, detail, now), news: code === 'outOfSeats' ? 'outOfSeats' : 'skipped' };
}

type Checked = Extract<PersonEvent, { type: 'checked' }>;

/** A group that the person is in already is joined: that was not us, and it is not ours to take back. */
function checked(item: PersonItem, event: Checked, now: Instant): PersonChange | null {
  if (item.state !== 'checking') return null;
  const { knownCloudPcIds, seats, cloudPc, memberOf } = event;
  const { provisioning, settings } = item.order;
  const changes = [provisioning, settings].flatMap((group): MembershipChange[] =>
    item.operation === 'assign' && group && memberOf.includes(group.id)
      ? [{ group, direction: 'join', state: 'wasSo' }]
      : [],
  );
  const ready: PersonItem = { ...item, state: 'starting', knownCloudPcIds, seats, cloudPc, changes };
  return { item: atStep(ready, following(ready), now), news: 'joining' };
}

function isSame(
  change: MembershipChange,
  event: { groupId: string; direction: MembershipChange['direction'] },
): boolean {
  return change.group.id === event.groupId && change.direction === event.direction;
}

type Intended = Extract<PersonEvent, { type: 'intend' }>;

/** A change that stands already is not intended twice. What is taken back is not changed anew. */
function intend(item: PersonItem, { group, direction }: Intended, now: Instant): PersonChange | null {
  if (item.state !== 'starting' || item.step === 'undo') return null;
  if (item.changes.some((change) => isSame(change, { groupId: group.id, direction }))) return null;
  return quiet({ ...item, changes: [...item.changes, { group, direction, state: 'intended' }], dueAt: now });
}

type Settled = Extract<PersonEvent, { type: 'settled' }>;

/** Without an intent of ours it was so before. With one, "it was so" is our own call, whose answer was lost. */
function settled(item: PersonItem, { groupId, direction, wasSo }: Settled, now: Instant): PersonChange | null {
  const change = item.changes.find((one) => isSame(one, { groupId, direction }));
  if (change?.state !== 'intended') return null;
  const state = wasSo ? 'wasSo' : 'done';
  const changes = item.changes.map((one) => (one === change ? ({ ...one, state } as const) : one));
  const news = wasSo ? null : direction === 'join' ? 'joined' : 'left';
  return { item: { ...item, changes, dueAt: now }, news };
}

function withoutChange(
  item: PersonItem,
  event: { groupId: string; direction: MembershipChange['direction'] },
): PersonItem {
  const changes = item.changes.filter((change) => !(isSame(change, event) && change.state === 'intended'));
  return { ...item, changes };
}

function stepDone(item: PersonItem, now: Instant): PersonChange | null {
  if (item.step === 'undo') return endUndo(item, now);
  const news: PersonNews | null = item.step === 'awaitLicence' ? 'licensed' : null;
  const next = following(item);
  if (next !== null) return { item: atStep(inState(item, next), next, now), news };
  return item.operation === 'unassign' ? finishUnassign(item, now) : null;
}

function inState(item: PersonItem, next: PersonStep): PersonItem {
  const waits: readonly PersonStep[] = [
    'awaitLicence',
    'awaitCloudPc',
    'awaitBuild',
    'awaitGrace',
    'endGrace',
    'awaitEnd',
  ];
  return { ...item, state: waits.includes(next) ? 'building' : 'starting' };
}

function finishUnassign(item: PersonItem, now: Instant): PersonChange {
  const { failing } = item;
  if (!failing) return { item: end(item, 'ready', 'unassigned', null, now), news: 'unassigned' };
  return { item: end(item, 'readyWithWarnings', failing.code, failing.detail, now), news: 'unassignedWithWarnings' };
}

/** The step behind this one that has anything to do; null: it was the last one. */
function following(item: PersonItem): PersonStep | null {
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
    case 'awaitGrace':
      return cloudPc !== null;
    case 'endGrace':
    case 'awaitEnd':
      return operation === 'unassign' && order.endsGrace && cloudPc !== null;
    default:
      return true;
  }
}

function fail(item: PersonItem, outcome: PersonOutcome, now: Instant): PersonChange | null {
  if (item.operation === 'unassign') return failUnassign(item, outcome, now);
  if (item.failing !== null) return null;
  const failing = { ...item, failing: outcome };
  if (nextToUndo(failing) === null)
    return { item: end(failing, 'failed', outcome.code, outcome.detail, now), news: 'failed' };
  return { item: atStep({ ...failing, state: 'starting' }, 'undo', now), news: 'undoing' };
}

/** The licence is gone already: what is left to do goes on, and the end says what was missing first. */
function failUnassign(item: PersonItem, outcome: PersonOutcome, now: Instant): PersonChange | null {
  if (item.step === 'check' || item.step === 'leaveEntitlement')
    return { item: end(item, 'failed', outcome.code, outcome.detail, now), news: 'failed' };
  const going: PersonItem = { ...item, failing: item.failing ?? outcome };
  if (item.step === 'leaveOthers') return finishUnassign(going, now);
  // Without its grace period there is nothing to end.
  return { item: atStep({ ...going, state: 'starting' }, 'leaveOthers', now), news: null };
}

function seen(item: PersonItem, pc: CloudPc, until: Instant, now: Instant): PersonChange | null {
  const known: PersonItem = { ...item, cloudPc: pc, dueAt: until };
  if (item.operation === 'unassign') return quiet(known);
  if (item.step === 'awaitCloudPc')
    return { item: { ...atStep(known, 'awaitBuild', now), buildingAt: now }, news: 'building' };
  if (item.step !== 'awaitBuild') return null;
  if (pc.status === 'failed') return fail(known, { code: 'buildFailed', detail: pc.statusDetail }, now);
  if (!isReadyStatus(pc.status)) return quiet(known);
  const isPlain = faceOf(pc.status) === 'ready';
  const code = isPlain ? 'ready' : 'readyWithWarnings';
  return { item: end(known, code, code, pc.statusDetail, now), news: isPlain ? 'assigned' : 'assignedWithWarnings' };
}

/** What is to be taken back next: in reverse order, and only what this request has changed or may have changed. */
export function nextToUndo({ changes }: Pick<PersonItem, 'changes'>): MembershipChange | null {
  return changes.findLast(({ state }) => state === 'done' || state === 'intended') ?? null;
}

type Undone = Extract<PersonEvent, { type: 'undone' }>;

function undone(item: PersonItem, event: Undone, now: Instant): PersonChange | null {
  const change = nextToUndo(item);
  if (item.step !== 'undo' || !change || !isSame(change, event)) return null;
  const state = event.isDone ? 'undone' : 'notUndone';
  const changes = item.changes.map((one) => (one === change ? ({ ...one, state } as const) : one));
  return { item: { ...item, changes, dueAt: now }, news: event.isDone ? 'undone' : 'notUndone' };
}

function endUndo(item: PersonItem, now: Instant): PersonChange | null {
  const { failing } = item;
  if (!failing || nextToUndo(item) !== null) return null;
  const news = failing.code === 'outOfSeatsLate' ? 'outOfSeats' : 'failed';
  return { item: end(item, 'failed', failing.code, failing.detail, now), news };
}

type GraceAnswered = Extract<PersonEvent, { type: 'graceAnswered' }>;

/** Only where it is certain that nothing was applied may it be sent anew by itself. */
function graceAnswered(item: PersonItem, { intentId, answer, at }: GraceAnswered, now: Instant): PersonChange | null {
  if (item.intentId !== intentId || item.step !== 'endGrace') return null;
  if (answer === 'notApplied') return quiet({ ...item, intentId: null, dueAt: at });
  if (answer === 'rejected') return fail(item, { code: 'graceNotEnded', detail: null }, now);
  const sent = atStep({ ...item, unknownSince: answer === 'unknown' ? now : null }, 'awaitEnd', now);
  return answer === 'unknown' ? quiet(sent) : { item: sent, news: 'graceEnded' };
}

function atStep(item: PersonItem, step: PersonStep | null, now: Instant): PersonItem {
  return { ...item, step: step ?? item.step, stepSince: now, hold: null, isSlow: false, dueAt: now };
}

function end(
  item: PersonItem,
  state: 'ready' | 'readyWithWarnings' | 'failed' | 'skipped' | 'cancelled',
  code: PersonOutcomeCode,
  detail: StatusDetail | null,
  now: Instant,
): PersonItem {
  return { ...item, state, outcome: { code, detail }, endedAt: now, dueAt: null, hold: null };
}
