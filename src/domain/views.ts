// What cards and notices show: plain data in our words. Rendering is in `cards/`.

import type { BulkChoice, BulkCounts, BulkSource } from './bulk.ts';
import type { BulkFilter, BulkLine, BulkView } from './bulk-views.ts';
import type { CloudPc, NotNowReason } from './cloud-pc.ts';
import type { ErrorValues } from './errors.ts';
import type { Usual } from './estimates.ts';
import type { Item } from './item.ts';
import type { PersonRef, Roles } from './people.ts';
import type { PersonItem } from './person-item.ts';
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

export interface PersonView {
  item: PersonItem;
  /** The ticket that was asked for because no seat was free; null: none was. */
  ticket: TicketState | null;
  /** The mail to the person; null: none was to be sent yet. */
  mail: 'pending' | 'sent' | 'failed' | null;
}

export interface TicketState {
  /** `sentBefore`: another request of that day had it sent, `code`. `failed`: the queue did not take it. */
  state: 'pending' | 'sent' | 'sentBefore' | 'failed';
  to: string;
  at: Instant | null;
  code: string;
}

/** A licence group or a Frontline size on the form, with its seats as they were read just now. */
export interface EntitlementChoice {
  /** The group's id, and for Frontline the plan's behind a colon. */
  value: string;
  kind: 'licence' | 'frontline';
  name: string;
  free: number;
  total: number;
}

/** Groups of one prefix on the form. */
export interface GroupChoices {
  choices: readonly { value: string; name: string; isCurrent: boolean }[];
  preset: string | null;
  /** The person is in one of them, and another Cloud PC needs it: it cannot be left. */
  mustKeep: boolean;
}

export interface MailOffer {
  offered: boolean;
  preset: boolean;
  mayWriteText: boolean;
}

/** What was written on a form that comes back, so that nobody writes it twice. */
export interface Written {
  reason: string;
  mail: boolean;
  mailText: string | null;
}

/** Somebody on a form, with the address that tells people of one name apart. */
export interface NamedPerson extends PersonRef {
  upn: string;
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
      mail: { offered: boolean; preset: boolean; mayWriteText: boolean };
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
  | {
      card: 'assign';
      requestId: string;
      revision: number;
      person: NamedPerson;
      isSelf: boolean;
      /** Names of the Cloud PCs that the person has, and of licence groups that they are in. */
      has: readonly string[];
      entitlements: readonly EntitlementChoice[];
      chosen: string | null;
      /** null: the policy names none. */
      provisioning: GroupChoices | null;
      settings: GroupChoices | null;
      mail: MailOffer;
      offersTicket: boolean;
      needsApproval: boolean;
      /** What must be changed first: a key below `error`. */
      problem: TextView | null;
      written: (Written & { ticket: boolean }) | null;
      now: Instant;
    }
  | {
      card: 'unassign';
      requestId: string;
      revision: number;
      person: NamedPerson;
      /** What can be taken back. */
      choices: readonly { value: string; name: string; cloudPcName: string | null }[];
      /** Hours that Windows 365 keeps the Cloud PC; null: not known. */
      graceHours: number | null;
      /** Ending the grace period at once may be chosen: destructive, and confirmed by itself. */
      offersEndGrace: boolean;
      mail: MailOffer;
      needsApproval: boolean;
      problem: TextView | null;
      written: (Written & { licence: string | null }) | null;
      now: Instant;
    }
  /** Something of this person is running already, or there is nothing to take back. */
  | {
      card: 'cannotAssign';
      person: NamedPerson;
      reason:
        | { type: 'running'; requestId: string; revision: number; code: string }
        | { type: 'runningUnknown' }
        | { type: 'hasNone' }
        /** There is something to take back, but its group cannot be used as it is. */
        | { type: 'unusable'; why: TextView }
        | { type: 'nothingOffered' };
      now: Instant;
    }
  | { card: 'choosePerson'; operation: OperationName; people: (PersonRef & { upn: string })[]; hasMore: boolean }
  | { card: 'cannotReprovision'; reason: CannotReason; now: Instant }
  /** Approval or progress: the table state × audience in `cards/request-faces.ts` says which. */
  | { card: 'request'; audience: Audience; view: RequestView }
  | {
      card: 'bulkChoose';
      choice: BulkChoice;
      policies: readonly { id: string; name: string }[];
      /** What must be changed first: a key below `error`. */
      problem: Text | null;
      /** A file may be sent in this chat. */
      takesFiles: boolean;
    }
  | {
      card: 'bulkPreview';
      requestId: string;
      revision: number;
      source: BulkSource;
      counts: BulkCounts;
      /** The first ones that are left out, at most five. */
      leftOut: readonly BulkLine[];
      /** Sizes; [] when nothing remains. */
      waves: readonly number[];
      usual: Usual | null;
      stopWhenFailedPercent: number;
      approvals: number;
      choices: Choices;
      offersMaintenance: boolean;
      mail: { offered: boolean; preset: boolean; mayWriteText: boolean };
      now: Instant;
    }
  | {
      card: 'bulkItems';
      requestId: string;
      revision: number;
      /** null: still a preview. */
      code: string | null;
      lines: readonly BulkLine[];
      filter: BulkFilter;
      page: number;
      pages: number;
      total: number;
      now: Instant;
    }
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

/** A sentence of `locales/`, by key, with its values. */
export interface Text {
  text: string;
  values: ErrorValues;
}

export interface TextView extends Text {
  /** Further sentences behind it. */
  more?: readonly Text[];
}

/** Teams' own sign-in card; most people never see it, since their client signs in by itself. */
export interface SignInView {
  /** The approved request that waits for it; null: nothing has been asked yet. */
  signIn: { code: string | null };
}

/** Teams asks the person whether the bot may put a file into their OneDrive; the content is made when they agree. */
export interface FileView {
  file: { name: string; sizeBytes: number; description: Text; request: string };
}

export type MessageView = CardView | TextView | SignInView | FileView;

export function isCardView(view: MessageView): view is CardView {
  return 'card' in view;
}

export function isFileView(view: MessageView): view is FileView {
  return 'file' in view;
}

export function isSignInView(view: MessageView): view is SignInView {
  return 'signIn' in view;
}
