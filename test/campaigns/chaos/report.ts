// The report of a campaign, as text.
import type { Round } from './round.ts';
import { rules } from './rules.ts';

export function reportOf(what: string, rounds: readonly Round[], minutes: number, notes: readonly string[]): string {
  const stories = tally(rounds.flatMap(({ plan }) => plan.stories.map(({ kind }) => kind)));
  const ends = sum(rounds.map((round) => Object.entries(round.ends)));
  const struck = sum(rounds.map((round) => [...round.struck]));
  const of = (read: (round: Round) => number) => rounds.reduce((total, round) => total + read(round), 0);
  const broken = tally(rounds.flatMap(({ violations }) => violations.map(({ rule }) => rule)));
  return [
    `${what}: ${rounds.length} rounds in ${minutes.toFixed(1)} minutes, seeds ${rounds.map(({ plan }) => plan.seed).join(', ')}`,
    `  stories: ${of(({ plan }) => plan.stories.length)} (${inWords(stories)})`,
    `  ends: ${inWords(ends)}`,
    `  approvals of a Cloud PC (with new starts): ${of(({ approvals }) => approvals)}; starts that began: ${of(({ starts }) => starts)}`,
    `  decided by an admin: ${of(({ decisions }) => decisions)}; seals of the audit: ${of(({ seals }) => seals)}`,
    `  old buttons pressed: ${of(({ pressed }) => pressed.ended)} of what had ended, ${of(({ pressed }) => pressed.beginning)} that begin something new; left alone on forms that nobody had sent: ${of(({ pressed }) => pressed.ofDrafts)}`,
    `  told twice, with a fault between send and record: ${of(({ excusedDoubles }) => excusedDoubles)}`,
    ...notes.map((note) => `  ${note}`),
    '  faults that struck:',
    ...[...struck].sort().map(([name, count]) => `    ${String(count).padStart(4)}  ${name}`),
    '  violations:',
    ...rules.map((rule) => `    ${String(broken.get(rule) ?? 0).padStart(4)}  ${rule}`),
  ].join('\n');
}

function tally(keys: readonly string[]): Map<string, number> {
  return sum([keys.map((key) => [key, 1])]);
}

function sum(lists: readonly (readonly (readonly [string, number])[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [key, count] of lists.flat()) counts.set(key, (counts.get(key) ?? 0) + count);
  return counts;
}

const inWords = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort()
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');
