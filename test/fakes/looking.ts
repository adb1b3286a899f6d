// What stands on cards and in answers, and waiting until it does.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectorMessage } from './connector.ts';
import type { TeamsAnswer } from './teams.ts';

export type Card = Record<string, unknown> & { body?: unknown[]; actions?: CardAction[] };
interface CardAction {
  type: string;
  title: string;
  verb?: string;
  data?: Record<string, unknown>;
}

export function cardOf(one: ConnectorMessage | undefined): Card {
  const content = one?.content?.attachments?.[0]?.content as Card | undefined;
  assert.ok(content, `a card was expected: ${JSON.stringify(one?.content)?.slice(0, 300)}`);
  return content;
}

/** The card that answers an invoke. */
export function answeredCard(answer: TeamsAnswer): Card {
  assert.equal(
    answer.body?.type,
    'application/vnd.microsoft.card.adaptive',
    JSON.stringify(answer.body)?.slice(0, 300),
  );
  return answer.body.value as Card;
}

/** The sentence that answers an invoke. */
export function answeredText(answer: TeamsAnswer): string {
  assert.equal(
    answer.body?.type,
    'application/vnd.microsoft.activity.message',
    JSON.stringify(answer.body)?.slice(0, 300),
  );
  return answer.body.value as string;
}

export function last<T>(list: readonly T[]): T {
  const found = list.at(-1);
  assert.ok(found !== undefined, 'there is none');
  return found;
}

export function findButton(card: ConnectorMessage | Card, verb: string): CardAction {
  const content = 'edits' in card ? cardOf(card as ConnectorMessage) : (card as Card);
  const button = allActions(content).find((action) => action.verb === verb);
  assert.ok(button, `no button ${verb} on ${JSON.stringify(content).slice(0, 400)}`);
  return button;
}

/** The card or the notice of a request, which may come between words and their answer. */
export function isAboutRequest({ content }: ConnectorMessage): boolean {
  return / · R-\d+$/.test(content?.summary ?? '');
}

export function hasButton(card: ConnectorMessage, verb: string): boolean {
  try {
    findButton(card, verb);
    return true;
  } catch {
    return false;
  }
}

function allActions(node: unknown): CardAction[] {
  if (Array.isArray(node)) return node.flatMap(allActions);
  if (typeof node !== 'object' || node === null) return [];
  const own = 'verb' in node && 'title' in node ? [node as unknown as CardAction] : [];
  return [...own, ...Object.entries(node).flatMap(([name, value]) => (name === 'fallback' ? [] : allActions(value)))];
}

/** The presets of a form as a client would send them. */
export function presetsOf(card: ConnectorMessage | Card): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (typeof node === 'object' && node !== null) {
      const { type, id, value } = node as { type?: string; id?: string; value?: unknown };
      if (type?.startsWith('Input.') && id && typeof value === 'string') found[id] = value;
      for (const [name, child] of Object.entries(node)) if (name !== 'fallback') walk(child);
    }
  };
  walk('edits' in card ? card.content : card);
  return found;
}

/** All words on a card, in order. */
export function wordsOn(card: ConnectorMessage | Card | undefined): string {
  if (!card) return '';
  const content =
    'edits' in card
      ? ((card as ConnectorMessage).content?.attachments?.[0]?.content ?? (card as ConnectorMessage).content)
      : card;
  const words: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (typeof node === 'object' && node !== null) {
      for (const [name, value] of Object.entries(node)) {
        if (name === 'fallback') continue;
        if (
          typeof value === 'string' &&
          ['text', 'title', 'value', 'label', 'placeholder', 'errorMessage'].includes(name)
        )
          words.push(value);
        else walk(value);
      }
    }
  };
  walk(content);
  return words.join(' | ');
}

/** Waits until it holds; fails with the last reason. Patient: a slow machine must not look like a fault. */
export async function eventually<T>(look: () => T | Promise<T>, withinMs = 20_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await wait(25);
  }
}
