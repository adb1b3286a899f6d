// What is kept, and the transaction around it.
import type { Baseline } from './baseline.ts';
import type { Candidate, LeftOutReason } from './bulk.ts';
import type { BulkFilter } from './bulk-views.ts';
import type { HoldReason, Item, ItemState } from './item.ts';
import type { Language, PersonRef } from './people.ts';
import type { PersonItem } from './person-item.ts';
import type { Audit, AuditSeals } from './ports-audit.ts';
import type { Cards, Notices } from './ports-delivery.ts';
import type { Conversation } from './ports-teams.ts';
import type { Options, Request } from './request.ts';
import type { Instant } from './time.ts';
import type { RequestFilter } from './views.ts';
import type { Wave } from './waves.ts';

/** Wake-ups are hints; the truth is in the columns. */
export type WakeUp =
  | { queue: 'advance'; itemId: string }
  /** The person of a request that assigns Windows 365 or takes it back. */
  | { queue: 'person'; personItemId: string }
  /** A bulk request: its next wave, what is to be started together, or what is to be cancelled. */
  | { queue: 'bulk'; requestId: string }
  | { queue: 'deliverCard'; cardId: string }
  | { queue: 'deliverNotice'; noticeId: string }
  | { queue: 'timers' }
  | { queue: 'watch' }
  /** Something changed that stands on many cards: show the open requests anew. */
  | { queue: 'refresh' }
  /** Rows of the audit are to be sealed. */
  | { queue: 'seal' }
  /** A turn that would take too long, as plain JSON; the one job whose truth is not in a column. */
  | { queue: 'later'; id: string; turn: Record<string, unknown> };

export interface UnitOfWork {
  /**
   * One transaction; repeated on serialization failures and deadlocks, so `work` must have no effect outside it.
   * Wake-ups are sent in the same transaction at its end.
   */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface Tx {
  requests: Requests;
  items: Items;
  personItems: PersonItems;
  tickets: Tickets;
  waves: Waves;
  candidates: Candidates;
  intents: Intents;
  cards: Cards;
  notices: Notices;
  timers: Timers;
  conversations: Conversations;
  people: People;
  settings: Settings;
  audit: Audit;
  auditSeals: AuditSeals;
  seenActivities: SeenActivities;
  pendingTurns: PendingTurns;
  /** The store's own clock, the same for every process. */
  now(): Promise<Instant>;
  /** Sends a wake-up when the transaction commits. `at`: not before. */
  wake(wakeUp: WakeUp, at?: Instant): void;
}

export interface Requests {
  /** Loads `FOR UPDATE`, decisions included. */
  lock(requestId: string): Promise<Request | null>;
  get(requestId: string): Promise<Request | null>;
  findByCode(code: string): Promise<Request | null>;
  insert(request: Request): Promise<void>;
  /** Saves with `version + 1` and returns it so; also inserts new decisions. */
  save(request: Request): Promise<Request>;
  /** Submitted requests that have not ended, by id. */
  openIds(limit: number): Promise<string[]>;
  /** The next `R-…` code. */
  nextCode(): Promise<string>;
  list(query: RequestListQuery): Promise<{ requests: { request: Request; item: Item | null }[]; total: number }>;
}

export interface RequestListQuery {
  filter: RequestFilter;
  /** null: everybody's. */
  seenBy: string | null;
  /** Whose are "mine". */
  me: string;
  offset: number;
  limit: number;
}

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

export interface Ticket {
  /** What ran out: the licence group, or the Frontline policy with its size. */
  key: string;
  /** The day in the channel's time zone, `2026-11-28`. */
  day: string;
  /** The request that it was sent for. */
  requestId: string;
  code: string;
}

export interface Tickets {
  /** One ticket for each key and day. @returns the one that there was before; null: this one is new */
  claim(ticket: Ticket): Promise<Ticket | null>;
  /** The one that there was did not leave: this one stands in its place. */
  takeOver(ticket: Ticket): Promise<void>;
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

export type TimerKind = 'expire' | 'remind' | 'escalate';

export interface Timer {
  requestId: string;
  kind: TimerKind;
  dueAt: Instant;
}

export interface Timers {
  set(timer: Timer): Promise<void>;
  clear(requestId: string): Promise<void>;
  /** Removes it if it is due; false when it is not there, or was set anew meanwhile. */
  take(requestId: string, kind: TimerKind, now: Instant): Promise<boolean>;
  due(now: Instant, limit: number): Promise<Timer[]>;
  nextDueAt(): Promise<Instant | null>;
}

export interface Conversations {
  ofPerson(personId: string): Promise<Conversation | null>;
  get(conversationId: string): Promise<Conversation | null>;
  upsert(conversation: Conversation): Promise<void>;
  block(conversationId: string, at: Instant): Promise<void>;
  /** People with a known personal conversation, newest first. */
  knownPeople(offset: number, limit: number): Promise<PersonRef[]>;
}

/** How Teams names a person towards this bot (`29:…`), and in which tenant: the token service knows them by it. */
export interface TeamsUser {
  userId: string;
  tenantId: string;
}

/** What the bot remembers of a person. The UPN is a hint for the next read, never a right. */
export interface KnownPerson extends PersonRef {
  upnHint: string | null;
  /** From the activity; the person's own word (`language de`) wins. */
  locale: string | null;
  language: Language | null;
  timeZone: string | null;
  teamsUser: TeamsUser | null;
}

export interface People {
  get(personId: string): Promise<KnownPerson | null>;
  upsert(person: Pick<KnownPerson, 'id' | 'name' | 'locale' | 'timeZone' | 'teamsUser'>): Promise<void>;
  setUpnHint(personId: string, name: string, upn: string): Promise<void>;
  setLanguage(personId: string, language: Language): Promise<void>;
}

export interface Settings {
  /** The approvals channel's conversation id, or null. */
  approvalsChannel(): Promise<string | null>;
  setApprovalsChannel(conversationId: string): Promise<void>;
  startsPaused(): Promise<boolean>;
  /** Locks the switch, so that a pause waits for intents being committed and the next ones see it. */
  lockStarts(): Promise<{ paused: boolean }>;
  setStartsPaused(paused: boolean): Promise<void>;
}

/** What a person wanted when the bot had to ask for their sign-in; the newest wish only. Plain JSON, as for `later`. */
export interface PendingTurns {
  put(personId: string, turn: Record<string, unknown>, now: Instant): Promise<void>;
  /** Takes it away; null when there is none, or none since then. */
  take(personId: string, since: Instant): Promise<Record<string, unknown> | null>;
  forgetBefore(before: Instant): Promise<void>;
}

export interface SeenActivities {
  /** False when this activity was seen before; kept for a day. */
  claim(conversationId: string, activityId: string, now: Instant): Promise<boolean>;
  forgetBefore(before: Instant): Promise<number>;
}
