// What is remembered beside requests: people and where they can be written to, the switches, and what has come in.
import type { Language, PersonRef } from './people.ts';
import type { Conversation } from './ports-teams.ts';
import type { Instant } from './time.ts';

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
