// What the rounds came to, in lines that a person reads.
import type { Round, StoreKind } from './round.ts';

export function reportOf(store: StoreKind, rounds: readonly Round[]): string {
  const count = (matches: (round: Round) => boolean) => rounds.filter(matches).length;
  const tally = (keys: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([key, times]) => `${key}: ${times}`)
      .join(', ');
  };
  const kills = rounds.flatMap((round) => round.kills);
  const recoveries = rounds.flatMap((round) => round.recoveriesMs).sort((a, b) => a - b);
  const at = (share: number) => recoveries[Math.min(recoveries.length - 1, Math.floor(share * recoveries.length))] ?? 0;
  const doubles = rounds.flatMap(({ seed, excusedDoubles }) => excusedDoubles.map((one) => `seed ${seed}: ${one}`));
  return [
    `crash test on the ${store} store: ${rounds.length} rounds, seeds ${rounds[0]?.seed} to ${rounds.at(-1)?.seed}`,
    `  kills: ${kills.length} (${tally(kills.map(({ why }) => why.replaceAll(/[+]?\d+( ms)?/g, 'n')))})`,
    `  POSTs per approval: ${tally(rounds.map(({ posts, approvals }) => `${posts.received}/${approvals}`))}`,
    `  wipes begun per request: ${tally(rounds.map(({ posts }) => String(posts.applied)))}`,
    `  killed between intent and answer: ${count(({ isStartCut }) => isStartCut)} rounds`,
    `  a person had to decide: ${count(({ operatorStops }) => operatorStops > 0)} rounds`,
    `  ends: ${tally(rounds.map(({ end }) => end))}`,
    `  mails of which nobody knows whether they were sent: ${count(({ isMailUnclear }) => isMailUnclear)} rounds`,
    `  told or posted twice, each with a kill between send and record: ${doubles.length}`,
    ...doubles.map((double) => `    ${double}`),
    `  from ready again to the next request to Graph or Teams: median ${at(0.5)} ms, p95 ${at(0.95)} ms, at most ${recoveries.at(-1) ?? 0} ms`,
    `  rounds with faults: ${count(({ faults }) => faults.length > 0)}`,
  ].join('\n');
}

export function describeFaults(round: Round): string {
  const kills = round.kills.map(({ why }) => why).join('; ');
  return `seed ${round.seed} on ${round.store} (killed ${kills || 'never'}):\n    ${round.faults.join('\n    ')}`;
}
