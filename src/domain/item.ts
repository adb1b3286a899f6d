// The state machine of one Cloud PC within a request. Pure: (item, event, now, limits) → the new item and what follows.
//
//   queued → checking → starting → building → ready | readyWithWarnings | failed | timedOut
//   and skipped | cancelled | needsOperator
//
// A destructive call is licensed by an intent. `begin` with an intent is the only way into `starting`, and an item
// that holds an intent never gets another one but through a certain "nothing was applied" or an admin's word.
import { type Baseline, findBuild, findSuccessors, hasBegunSince } from './baseline.ts';
import type { CloudPc, StatusDetail } from './cloud-pc.ts';
import type { Limits } from './policy.ts';
import { type Instant, minute, second } from './time.ts';

export type ItemState =
  | 'queued'
  | 'checking'
  | 'starting'
  | 'building'
  | 'ready'
  | 'readyWithWarnings'
  | 'failed'
  | 'timedOut'
  | 'skipped'
  | 'cancelled'
  | 'needsOperator';

export const itemStates: readonly ItemState[] = [
  'queued',
  'checking',
  'starting',
  'building',
  'ready',
  'readyWithWarnings',
  'failed',
  'timedOut',
  'skipped',
  'cancelled',
  'needsOperator',
];

/** These end an item for good and free its Cloud PC for the next request. */
export const finishedItemStates: readonly ItemState[] = [
  'ready',
  'readyWithWarnings',
  'failed',
  'skipped',
  'cancelled',
];

export function isFinished(state: ItemState): boolean {
  return finishedItemStates.includes(state);
}

/** Why an item waits in `checking`. */
export type HoldReason = 'paused' | 'quota' | 'graph';

/** How an item ended, in a word the texts know (`outcome.<code>`). */
export type OutcomeCode =
  | 'ready'
  | 'readyWithWarnings'
  | 'buildFailed'
  | 'notStarted'
  | 'closedByAdmin'
  | 'cancelled'
  | SkipReason;

export type SkipReason =
  | 'gone'
  | 'ownerChanged'
  | 'grace'
  | 'busy'
  | 'actionRunning'
  | 'notOffered'
  | 'notPersonal'
  | 'cooldown'
  | 'notAllowedAnyMore'
  | 'approvalGone'
  | 'policyChanged'
  | 'resetDisabled'
  | 'graphUnavailable';

export interface ItemOutcome {
  code: OutcomeCode;
  /** Graph's own words, for the log and the admins' history; never shown raw to others. */
  detail: StatusDetail | null;
}

export interface Item {
  id: string;
  requestId: string;
  state: ItemState;
  /** Raised at each entry into needsOperator or timedOut; those buttons carry it. */
  attempt: number;
  /** What was known of the Cloud PC when the request was submitted; `cloudPc.id` follows an adoption. */
  cloudPc: CloudPc;
  baseline: Baseline | null;
  /** The intent that licensed the newest destructive call. */
  intentId: string | null;
  /** How many automatic intents were given back because nothing was applied. */
  givenBack: number;
  hold: HoldReason | null;
  sawBusy: boolean;
  isSlow: boolean;
  /** Since when the id answers 404. */
  missingSince: Instant | null;
  /** What Graph showed last; for the admins' choice in needsOperator. */
  lastSeen: { status: string; provisionedAt: Instant | null; isActionRunning: boolean } | null;
  /** The name after the rebuild, when it is another. */
  newName: string | null;
  outcome: ItemOutcome | null;
  queuedAt: Instant;
  checkingAt: Instant | null;
  startingAt: Instant | null;
  /** Since when the outcome of the call is unknown. */
  unknownSince: Instant | null;
  buildingAt: Instant | null;
  endedAt: Instant | null;
  /** When `advance` must look at it again; null when nothing is due. */
  dueAt: Instant | null;
  /** When `watch` must look at it in Graph; null when there is nothing to see. */
  lookAt: Instant | null;
}

