// What is said in Teams and by mail.

import type { MailView, TicketView } from './mail-views.ts';
import type { MessageView } from './message-views.ts';
import type { PersonRef, Reader } from './people.ts';
import type { Instant } from './time.ts';

/** A conversation that the bot may write to. */
export interface Conversation {
  conversationId: string;
  serviceUrl: string;
  tenantId: string;
  kind: 'personal' | 'channel';
  /** personal: the person's Entra object id. channel: null. */
  personId: string | null;
  /** channel: the channel id without `;messageid=`. */
  channelId: string | null;
  teamName: string | null;
  channelName: string | null;
  /** The bot's own id in this conversation (`28:…`). */
  botId: string;
  /** When Teams refused (403) until the person or team writes again; null while it works. */
  blockedAt: Instant | null;
}

export type Address =
  | { to: 'person'; person: PersonRef; conversation: Conversation | null; reader: Reader }
  | { to: 'channel'; conversation: Conversation; reader: Reader }
  /** A reply below a channel card. */
  | { to: 'thread'; conversation: Conversation; rootActivityId: string; reader: Reader };

export type Delivery =
  /** `conversation` when a new one was made. */
  | { kind: 'delivered'; activityId: string; conversation: Conversation | null }
  /** Nothing can be sent there (not installed, blocked): remembered, not tried again until somebody writes. */
  | { kind: 'unreachable'; reason: string }
  /** The message to be edited is gone: send a new one. */
  | { kind: 'activityGone' }
  /** Try again. `wasSent`: whether the message may have arrived. */
  | { kind: 'retry'; afterMs: number | null; wasSent: boolean; reason: string }
  /** Teams will never take it (400, 413 twice …): a bug, logged. */
  | { kind: 'refused'; reason: string };

export interface Messenger {
  /**
   * Sends a new message; for a channel a new thread. One try. Never throws. Messages that must wait for their turn longer than
   * `mostWaitMs` (ten seconds by default) come back as `retry`.
   */
  send(address: Address, view: MessageView, mostWaitMs?: number): Promise<Delivery>;
  /** Edits a message in place. One try. Never throws. */
  edit(address: Address, activityId: string, view: MessageView): Promise<Delivery>;
}

export type MailDelivery =
  | { kind: 'accepted' }
  | { kind: 'retry'; afterMs: number | null; wasSent: boolean }
  | { kind: 'refused'; reason: string };

export interface Mailer {
  /** `POST /users/{from}/sendMail`. One try. Never throws. */
  send(mail: MailView): Promise<MailDelivery>;
}

export interface TicketMailer {
  /** As `Mailer.send`, to the queue that the ticket names. One try; no layer repeats it. Never throws. */
  sendTicket(ticket: TicketView): Promise<MailDelivery>;
}
