// One person within a request that assigns Windows 365 or takes it back: what is to be done in groups, how far that is,
// and what became of it. Its states are those of items, so that a request counts both alike; within them the step says
// what is done next. docs/decisions/0009-people-as-items.md
//
//   queued → checking → starting (groups change) → building (Windows 365 works) → ready | readyWithWarnings | failed
//   and skipped (nothing was changed) | cancelled | needsOperator; undoing is the last step of `starting`
import type { CloudPc, StatusDetail } from './cloud-pc.ts';
import type { ItemState } from './item.ts';
import type { PersonRef } from './people.ts';
import type { Instant } from './time.ts';

export type PersonItemState = Exclude<ItemState, 'timedOut' | 'needsSignIn'>;

export type PersonOperation = 'assign' | 'unassign';

/** What a group does for Windows 365. `frontline`: of a policy whose members get a size without a licence of their own. */
export type GroupPart = 'provisioning' | 'settings' | 'licence' | 'frontline';

/** A group by the id that was pinned when its name was resolved. */
export interface PinnedGroup {
  part: GroupPart;
  id: string;
  name: string;
}

/** Which Cloud PC the licence, or the Frontline policy, leads to. */
export type Entitlement =
  | {
      kind: 'licence';
      group: PinnedGroup;
      skuId: string;
      partNumber: string;
      /** Service plans of the SKU: a Cloud PC of one of them is the one that this licence is for. */
      planIds: readonly string[];
    }
  | {
      kind: 'frontline';
      /** The group that the policy is assigned to with this size. */
      group: PinnedGroup;
      policyId: string;
      policyName: string;
      planId: string;
      planName: string;
    };

/** What was asked for, as it was confirmed. */
export interface PersonOrder {
  entitlement: Entitlement;
  /** assign: joined unless the person is in it; unassign: left when nothing else needs it. null: none is named. */
  provisioning: PinnedGroup | null;
  settings: PinnedGroup | null;
  /** Groups of the same prefix that the person leaves for those above; chosen, never implied. unassign: those to be left. */
  leaves: readonly PinnedGroup[];
  /** unassign: the Cloud PCs that go with it, as they were confirmed. */
  cloudPcs: readonly { id: string; name: string }[];
  /** assign: a ticket when no seat is free. */
  ticket: boolean;
  /** unassign: the grace period is ended at once, which destroys what is on the Cloud PC. Confirmed by itself. */
  endsGrace: boolean;
}

/**
 * One change of one group's members by this request. `intended` is committed before the call: from then on it may have
 * been made. `wasSo`: it was so before, so it is not ours to take back.
 */
export interface MembershipChange {
  group: PinnedGroup;
  direction: 'join' | 'leave';
  state: 'intended' | 'done' | 'wasSo' | 'undone' | 'notUndone';
}

export interface Seats {
  total: number;
  used: number;
}

export const assignSteps = [
  'check',
  'joinProvisioning',
  'joinSettings',
  'leaveOthers',
  'awaitMembership',
  'joinEntitlement',
  'awaitLicence',
  'awaitCloudPc',
  'awaitBuild',
  'undo',
] as const;

export const unassignSteps = [
  'check',
  'leaveEntitlement',
  'awaitGrace',
  'endGrace',
  'awaitEnd',
  'leaveOthers',
] as const;

export type AssignStep = (typeof assignSteps)[number];
export type UnassignStep = (typeof unassignSteps)[number];
export type PersonStep = AssignStep | UnassignStep;

/** How it ended, in a word the texts know (`assignOutcome.<code>`). */
export type PersonOutcomeCode =
  | 'ready'
  | 'readyWithWarnings'
  | 'unassigned'
  | 'cancelled'
  | 'closedByAdmin'
  | PersonRefusal
  | PersonFailure;

/** Found before anything was changed. */
export type PersonRefusal =
  | 'notAllowedAnyMore'
  | 'approvalGone'
  | 'policyChanged'
  | 'personGone'
  | 'personDisabled'
  | 'noUsageLocation'
  | 'groupGone'
  | 'groupRenamed'
  | 'groupAmbiguous'
  | 'groupNotWritable'
  | 'noSku'
  | 'severalSkus'
  | 'alreadyHas'
  | 'hasNone'
  | 'outOfSeats'
  | 'otherGroup'
  | 'cloudPcOfPlan'
  /** A reprovision of a Cloud PC that would go is asked for or runs. */
  | 'cloudPcBusy'
  /** It is not the Cloud PC any more that was confirmed to be destroyed. */
  | 'cloudPcChanged'
  | 'graphUnavailable';

/** Found after something was changed: what this request changed is taken back. */
export type PersonFailure =
  | 'groupRefused'
  | 'notVisible'
  | 'licenceRefused'
  | 'outOfSeatsLate'
  | 'noLicence'
  | 'noCloudPc'
  | 'buildFailed'
  | 'buildTooLong'
  | 'graceNotSeen'
  | 'graceNotEnded';

export interface PersonOutcome {
  code: PersonOutcomeCode;
  detail: StatusDetail | null;
}

export interface PersonItem {
  id: string;
  requestId: string;
  operation: PersonOperation;
  person: PersonRef;
  /** When it was asked for. */
  upn: string;
  order: PersonOrder;
  state: PersonItemState;
  step: PersonStep;
  /** Since when this step is being done; its limit counts from here. */
  stepSince: Instant;
  changes: readonly MembershipChange[];
  /** The Cloud PCs that were there before. */
  knownCloudPcIds: readonly string[];
  /** assign: the new one; unassign: the one that goes. */
  cloudPc: CloudPc | null;
  /** As they were read last; null: they were not. */
  seats: Seats | null;
  /** unassign: the one call that ends the grace period. */
  intentId: string | null;
  unknownSince: Instant | null;
  /** Raised at each entry into needsOperator; those buttons carry it. */
  attempt: number;
  hold: 'paused' | 'graph' | null;
  isSlow: boolean;
  /** The ticket that was asked for because no seat was free: where to, and the request that it was sent for. null: none was. */
  ticket: { to: string; code: string } | null;
  /** Why it will end as failed, once what was changed is taken back. */
  failing: PersonOutcome | null;
  outcome: PersonOutcome | null;
  queuedAt: Instant;
  startedAt: Instant | null;
  buildingAt: Instant | null;
  endedAt: Instant | null;
  /** When it is to be looked at again; while a run works on it, the end of its claim. */
  dueAt: Instant | null;
  /** The run that works on it. */
  claim: string | null;
}

export function isFinishedPerson({ state }: Pick<PersonItem, 'state'>): boolean {
  return ['ready', 'readyWithWarnings', 'failed', 'skipped', 'cancelled'].includes(state);
}
