// From a view to the message that shows it, in the reader's language.

import {
  type FileView,
  isCardView,
  isFileView,
  isSignInView,
  type MessageView,
  type SignInView,
} from '../domain/message-views.ts';
import type { Reader } from '../domain/people.ts';
import type { Address } from '../domain/ports.ts';
import type { TextView } from '../domain/text-views.ts';
import type { CardView } from '../domain/views.ts';
import type { Message } from './connector-calls.ts';
import { fileConsentCard } from './file-cards.ts';
import type { WriteSignInCard } from './sign-in-card.ts';

export interface RenderedCard {
  /** The Adaptive Card's JSON. */
  content: unknown;
  /** One sentence: for the toast and the activity feed, and instead of a card that is too big. */
  summary: string;
}

export interface MessageParts {
  renderCard: (view: CardView, reader: Reader) => RenderedCard;
  /** Markdown. */
  renderText: (view: TextView, reader: Reader) => string;
  /** Without Markdown. */
  renderPlain: (view: TextView, reader: Reader) => string;
  /** Where single sign-on is set up. */
  writeSignInCard?: WriteSignInCard;
}

/** A message, and what to say instead when it is too big. */
export interface Rendered {
  full: Message;
  short: Message | null;
}

/** @throws TypeError for what cannot be shown there; TemporaryError `signIn.unavailable` */
export async function writeMessage(parts: MessageParts, address: Address, view: MessageView): Promise<Rendered> {
  if (isCardView(view)) return cardMessage(parts.renderCard(view, address.reader));
  if (isSignInView(view)) return { full: await writeSignIn(parts, address, view), short: null };
  if (isFileView(view)) return { full: writeFile(parts, address, view), short: null };
  return { full: { type: 'message', text: parts.renderText(view, address.reader) }, short: null };
}

function writeSignIn({ writeSignInCard }: MessageParts, address: Address, view: SignInView): Promise<Message> {
  if (address.to !== 'person' || !writeSignInCard) throw new TypeError('nobody can be asked to sign in there');
  return writeSignInCard(address, view);
}

function writeFile({ renderPlain }: MessageParts, address: Address, view: FileView): Message {
  if (address.to !== 'person') throw new TypeError('Teams takes files in personal chats alone');
  return fileConsentCard(view, renderPlain(view.file.description, address.reader));
}

/** For the log. */
export function nameOf(view: MessageView): string {
  if (isCardView(view)) return view.card;
  if (isFileView(view)) return 'file';
  return isSignInView(view) ? 'signIn' : view.text;
}

/** A card goes without text beside it, which Teams would show as a second bubble. */
function cardMessage({ content, summary }: RenderedCard): Rendered {
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
  return {
    full: { type: 'message', summary, attachments },
    short: { type: 'message', textFormat: 'plain', text: summary, summary },
  };
}
