// A sentence as a message of its own, or as the toast that answers a press.
import type { Reader } from '../domain/people.ts';
import type { TextView } from '../domain/views.ts';
import { say } from '../locales/sentence.ts';
import type { Texts } from '../locales/texts.ts';
import { createWriter } from './writer.ts';

export interface TextRenderer {
  /** Markdown, words from outside escaped. */
  markdown(view: TextView, reader: Reader): string;
  /** For a toast, which knows no Markdown: our own emphasis is taken out. */
  plain(view: TextView, reader: Reader): string;
}

export function createTextRenderer(texts: Texts): TextRenderer {
  return {
    markdown: (view, reader) => createWriter(texts, reader, 0).markdown(say(view.text, view.values)),
    plain: (view, reader) =>
      createWriter(texts, reader, 0)
        .plain(say(view.text, view.values))
        .replace(/\*(\S[^*]*)\*/g, '“$1”'),
  };
}
