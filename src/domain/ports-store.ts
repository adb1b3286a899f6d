// What is kept of requests, and the transaction around it.
import type { Item } from './item.ts';
import type { Audit, AuditSeals } from './ports-audit.ts';
import type { Cards, Notices } from './ports-delivery.ts';
import type { Candidates, Intents, Items, PersonItems, Waves } from './ports-items.ts';
import type { Conversations, PendingTurns, People, SeenActivities, Settings } from './ports-memory.ts';
import type { Request } from './request.ts';
import type { Instant } from './time.ts';
import type { RequestFilter } from './views.ts';

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
