// From words to a command, or to the one that was probably meant.
import { distance } from 'fastest-levenshtein';
import type { Command } from './commands/command.ts';

export interface FoundCommand {
  command: Command;
  groups: Record<string, string>;
}

export function findCommand(commands: readonly Command[], text: string): FoundCommand | null {
  for (const command of commands) {
    for (const pattern of command.patterns) {
      const match = pattern.exec(text);
      if (match) return { command, groups: definedGroups(match.groups) };
    }
  }
  return null;
}

function definedGroups(groups: Record<string, string | undefined> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const farthest = 2;
const longest = 60;

/** Short words are near too many others to be looked for at the end as well. */
const shortestAtEnd = 10;

/**
 * The phrase that the words nearly are, or nearly begin with; German has its verb at the end. Two slips at most, and fewer
 * in short words.
 */
export function findNearMiss(commands: readonly Command[], text: string): string | null {
  const typed = text.toLowerCase();
  if (typed.length > longest) return null;
  const words = typed.split(' ');
  const begins = [typed, ...[1, 2].map((count) => words.slice(0, count).join(' '))];
  const ends = [1, 2].map((count) => words.slice(-count).join(' '));
  let best: { phrase: string; slips: number } | null = null;
  for (const phrase of commands.flatMap((command) => [command.phrase, ...(command.also ?? [])])) {
    const allowed = Math.min(farthest, Math.floor(phrase.length / 3));
    for (const candidate of phrase.length < shortestAtEnd ? begins : [...begins, ...ends]) {
      const slips = distance(candidate, phrase.toLowerCase());
      if (slips <= allowed && slips < (best?.slips ?? Number.POSITIVE_INFINITY)) best = { phrase, slips };
    }
  }
  return best?.phrase ?? null;
}