export type ItemEvent =
  | { type: 'checkBegan' }
  | { type: 'hold'; reason: HoldReason; until: Instant }
  | { type: 'refuse'; reason: SkipReason }
  /** The check passed; the caller commits `intentId` in the same transaction. */
  | { type: 'begin'; intentId: string; baseline: Baseline; cloudPc: CloudPc }
  /** Checked again after an admin's "start again": the first call had worked after all. */
  | { type: 'foundStarted' }
  | { type: 'accepted'; intentId: string }
  | { type: 'notApplied'; intentId: string; retryAt: Instant; detail: StatusDetail | null }
  | { type: 'rejected'; intentId: string; isBusy: boolean; detail: StatusDetail | null }
  | { type: 'unknown'; intentId: string }
  | { type: 'seen'; pc: CloudPc }
  /** The id answers 404; `ownersCloudPcs` is null while the owner's list has not been read. */
  | { type: 'gone'; ownersCloudPcs: readonly CloudPc[] | null }
  | { type: 'time' }
  | { type: 'startAgain'; attempt: number }
  | { type: 'treatAsStarted'; attempt: number }
  | { type: 'close'; attempt: number }
  | { type: 'cancel' };

/** What became of the item, for the audit and the notices; null when nothing worth telling happened. */
export type ItemNews =
  | 'checking'
  | 'held'
  | 'starting'
  | 'building'
  | 'givenBack'
  | 'unknown'
  | 'slow'
  | 'missing'
  | 'adopted'
  | 'ready'
  | 'readyWithWarnings'
  | 'failed'
  | 'notStarted'
  | 'skipped'
  | 'timedOut'
  | 'needsOperator'
  | 'startAgain'
  | 'treatedAsStarted'
  | 'closed'
  | 'cancelled';

export interface ItemChange {
  item: Item;
  news: ItemNews | null;
}

/** An answer to the destructive call is waited for this long; after that, by anybody, the outcome is unknown. */
export const answerWithinMs = 45 * second;
/** Automatic intents after the first, at most. */
export const mostGivenBack = 5;
/** `lastModifiedDateTime` may move because of the call itself; a "failed" that was there before is believed only after this. */
export const settleMs = 2 * minute;
/** A timed-out build is looked at this often. */
export const lateLookMs = 10 * minute;

/** Returns the changed item, or null when the event does not fit the state (late, doubled or forged: nothing happens). */
export function decideItem(item: Item, event: ItemEvent, now: Instant, limits: Limits): ItemChange | null {
  switch (event.type) {
    case 'checkBegan':
      return item.state === 'queued'
        ? { item: { ...item, state: 'checking', checkingAt: now, dueAt: now }, news: 'checking' }
        : null;
    case 'hold':
      return isBeforeStart(item) ? holdItem(item, event.reason, event.until, now) : null;
    case 'refuse':
      return item.state === 'checking' ? endItem(item, 'skipped', event.reason, null, now, 'skipped') : null;
    case 'begin':
      return item.state === 'checking' ? beginItem(item, event, now) : null;
    case 'foundStarted':
      return item.state === 'checking' && item.baseline ? toBuilding(item, now, 'building') : null;
    case 'cancel':
      return mayStillCancel(item) ? endItem(item, 'cancelled', 'cancelled', null, now, 'cancelled') : null;
    case 'accepted':
    case 'notApplied':
    case 'rejected':
    case 'unknown':
      return item.intentId === event.intentId ? decideAnswer(item, event, now) : null;
    case 'seen':
      return decideSeen(item, event.pc, now, limits);
    case 'gone':
      return decideGone(item, event.ownersCloudPcs, now, limits);
    case 'time':
      return decideTime(item, now, limits);
    case 'startAgain':
    case 'treatAsStarted':
    case 'close':
      return item.attempt === event.attempt ? decideOperator(item, event.type, now, limits) : null;
  }
}

export function isBeforeStart(item: Pick<Item, 'state'>): boolean {
  return item.state === 'queued' || item.state === 'checking';
}

/** Once a call may have reached Graph (attempt > 0), "nothing was changed" could not be said any more. */
export function mayStillCancel(item: Pick<Item, 'state' | 'attempt'>): boolean {
  return isBeforeStart(item) && item.attempt === 0;
}

/** How long it has been held is counted for each reason by itself: a pause must not use up the patience with Graph. */
function holdItem(item: Item, reason: HoldReason, until: Instant, now: Instant): ItemChange {
  if (item.hold === reason) return { item: { ...item, dueAt: until }, news: null };
  const checkingAt = item.checkingAt === null ? null : now;
  return { item: { ...item, hold: reason, checkingAt, dueAt: until }, news: 'held' };
}

function beginItem(item: Item, event: Extract<ItemEvent, { type: 'begin' }>, now: Instant): ItemChange {
  const started: Item = {
    ...item,
    state: 'starting',
    intentId: event.intentId,
    baseline: event.baseline,
    cloudPc: event.cloudPc,
    hold: null,
    sawBusy: false,
    isSlow: false,
    missingSince: null,
    lastSeen: null,
    unknownSince: null,
    startingAt: now,
    dueAt: now + answerWithinMs,
  };
  return { item: started, news: 'starting' };
}

