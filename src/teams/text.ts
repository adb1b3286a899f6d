// What a person typed, made plain: mentions, HTML entities and invisible characters become ordinary text.
import { invisible } from '../domain/targets.ts';

/** A mention as Teams describes it beside the text. */
export interface MentionEntity {
  id: string;
  /** Entra object id, lower case; null when Teams did not say. */
  aadObjectId: string | null;
  /** As it stands in the text, with its `<at>` tags. */
  text: string;
}

export interface Mention {
  /** Entra object id, lower case; null when Teams did not say. */
  id: string | null;
  name: string;
  /** The words that stand for this mention in the cleaned text. */
  text: string;
}

export const maxTextBytes = 30 * 1024;

// Linear on purpose: a tag ends at the next angle bracket of either kind.
const atTag = /(<\/?at(?:\s[^<>]*)?>)/i;

/**
 * The text without the bot's own mentions (wherever they stand, also split ones), with the names of other people as plain
 * words; entities decoded, white space collapsed, NFC, at most 30 KB. `pasted`: the same with its lines and columns, for lists.
 */
export function cleanText(
  raw: string,
  entities: readonly MentionEntity[],
  botId: string,
): { text: string; pasted: string; mentions: Mention[] } {
  const own = new Set(entities.filter((entity) => entity.id === botId).map((entity) => wordsOf(entity.text)));
  const others = entities.filter((entity) => entity.id !== botId);
  const withoutOwn = cutOwnMentions(raw, own);
  const mentions = others.map((entity) => {
    const words = wordsOf(entity.text);
    return { id: entity.aadObjectId, name: words, text: words };
  });
  const plain = plainOf(withoutOwn);
  return {
    text: cutAt(oneLine(plain), maxTextBytes),
    // The store takes no NUL.
    pasted: cutAt(plain.replace(/(?![\t\r\n])\p{Cc}/gu, ' ').trim(), maxTextBytes),
    mentions: mentions.filter((mention) => mention.name !== ''),
  };
}

/** Drops `<at>…</at>` where it names the bot, and unwraps every other. */
function cutOwnMentions(raw: string, own: ReadonlySet<string>): string {
  const kept: string[] = [];
  let inside: string[] | null = null;
  for (const part of raw.split(atTag)) {
    if (!atTag.test(part)) {
      (inside ?? kept).push(part);
    } else if (!part.startsWith('</')) {
      if (inside) kept.push(...inside);
      inside = [];
    } else if (inside) {
      const name = inside.join('');
      kept.push(own.has(wordsOf(name)) ? ' ' : name);
      inside = null;
    }
  }
  return [...kept, ...(inside ?? [])].join('');
}

function wordsOf(text: string): string {
  return oneLine(plainOf(text));
}

/** Tags of mentions dropped, entities decoded, invisible characters dropped. */
function plainOf(text: string): string {
  return decodeEntities(
    text
      .split(atTag)
      .filter((part) => !atTag.test(part))
      .join(''),
  )
    .normalize('NFC')
    .replace(invisible, '');
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bdquo: '„',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  agrave: 'à',
  acirc: 'â',
  ccedil: 'ç',
  egrave: 'è',
  eacute: 'é',
  ecirc: 'ê',
  euml: 'ë',
  icirc: 'î',
  iuml: 'ï',
  ocirc: 'ô',
  ugrave: 'ù',
  ucirc: 'û',
  Agrave: 'À',
  Acirc: 'Â',
  Ccedil: 'Ç',
  Egrave: 'È',
  Eacute: 'É',
  Ecirc: 'Ê',
  oelig: 'œ',
  aacute: 'á',
  iacute: 'í',
  oacute: 'ó',
  uacute: 'ú',
  ntilde: 'ñ',
  euro: '€',
  sect: '§',
};

/** Decodes once: `&amp;lt;` is `&lt;`. Unknown entities stay as they are. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}));/g, (entity, decimal, hex, name) => {
    if (name) return named[name] ?? entity;
    return characterOf(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

function characterOf(code: number): string {
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '';
}

/** At most so many bytes of UTF-8, cut between characters as a reader sees them. */
function cutAt(text: string, bytes: number): string {
  const well = text.toWellFormed();
  if (Buffer.byteLength(well) <= bytes) return well;
  let size = 0;
  let end = 0;
  for (const { segment } of new Intl.Segmenter().segment(well)) {
    size += Buffer.byteLength(segment);
    if (size > bytes) break;
    end += segment.length;
  }
  return well.slice(0, end).trimEnd();
}
