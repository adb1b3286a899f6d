// What the forms of requests have in common.
import type { PersonRef } from './people.ts';

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
