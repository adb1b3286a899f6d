// Whom the words of a command mean.
import type { Target } from '../../requests/find-target.ts';
import type { Turn } from '../turn.ts';

/** Among the words for whom it is, a mention is the person meant. */
export function personMeant({ incoming }: Turn, who: string): Exclude<Target, { type: 'self' }> {
  const mentioned = incoming.mentions.find((mention) => mention.id !== null && who.includes(mention.text))?.id;
  if (mentioned) return { type: 'id', personId: mentioned };
  return { type: 'words', text: who.replace(/^["“„«]|["”“»]$/gu, '').trim() };
}
