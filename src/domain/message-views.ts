// Everything that can be sent in Teams: a card, words, and the two cards of Teams' own.
import type { Text, TextView } from './text-views.ts';
import type { CardView } from './views.ts';

/** Teams' own sign-in card; most people never see it, since their client signs in by itself. */
export interface SignInView {
  /** The approved request that waits for it; null: nothing has been asked yet. */
  signIn: { code: string | null };
}

/** Teams asks the person whether the bot may put a file into their OneDrive; the content is made when they agree. */
export interface FileView {
  file: { name: string; sizeBytes: number; description: Text; request: string };
}

export type MessageView = CardView | TextView | SignInView | FileView;

export function isCardView(view: MessageView): view is CardView {
  return 'card' in view;
}

export function isFileView(view: MessageView): view is FileView {
  return 'file' in view;
}

export function isSignInView(view: MessageView): view is SignInView {
  return 'signIn' in view;
}