type Answer = Extract<ItemEvent, { type: 'accepted' | 'notApplied' | 'rejected' | 'unknown' }>;

function decideAnswer(item: Item, event: Answer, now: Instant): ItemChange | null {
  // A late "accepted" is the truth even when an operator was asked meanwhile.
  if (event.type === 'accepted') {
    const isOpen = item.state === 'starting' || item.state === 'needsOperator';
    return isOpen ? toBuilding(item, now, 'building') : null;
  }
  if (item.state !== 'starting') return null;
  if (event.type === 'unknown') return item.unknownSince === null ? toUnknown(item, now) : null;
  if (event.type === 'rejected') {
    return event.isBusy
      ? endItem(item, 'skipped', 'busy', event.detail, now, 'skipped')
      : endItem(item, 'failed', 'notStarted', event.detail, now, 'notStarted');
  }
  if (item.givenBack >= mostGivenBack) return endItem(item, 'failed', 'notStarted', event.detail, now, 'notStarted');
  const again: Item = {
    ...item,
    state: 'checking',
    intentId: null,
    baseline: null,
    startingAt: null,
    unknownSince: null,
    givenBack: item.givenBack + 1,
    dueAt: event.retryAt,
    lookAt: null,
  };
  return { item: again, news: 'givenBack' };
}

function toUnknown(item: Item, now: Instant): ItemChange {
  return { item: { ...item, unknownSince: now, lookAt: now, dueAt: now }, news: 'unknown' };
}

function toBuilding(item: Item, now: Instant, news: ItemNews): ItemChange {
  const built: Item = { ...item, state: 'building', unknownSince: null, buildingAt: now, lookAt: now, dueAt: now };
  return { item: built, news };
}

function endItem(
  item: Item,
  state: ItemState,
  code: OutcomeCode,
  detail: StatusDetail | null,
  now: Instant,
  news: ItemNews,
): ItemChange {
  const ended: Item = {
    ...item,
    state,
    hold: null,
    outcome: { code, detail },
    endedAt: now,
    dueAt: null,
    lookAt: null,
  };
  return { item: ended, news };
}

/** States in which what Graph shows can still change the item. */
export function isWatched(item: Pick<Item, 'state' | 'unknownSince'>): boolean {
  if (item.state === 'starting') return item.unknownSince !== null;
  return item.state === 'building' || isLate(item);
}

/** Looked at now and then only; the truth may still show itself, and a person may press "check again". */
function isLate(item: Pick<Item, 'state'>): boolean {
  return item.state === 'timedOut' || item.state === 'needsOperator';
}

function decideSeen(item: Item, pc: CloudPc, now: Instant, limits: Limits): ItemChange | null {
  const { baseline } = item;
  if (!baseline || !isWatched(item)) return null;
  const seen: Item = { ...item, missingSince: null, lastSeen: toLastSeen(pc), lookAt: nextLook(item, now) };
  if (item.state === 'building' || item.state === 'timedOut') return decideBuild(seen, baseline, pc, now, limits, null);
  if (!hasBegunSince(baseline, pc)) return timePassed(seen, now, limits);
  return decideBuild(toBuilding(seen, now, 'building').item, baseline, pc, now, limits, 'building');
}

function decideBuild(
  item: Item,
  baseline: Baseline,
  pc: CloudPc,
  now: Instant,
  limits: Limits,
  news: ItemNews | null,
): ItemChange {
  const isSettled = now - (item.startingAt ?? now) >= settleMs;
  const finding = findBuild(baseline, pc, item.sawBusy, isSettled);
  if (finding === 'ready' || finding === 'readyWithWarnings') {
    const newName = pc.name === item.cloudPc.name ? null : pc.name;
    return endItem({ ...item, newName }, finding, finding, pc.statusDetail, now, finding);
  }
  if (finding === 'failed') return endItem(item, 'failed', 'buildFailed', pc.statusDetail, now, 'failed');
  const next = finding === 'busy' ? { ...item, sawBusy: true } : item;
  const passed = timePassed(next, now, limits);
  return { item: passed.item, news: passed.news ?? news };
}

function toLastSeen(pc: CloudPc): Item['lastSeen'] {
  const state = pc.lastAction?.state.toLowerCase() ?? '';
  return { status: pc.status, provisionedAt: pc.provisionedAt, isActionRunning: ['pending', 'active'].includes(state) };
}

