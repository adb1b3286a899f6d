// The tables as Kysely sees them. Columns are what is queried or locked; `jsonb` holds the nested rest.
import type { ColumnType, Generated, Transaction } from 'kysely';
import type { Baseline } from '../domain/baseline.ts';
import type { Bulk, LeftOutReason } from '../domain/bulk.ts';
import type { CloudPc } from '../domain/cloud-pc.ts';
import type { HoldReason, Item, ItemOutcome, ItemState } from '../domain/item.ts';
import type { MailKind } from '../domain/mail-views.ts';
import type { Language, PersonRef } from '../domain/people.ts';
import type { PersonItem } from '../domain/person-item.ts';
import type { Card, Conversation, IntentState, Notice, NoticeVia, TimerKind } from '../domain/ports.ts';
import type { MailWish, OperationName, Options, Request, RequestState, Verdict } from '../domain/request.ts';
import type { Audience, NoticeKind } from '../domain/views.ts';
import type { Tally } from '../domain/waves.ts';

type Time = ColumnType<Date, Date, Date>;
type TimeOrNull = ColumnType<Date | null, Date | null, Date | null>;
type Json<T> = ColumnType<T, string, string>;
type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>;

/** The transaction that repositories and the outbox write in. */
export type Trx = Transaction<Tables>;

export interface Tables {
  requests: RequestsTable;
  decisions: DecisionsTable;
  items: ItemsTable;
  intents: IntentsTable;
  cards: CardsTable;
  notices: NoticesTable;
  timers: TimersTable;
  conversations: ConversationsTable;
  people: PeopleTable;
  waves: WavesTable;
  candidates: CandidatesTable;
  person_items: PersonItemsTable;
  tickets: TicketsTable;
  settings: SettingsTable;
  audit: AuditTable;
  audit_seals: AuditSealsTable;
  audit_horizon: AuditHorizonTable;
  seen_activities: SeenActivitiesTable;
  pending_turns: PendingTurnsTable;
  schema_migrations: { name: string; applied_at: Generated<Date>; works_with: Generated<string | null> };
}

export interface RequestsTable {
  id: string;
  code: string | null;
  operation: OperationName;
  state: RequestState;
  revision: number;
  version: number;
  requester_id: string;
  requester_name: string;
  owner_id: string;
  owner_name: string;
  owner_upn: string;
  options: Json<Options>;
  mail: Json<MailWish>;
  reason: string | null;
  bulk: JsonOrNull<Bulk>;
  tally: Json<Tally>;
  approval: Json<Request['approval']>;
  cancelled_by: JsonOrNull<PersonRef>;
  created_at: Time;
  submitted_at: TimeOrNull;
  approved_at: TimeOrNull;
  expires_at: TimeOrNull;
  ended_at: TimeOrNull;
}

export interface DecisionsTable {
  id: Generated<string>;
  request_id: string;
  revision: number;
  by_id: string;
  by_name: string;
  verdict: Verdict;
  comment: string | null;
  as_approver: boolean;
  as_admin: boolean;
  at: Time;
}

export interface ItemsTable {
  id: string;
  /** The order within the request. */
  seq: Generated<string>;
  request_id: string;
  wave: number;
  owner_id: string;
  owner_name: string;
  owner_upn: string;
  cloud_pc_id: string;
  state: ItemState;
  attempt: number;
  cloud_pc: Json<CloudPc>;
  baseline: JsonOrNull<Baseline>;
  intent_id: string | null;
  bulk_action_id: string | null;
  waits_for_window: boolean;
  given_back: number;
  hold: HoldReason | null;
  saw_busy: boolean;
  is_slow: boolean;
  last_seen: JsonOrNull<NonNullable<Item['lastSeen']>>;
  new_name: string | null;
  outcome: JsonOrNull<ItemOutcome>;
  queued_at: Time;
  checking_at: TimeOrNull;
  starting_at: TimeOrNull;
  sign_in_since: TimeOrNull;
  unknown_since: TimeOrNull;
  building_at: TimeOrNull;
  missing_since: TimeOrNull;
  ended_at: TimeOrNull;
  due_at: TimeOrNull;
  look_at: TimeOrNull;
}

