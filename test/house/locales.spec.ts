// The texts: the same keys and values in every language, each used, none that blames, and help that the bot understands.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { languages } from '../../src/domain/people.ts';
import { createTexts, type TextTree } from '../../src/locales/texts.ts';
import { commands } from '../../src/teams/commands/index.ts';
import { historyActions } from './card-samples.ts';

const texts = createTexts();
const src = new URL('../../src/', import.meta.url);

function* flatten(tree: TextTree, prefix = ''): Generator<[key: string, text: string]> {
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') yield [prefix + name, value];
    else yield* flatten(value, `${prefix}${name}.`);
  }
}

const flat = new Map(languages.map((language) => [language, new Map(flatten(texts.tree(language)))]));
const english = flat.get('en')!;

interface Element {
  type: number;
  value?: unknown;
  options?: Record<string, { value: Element[] }>;
}

/** As the parser numbers them: `{name}`. */
const plainArgument = 1;

function argumentsOf(elements: readonly Element[]): string[] {
  return elements.flatMap(({ type, value, options }) => {
    if (options) return [String(value), ...Object.values(options).flatMap((option) => argumentsOf(option.value))];
    return type === plainArgument ? [String(value)] : [];
  });
}

function namesIn(text: string): string[] {
  const ast = new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst() as Element[];
  return [...new Set(argumentsOf(ast))].sort();
}

function sourceFiles(): string {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => (/\.(ts|json)$/.test(name) && !name.startsWith('locales/')) || /^locales\/[\w-]+\.ts$/.test(name))
    .map((name) => readFileSync(new URL(name, src), 'utf8'))
    .join('\n');
}

