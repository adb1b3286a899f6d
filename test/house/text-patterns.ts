// What a text of `locales/en.json` may look like once it is filled in.
import { IntlMessageFormat } from 'intl-messageformat';
import en from '../../src/locales/en.json' with { type: 'json' };
import type { TextTree } from '../../src/locales/texts.ts';

/** A part of an ICU message; `options` where it is a choice. */
interface Part {
  type: number;
  value?: string;
  options?: Record<string, { value: Part[] }>;
}

const literal = 0;
const bare = (text: string) => text.replaceAll('*', '');
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Every way to read a message: one pattern for each of its choices, anything where a value goes. */
function waysOf(parts: readonly Part[]): string[] {
  return parts.reduce<string[]>(
    (ways, part) => {
      const next = part.options
        ? Object.values(part.options).flatMap(({ value }) => waysOf(value))
        : [part.type === literal ? escaped(bare(part.value ?? '')) : '.+'];
      return ways.flatMap((way) => next.map((more) => way + more));
    },
    [''],
  );
}

/** Whole-text patterns of one message. Those without a word of their own are left out: they would fit anything. */
export function patternsOf(message: string): RegExp[] {
  const ways = waysOf(new IntlMessageFormat(message, 'en').getAst() as Part[]);
  return ways.filter((way) => /\p{L}{2}/u.test(way.replaceAll('.+', ''))).map((way) => new RegExp(`^${way}$`, 'u'));
}

function* messagesIn(tree: TextTree): Generator<string> {
  for (const text of Object.values(tree)) {
    if (typeof text === 'string') yield text;
    else yield* messagesIn(text);
  }
}

/** The English message of a key. @throws when there is none */
export function messageOf(key: string): string {
  const found = key.split('.').reduce<string | TextTree | undefined>((tree, name) => {
    return typeof tree === 'object' ? tree[name] : undefined;
  }, en);
  if (typeof found !== 'string') throw new Error(`no text ${key}`);
  return found;
}

const all = [...messagesIn(en)].flatMap(patternsOf);

/** Whether the bot says this somewhere, its values filled in; emphasis does not count. */
export function isSaid(words: string): boolean {
  return all.some((pattern) => pattern.test(words));
}
