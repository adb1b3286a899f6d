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

/** The phrase that the words nearly are: two slips at most, and fewer in short words. */
export function findNearMiss(commands: readonly Command[], text: string): string | null {
  const typed = text.toLowerCase();
  if (typed.length > longest) return null;
  let best: { phrase: string; slips: number } | null = null;
  for (const { phrase } of commands) {
    for (const candidate of [typed, typed.split(' ')[0] ?? '']) {
      const slips = distance(candidate, phrase.toLowerCase());
      const allowed = Math.min(farthest, Math.floor(phrase.length / 3));
      if (slips <= allowed && slips < (best?.slips ?? Number.POSITIVE_INFINITY)) best = { phrase, slips };
    }
  }
  return best?.phrase ?? null;
}
