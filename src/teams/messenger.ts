// Sends and edits messages outside of a turn. Each call to the connector is tried once; what may be tried again, and when, is the
// deliver job's business. Never throws.
import { ConciergeError, TemporaryError } from '../domain/errors.ts';
import type { Reader } from '../domain/people.ts';
import type { Address, Conversation, Delivery, Log, Messenger } from '../domain/ports.ts';
import {
  type CardView,
  isCardView,
  isSignInView,
  type MessageView,
  type SignInView,
  type TextView,
} from '../domain/views.ts';
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
import type { WriteSignInCard } from './sign-in-card.ts';

export interface RenderedCard {
  /** The Adaptive Card's JSON. */
  content: unknown;
  /** One sentence: for the toast and the activity feed, and instead of a card that is too big. */
  summary: string;
}

export interface MessengerParts extends Connection {
  renderCard: (view: CardView, reader: Reader) => RenderedCard;
  renderText: (view: TextView, reader: Reader) => string;
  /** Where single sign-on is set up. */
  writeSignInCard?: WriteSignInCard;
  /** Installs the app for a person (Entra object id); false when it cannot be. */
  installer?: (personId: string) => Promise<boolean>;
  log: Log;
}

/** A message, and what to say instead when it is too big. */
interface Rendered {
  full: Message;
  short: Message | null;
}

export function createMessenger(parts: MessengerParts): Messenger {
  return {
    send: (address, view) => deliver(parts, address, view, (message) => send(parts, address, message)),
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
    message = await write(parts, address, view);
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

async function write(parts: MessengerParts, address: Address, view: MessageView): Promise<Rendered> {
  if (isCardView(view)) return cardMessage(parts.renderCard(view, address.reader));
  if (isSignInView(view)) return { full: await writeSignIn(parts, address, view), short: null };
  return { full: { type: 'message', text: parts.renderText(view, address.reader) }, short: null };
}

function writeSignIn({ writeSignInCard }: MessengerParts, address: Address, view: SignInView): Promise<Message> {
  if (address.to !== 'person' || !writeSignInCard) throw new TypeError('nobody can be asked to sign in there');
  return writeSignInCard(address, view);
}

function nameOf(view: MessageView): string {
  if (isCardView(view)) return view.card;
  return isSignInView(view) ? 'signIn' : view.text;
}

/** A fault of ours: nothing is known of the message. */
function unclear(error: unknown, log: Log): Delivery {
  log.error({ err: error }, 'message could not be sent');
  return { kind: 'retry', afterMs: null, wasSent: true, reason: 'Unknown' };
}

/** A card goes without text beside it, which Teams would show as a second bubble. */
function cardMessage({ content, summary }: RenderedCard): Rendered {
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
  return {
    full: { type: 'message', summary, attachments },
    short: { type: 'message', textFormat: 'plain', text: summary, summary },
  };
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
  doing: 'send' | 'edit',
  message: Rendered,
  call: (message: Message) => Promise<Delivery>,
): Promise<Remedy> {
  const remedy = await tryOnce(doing, () => call(message.full));
  const { short } = message;
  return remedy.kind === 'shorten' && short ? tryOnce(doing, () => call(short)) : remedy;
}

async function tryOnce(doing: 'send' | 'edit', call: () => Promise<Delivery>): Promise<Remedy> {
  try {
    return await call();
  } catch (error) {
    return remedyFor(readConnectorFault(error, Date.now()), doing);
  }
}

function send(parts: MessengerParts, address: Address, message: Rendered): Promise<Remedy> {
  if (address.to === 'person') return sendToPerson(parts, address, message);
  const { conversation } = address;
  const channelId = channelOf(conversation);
  if (address.to === 'thread') {
    const threadId = joinThread(channelId, address.rootActivityId);
    return attempt('send', message, (full) => post(parts, conversation, threadId, full));
  }
  return attempt('send', message, (full) => postThread(parts, conversation, channelId, full));
}

async function sendToPerson(parts: MessengerParts, address: ToPerson, message: Rendered): Promise<Remedy> {
  const known = address.conversation;
  let remedy: Remedy = { kind: 'createAgain', reason: 'NoConversation' };
  if (known) remedy = await attempt('send', message, (full) => post(parts, known, known.conversationId, full));
  if (remedy.kind === 'createAgain') remedy = await sendInNew(parts, address, message);
  if (remedy.kind !== 'install' || !(await install(parts, address.person.id))) return remedy;
  return sendInNew(parts, address, message);
}

/** Opens the personal chat (asking again gives the same one) and posts there. */
async function sendInNew(parts: MessengerParts, address: ToPerson, message: Rendered): Promise<Remedy> {
  let conversation: Conversation;
  try {
    conversation = await openChat(parts, address);
  } catch (error) {
    // Opening a chat posts nothing, whatever became of it.
    return remedyFor({ ...readConnectorFault(error, Date.now()), wasSent: false }, 'send');
  }
  const remedy = await attempt('send', message, (full) => post(parts, conversation, conversation.conversationId, full));
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
  const remedy = await attempt('edit', message, (full) => update(parts, known, activityId, full));
  return remedy.kind === 'createAgain' && address.to === 'person' ? { kind: 'activityGone' } : remedy;
}
