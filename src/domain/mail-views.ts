// What mails show: plain data in our words. Rendering is in `mails/`.
import type { Language, PersonRef } from './people.ts';
import type { Instant } from './time.ts';
import type { RequestView } from './views.ts';

export type MailKind =
  | 'assigned'
  | 'assignFailed'
  | 'unassigned'
  | 'started'
  | 'ready'
  | 'readyWithWarnings'
  | 'failed'
  | 'notStarted'
  | 'closed';

export interface MailView {
  mail: MailKind;
  to: { address: string; name: string };
  view: RequestView;
  audience: 'requester' | 'owner';
  language: Language;
  timeZone: string;
}

/** A mail to a service desk's queue; in the words of the channel, since a queue has many readers. */
export interface TicketView {
  ticket: 'outOfLicences' | 'outOfFrontlineSeats';
  /** The queue's mail address. */
  to: string;
  /** By which the queue is sorted; null: the policy names none. */
  customerId: string | null;
  /** Of the request, `R-1042`. */
  code: string;
  /** The licence group, or the Frontline policy. */
  licence: string;
  /** Of the SKU; the size of Frontline. */
  partNumber: string;
  /** Seats, as they were read. */
  used: number;
  total: number;
  requester: PersonRef;
  person: PersonRef;
  personUpn: string;
  language: Language;
  timeZone: string;
  now: Instant;
}
