// Sends the answer of a turn: to an invoke as its response, to words as a message, and what is personal to the personal
// chat with one line in place.
import { setTimeout as wait } from 'node:timers/promises';
import { type Activity, ActivityTypes, CardFactory, MessageFactory, type TurnContext } from 'botbuilder';
import { TemporaryError } from '../domain/errors.ts';
import {
  type FileView,
  isCardView,
  isFileView,
  isSignInView,
  type MessageView,
  type SignInView,
} from '../domain/message-views.ts';
import type { Reader } from '../domain/people.ts';
import type { Address, Clock, Messenger, UnitOfWork } from '../domain/ports.ts';
import type { TextView } from '../domain/text-views.ts';
import type { CardView } from '../domain/views.ts';
import { readConnectorFault, remedyFor } from './connector-error.ts';
import type { Answer, PersonsIncoming } from './turn.ts';

export interface ResponderParts {
  messenger: Messenger;
  unitOfWork: UnitOfWork;
  clock: Pick<Clock, 'now'>;
  /** The JSON of a card and its one-line summary. */
  renderCard(view: CardView, reader: Reader): { content: unknown; summary: string };
  /** Markdown. */
  renderText(view: TextView, reader: Reader): string;
  /** Without Markdown, for a toast. */
  renderPlain(view: TextView, reader: Reader): string;
  /** For cards that many people read. */
  channelReader: Reader;
  /** A link to the bot's chat. */
  chatLink: string;
}

/** `again`: Teams did not take it now, and a job should say it later. */
export type Said = 'said' | 'again';

/** Waiting longer for Teams would make Teams deliver the activity a second time. */
const sayWithinMs = 2_500;
/** Of that, for other messages in the same chat to go first. */
const turnWaitMs = 1_000;

/** Answers within the turn. */
export async function answerInTurn(
  parts: ResponderParts,
  context: TurnContext,
  incoming: PersonsIncoming,
  answer: Answer,
  reader: Reader,
): Promise<Said> {
  if (isSignInView(answer.view) || isFileView(answer.view))
    return askInChat(parts, context, incoming, answer.view, reader);
  if (incoming.isInvoke) {
    await answerInvoke(parts, context, answer.view, readerFor(parts, incoming, answer.view, reader));
    return 'said';
  }
  if (isShownAnyway(incoming, answer.view)) return 'said';
  const isElsewhere = incoming.place !== 'personal' && (answer.to === 'personal' || incoming.kind === 'button');
  if (!isElsewhere) return sendHere(parts, context, answer.view, reader);
  const reached = await sendInTime(parts, incoming, answer.view, reader);
  await sayInPlace(parts, context, incoming, reached, reader);
  return reached === 'again' ? 'again' : 'said';
}

function sendInTime(
  parts: ResponderParts,
  incoming: PersonsIncoming,
  view: MessageView,
  reader: Reader,
): Promise<Reached> {
  const slow = wait(sayWithinMs, 'again' as const, { ref: false });
  // What still waited for its turn would be sent twice.
  return Promise.race([sendPersonally(parts, incoming, view, reader, turnWaitMs), slow]);
}

/** Teams' own cards, for signing in and for files, are messages of the personal chat, wherever their need came up. */
async function askInChat(
  parts: ResponderParts,
  context: TurnContext,
  incoming: PersonsIncoming,
  view: SignInView | FileView,
  reader: Reader,
): Promise<Said> {
  const reached = await sendInTime(parts, incoming, view, reader);
  const inChat = isFileView(view) ? 'say.fileInChat' : 'say.signInInChat';
  const text = reached === 'unreachable' ? 'say.cannotReach' : inChat;
  if (incoming.isInvoke) await answerInvoke(parts, context, { text, values: {} }, reader);
  else if (incoming.place !== 'personal') await sayInPlace(parts, context, incoming, reached, reader);
  return reached === 'again' ? 'again' : 'said';
}

/** One line where it was asked. A press needs none: the card there changes, or the words were for the presser alone. */
async function sayInPlace(
  parts: ResponderParts,
  context: TurnContext,
  incoming: PersonsIncoming,
  reached: Reached,
  reader: Reader,
): Promise<void> {
  if (reached === 'unreachable') await sendHere(parts, context, cannotReach, reader);
  else if (incoming.kind === 'message') {
    const text = reached === 'sent' ? 'say.sentToChat' : 'say.oneMoment';
    await sendHere(parts, context, { text, values: {} }, reader);
  }
}

/** A press changed a request: `deliver` shows it on the card that was pressed. A second card would never change again. */
function isShownAnyway(incoming: PersonsIncoming, view: MessageView): boolean {
  const isRequest = isCardView(view) && view.card === 'request';
  return isRequest && incoming.kind === 'button' && incoming.button.verb !== 'request.show';
}

