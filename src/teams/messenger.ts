// Sends and edits messages outside of a turn. Each call to the connector is tried once; what may be tried again, and when, is the
// deliver job's business. Never throws.
import { ConciergeError, TemporaryError } from '../domain/errors.ts';
import type { MessageView } from '../domain/message-views.ts';
import type { Address, Conversation, Delivery, Log, Messenger } from '../domain/ports.ts';
import {
  type Connection,
  channelOf,
  type Message,
  openChat,
  post,
  postThread,
  type ToPerson,
  update,
} from './connector-calls.ts';
import { type Remedy, readConnectorFault, remedyFor } from './connector-error.ts';
import { joinThread } from './conversation-references.ts';
import type { Pace } from './pace.ts';
import { type MessageParts, nameOf, type Rendered, writeMessage } from './write-message.ts';

export interface MessengerParts extends Connection, MessageParts {
  /** Installs the app for a person (Entra object id); false when it cannot be. */
  installer?: (personId: string) => Promise<boolean>;
  /** Every call waits for its turn here. */
  pace: Pace;
  log: Log;
}

/** One message on its way. */
interface Sending extends MessengerParts {
  /** How long each call of it may wait for its turn; undefined: as long as the pace lets any. */
  mostWaitMs?: number | undefined;
}

export function createMessenger(parts: MessengerParts): Messenger {
  return {
    send: (address, view, mostWaitMs) =>
      deliver(parts, address, view, (message) => send({ ...parts, mostWaitMs }, address, message)),
    edit: (address, activityId, view) =>
      deliver(parts, address, view, (message) => edit(parts, address, activityId, message)),
  };
}

async function deliver(
  parts: MessengerParts,
  address: Address,
  view: MessageView,
  work: (message: Rendered) => Promise<Remedy>,
): Promise<Delivery> {
  const { log } = parts;
  let message: Rendered;
  try {
    message = await writeMessage(parts, address, view);
  } catch (error) {
    if (error instanceof TemporaryError)
      return { kind: 'retry', afterMs: error.retryAfterMs, wasSent: false, reason: error.code };
    log.error({ err: error, view: nameOf(view) }, 'message could not be rendered');
    return { kind: 'refused', reason: 'render' };
  }
  const delivery = toDelivery(await work(message).catch((error: unknown) => unclear(error, log)));
  if (delivery.kind === 'refused') log.error({ to: address.to, reason: delivery.reason }, 'message refused by Teams');
  if (delivery.kind === 'activityGone') log.warn({ to: address.to }, 'message has lost its place');
  if (delivery.kind === 'unreachable')
    log.warn({ to: address.to, reason: delivery.reason }, 'message cannot be delivered');
  return delivery;
}

/** A fault of ours: nothing is known of the message. */
function unclear(error: unknown, log: Log): Delivery {
  log.error({ err: error }, 'message could not be sent');
  return { kind: 'retry', afterMs: null, wasSent: true, reason: 'Unknown' };
}

/** Remedies that were of no use, or that do not fit. */
function toDelivery(remedy: Remedy): Delivery {
  switch (remedy.kind) {
    case 'shorten':
      return { kind: 'refused', reason: remedy.reason };
    case 'install':
    case 'createAgain':
      return { kind: 'unreachable', reason: remedy.reason };
    default:
      return remedy;
  }
}

/** One call with the message; once more with the short one when it was too big. */
async function attempt(
  parts: Sending,
  conversationId: string,
  doing: 'send' | 'edit',
  message: Rendered,
  call: (message: Message) => Promise<Delivery>,
): Promise<Remedy> {
  const remedy = await tryOnce(parts, conversationId, doing, () => call(message.full));
  const { short } = message;
  return remedy.kind === 'shorten' && short ? tryOnce(parts, conversationId, doing, () => call(short)) : remedy;
}

async function tryOnce(
  { pace, mostWaitMs }: Sending,
  conversationId: string,
  doing: 'send' | 'edit',
  call: () => Promise<Delivery>,
): Promise<Remedy> {
  const mustWait = await pace.take(conversationId, mostWaitMs);
  if (mustWait) return later(mustWait.afterMs);
  try {
    return await call();
  } catch (error) {
    return remedyFor(readConnectorFault(error, Date.now()), doing);
  }
}

/** So many go there already that this one would wait too long: nothing was sent. */
function later(afterMs: number): Delivery {
  return { kind: 'retry', afterMs, wasSent: false, reason: 'Pace' };
}

function send(parts: Sending, address: Address, message: Rendered): Promise<Remedy> {
  if (address.to === 'person') return sendToPerson(parts, address, message);
  const { conversation } = address;
  const channelId = channelOf(conversation);
  if (address.to === 'thread') {
    const threadId = joinThread(channelId, address.rootActivityId);
    return attempt(parts, channelId, 'send', message, (full) => post(parts, conversation, threadId, full));
  }
  return attempt(parts, channelId, 'send', message, (full) => postThread(parts, conversation, channelId, full));
}

async function sendToPerson(parts: Sending, address: ToPerson, message: Rendered): Promise<Remedy> {
  const known = address.conversation;
  let remedy: Remedy = { kind: 'createAgain', reason: 'NoConversation' };
  if (known) remedy = await sendInChat(parts, known, message);
  if (remedy.kind === 'createAgain') remedy = await sendInNew(parts, address, message);
  if (remedy.kind !== 'install' || !(await install(parts, address.person.id))) return remedy;
  return sendInNew(parts, address, message);
}

function sendInChat(parts: Sending, chat: Conversation, message: Rendered): Promise<Remedy> {
  const { conversationId } = chat;
  return attempt(parts, conversationId, 'send', message, (full) => post(parts, chat, conversationId, full));
}

/** Opens the personal chat (asking again gives the same one) and posts there. */
async function sendInNew(parts: Sending, address: ToPerson, message: Rendered): Promise<Remedy> {
  const mustWait = await parts.pace.take(address.person.id, parts.mostWaitMs);
  if (mustWait) return later(mustWait.afterMs);
  let conversation: Conversation;
  try {
    conversation = await openChat(parts, address);
  } catch (error) {
    // Opening a chat posts nothing, whatever became of it.
    return remedyFor({ ...readConnectorFault(error, Date.now()), wasSent: false }, 'send');
  }
  const remedy = await sendInChat(parts, conversation, message);
  return remedy.kind === 'delivered' ? { ...remedy, conversation } : remedy;
}

async function install({ installer, log }: MessengerParts, personId: string): Promise<boolean> {
  if (!installer) return false;
  try {
    return await installer(personId);
  } catch (error) {
    const code = error instanceof ConciergeError ? error.code : undefined;
    log.warn({ err: error, code }, 'app could not be installed for a person');
    return false;
  }
}

async function edit(parts: MessengerParts, address: Address, activityId: string, message: Rendered): Promise<Remedy> {
  const { conversation } = address;
  if (!conversation) return { kind: 'activityGone' };
  const known = { ...address, conversation };
  const place = address.to === 'person' ? conversation.conversationId : channelOf(conversation);
  const remedy = await attempt(parts, place, 'edit', message, (full) => update(parts, known, activityId, full));
  return remedy.kind === 'createAgain' && address.to === 'person' ? { kind: 'activityGone' } : remedy;
}
