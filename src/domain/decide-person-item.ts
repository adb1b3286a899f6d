// The state machine of a person's item. Pure: (item, event, now) → the new item and what is worth telling, or null where
// the event does not fit any more. What was changed in groups is kept change by change, so that it can be taken back.
import { type CloudPc, faceOf, isReadyStatus } from './cloud-pc.ts';
import { decideGrace } from './decide-grace.ts';
import type { PersonChange, PersonEvent, PersonNews } from './person-events.ts';
import { isFinishedPerson, type MembershipChange, type PersonItem, type PersonStep } from './person-item.ts';
import {
  atStep,
  end,
  endFailed,
  fail,
  finishUnassign,
  following,
  isBeforeChanges,
  nextToUndo,
} from './person-moves.ts';
import type { Instant } from './time.ts';

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
  return endFailed(item, failing, now);
}