/**
 * Answers from a job, when the turn has been answered with "one moment" long ago.
 * @throws TemporaryError `teams.busy`: the job is to come back
 */
export async function answerLater(
  parts: ResponderParts,
  incoming: PersonsIncoming,
  answer: Answer,
  reader: Reader,
): Promise<void> {
  if (isShownAnyway(incoming, answer.view)) return;
  const thread = threadOf(incoming, reader);
  const isForThread = answer.to === 'here' && incoming.kind === 'message' && !isFileView(answer.view);
  if (thread && isForThread && (await sendOrRepeat(parts, thread, answer.view)) === 'sent') return;
  const reached = await sendPersonally(parts, incoming, answer.view, reader);
  if (reached === 'again') throw new TemporaryError('teams.busy');
  if (reached === 'unreachable' && thread && !isForThread) await sendOrRepeat(parts, thread, cannotReach);
}

function threadOf({ conversation, threadId }: PersonsIncoming, reader: Reader): Address | null {
  if (conversation?.kind !== 'channel' || threadId === null) return null;
  return { to: 'thread', conversation, rootActivityId: threadId, reader };
}

async function sendOrRepeat(
  parts: ResponderParts,
  address: Address,
  view: MessageView,
): Promise<'sent' | 'unreachable'> {
  const { kind } = await parts.messenger.send(address, view);
  if (kind === 'retry') throw new TemporaryError('teams.busy');
  return kind === 'delivered' ? 'sent' : 'unreachable';
}

type Reached = 'sent' | 'unreachable' | 'again';

async function sendPersonally(
  parts: ResponderParts,
  incoming: PersonsIncoming,
  view: MessageView,
  reader: Reader,
  mostWaitMs?: number,
): Promise<Reached> {
  const { person } = incoming;
  const conversation = await parts.unitOfWork.run((tx) => tx.conversations.ofPerson(person.id));
  const delivery = await parts.messenger.send({ to: 'person', person, conversation, reader }, view, mostWaitMs);
  if (delivery.kind === 'retry') return 'again';
  if (delivery.kind !== 'delivered') return 'unreachable';
  const made = delivery.conversation;
  if (made) await parts.unitOfWork.run((tx) => tx.conversations.upsert(made));
  return 'sent';
}

/** A card that everybody in the channel sees is answered as they see it, in the channel's language. */
function readerFor(parts: ResponderParts, { place }: PersonsIncoming, view: MessageView, reader: Reader): Reader {
  const isShared = place === 'channel' && isCardView(view) && view.card === 'request';
  return isShared ? parts.channelReader : reader;
}

const cannotReach: TextView = { text: 'say.cannotReach', values: {} };

/**
 * A message in the conversation of the turn. A fault that may pass is not one of the turn, nor is one that another way of
 * sending may avoid: the message that was answered, or the chat, is gone. A card that is too big comes as its summary.
 */
export async function sendHere(
  parts: ResponderParts,
  context: TurnContext,
  view: CardView | TextView,
  reader: Reader,
): Promise<Said> {
  try {
    await context.sendActivity(toActivity(parts, view, reader));
    return 'said';
  } catch (error) {
    const { kind } = remedyFor(readConnectorFault(error, parts.clock.now()), 'send');
    if (kind === 'retry' || kind === 'createAgain' || kind === 'activityGone') return 'again';
    if (kind !== 'shorten' || !isCardView(view)) throw error;
    const { summary } = parts.renderCard(view, reader);
    await context.sendActivity({ type: ActivityTypes.Message, textFormat: 'plain', text: summary, summary });
    return 'said';
  }
}

function toActivity(parts: ResponderParts, view: CardView | TextView, reader: Reader): Partial<Activity> {
  if (!isCardView(view)) return MessageFactory.text(textOf(parts, view, reader));
  const card = parts.renderCard(view, reader);
  return { type: ActivityTypes.Message, attachments: [CardFactory.adaptiveCard(card.content)], summary: card.summary };
}

/** Who cannot be written to gets the link to our chat with it. */
function textOf(parts: ResponderParts, view: TextView, reader: Reader): string {
  const text = parts.renderText(view, reader);
  if (view.text !== cannotReach.text) return text;
  return `${text} [${parts.renderText({ text: 'say.openChat', values: {} }, reader)}](${parts.chatLink})`;
}

/** Our own answer to Action.Execute: the library's reply mode would show one person's view to everybody. */
async function answerInvoke(
  parts: ResponderParts,
  context: TurnContext,
  view: CardView | TextView,
  reader: Reader,
): Promise<void> {
  const body = isCardView(view)
    ? {
        statusCode: 200,
        type: 'application/vnd.microsoft.card.adaptive',
        value: parts.renderCard(view, reader).content,
      }
    : { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: parts.renderPlain(view, reader) };
  await context.sendActivity({ type: ActivityTypes.InvokeResponse, value: { status: 200, body } });
}
