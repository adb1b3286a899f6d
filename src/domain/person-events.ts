// What may happen to a person's item, and what of it is worth telling.
import type { CloudPc, StatusDetail } from './cloud-pc.ts';
import type { MembershipChange, PersonFailure, PersonItem, PersonRefusal, PinnedGroup, Seats } from './person-item.ts';
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
  /** Only after something was changed, and taken back. */
  | 'outOfSeatsLate'
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