export interface WavesTable {
  request_id: string;
  number: number;
  size: number;
  tally: Json<Tally>;
  began_at: TimeOrNull;
  ended_at: TimeOrNull;
  due_at: TimeOrNull;
}

export interface CandidatesTable {
  request_id: string;
  number: number;
  words: string;
  owner_id: string | null;
  owner_name: string | null;
  owner_upn: string | null;
  cloud_pc: JsonOrNull<CloudPc>;
  left_out: JsonOrNull<LeftOutReason>;
  item_id: string | null;
}

interface IntentsTable {
  id: string;
  item_id: string;
  request_id: string;
  cloud_pc_id: string;
  attempt: number;
  baseline: Json<Baseline>;
  options: Json<Options>;
  state: IntentState;
  committed_at: Time;
  answered_at: TimeOrNull;
  graph_request_id: string | null;
}

export interface CardsTable {
  id: string;
  request_id: string;
  item_id: string | null;
  audience: Audience;
  person_id: string | null;
  person_name: string | null;
  conversation_id: string | null;
  activity_id: string | null;
  wanted: number;
  shown: number;
  state: Card['state'];
  tries: number;
  due_at: TimeOrNull;
  shown_at: TimeOrNull;
  lease: string | null;
}

export interface NoticesTable {
  id: string;
  request_id: string;
  item_id: string | null;
  /** Kind, way, reader and the caller's word: what makes a notice the same. */
  once_key: string;
  via: NoticeVia;
  notice: NoticeKind;
  audience: Audience;
  person_id: string | null;
  person_name: string | null;
  mail: MailKind | null;
  state: Notice['state'];
  tries: number;
  created_at: Time;
  due_at: TimeOrNull;
  sent_at: TimeOrNull;
  lease: string | null;
}

interface TimersTable {
  request_id: string;
  kind: TimerKind;
  due_at: Time;
}

export interface ConversationsTable {
  conversation_id: string;
  service_url: string;
  tenant_id: string;
  kind: Conversation['kind'];
  person_id: string | null;
  channel_id: string | null;
  team_name: string | null;
  channel_name: string | null;
  bot_id: string;
  blocked_at: TimeOrNull;
  /** When somebody wrote last; the database's clock, for the order only. */
  touched_at: Generated<Date>;
}

interface PeopleTable {
  id: string;
  name: string;
  upn_hint: string | null;
  locale: string | null;
  language: Language | null;
  time_zone: string | null;
  teams_user_id: string | null;
  teams_tenant_id: string | null;
}

/** One row. */
interface SettingsTable {
  id: number;
  approvals_channel: string | null;
  starts_paused: boolean;
}

/** Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE. */
interface AuditTable {
  id: Generated<string>;
  at: Time;
  request_id: string | null;
  item_id: string | null;
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  details: Json<Record<string, unknown>>;
}

interface AuditSealsTable {
  id: Generated<string>;
  through_id: string;
  rows: number;
  seal: string;
  sealed_at: Generated<Date>;
}

interface AuditHorizonTable {
  id: number;
  through_id: string;
  noted_at: Time;
}

export interface PersonItemsTable {
  id: string;
  request_id: string;
  person_id: string;
  state: PersonItem['state'];
  step: PersonItem['step'];
  hold: PersonItem['hold'];
  due_at: TimeOrNull;
  claim: string | null;
  item: Json<PersonItemRest>;
}

/** What is neither queried nor locked. */
export type PersonItemRest = Omit<PersonItem, 'id' | 'requestId' | 'state' | 'step' | 'hold' | 'dueAt' | 'claim'>;

interface TicketsTable {
  key: string;
  day: string;
  request_id: string;
  code: string;
}

interface PendingTurnsTable {
  person_id: string;
  turn: Json<Record<string, unknown>>;
  put_at: Time;
}

interface SeenActivitiesTable {
  conversation_id: string;
  activity_id: string;
  seen_at: Time;
}
