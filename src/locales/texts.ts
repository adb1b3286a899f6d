// All words that people read, in every language, as ICU messages (https://unicode-org.github.io/icu/userguide/format_parse/messages/).
import { createInstance } from 'i18next';
import ICU from 'i18next-icu';
import type { Language } from '../domain/people.ts';
import type { Log } from '../domain/ports.ts';
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import fr from './fr.json' with { type: 'json' };

/** Nested texts of one language, as in its file. */
export interface TextTree {
  [key: string]: string | TextTree;
}

export interface Texts {
  /**
   * The text of a key, its values put in. Values are never read as messages or Markdown: escape what comes from outside.
   * @throws Error for a key or a value that is missing, when the texts were made without a log
   */
  t(language: Language, key: string, values?: Record<string, string | number>): string;
  /** Whether a key has a text; for keys made of words from outside. */
  has(key: string): boolean;
  /** All texts of a language; only those without values may be shown as they are. */
  tree(language: Language): TextTree;
}

/**
 * @param log where a missing key or value is told, and then English (or the bare message) is shown; without it a slip
 * throws, as tests want it
 */
export function createTexts(log?: Pick<Log, 'error'>): Texts {
  const trees: Record<Language, TextTree> = { en, de, fr };
  const i18n = createInstance();
  // Everything is in memory: with initAsync off it is ready when init returns.
  void i18n.use(new ICU({ parseErrorHandler: (fault, key, message) => onBadMessage(log, fault, key, message) })).init({
    resources: { en: { translation: en }, de: { translation: de }, fr: { translation: fr } },
    lng: 'en',
    fallbackLng: 'en',
    initAsync: false,
  });
  const hasOwn = (language: Language, key: string) => typeof find(trees[language], key) === 'string';

  return {
    t(language, key, values = {}) {
      if (!hasOwn(language, key)) onMissingKey(log, language, key);
      return i18n.t(key, { ...values, lng: language });
    },
    has: (key) => hasOwn('en', key),
    tree: (language) => trees[language],
  };
}

function find(tree: TextTree, key: string): string | TextTree | undefined {
  let found: string | TextTree | undefined = tree;
  for (const part of key.split('.')) {
    if (typeof found !== 'object' || !Object.hasOwn(found, part)) return undefined;
    found = found[part];
  }
  return found;
}

function onMissingKey(log: Pick<Log, 'error'> | undefined, language: Language, key: string): void {
  if (!log) throw new Error(`There is no text ${key} in ${language}.`);
  log.error({ key, language }, 'text missing');
}

function onBadMessage(log: Pick<Log, 'error'> | undefined, fault: Error, key: string, message: string): string {
  if (!log) throw new Error(`The text ${key} could not be filled.`, { cause: fault });
  log.error({ key, err: fault }, 'text not filled');
  return message;
}
