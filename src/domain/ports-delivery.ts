// What follows a request into Teams and into mailboxes, and how far it has come.

import type { MailKind } from './mail-views.ts';
import type { PersonRef } from './people.ts';
import type { Instant } from './time.ts';
import type { Audience, NoticeKind } from './views.ts';

/** A message that follows a request. `wanted > shown` means that an edit is due. */
export interface Card {
  id: string;
  requestId: string;
  /** The item that it follows; null: the request as a whole. */
  itemId: string | null;
  audience: Audience;
  /** The reader; null for the channel. */
  person: PersonRef | null;
  conversationId: string | null;
  activityId: string | null;
  wanted: number;
  shown: number;
  state: 'open' | 'sending' | 'unreachable' | 'refused';
  tries: number;
  /** When it is to be tried (again); while it is being sent, the end of the lease; null when nothing is due. */
  dueAt: Instant | null;
  shownAt: Instant | null;
  /** The run that is sending it; null: nobody. */
  lease: string | null;
}

export interface Cards {
  insert(card: Card): Promise<void>;
  lock(cardId: string): Promise<Card | null>;
  insertMany(cards: readonly Card[]): Promise<void>;
  /** The channel's card of a request. */
  inChannel(requestId: string): Promise<Card | null>;
  save(card: Card): Promise<void>;
  /** Whether this message is a card of some request already. */
  has(conversationId: string, activityId: string): Promise<boolean>;
  /**
   * `wanted = version`; returns the ids of those to wake. In a bulk request (`onlyOf` given) only the cards of the request as
   * a whole, and those of this item.
   */
  want(requestId: string, version: number, now: Instant, onlyOf?: { itemId: string | null }): Promise<string[]>;
  /** How many cards for this audience Teams does not take, `except` this one. */
  countLost(requestId: string, audience: Audience, except?: string): Promise<number>;
  due(now: Instant, limit: number): Promise<string[]>;
  /** Opens the unreachable and refused cards of a person or channel that was heard from; returns their ids. */
  reopen(where: { personId: string } | { conversationId: string }, now: Instant): Promise<string[]>;
  /** Cards that were being sent when their process died; only when nobody else can be running. Returns their ids. */
  endLeases(now: Instant): Promise<string[]>;
  /** Open requests' channel cards that wait for a channel. */
  waitingForChannel(): Promise<string[]>;
}

/** `ticket`: a mail to the queue of the policy. */
export type NoticeVia = 'chat' | 'mail' | 'ticket';

/** Something that makes a sound: a new message or a mail; each with its state. */
export interface Notice {
  id: string;
  requestId: string;
  /** The item that it is about; null: the request as a whole. */
  itemId: string | null;
  via: NoticeVia;
  notice: NoticeKind;
  audience: Audience;
  /** null: the approvals channel (a reply below the request's card), else the person. */
  person: PersonRef | null;
  /** Which mail; the address is read from Graph when it is sent. */
  mail: MailKind | null;
  state: 'pending' | 'sending' | 'sent' | 'unreachable' | 'refused';
  tries: number;
  createdAt: Instant;
  dueAt: Instant | null;
  sentAt: Instant | null;
  /** As `Card.lease`. */
  lease: string | null;
}

export interface Notices {
  /** False when the same notice was already written (same request, kind, via, reader, `once`). */
  insert(notice: Notice, once: string): Promise<boolean>;
  lock(noticeId: string): Promise<Notice | null>;
  /** As `Cards.endLeases`; they keep their state, so that a mail that was being sent is not sent twice. */
  endLeases(now: Instant): Promise<string[]>;
  /** As `Cards.reopen`, for messages (never mails) not older than a day. */
  reopen(where: { personId: string } | { conversationId: string }, now: Instant): Promise<string[]>;
  save(notice: Notice): Promise<void>;
  /**
   * How many messages for this audience Teams did not take, `except` this one: not mails, and not those that ask for a
   * decision, which the card asks for. Admins who are told one by one stand in for a channel that is not there.
   */
  countLost(requestId: string, audience: Audience, except?: string): Promise<number>;
  due(now: Instant, limit: number): Promise<string[]>;
  /** How many mails and tickets were refused, or have an outcome that nobody knows, since then. */
  countMailsLost(since: Instant): Promise<number>;
  /** The ticket mail of a request. */
  ticketOf(requestId: string): Promise<Notice | null>;
  /** The newest mail of a request to somebody. */
  mailOf(requestId: string): Promise<Notice | null>;
}