function nextLook(item: Item, now: Instant): Instant {
  return isLate(item) ? now + lateLookMs : now;
}

function decideGone(item: Item, owners: readonly CloudPc[] | null, now: Instant, limits: Limits): ItemChange | null {
  const { baseline } = item;
  if (!baseline || !isWatched(item)) return null;
  const missing: Item = { ...item, missingSince: item.missingSince ?? now, lookAt: nextLook(item, now) };
  const found = owners === null ? [] : findSuccessors(baseline, owners);
  const [only] = found;
  if (only && found.length === 1) {
    const adopted: Item = { ...missing, cloudPc: { ...item.cloudPc, id: only.id }, missingSince: null, sawBusy: true };
    return toAdopted(adopted, now, item);
  }
  if (isLate(item)) return { item: missing, news: null };
  const isTooLong = now - (missing.missingSince ?? now) >= limits.unknownAfterMs;
  if (found.length > 1 || (owners !== null && isTooLong)) return toOperator(missing, now);
  const passed = timePassed(missing, now, limits);
  return { item: passed.item, news: passed.news ?? (item.missingSince === null ? 'missing' : null) };
}

/** A new id shows that the old Cloud PC was taken away: an unclear start has become a build. */
function toAdopted(adopted: Item, now: Instant, before: Item): ItemChange {
  if (before.state !== 'starting' && before.state !== 'needsOperator') return { item: adopted, news: 'adopted' };
  return { item: toBuilding(adopted, now, 'building').item, news: 'adopted' };
}

function toOperator(item: Item, now: Instant): ItemChange {
  const asked: Item = {
    ...item,
    state: 'needsOperator',
    attempt: item.attempt + 1,
    dueAt: null,
    lookAt: now + lateLookMs,
  };
  return { item: { ...asked, unknownSince: item.unknownSince ?? now }, news: 'needsOperator' };
}

function decideTime(item: Item, now: Instant, limits: Limits): ItemChange | null {
  if (item.state === 'starting' && item.unknownSince === null) {
    return now >= (item.startingAt ?? now) + answerWithinMs ? toUnknown(item, now) : null;
  }
  if (item.state !== 'starting' && item.state !== 'building') return null;
  return timePassed(item, now, limits);
}

/** The limits of time; also sets when the next one is due. */
function timePassed(item: Item, now: Instant, limits: Limits): ItemChange {
  if (item.state === 'starting') {
    const until = (item.unknownSince ?? now) + limits.unknownAfterMs;
    return now >= until ? toOperator(item, now) : { item: { ...item, dueAt: until }, news: null };
  }
  if (item.state !== 'building') return { item, news: null };
  const since = item.buildingAt ?? now;
  if (now >= since + limits.giveUpAfterMs) {
    const late: Item = {
      ...item,
      state: 'timedOut',
      attempt: item.attempt + 1,
      isSlow: true,
      dueAt: null,
      lookAt: now + lateLookMs,
    };
    return { item: late, news: 'timedOut' };
  }
  if (!item.isSlow && now >= since + limits.slowAfterMs) {
    return { item: { ...item, isSlow: true, dueAt: since + limits.giveUpAfterMs }, news: 'slow' };
  }
  return { item: { ...item, dueAt: since + (item.isSlow ? limits.giveUpAfterMs : limits.slowAfterMs) }, news: null };
}

function decideOperator(
  item: Item,
  type: 'startAgain' | 'treatAsStarted' | 'close',
  now: Instant,
  limits: Limits,
): ItemChange | null {
  if (type === 'close') {
    const isUncertain = item.state === 'checking' && item.attempt > 0;
    const isOpen = item.state === 'needsOperator' || item.state === 'timedOut' || isUncertain;
    return isOpen ? endItem(item, 'failed', 'closedByAdmin', item.outcome?.detail ?? null, now, 'closed') : null;
  }
  if (item.state !== 'needsOperator') return null;
  if (type === 'treatAsStarted') {
    const followed: Item = { ...toBuilding(item, now, 'treatedAsStarted').item, missingSince: null };
    const passed = timePassed(followed, now, limits);
    return { item: passed.item, news: 'treatedAsStarted' };
  }
  const again: Item = {
    ...item,
    state: 'checking',
    intentId: null,
    givenBack: 0,
    checkingAt: now,
    startingAt: null,
    unknownSince: null,
    missingSince: null,
    dueAt: now,
  };
  return { item: again, news: 'startAgain' };
}
