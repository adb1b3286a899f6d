// Sentences that know no language yet. What they become depends on the reader, and on whether Markdown is read there.
import type { Reader } from '../domain/people.ts';
import type { Instant } from '../domain/time.ts';
import { plainLine, plainText, shorten } from '../locales/plain-words.ts';
import type { Texts } from '../locales/texts.ts';
import { createTimes, type Times } from '../locales/times.ts';
import { escapeMarkdown } from './escape-markdown.ts';

/** A text by key. Strings among the values are words from outside: they are always escaped. */
export interface Sentence {
  key: string;
  values: Values;
}

/** A time, written as `Times` says. */
interface Moment {
  at: Instant;
  as: 'smart' | 'clock' | 'date' | 'stamp';
}

/** A duration in ms. */
interface Span {
  span: number;
}

export type Value = string | number | Sentence | Moment | Span;
export type Values = Readonly<Record<string, Value>>;

/** What may stand in a card: words from outside as they are, or a sentence of ours. */
export type Words = string | Sentence;

export function say(key: string, values: Values = {}): Sentence {
  return { key, values };
}

/** `null` times are told as `otherwise`. */
export function moment(at: Instant | null, as: Moment['as'], otherwise = 'common.never'): Value {
  return at === null ? say(otherwise) : { at, as };
}

/** Two or more parts with dots between them. */
export function dotted(first: Words, ...rest: Words[]): Words {
  return rest.reduce((a, b) => say('common.dot', { a, b }), first);
}

/** Writes for one reader. */
export interface Writer {
  /** For TextBlock and FactSet. */
  markdown(words: Words): string;
  /** For speak, fallbackText, summary, labels, choices and button titles: one line. */
  plain(words: Words, most?: number): string;
  /** For TextRun: words of a person with their line breaks. */
  text(words: string, most?: number): string;
  times: Times;
  texts: Texts;
  reader: Reader;
}

/** Names are short in life; a longer one must not fill the card. */
const mostOfAName = 80;

export function createWriter(texts: Texts, reader: Reader, now: Instant): Writer {
  const times = createTimes(texts, reader, now);

  const write = (words: Words, clean: (words: string) => string): string => {
    if (typeof words === 'string') return clean(words);
    const values = Object.entries(words.values).map(([name, value]) => [name, fill(value, clean)] as const);
    return texts.t(reader.language, words.key, Object.fromEntries(values));
  };
  const fill = (value: Value, clean: (words: string) => string): string | number => {
    if (typeof value === 'number') return value;
    if (typeof value === 'string') return clean(value);
    if ('key' in value) return write(value, clean);
    return 'span' in value ? times.span(value.span) : times[value.as](value.at);
  };

  return {
    markdown: (words) => write(words, (word) => escapeMarkdown(word, mostOfAName)),
    plain: (words, most = 400) => shorten(write(words, (word) => plainLine(word, Math.min(most, 300))), most),
    text: (words, most) => plainText(words, most),
    times,
    texts,
    reader,
  };
}
