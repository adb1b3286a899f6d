// Whether the rounds together have tried what they are for: rounds in which nothing is killed prove nothing.
import type { Kill } from './plan.ts';
import type { Round } from './round.ts';

/** With fewer rounds it may be chance that something never happened. */
const enoughRounds = 30;
/** A kill that was planned late may come too late for a story that was quick. */
const neverKilledAtMost = 0.2;

const ways: readonly Kill['how'][] = ['request', 'reprovision', 'message', 'time'];

/** @returns what was not tried; empty: all was */
export function judgeCampaign(rounds: readonly Pick<Round, 'kills' | 'plan' | 'isStartCut'>[]): string[] {
  if (rounds.length < enoughRounds) return [];
  const faults: string[] = [];
  const spared = rounds.filter(({ kills }) => kills.length === 0).length;
  if (spared > rounds.length * neverKilledAtMost)
    faults.push(`in ${spared} of ${rounds.length} rounds nothing was killed`);
  // The kills of a plan come in its order.
  const struck = rounds.flatMap(({ plan, kills }) => plan.kills.slice(0, kills.length).map(({ how }) => how));
  for (const way of ways) if (!struck.includes(way)) faults.push(`never killed by ${way}`);
  if (!rounds.some(({ isStartCut }) => isStartCut))
    faults.push('never killed between an intent and the answer to its POST');
  return faults;
}
