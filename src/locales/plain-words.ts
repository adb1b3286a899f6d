// Words from outside (names, reasons) on their way to people: nothing invisible that changes how the rest is read.

/** Everything of Unicode's "control" but tab and line break, and the marks that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be removed
const invisible = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu;
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * One line of plain words, with an ellipsis where it was longer than `most` characters. Right-to-left words are isolated,
 * so that they cannot turn the words around them.
 */
export function plainLine(words: string, most = 120): string {
  const line = shorten(
    words
      .toWellFormed()
      .replace(/\uFEFF/gu, '')
      .replace(/\s+/gu, ' ')
      .replace(invisible, '')
      .trim(),
    most,
  );
  return rightToLeft.test(line) ? `\u2068${line}\u2069` : line;
}

/** Plain words that may have several lines; never more than one empty line in a row. */
export function plainText(words: string, most = 1000): string {
  const lines = words
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/gu, '\n')
    .replace(invisible, '');
  return shorten(
    lines
      .replace(/[^\S\n]+/gu, ' ')
      .replace(/(?: ?\n ?){3,}/gu, '\n\n')
      .trim(),
    most,
  );
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cut between characters as people see them, with an ellipsis where something was left out. */
export function shorten(words: string, most: number): string {
  if (words.length <= most) return words;
  // One sign may be made of many characters (families, stacked accents): all together may be twice as long at most.
  const longest = most * 2;
  let kept = '';
  let count = 0;
  for (const { segment } of characters.segment(words.slice(0, longest + 1))) {
    if (count === most - 1 || kept.length + segment.length > longest) break;
    kept += segment;
    count += 1;
  }
  return `${kept.trimEnd()}…`;
}
