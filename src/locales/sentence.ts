// Sentences that know no language yet. What they become depends on the reader, and on whether Markdown is read there.
import type { Language } from '../domain/people.ts';
import type { Instant } from '../domain/time.ts';
import type { Texts } from './texts.ts';
import type { Times } from './times.ts';

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

/**
 * Writes a sentence with all that stands in it.
 * @param clean what is done to words from outside: escaped for Markdown or HTML, or only made plain
 */
export function writeSentence(
  texts: Texts,
  times: Times,
  language: Language,
  value: Value,
  clean: (words: string) => string,
): string {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'number') return String(value);
  if ('span' in value) return times.span(value.span);
  if ('at' in value) return times[value.as](value.at);
  // Numbers stay numbers: plural forms are chosen by them.
  const values = Object.entries(value.values).map(([name, inner]) => [
    name,
    typeof inner === 'number' ? inner : writeSentence(texts, times, language, inner, clean),
  ]);
  return texts.t(language, value.key, Object.fromEntries(values));
}
