// A command: the phrases that call it, matched as whole phrases without case, and what it does.
import type { Answer, Turn } from '../turn.ts';

export interface Command {
  /** The canonical phrase; `did you mean` offers it, and the manifest lists it. */
  phrase: string;
  /** Anchored and without the g flag. Named groups carry what was asked for. */
  patterns: readonly RegExp[];
  run(turn: Turn, groups: Record<string, string>): Promise<Answer>;
}

/** One pattern out of phrases: whole text, no case, a closing mark allowed. */
export function phrases(...alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.join('|')})\\s*[.!?…]*$`, 'iu');
}
