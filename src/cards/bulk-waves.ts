// The waves of a bulk request in few lines, however many they are.
import { finishedItemStates } from '../domain/item.ts';
import type { Instant } from '../domain/time.ts';
import { countIn, type Wave } from '../domain/waves.ts';
import { currentWave } from '../locales/bulk-values.ts';
import { moment, type Sentence, say } from '../locales/sentence.ts';
import type { Fact } from './card-parts.ts';
import type { Writer } from './writer.ts';

/** `from` and `to` differ where several waves that stand alike are one line. */
interface WaveLine {
  name: Sentence;
  count: number;
  state: Sentence;
  isCurrent: boolean;
}

/** The first wave, the current one with its neighbours, the last one, and what lies between: seven lines at most. */
export function waveData(writer: Writer, waves: readonly Wave[]) {
  return linesOf(waves).map(({ name, count, state, isCurrent }) => ({
    name: writer.markdown(name),
    count: String(count),
    state: writer.markdown(state),
    weight: isCurrent ? 'Bolder' : 'Default',
  }));
}

function linesOf(waves: readonly Wave[]): WaveLine[] {
  const current = currentWave(waves);
  const at = current ? waves.indexOf(current) : 0;
  const shown = [0, at - 1, at, at + 1, waves.length - 1].filter((index) => waves[index] !== undefined);
  const indexes = [...new Set(shown)].sort((a, b) => a - b);
  return indexes.flatMap((index, place) => {
    const between = waves.slice((indexes[place - 1] ?? index - 1) + 1, index);
    const wave = waves[index];
    return [
      ...linesBetween(between),
      ...(wave ? [lineOf(wave, waves.length, wave === current && isRunning(wave))] : []),
    ];
  });
}

/** Before the current wave all have ended, and behind it none has begun: one line says it. */
function linesBetween(waves: readonly Wave[]): WaveLine[] {
  const [first] = waves;
  const last = waves.at(-1);
  if (!first || !last) return [];
  const name =
    first === last
      ? say('bulk.wave', { wave: first.number })
      : say('bulk.waveRange', { from: first.number, to: last.number });
  return [{ name, count: sizeOfAll(waves), state: stateOf(last), isCurrent: false }];
}

function lineOf(wave: Wave, of: number, isCurrent: boolean): WaveLine {
  return { name: nameOf(wave.number, of), count: wave.size, state: stateOf(wave), isCurrent };
}

function isRunning({ beganAt, endedAt }: Wave): boolean {
  return beganAt !== null && endedAt === null;
}

function nameOf(number: number, of: number): Sentence {
  return number === 1 && of > 1 ? say('bulk.waveTrial') : say('bulk.wave', { wave: number });
}

function stateOf({ size, tally, beganAt, endedAt }: Wave): Sentence {
  if (size > 0 && countIn(tally, ['cancelled']) === size) return say('bulk.waveCancelled');
  if (beganAt === null) return say('bulk.waveToCome');
  if (endedAt !== null) return waveDone(endedAt);
  return say('bulk.waveRunning', { done: countIn(tally, finishedItemStates), size });
}

function waveDone(at: Instant): Sentence {
  return say('bulk.waveDone', { when: moment(at, 'clock') });
}

function sizeOfAll(waves: readonly Wave[]): number {
  return waves.reduce((sum, { size }) => sum + size, 0);
}

/** The waves that a preview plans; those of one size are one line. */
export function plannedWaves(sizes: readonly number[]): Fact[] {
  const runs: { from: number; to: number; size: number }[] = [];
  sizes.forEach((size, index) => {
    const last = runs.at(-1);
    if (last?.size === size && last.from > 1) last.to = index + 1;
    else runs.push({ from: index + 1, to: index + 1, size });
  });
  return runs.map(({ from, to, size }) =>
    from === to
      ? { label: nameOf(from, sizes.length), value: say('common.cloudPcs', { n: size }) }
      : { label: say('bulk.waveRange', { from, to }), value: say('bulk.cloudPcsEach', { n: size }) },
  );
}
