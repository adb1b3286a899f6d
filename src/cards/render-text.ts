// A sentence as a message of its own, or as the toast that answers a press.
import type { Reader } from '../domain/people.ts';
import type { TextView } from '../domain/text-views.ts';
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
    markdown(view, reader) {
      const writer = createWriter(texts, reader, 0);
      return sentencesOf(view)
        .map((sentence) => writer.markdown(sentence))
        .join('\n\n');
    },
    plain(view, reader) {
      const writer = createWriter(texts, reader, 0);
      return sentencesOf(view)
        .map((sentence) => writer.plain(sentence).replace(/\*(\S[^*]*)\*/g, '“$1”'))
        .join(' ');
    },
  };
}

function sentencesOf({ text, values, more = [] }: TextView) {
  return [say(text, values), ...more.map((one) => say(one.text, one.values))];
}
