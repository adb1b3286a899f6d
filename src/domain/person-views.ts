// What the cards of a request show that assigns Windows 365 or takes it back: its forms, and how far it is.
import type { MailOffer, NamedPerson, Written } from './form-views.ts';
import type { PersonItem } from './person-item.ts';
import type { TextView } from './text-views.ts';
import type { Instant } from './time.ts';

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

export type PersonCardView =
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
    };
