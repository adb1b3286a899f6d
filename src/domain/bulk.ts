// A request on many Cloud PCs: how they were chosen, what stands still, and what the waves are.
import type { PersonRef } from './people.ts';
import type { Instant } from './time.ts';

/** How the Cloud PCs were chosen. */
export type BulkSource =
  /** Mentions, addresses and ids of Cloud PCs. */
  | { type: 'list' }
  | { type: 'file'; name: string }
  | { type: 'group'; name: string }
  | { type: 'policy'; name: string }
  /** Every Cloud PC whose state is failed. */
  | { type: 'failed' }
  /** What failed in an earlier bulk request. */
  | { type: 'retry'; requestId: string; code: string };

/** Why nothing new is started until an admin says so. */
export type BulkPause =
  | { reason: 'failures'; wave: number; failed: number; of: number; at: Instant }
  | { reason: 'byAdmin'; by: PersonRef; at: Instant }
  /** The tenant no longer has the way in which `GRAPH_BULK` says that waves are started. */
  | { reason: 'wayGone'; at: Instant };

/** How a preview counted; it stays as it was shown. */
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
