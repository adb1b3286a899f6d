// Words in a card or a message, before they are in anybody's language.
import type { ErrorValues } from './errors.ts';

/** A sentence of `locales/`, by key, with its values. */
export interface Text {
  text: string;
  values: ErrorValues;
}

export interface TextView extends Text {
  /** Further sentences behind it. */
  more?: readonly Text[];
}
