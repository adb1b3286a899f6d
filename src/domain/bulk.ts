// A request on many Cloud PCs: how they were chosen, what stands still, and what the waves are.
import { type CloudPc, wasSignedOutSince } from './cloud-pc.ts';
import type { PersonRef } from './people.ts';
import type { Instant } from './time.ts';

/** How the Cloud PCs were chosen. */
export type BulkSource =
  /** Mentions, addresses and ids of Cloud PCs. */
  | { type: 'list' }
  | { type: 'file'; name: string }
  | { type: 'group'; name: string }
  | { type: 'policy'; policyId: string; name: string }
  /** Every Cloud PC whose state is failed. */
  | { type: 'failed' }
  /** What failed in an earlier bulk request. */
  | { type: 'retry'; requestId: string; code: string };

/** Why nothing new is started until an admin says so. */
export type BulkPause =
  | { reason: 'failures'; wave: number; failed: number; of: number; at: Instant }
  | { reason: 'byAdmin'; by: PersonRef; at: Instant }
  /** Waves cannot be started in the way that `GRAPH_BULK` says; `lacks` left out: the call for managed devices. */
  | { reason: 'wayGone'; at: Instant; lacks?: BulkLack };

/** A call that the tenant does not have, or maintenance windows, which the setting does not know. */
export type BulkLack = 'bulkActions' | 'managedDevices' | 'windows';

/** What an admin chose, as the form shows it again. */
export interface BulkChoice {
  /** Addresses and ids of Cloud PCs. */
  people: string;
  group: string;
  policyId: string | null;
  failed: boolean;
  /** Take every Cloud PC of people who have several. */
  several: boolean;
}

/** How a preview counted. What another request took before it was confirmed is left out from then on; the rest stays as shown. */
export interface BulkCounts {
  /** Cloud PCs that were found. */
  found: number;
  /** Words that named nobody, and people without a Cloud PC. */
  notFound: number;
  /** Found, and not to be rebuilt now. */
  leftOut: number;
  /** Found and to be rebuilt: the number that is typed. */
  remaining: number;
  /** Of those, without a sign-out seen since the last sign-in. */
  notSignedOut: number;
}

export interface Bulk {
  source: BulkSource;
  counts: BulkCounts;
  /** Of a draft alone: what the form shows when it is to be changed. */
  choice?: BulkChoice;
  /** Started by Windows 365 in the maintenance window of each Cloud PC. */
  duringMaintenance: boolean;
  pause: BulkPause | null;
  /** Failures of a wave that an admin has let pass. */
  tolerated: { wave: number; failed: number } | null;
  /** An admin has cancelled what has not started. */
  stopped: { by: PersonRef; at: Instant } | null;
  /** The request that took on what failed here. */
  retriedBy: { requestId: string; code: string } | null;
}

/** Why a candidate is not among those to be rebuilt. */
export type LeftOutReason =
  | { reason: 'notFound' }
  | { reason: 'noCloudPc' }
  /** Its owner was not found in the directory, or is disabled there. */
  | { reason: 'noOwner' }
  | { reason: 'grace' | 'busy' | 'actionRunning' | 'notOffered' | 'notPersonal' | 'vip' }
  | { reason: 'running'; code: string }
  | { reason: 'cooldown'; endedAt: Instant; from: Instant }
  /** A person with several Cloud PCs: none is taken unasked. */
  | { reason: 'several' };

/** One line of what was asked for, as the preview found it. */
export interface Candidate {
  /** From 1; the order of the list. */
  number: number;
  /** What was asked for: an address, an id, a name. */
  words: string;
  owner: PersonRef | null;
  ownerUpn: string | null;
  cloudPc: CloudPc | null;
  /** null: it is to be rebuilt. */
  leftOut: LeftOutReason | null;
}

/** The lines in the numbers of a preview. */
export function countCandidates(candidates: readonly Candidate[]): BulkCounts {
  const found = candidates.filter(({ cloudPc }) => cloudPc !== null);
  const remaining = found.filter(({ leftOut }) => leftOut === null);
  return {
    found: found.length,
    notFound: candidates.length - found.length,
    leftOut: found.length - remaining.length,
    remaining: remaining.length,
    notSignedOut: remaining.filter(({ cloudPc }) => cloudPc !== null && !wasSignedOutSince(cloudPc)).length,
  };
}

/** Whether the number was typed as it is shown: "5.0" and "0x5" are other words. */
export function isTypedAs(typed: string | null, n: number): boolean {
  return typed?.trim() === String(n);
}

/** What an admin wants to rebuild; everything that is named counts once. */
export interface Selection {
  /** Object ids of people who were mentioned. */
  personIds: readonly string[];
  upns: readonly string[];
  cloudPcIds: readonly string[];
  /** Words that are neither. */
  rest: readonly string[];
  group: string | null;
  policy: { id: string } | { name: string } | null;
  failed: boolean;
  /** Take every Cloud PC of people who have several. */
  several: boolean;
  /** Name of the file that the addresses and ids came in. */
  file: string | null;
}

export function isEmptySelection({ group, policy, failed, ...lists }: Selection): boolean {
  const named = [lists.personIds, lists.upns, lists.cloudPcIds, lists.rest].some((list) => list.length > 0);
  return !named && group === null && policy === null && !failed;
}
