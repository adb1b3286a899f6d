// What is kept of the parts of a request: its items and waves, what was asked for line by line, and the licences of destructive calls.
import type { Baseline } from './baseline.ts';
import type { Candidate, LeftOutReason } from './bulk.ts';
import type { BulkFilter } from './bulk-views.ts';
import type { HoldReason, Item, ItemState } from './item.ts';
import type { PersonRef } from './people.ts';
import type { PersonItem } from './person-item.ts';
import type { Options, Request } from './request.ts';
import type { Instant } from './time.ts';
import type { Wave } from './waves.ts';

export interface PostponedLook {
  itemId: string;
  from: Instant;
  to: Instant;
}

export interface Items {
  /** The item of a request on one Cloud PC, the first one of a bulk request. */
  first(requestId: string): Promise<Item | null>;
  /** Locked by its request's row, which is always taken first. */
  get(itemId: string): Promise<Item | null>;
  /** Items of a request that are in one of these states, in order. */
  inStates(requestId: string, states: readonly ItemState[], limit: number): Promise<Item[]>;
  /** Queued and checking items of the waves up to this one that are due, in order. */
  dueInWaves(requestId: string, lastWave: number, now: Instant, limit: number): Promise<Item[]>;
  /** When the next of them is due; null: none is. */
  nextDueInWaves(requestId: string, lastWave: number): Promise<Instant | null>;
  /** The item of a bulk request that is this person's. */
  ownedBy(requestId: string, personId: string): Promise<Item | null>;
  /** The newest ones that failed or wait for a person. */
  troubled(requestId: string, limit: number): Promise<Item[]>;
  /** Sum of the attempts of all items of a request. */
  sumAttempts(requestId: string): Promise<number>;
  /** The first start of a request; null: none yet. */
  firstStartAt(requestId: string): Promise<Instant | null>;
  /** In the order given; returns the ids of those whose Cloud PC no other unfinished item holds (the unique partial index). */
  insertMany(items: readonly Item[]): Promise<Set<string>>;
  /** Makes every queued item of a wave due now; returns their ids and owners. */
  beginWave(requestId: string, wave: number, now: Instant): Promise<{ id: string; owner: PersonRef }[]>;
  /** False when the Cloud PC it moved to is held by another unfinished item. */
  save(item: Item): Promise<boolean>;
  /** Unfinished items on these Cloud PCs, with their requests. */
  unfinishedOn(cloudPcIds: readonly string[]): Promise<{ item: Item; request: Request }[]>;
  /** The newest successful item on each of these Cloud PCs that ended after `since`. */
  successesOn(cloudPcIds: readonly string[], since: Instant): Promise<{ item: Item; request: Request }[]>;
  /** Items that are due for a look, oldest first. Nobody else gets them before `until`, when they are due again. */
  claimLooks(now: Instant, until: Instant, limit: number): Promise<Item[]>;
  /** Sets when the next look is due, for items whose look is still due `from` then. */
  postponeLooks(looks: readonly PostponedLook[]): Promise<void>;
  /** Makes every look at what is being built due now. */
  lookNow(now: Instant): Promise<void>;
  /** Makes the looks at what waits for a person in this request due now. */
  lookNowAtLate(requestId: string, now: Instant): Promise<void>;
  /** When the next look is due; null when nothing is watched. */
  nextLookAt(): Promise<Instant | null>;
  /** Items whose destructive call may be on its way: the intent is there, no answer is. */
  awaitingAnswer(): Promise<Item[]>;
  /** Ids of items that are due for `advance`. */
  due(now: Instant, limit: number): Promise<string[]>;
  /** Makes every item (of one request) that waits for this reason due now; returns their ids. */
  wakeHeld(reason: HoldReason, now: Instant, requestId?: string): Promise<string[]>;
  /** Items of this requester that wait for their sign-in. */
  waitingForSignIn(requesterId: string): Promise<Item[]>;
  /** Durations in ms of the newest successful builds, newest first. */
  buildDurations(limit: number): Promise<number[]>;
}

export interface PersonItems {
  /** Locked by its request's row, which is always taken first. */
  get(personItemId: string): Promise<PersonItem | null>;
  /** The item of a request that assigns or takes back. */
  ofRequest(requestId: string): Promise<PersonItem | null>;
  /** False when another unfinished request is about this person (the unique partial index). */
  insert(item: PersonItem): Promise<boolean>;
  save(item: PersonItem): Promise<void>;
  /** What runs for this person; null: nothing. */
  unfinishedOf(personId: string): Promise<{ item: PersonItem; request: Request } | null>;
  /** Ids of those that are due. */
  due(now: Instant, limit: number): Promise<string[]>;
  /** Ends the claims of a process that is gone; only when nobody else can be running. Returns their ids. */
  endClaims(now: Instant): Promise<string[]>;
  /** Makes every one that waits because starts are paused due now; returns their ids. */
  wakePaused(now: Instant): Promise<string[]>;
}

export interface Waves {
  insertMany(waves: readonly Wave[]): Promise<void>;
  /** In their order. */
  of(requestId: string): Promise<Wave[]>;
  get(requestId: string, number: number): Promise<Wave | null>;
  save(wave: Wave): Promise<void>;
  /** Requests with a wave that is due. */
  due(now: Instant, limit: number): Promise<string[]>;
}

export interface CandidateQuery {
  requestId: string;
  filter: BulkFilter;
  offset: number;
  limit: number;
}

/** What was asked for in a bulk request, line by line; it stays as the preview showed it. */
export interface Candidates {
  insertMany(requestId: string, candidates: readonly Candidate[]): Promise<void>;
  /** Those that are to be rebuilt, in order. */
  remaining(requestId: string): Promise<Candidate[]>;
  /** Which item a line has become, or why it has become none after all. */
  resolve(
    requestId: string,
    resolved: readonly { number: number; itemId: string | null; leftOut: LeftOutReason | null }[],
  ): Promise<void>;
  list(query: CandidateQuery): Promise<{ lines: { candidate: Candidate; item: Item | null }[]; total: number }>;
}

export type IntentState = 'open' | 'accepted' | 'rejected' | 'notApplied' | 'unknown';

export interface Intent {
  id: string;
  itemId: string;
  requestId: string;
  cloudPcId: string;
  attempt: number;
  baseline: Baseline;
  options: Options;
  state: IntentState;
  committedAt: Instant;
  answeredAt: Instant | null;
  graphRequestId: string | null;
}

export interface Intents {
  insert(intent: Intent): Promise<void>;
  answer(
    intentId: string,
    state: Exclude<IntentState, 'open'>,
    at: Instant,
    graphRequestId: string | null,
  ): Promise<void>;
  countSince(since: Instant): Promise<number>;
}
