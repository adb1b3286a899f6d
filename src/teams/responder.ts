// Sends the answer of a turn: to an invoke as its response, to words as a message, and what is personal to the personal
// chat with one line in place.
import { type Activity, ActivityTypes, CardFactory, MessageFactory, type TurnContext } from 'botbuilder';
import type { Reader } from '../domain/people.ts';
import type { Address, Messenger, UnitOfWork } from '../domain/ports.ts';
import { type CardView, isCardView, type MessageView, type TextView } from '../domain/views.ts';
import type { Answer, PersonsIncoming } from './turn.ts';

export interface ResponderParts {
  messenger: Messenger;
  unitOfWork: UnitOfWork;
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

/** Answers within the turn. */
export async function answerInTurn(
  parts: ResponderParts,
  context: TurnContext,
  incoming: PersonsIncoming,
  answer: Answer,
  reader: Reader,
): Promise<void> {
  if (incoming.isInvoke)
    return answerInvoke(parts, context, answer.view, readerFor(parts, incoming, answer.view, reader));
  if (isShownAnyway(incoming, answer.view)) return;
  const isElsewhere = incoming.place !== 'personal' && (answer.to === 'personal' || incoming.kind === 'button');
  if (!isElsewhere) {
    await sendHere(parts, context, answer.view, reader);
    return;
  }
  const line = await sendPersonally(parts, incoming, answer.view, reader);
  // A press needs no line in place: the card there changes for everybody, or the words were for the presser alone.
  if (line.text === 'say.cannotReach') await context.sendActivity(MessageFactory.text(withLink(parts, line, reader)));
  else if (incoming.kind === 'message') await sendHere(parts, context, line, reader);
}

/** A press changed a request: `deliver` shows it on the card that was pressed. A second card would never change again. */
function isShownAnyway(incoming: PersonsIncoming, view: MessageView): boolean {
  const isRequest = isCardView(view) && view.card === 'request';
  return isRequest && incoming.kind === 'button' && incoming.button.verb !== 'request.show';
}

/** Answers from a job, when the turn has been answered with "one moment" long ago. */
export async function answerLater(
  parts: ResponderParts,
  incoming: PersonsIncoming,
  answer: Answer,
  reader: Reader,
): Promise<void> {
  const { conversation, threadId } = incoming;
  if (isShownAnyway(incoming, answer.view)) return;
  const isHere = answer.to === 'here' && incoming.kind === 'message';
  if (isHere && conversation?.kind === 'channel' && threadId !== null) {
    const address: Address = { to: 'thread', conversation, rootActivityId: threadId, reader };
    await parts.messenger.send(address, answer.view);
    return;
  }
  await sendPersonally(parts, incoming, answer.view, reader);
}

async function sendPersonally(
  parts: ResponderParts,
  incoming: PersonsIncoming,
  view: MessageView,
  reader: Reader,
): Promise<TextView> {
  const { person } = incoming;
  const conversation = await parts.unitOfWork.run((tx) => tx.conversations.ofPerson(person.id));
  const delivery = await parts.messenger.send({ to: 'person', person, conversation, reader }, view);
  if (delivery.kind !== 'delivered') return { text: 'say.cannotReach', values: {} };
  const made = delivery.conversation;
  if (made) await parts.unitOfWork.run((tx) => tx.conversations.upsert(made));
  return { text: 'say.sentToChat', values: {} };
}

/** A card that everybody in the channel sees is answered as they see it, in the channel's language. */
function readerFor(parts: ResponderParts, { place }: PersonsIncoming, view: MessageView, reader: Reader): Reader {
  const isShared = place === 'channel' && isCardView(view) && view.card === 'request';
  return isShared ? parts.channelReader : reader;
}

function withLink(parts: ResponderParts, line: TextView, reader: Reader): string {
  const title = parts.renderText({ text: 'say.openChat', values: {} }, reader);
  return `${parts.renderText(line, reader)} [${title}](${parts.chatLink})`;
}

/** A message in the conversation of the turn. */
export async function sendHere(
  parts: ResponderParts,
  context: TurnContext,
  view: MessageView,
  reader: Reader,
): Promise<void> {
  await context.sendActivity(toActivity(parts, view, reader));
}

function toActivity(parts: ResponderParts, view: MessageView, reader: Reader): Partial<Activity> {
  if (!isCardView(view)) return MessageFactory.text(parts.renderText(view, reader));
  const card = parts.renderCard(view, reader);
  return { type: ActivityTypes.Message, attachments: [CardFactory.adaptiveCard(card.content)], summary: card.summary };
}

/** Our own answer to Action.Execute: the library's reply mode would show one person's view to everybody. */
async function answerInvoke(
  parts: ResponderParts,
  context: TurnContext,
  view: MessageView,
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
