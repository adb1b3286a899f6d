// What a state of the exploration is made of: the rows of the store, what Graph has, the runs that are under way, and what
// may still go wrong. All times are counted from a `now` that stands still: when time passes, everything else gets older.
import type { CloudPc } from '../../../src/domain/cloud-pc.ts';
import type { Item } from '../../../src/domain/item.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { Intent, Timer } from '../../../src/domain/ports.ts';
import type { Request } from '../../../src/domain/request.ts';
import { minute } from '../../../src/domain/time.ts';
import type { Wave } from '../../../src/domain/waves.ts';
import { aPolicy, limits } from '../../fakes/things.ts';

export const now = 1_000_000_000_000;

export interface Rows {
  request: Request;
  items: readonly Item[];
  waves: readonly Wave[];
  intents: readonly Intent[];
  timers: readonly Timer[];
}

/** A POST that was written. */
export interface Post {
  intentId: string;
  cloudPcId: string;
  /** Neither has Graph got it yet, nor is it lost. */
  isOnItsWay: boolean;
  /** Somebody waits for the answer. */
  isHeard: boolean;
  isApplied: boolean;
  answer: 'accepted' | 'notApplied' | 'rejected' | 'busy' | null;
}

export interface Graph {
  cloudPcs: readonly CloudPc[];
  /** Cloud PCs for which Graph has taken a reprovision that its reads do not show yet. */
  hidden: readonly string[];
  posts: readonly Post[];
}

export type Job = 'advance:0' | 'advance:1' | 'watch' | 'bulk';

/** What a port has answered to a run, and when. */
export interface Entry {
  value: unknown;
  heardAt: number;
}

/** A job that is under way in one worker; between two entries of its log the others do what they like. */
export interface Run {
  job: Job;
  log: readonly Entry[];
  /** The intent whose POST it has written and whose answer it awaits. */
  awaits: string | null;
  /** Which transaction comes next, as far as that tells runs apart. */
  next: 'postpone' | 'other' | null;
}

/** How often these may still happen. */
export interface Budget {
  crashes: number;
  startAgains: number;
  /** Answers that are certain to have changed nothing. */
  refusals: number;
}

/** Short, so that few steps of time lead from one limit to the next; in the order in which the real ones stand. */
export const policy: Policy = {
  ...aPolicy,
  approval: {
    needed: 1,
    neededForBulk: 1,
    expiresAfterMs: 30 * minute,
    remindEveryMs: 30 * minute,
    escalateAfterMs: 30 * minute,
  },
  limits: { ...limits, unknownAfterMs: 15 * minute, slowAfterMs: 15 * minute, giveUpAfterMs: 15 * minute, waveSize: 1 },
};
export const watchEveryMs = 15 * minute;
