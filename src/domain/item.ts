// One Cloud PC within a request: its states, what may happen to it, and what became of it.
//
//   queued → checking → starting → building → ready | readyWithWarnings | failed | timedOut
//   and skipped | cancelled | needsOperator | needsSignIn
import type { Baseline } from './baseline.ts';
import type { CloudPc, StatusDetail } from './cloud-pc.ts';
import type { PersonRef } from './people.ts';
import type { Instant } from './time.ts';

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
  | 'needsOperator'
  /** Approved, and to be started in the requester's own name: they must sign in first. */
  | 'needsSignIn';

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
  'needsSignIn',
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
export type HoldReason =
  | 'paused'
  | 'quota'
  | 'graph'
  /** Its bulk request stands still until an admin lets it go on. */
  | 'bulk';

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
  | 'notSignedIn'
  | 'signInForbidden'
  | 'graphUnavailable'
  /** The owner's Cloud PCs are left out of bulk requests. */
  | 'vip'
  /** Intune does not know the device under which a bulk call names it. */
  | 'notInIntune';

export interface ItemOutcome {
  code: OutcomeCode;
  /** Graph's own words, for the log and the admins' history; never shown raw to others. */
  detail: StatusDetail | null;
}

export interface Item {
  id: string;
  requestId: string;
  /** From 1; the wave that it runs in. */
  wave: number;
  owner: PersonRef;
  /** The owner's when it was asked for. */
  ownerUpn: string;
  state: ItemState;
  /** Raised at each entry into needsOperator or timedOut; those buttons carry it. */
  attempt: number;
  /** What was known of the Cloud PC when the request was submitted; `cloudPc.id` follows an adoption. */
  cloudPc: CloudPc;
  baseline: Baseline | null;
  /** The intent that licensed the newest destructive call. */
  intentId: string | null;
  /** Windows 365's bulk action that it was started with; its counts tell whether anything is still to come. */
  bulkActionId: string | null;
  /** Accepted, and begun by Windows 365 in its maintenance window only. */
  waitsForWindow: boolean;
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
  /** Since when the requester's own sign-in is missing; kept until the start. */
  signInSince: Instant | null;
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
  /** The requester's own token cannot be had; looked for again `askAgainAt`. */
  | { type: 'needSignIn'; askAgainAt: Instant }
  | { type: 'signedIn' }
  /** The check passed; the caller commits `intentId` in the same transaction. */
  | { type: 'begin'; intentId: string; baseline: Baseline; cloudPc: CloudPc }
  /** Checked again after an admin's "start again": the first call had worked after all. */
  | { type: 'foundStarted' }
  /** `bulkActionId`, `waitsForWindow`: where it was started together with others. */
  | { type: 'accepted'; intentId: string; bulkActionId?: string | null; waitsForWindow?: boolean }
  | { type: 'notApplied'; intentId: string; retryAt: Instant; detail: StatusDetail | null }
  /** `skip`: what Graph named as the reason. */
  | { type: 'rejected'; intentId: string; isBusy: boolean; detail: StatusDetail | null; skip?: SkipReason }
  /** The bulk action has come to its end, and this Cloud PC has not been rebuilt by it. */
  | { type: 'bulkEnded'; bulkActionId: string }
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
  | 'needsSignIn'
  | 'signedIn'
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

export function isBeforeStart(item: Pick<Item, 'state'>): boolean {
  return item.state === 'queued' || item.state === 'checking' || item.state === 'needsSignIn';
}

/** Once a call may have reached Graph (attempt > 0), "nothing was changed" could not be said any more. */
export function mayStillCancel(item: Pick<Item, 'state' | 'attempt'>): boolean {
  return isBeforeStart(item) && item.attempt === 0;
}

/** States in which what Graph shows can still change the item. */
export function isWatched(item: Pick<Item, 'state' | 'unknownSince'>): boolean {
  if (item.state === 'starting') return item.unknownSince !== null;
  return item.state === 'building' || isLate(item);
}

/** Looked at now and then only; the truth may still show itself, and a person may press "check again". */
export function isLate(item: Pick<Item, 'state'>): boolean {
  return item.state === 'timedOut' || item.state === 'needsOperator';
}
