// What a command or a button's action gets, and what it gives back. Both are plain data, so that a turn that would take
// too long can be done again by a job, with the same words.

import type { MessageView } from '../domain/message-views.ts';
import type { PersonRef } from '../domain/people.ts';
import type { Deadline, Origin, TurnDeps } from '../requests/deps.ts';
import type { FileReader } from './file-reader.ts';
import type { Incoming } from './incoming.ts';

/** An activity that somebody typed or pressed. */
export type PersonsIncoming = Extract<Incoming, { kind: 'message' | 'button' }>;

/** Whether somebody takes a file. */
export type FileConsentIncoming = Extract<Incoming, { kind: 'fileConsent' }>;

/** What a Teams client says of a sign-in. */
export type SignInIncoming = Extract<Incoming, { kind: 'tokenExchange' | 'signedIn' }>;

export interface Turn {
  deps: TurnDeps;
  incoming: PersonsIncoming;
  person: PersonRef;
  /** To be claimed in the use-case's own transaction. */
  origin: Origin;
  /** Reads what was attached. */
  files: FileReader;
  /** The reads of this turn end within it. */
  deadline: Deadline;
}

/**
 * `personal`: in the personal chat, with one line in place when it was asked elsewhere.
 * `here`: where it was asked; to a button, in place of its card and for the presser alone.
 */
export type Answer = { to: 'personal' | 'here'; view: MessageView };

export function here(view: MessageView): Answer {
  return { to: 'here', view };
}

export function personally(view: MessageView): Answer {
  return { to: 'personal', view };
}

/** A sentence of `locales/`, where it was asked. */
export function say(text: string, values: Record<string, string | number> = {}): Answer {
  return here({ text, values });
}
