// Whom and what a pasted text names: addresses of people, ids of Cloud PCs, and words that are neither. Every pattern here has
// one character class at a time, so that reading takes as long as the text, whatever it holds.

export interface Targets {
  /** User principal names, in lower case; each once, in the order in which they were first seen. */
  upns: string[];
  /** In lower case. */
  cloudPcIds: string[];
  /** Words that are neither, as they stand between separators ("Ben Bauer"); each once. */
  rest: string[];
}

/**
 * Zero-width space, word joiner, byte order mark, soft hyphen and the direction marks: they come with pasted text, and they
 * hide what a text says. Joiners stay, as emoji and some scripts need them.
 */
export const invisible = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** Reads addresses and ids out of a text in any form: commas, lines, columns of a sheet, an address book's lists, links. */
export function readTargets(text: string): Targets {
  const collector = new Collector();
  const plain = text.normalize('NFC').replace(invisible, '').replace(/[’‘]/g, "'");
  for (const line of plain.split(/[\r\n\u2028\u2029]/)) collector.read(withoutNames(oneColumn(line)));
  return collector.targets();
}

// ── Lines ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A row of a sheet that names one target: its other columns say more about the same. */
function oneColumn(line: string): string {
  if (!line.includes('\t')) return line;
  const cells = line.split('\t');
  const naming = cells.filter(holdsTarget);
  return naming.length === 1 ? (naming[0] ?? '') : cells.join(',');
}

/** Names with a comma before an address in angle brackets, as address books write them: they are no names of their own. */
function withoutNames(line: string): string {
  const unquoted = line.includes('<') ? line.replace(/"[^"]{0,256}"(?=\s{0,9}<)/g, unlessTarget) : line;
  if (!unquoted.includes(';')) return unquoted;
  return unquoted
    .split(';')
    .map((part) => part.replace(/^[^<>@,]{1,128},[^<>@,]{1,128}(?=<)/, unlessTarget))
    .join(';');
}

/** What is dropped as a name, unless it is a target itself. */
function unlessTarget(words: string): string {
  return holdsTarget(words) ? words : ' ';
}

function holdsTarget(text: string): boolean {
  return (text.match(atoms) ?? []).some((atom) => readAtom(atom) !== null);
}

// ── Pieces ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const atoms = /[\p{L}\p{M}\p{N}'.!#^~+@_-]+/gu;
/** An atom, an opening bracket, or what separates. */
const pieces = /[\p{L}\p{M}\p{N}'.!#^~+@_-]+|[<,;|&]/gu;

type Target = { type: 'upn' | 'cloudPc'; value: string };

const longestUpn = 113;
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const localPart = /^[\p{L}\p{M}\p{N}'.!#^~+_-]+$/u;
const label = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;

function readAtom(atom: string): Target | null {
  if (atom.length > 2 * longestUpn) return null;
  const value = trimMarks(atom).toLowerCase();
  if (guid.test(value)) return { type: 'cloudPc', value };
  const [local = '', domain = '', ...more] = value.split('@');
  const labels = domain.split('.');
  const fits = value.length <= longestUpn && more.length === 0 && localPart.test(local) && !local.endsWith('.');
  return fits && labels.length > 1 && labels.every((one) => label.test(one)) ? { type: 'upn', value } : null;
}

/** Marks that stand around words; an underscore belongs to an address, unless it stands on both sides. */
function trimMarks(atom: string): string {
  const behind = atom.replace(/(?:'s)?['.!#^~+_-]{0,20}$/i, '');
  const isUnderlined = atom.length > behind.length && atom.slice(behind.length).includes('_');
  return behind.replace(isUnderlined ? /^['.!^~+@_-]{1,20}/ : /^['.!^~+@-]{1,20}/, '');
}

// ── Words ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** They stand between two, and name nobody. */
const between = new Set(['and', 'und', 'et', 'or', 'oder', 'ou', 'sowie', 'plus', '+']);
/** Around names they say what is named. */
const fillers = new Set(
  `mailto smtp sip http https upn upns userprincipalname mail e-mail email cc bcc cloud cloud-pc cloud-pcs cloudpc cloudpcs
  pc pcs id ids for für pour`.split(/\s+/),
);
const longestWords = 256;
/** More words before an address are no longer a name alone, and somebody in them would be lost. */
const mostInName = 3;

class Collector {
  readonly #upns = new Set<string>();
  readonly #cloudPcIds = new Set<string>();
  readonly #rest = new Map<string, string>();
  #words: string[] = [];
  /** The address before these words, within the same separators. */
  #before = '';
  #isBracketed = false;

  read(line: string): void {
    for (const [piece] of line.matchAll(pieces)) {
      if (piece === '<') this.#isBracketed = true;
      else if (piece === ',' || piece === ';' || piece === '|' || piece === '&') this.#separate();
      else this.#take(piece);
    }
    this.#separate();
  }

  targets(): Targets {
    return { upns: [...this.#upns], cloudPcIds: [...this.#cloudPcIds], rest: [...this.#rest.values()] };
  }

  #take(piece: string): void {
    const target = readAtom(piece);
    if (target) this.#takeTarget(target);
    else if (between.has(piece.toLowerCase())) this.#separate();
    else this.#takeWord(trimMarks(piece));
  }

  #takeTarget(target: Target): void {
    // "Ada Adler <ada@contoso.com>" and "Ada Adler ada@contoso.com": the words are the name of who follows.
    const isName = this.#isBracketed ? this.#words.length <= mostInName : resemble(this.#words, target.value);
    if (!isName) this.#keepWords();
    this.#words = [];
    this.#isBracketed = false;
    this.#before = target.value;
    (target.type === 'upn' ? this.#upns : this.#cloudPcIds).add(target.value);
  }

  #takeWord(word: string): void {
    this.#isBracketed = false;
    if (/[\p{L}\p{N}]/u.test(word) && !/^\d{1,3}$/.test(word)) this.#words.push(word);
  }

  #separate(): void {
    this.#keepWords();
    this.#words = [];
    this.#before = '';
    this.#isBracketed = false;
  }

  #keepWords(): void {
    if (resemble(this.#words, this.#before)) return;
    const isFiller = (word: string) => fillers.has(word.toLowerCase());
    const first = this.#words.findIndex((word) => !isFiller(word));
    const last = this.#words.findLastIndex((word) => !isFiller(word));
    if (first < 0) return;
    const words = this.#words
      .slice(first, last + 1)
      .join(' ')
      .slice(0, longestWords)
      .toWellFormed();
    const key = words.toLowerCase();
    if (!this.#rest.has(key)) this.#rest.set(key, words);
  }
}

/** Whether these words seem to be the name of who has the address. */
function resemble(words: readonly string[], address: string): boolean {
  if (words.length > mostInName || guid.test(address)) return false;
  const local = fold(address.split('@', 1)[0] ?? '');
  return words.map(fold).some((word) => word.length > 1 && local.includes(word));
}

function fold(text: string): string {
  return text.slice(0, longestWords).normalize('NFD').replace(/\P{L}/gu, '').toLowerCase();
}
