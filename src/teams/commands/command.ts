// A command: the phrases that call it, matched as whole phrases without case, and what it does.
import type { Answer, Turn } from '../turn.ts';

export interface Command {
  /** The canonical phrase; `did you mean` offers it, and the manifest lists it. */
  phrase: string;
  /** Other words that call it, in every language: a slip in one of them is answered with it. */
  also?: readonly string[];
  /** Anchored and without the g flag. Named groups carry what was asked for. */
  patterns: readonly RegExp[];
  run(turn: Turn, groups: Record<string, string>): Promise<Answer>;
}

/** What may stand before the words that call a command, and behind them. */
export const please = '(?:please\\s+|bitte\\s+|i (?:want|need) to\\s+|can you\\s+(?:please\\s+)?)?';
export const thanks = "(?:[\\s,]{1,9}(?:please|bitte|thanks|thank you|s'il (?:te|vous) plaît))?";
/** Bounded, like everything here that may repeat: 30 kB of marks must not keep the matcher busy. */
export const closingMarks = '\\s{0,9}[.!?…]{0,99}';

/** One pattern out of phrases: whole text, no case; please, thanks and closing marks allowed. */
export function phrases(...alternatives: readonly string[]): RegExp {
  return new RegExp(`^${please}(?:${alternatives.join('|')})${thanks}${closingMarks}$`, 'iu');
}
