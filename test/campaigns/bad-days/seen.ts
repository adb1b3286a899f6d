// What people saw, in short: every message that arrived and every answer to a press, in the order they came.
import type { ConnectorCall } from '../../fakes/connector.ts';

export interface Seen {
  kind: 'card' | 'form' | 'notice' | 'text' | 'other';
  /** Of a request's card its state, of a notice its first line, of a text its words. */
  words: string;
  /** It came without a card, as a line of text. */
  isShort: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever was sent
type Content = any;

/** Reads a message or the body of an answer to a press. */
export function readSeen(content: Content): Seen {
  const card = content?.attachments?.[0]?.content ?? (content?.type === 'AdaptiveCard' ? content : null);
  if (card) return readCard(card, content.summary ?? '');
  return readText(typeof content === 'string' ? content : String(content?.text ?? ''), content?.summary !== undefined);
}

function readCard(card: Content, summary: string): Seen {
  const speak = String(card.speak ?? '');
  const [, state] = /^R-\d+, reprovision \S+: (.+?)\. /.exec(speak) ?? /^R-\d+: (.+)$/.exec(speak) ?? [];
  if (state) return seen('card', withoutTime(state));
  if (speak.startsWith('Approval needed')) return seen('card', 'Approval needed');
  if (/please check and confirm$/.test(summary) || JSON.stringify(card).includes('"request.submit"'))
    return seen('form', 'the form');
  const [, notice] = /^(.+) · R-\d+$/.exec(summary) ?? [];
  return notice ? seen('notice', notice) : seen('other', summary || speak.slice(0, 60));
}

/** So that the table is the same at any hour. */
function withoutTime(state: string): string {
  return state.replace(/ since \d\d:\d\d$/, '');
}

/** Nor is a reference twice the same. */
function withoutReference(text: string): string {
  return text.replace(/\s+Reference: \S+$/, '').replace(/\s+/g, ' ');
}

/** A card that was too big comes as its summary alone. */
function readText(text: string, isSummary: boolean): Seen {
  if (!isSummary) return seen('text', withoutReference(text));
  const [, state] = /^\S+: (.+) \(R-\d+\)$/.exec(text) ?? [];
  if (state) return seen('card', state, true);
  if (/^R-\d+: .* asks to reprovision/.test(text)) return seen('card', 'Approval needed', true);
  const [, decided] = /^R-\d+: (.+)$/.exec(text) ?? [];
  if (decided) return seen('card', decided, true);
  const [, notice] = /^(.+) · R-\d+$/.exec(text) ?? [];
  return notice ? seen('notice', notice, true) : seen('form', text, true);
}

function seen(kind: Seen['kind'], words: string, isShort = false): Seen {
  return { kind, words, isShort };
}

/** What a call of the connector brought to somebody's eyes; null when it did not arrive or carries no message. */
export function contentOf({ arrived, verb, body }: ConnectorCall): Content | null {
  if (!arrived || (verb !== 'send' && verb !== 'reply' && verb !== 'update' && verb !== 'create')) return null;
  return verb === 'create' ? (body?.activity ?? null) : body;
}

/** One line for the table: the states of the cards with arrows, then what was told and said. */
export function inShort(all: readonly Seen[]): string {
  const states = [...withoutRepeats(all.filter(({ kind }) => kind === 'card' || kind === 'form').map(wordsOf))];
  const told = counted(all.filter(({ kind }) => kind === 'notice').map(wordsOf));
  const said = counted(all.filter(({ kind }) => kind === 'text' || kind === 'other').map(wordsOf));
  const parts = [states.join(' → '), told && `told: ${told}`, said && `said: ${said}`];
  return parts.filter(Boolean).join('; ') || 'nothing';
}

function wordsOf({ words, isShort }: Seen): string {
  return isShort ? `${words} (as text)` : words;
}

function* withoutRepeats(words: readonly string[]): Generator<string> {
  for (const [index, one] of words.entries()) if (one !== words[index - 1]) yield one;
}

function counted(words: readonly string[]): string {
  const counts = Map.groupBy(words, (one) => one);
  return [...counts].map(([one, times]) => (times.length > 1 ? `“${one}” ×${times.length}` : `“${one}”`)).join(', ');
}
