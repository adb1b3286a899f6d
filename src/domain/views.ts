// What cards, notices and mails show: plain data in our words. Rendering is in `cards/` and `mails/`.

import type { CloudPc, NotNowReason } from './cloud-pc.ts';
import type { ErrorValues } from './errors.ts';
import type { Usual } from './estimates.ts';
import type { Item } from './item.ts';
import type { Language, PersonRef, Roles } from './people.ts';
import type { Choices } from './policy.ts';
import type { Request } from './request.ts';
import type { SetupRow } from './setup-row.ts';
import type { Instant } from './time.ts';

/** Who a card is for. The channel's reader has no name; the words are for everybody there. */
export type Audience = 'requester' | 'owner' | 'channel';

/** Everything that the cards of one request are made of. */
export interface RequestView {
  request: Request;
  item: Item | null;
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
  cloudPcName: string;
  requester: PersonRef;
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
  | 'started'
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
  | { card: 'choosePerson'; people: (PersonRef & { upn: string })[]; hasMore: boolean }
  | { card: 'cannotReprovision'; reason: CannotReason; now: Instant }
  /** Approval or progress: the table state × audience in `cards/request-faces.ts` says which. */
  | { card: 'request'; audience: Audience; view: RequestView }
  | { card: 'decline'; view: RequestView }
  | { card: 'confirmResend'; view: RequestView }
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

export type MessageView = CardView | TextView | SignInView;

export function isCardView(view: MessageView): view is CardView {
  return 'card' in view;
}

export function isSignInView(view: MessageView): view is SignInView {
  return 'signIn' in view;
}

export type MailKind = 'started' | 'ready' | 'readyWithWarnings' | 'failed' | 'notStarted' | 'closed';

export interface MailView {
  mail: MailKind;
  to: { address: string; name: string };
  view: RequestView;
  audience: 'requester' | 'owner';
  language: Language;
  timeZone: string;
}
