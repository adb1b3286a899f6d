// Words from outside in a TextBlock or FactSet, which Teams reads as Markdown. RichTextBlock, labels and titles take words as they are.
import { plainLine } from '../locales/plain-words.ts';

/**
 * One line that shows as it is written: no bold, list, link, mention or HTML comes of it.
 * @param most characters, as people count them
 */
export function escapeMarkdown(words: string, most?: number): string {
  return (
    plainLine(words, most)
      // Not every client decodes entities, and none may see a tag: the nearest harmless sign stands in.
      .replace(/</g, '‹')
      .replace(/>/g, '›')
      .replace(/[\\`*_[\]()~|]/g, String.raw`\$&`)
      // Only at the beginning do these make a heading or a list.
      .replace(/^(\u2068?)([#+-]|=+)/u, String.raw`$1\$2`)
      .replace(/^(\u2068?)(\d+)([.)])/u, String.raw`$1$2\$3`)
      // Clients make links of addresses by themselves; a character of no width stops them.
      .replace(/:\/\//g, ':\u200B//')
      .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\u200B.`)
      .replace(/&(?=#?\w+;)/g, '&\u200B')
  );
}
