// Writes for one reader: what Markdown reads is escaped, everything else is only made plain.
import type { Reader } from '../domain/people.ts';
import type { Instant } from '../domain/time.ts';
import { plainLine, plainText, shorten } from '../locales/plain-words.ts';
import { type Value, writeSentence } from '../locales/sentence.ts';
import type { Texts } from '../locales/texts.ts';
import { createTimes, type Times } from '../locales/times.ts';
import { escapeMarkdown } from './escape-markdown.ts';

export interface Writer {
  /** For TextBlock and FactSet. */
  markdown(value: Value): string;
  /** For speak, fallbackText, summary, labels, choices and button titles: one line. */
  plain(value: Value, most?: number): string;
  /** For TextRun: words of a person with their line breaks. */
  text(words: string, most?: number): string;
  times: Times;
  texts: Texts;
}

/** Stands for words of which nothing can be seen. */
const nothing = '–';

/** Names are short in life; a longer one must not fill the card. */
const mostOfAName = 80;

export function createWriter(texts: Texts, reader: Reader, now: Instant): Writer {
  const times = createTimes(texts, reader, now);
  const write = (value: Value, clean: (words: string) => string) =>
    writeSentence(texts, times, reader.language, value, clean);

  return {
    markdown: (value) => write(value, (words) => escapeMarkdown(words, mostOfAName) || nothing),
    plain: (value, most = 400) =>
      shorten(
        write(value, (words) => plainLine(words, Math.min(most, 300)) || nothing),
        most,
      ),
    text: (words, most) => plainText(words, most) || nothing,
    times,
    texts,
  };
}
