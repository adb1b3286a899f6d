// What cards and notices show: plain data in our words. Rendering is in `cards/`.

import type { BulkCardView, BulkView } from './bulk-views.ts';
import type { CloudPc, NotNowReason } from './cloud-pc.ts';
import type { ErrorValues } from './errors.ts';
import type { Usual } from './estimates.ts';
import type { MailOffer } from './form-views.ts';
import type { Item } from './item.ts';
import type { PersonRef, Roles } from './people.ts';
import type { PersonCardView, PersonView } from './person-views.ts';
import type { Choices } from './policy.ts';
import type { OperationName, Request } from './request.ts';
import type { SetupRow } from './setup-row.ts';
import type { Instant } from './time.ts';

/** Who a card is for. The channel's reader has no name; the words are for everybody there. */
export type Audience = 'requester' | 'owner' | 'channel';

/** Everything that the cards of one request are made of. */
export interface RequestView {
  request: Request;
  /** null: a draft, or a bulk request as a whole. */
  item: Item | null;
  /** How far a bulk request is; null where the view is of one item. */
  bulk: BulkView | null;
  /** Of a request that assigns Windows 365 or takes it back; null: it is about Cloud PCs, or a draft. */
  person: PersonView | null;
  usual: Usual | null;
  /** The owner's card cannot be delivered: no chat with the bot, or none that takes it. */
  ownerUnreached: boolean;
  hasChannel: boolean;
  startsPaused: boolean;
  now: Instant;
}

/** A request in one line of a list. */
export interface RequestLine {
  requestId: string;
  code: string;
  revision: number;
  operation: Request['operation'];
  cloudPcName: string;
  /** How many Cloud PCs; null: one, by its name. */
  bulkSize: number | null;
  requester: PersonRef;
  owner: PersonRef;
  submittedAt: Instant;
  state: Request['state'];
  needsOperator: boolean;
}

export type RequestFilter = 'all' | 'open' | 'mine' | 'failed';

export interface HistoryEntry {
  at: Instant;
  actor: PersonRef | null;
  /** An audit action; the text is `history.<action>`. */
  action: string;
  /** Words of a person (reason, comment), shown as they are. */
  words: string | null;
  values: ErrorValues;
}

export interface CloudPcLine {
  pc: CloudPc;
  /** An unfinished request for it, as far as the reader may know of it. */
  running: { requestId: string; code: string; revision: number; since: Instant } | null;
  mayAsk: boolean;
}

export type CannotReason =
  | { type: 'none'; owner: PersonRef | null }
  | { type: 'running'; requestId: string; revision: number; code: string; pc: string; who: PersonRef; since: Instant }
  | { type: 'runningUnknown'; pc: string }
  | {
      type: 'cooldown';
      requestId: string;
      revision: number;
      code: string;
      pc: string;
      endedAt: Instant;
      from: Instant;
      hours: number;
    }
  | { type: 'notNow'; pc: string; reason: NotNowReason; until: Instant | null }
  | { type: 'resetDisabled'; pc: string };

export type NoticeKind =
  /** A bulk request: too many have failed, the way of starting is gone, it has ended. */
  | 'bulkPaused'
  | 'bulkWayGone'
  | 'bulkEnded'
  | 'bulkUnsettled'
  | 'started'
  /** assign and unassign. */
  | 'assigned'
  | 'assignedWithWarnings'
  | 'assignFailed'
  | 'assignSkipped'
  | 'outOfSeats'
  | 'unassigned'
  | 'unassignedWithWarnings'
  | 'ready'
  | 'readyWithWarnings'
  | 'failed'
  | 'notStarted'
  | 'skipped'
  | 'closed'
  | 'declined'
  | 'expired'
  | 'cancelled'
  | 'signIn'
  | 'slow'
  | 'timedOut'
  | 'needsOperator'
  | 'noChannel'
  | 'approvalReminder'
  | 'approvalEscalation';

/** A card that a turn or `deliver` sends; `card` names the template's function in `cards/`. */
export type CardView =
  | PersonCardView
  | BulkCardView
  | {
      card: 'confirmReprovision';
      requestId: string;
      revision: number;
      pc: CloudPc;
      /** null: one's own. */
      forOwner: PersonRef | null;
      needsApproval: boolean;
      choices: Choices;
      usual: Usual | null;
      mail: MailOffer;
      /** It is started with the person's own token, unless an option is chosen. */
      isInOwnName: boolean;
      now: Instant;
    }
  | {
      card: 'chooseCloudPc';
      requestId: string;
      revision: number;
      forOwner: PersonRef | null;
      choices: CloudPc[];
      notNow: { pc: CloudPc; code: string | null; reason: NotNowReason | 'running' | 'cooldown' }[];
      now: Instant;
    }
  | { card: 'choosePerson'; operation: OperationName; people: (PersonRef & { upn: string })[]; hasMore: boolean }
  | { card: 'cannotReprovision'; reason: CannotReason; now: Instant }
  /** Approval or progress: the table state × audience in `cards/request-faces.ts` says which. */
  | { card: 'request'; audience: Audience; view: RequestView }
  /** What becomes of all that wait for a person. */
  | { card: 'bulkSettle'; view: RequestView }
  /** Starting all of them again: the number is typed. */
  | { card: 'bulkResend'; view: RequestView }
  | { card: 'decline'; view: RequestView }
  | { card: 'confirmResend'; view: RequestView }
  /** The same for the end of a grace period. */
  | { card: 'confirmEndGrace'; view: RequestView }
  | { card: 'cloudPcs'; lines: CloudPcLine[]; page: number; pages: number; total: number; now: Instant }
  | {
      card: 'requests';
      lines: RequestLine[];
      filter: RequestFilter;
      page: number;
      pages: number;
      total: number;
      /** Lines for admins above the list: paused starts, no channel. */
      warnings: ('startsPaused' | 'noChannel')[];
      now: Instant;
    }
  | { card: 'history'; view: RequestView; entries: HistoryEntry[]; page: number; pages: number; total: number }
  | { card: 'help'; roles: Roles }
  | { card: 'check'; rows: readonly SetupRow[]; now: Instant }
  | { card: 'welcome'; place: 'personal' | 'team' }
  /** A form that was closed: nothing is asked any more. */
  | { card: 'closed'; text: 'cancelled' | 'expired' | 'started' }
  | { card: 'notice'; notice: NoticeKind; audience: Audience; view: RequestView };