describe('The texts of every language', () => {
  for (const language of languages) {
    const own = flat.get(language)!;

    it(`When ${language} is compared with English, then it has the same keys`, () => {
      assert.deepEqual([...own.keys()].sort(), [...english.keys()].sort());
    });

    it(`When a text of ${language} is filled, then it takes the same values as in English`, () => {
      for (const [key, text] of own) assert.deepEqual(namesIn(text), namesIn(english.get(key)!), `${language} ${key}`);
    });

    it(`When a text of ${language} is read, then it is neither empty nor blaming, and quotes nothing by accident`, () => {
      for (const [key, text] of own) {
        assert.notEqual(text.trim(), '', key);
        // In ICU an ASCII apostrophe starts a quotation; people write ’.
        assert.doesNotMatch(text, /['<>]/, key);
        assert.doesNotMatch(text, /\b(invalid|illegal|error|ungültig|Fehler|invalide|erreur)\b/i, `${language} ${key}`);
        assert.doesNotMatch(text, / {2}|\s$|^\s/, key);
      }
    });

    it(`When a sentence of ${language} is counted, then it is short`, () => {
      for (const [key, text] of own) {
        const chosen = text.replace(/\{\w+, plural,[^{]*\{[^}]*\} other \{([^}]*)\}\}/g, '$1');
        for (const sentence of chosen
          .replace(/z\.\sB\.|p\. ex\.|e\.g\.|Min\.|Std\./g, 'x')
          .split(/[.!?…:;·](?:\s|$)/)) {
          const words = sentence.split(/\s+/).filter((word) => /\p{L}/u.test(word));
          assert.ok(words.length <= 20, `${language} ${key}: ${words.length} words in “${sentence}”`);
        }
      }
    });
  }

  it('When a text counts people or things, then it has a plural in every language', () => {
    for (const language of languages) {
      for (const [key, text] of flat.get(language)!) {
        if (!/\{(n|needed)\}/.test(text)) continue;
        assert.match(
          key,
          /^(confirm\.durationText|progress\.usual|approval\.open(Vip)?PartText|progress\.waitingPartText)$/,
          key,
        );
      }
    }
  });

  it('When the source is searched, then every text is used', () => {
    const source = sourceFiles();
    // Keys are written whole, or as a template: `pc.${face}`, or below a prefix that one table adds (`progress.${title}`).
    const patterns = [...source.matchAll(/`([a-z][\w]*(?:\.[\w${}.]*)+)`|`([a-zA-Z]+\.)\$\{/g)].map(
      (match) => match[1] ?? `${match[2]}\${x}`,
    );
    const templates = patterns.filter((pattern) => pattern.includes('${')).map(toPattern);
    const words = new Set([...source.matchAll(/['`"]([\w.]+)['`"]/g)].map((match) => match[1]!));
    // `${kind}Other`: a name of a table with an ending.
    const endings = new Set([...source.matchAll(/`\$\{\w+\}(\w+)`/g)].map((match) => match[1]!));
    const inTemplates = new Set([...source.matchAll(/\$root\.t\.([\w.]+)/g)].map((match) => match[1]!));

    const unused = [...english.keys()].filter((key) => {
      if (words.has(key) || inTemplates.has(key)) return false;
      return !templates.some((pattern) => isFilled(pattern, key, words, endings));
    });

    assert.deepEqual(unused, []);
  });

  it('When the audit knows an action, then the history has a text for it', () => {
    for (const action of historyActions.slice(0, -1)) assert.ok(texts.has(`history.${action}`), action);
    const known = [...english.keys()].filter((key) => /^history\.(request|item)\./.test(key));
    assert.deepEqual(
      known.filter((key) => !historyActions.includes(key.slice('history.'.length))),
      [],
    );
  });

  it('When an error code is thrown, then it has a sentence', () => {
    const thrown = [
      ...sourceFiles().matchAll(/new (?:Input|NotAllowed|NotFound|Conflict|Temporary)Error\('([\w.]+)'/g),
    ].map((match) => match[1]!);
    const onlyForTheLog = /^(node|policy|settings|settings\.botIdentity|graph\.cloudNotServed|teams\.keysUnavailable)$/;

    // Of a start, or of the programs beside the bot: start-fault.ts has the sentence, and its test asks for it.
    const forOperators =
      /^(store\.(damaged|engine|full|newer|parameter|pooler|restoring)|(backup|restore|move|upkeep)\.\w+)$/;

    assert.ok(thrown.length > 10);
    assert.deepEqual(
      [...new Set(thrown)].filter(
        (code) => !texts.has(`error.${code}`) && !onlyForTheLog.test(code) && !forOperators.test(code),
      ),
      [],
    );
  });

  it('When the help names a command, then the bot takes it in that language', () => {
    for (const language of languages) {
      for (const [key, text] of flat.get(language)!) {
        if (!key.startsWith('help.cmd.')) continue;
        const isTaken = commands.some(({ patterns }) => patterns.some((pattern) => pattern.test(text)));
        assert.ok(isTaken, `${language}: “${text}”`);
      }
    }
  });

  it('When a text tells what to write, then the bot takes that', () => {
    for (const language of languages) {
      for (const [key, text] of flat.get(language)!) {
        for (const [, phrase] of text.matchAll(/\*([^*{}]+)\*/g)) {
          const isTaken = commands.some(({ patterns }) => patterns.some((pattern) => pattern.test(phrase!)));
          assert.ok(isTaken, `${language} ${key}: “${phrase}”`);
        }
      }
    }
  });
});

function toPattern(template: string): RegExp {
  const escaped = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('([\\w.]+)')}$`);
}

/** The part that is filled in must itself be a word of the source: a state, a kind, a name in a table. */
function isFilled(pattern: RegExp, key: string, words: ReadonlySet<string>, endings: ReadonlySet<string>): boolean {
  const isWord = (part: string) =>
    words.has(part) || [...endings].some((ending) => part.endsWith(ending) && words.has(part.slice(0, -ending.length)));
  const filled = pattern.exec(key)?.slice(1);
  return filled?.every((part) => isWord(part) || part.split('.').every(isWord)) ?? false;
}
