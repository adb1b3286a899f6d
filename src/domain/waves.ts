// The parts of a request that run at the same time. A canary first, then waves of one size; each begins when the one
// before is done. A request on one Cloud PC has one wave of one. Counted by state, so that nothing has to look at
// every item to know how far it is.
import { finishedItemStates, type ItemState, itemStates } from './item.ts';
import type { Limits } from './policy.ts';
import type { Instant } from './time.ts';

/** How many items are in each state; a state that nobody is in may be missing. */
export type Tally = Readonly<Partial<Record<ItemState, number>>>;

export interface Wave {
  requestId: string;
  /** From 1. */
  number: number;
  size: number;
  tally: Tally;
  /** null: to come. */
  beganAt: Instant | null;
  /** When the next one could begin; null: not yet. */
  endedAt: Instant | null;
  /** When the wave must be looked at; null when nothing is due. */
  dueAt: Instant | null;
}

/** Sizes of the waves for so many items. */
export function planWaves(count: number, { canary, waveSize }: Pick<Limits, 'canary' | 'waveSize'>): number[] {
  if (count <= 0) return [];
  const first = Math.min(count, canary);
  const rest = count - first;
  const full = Math.floor(rest / waveSize);
  const last = rest - full * waveSize;
  return [first, ...Array.from({ length: full }, () => waveSize), ...(last > 0 ? [last] : [])];
}

export function countIn(tally: Tally, states: readonly ItemState[]): number {
  return states.reduce((sum, state) => sum + (tally[state] ?? 0), 0);
}

export function sizeOf(tally: Tally): number {
  return countIn(tally, itemStates);
}

/** One item has gone from one state to another. */
export function moveTally(tally: Tally, from: ItemState, to: ItemState): Tally {
  if (from === to) return tally;
  return { ...tally, [from]: (tally[from] ?? 0) - 1, [to]: (tally[to] ?? 0) + 1 };
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  return Object.fromEntries(
    itemStates.map((state) => [state, tallies.reduce((sum, one) => sum + (one[state] ?? 0), 0)]),
  );
}

/** Waiting for a person, or without an end for too long: they hold nobody else up. */
const stuckStates: readonly ItemState[] = ['needsOperator', 'timedOut'];
const overStates: readonly ItemState[] = [...finishedItemStates, ...stuckStates];
const troubleStates: readonly ItemState[] = ['failed', ...stuckStates];
const neverStartedStates: readonly ItemState[] = ['skipped', 'cancelled'];
export const waitingStates: readonly ItemState[] = ['queued', 'checking', 'needsSignIn'];

/** Whether the next wave may begin, as far as this one goes. */
export function isDone({ size, tally }: Pick<Wave, 'size' | 'tally'>): boolean {
  return countIn(tally, overStates) >= size;
}

/** Whether every item has reached an end. */
export function hasFinished(tally: Tally): boolean {
  return countIn(tally, finishedItemStates) === sizeOf(tally);
}

/** Items that have not begun; "cancel the rest" takes these. */
export function waitingIn(tally: Tally): number {
  return countIn(tally, waitingStates);
}

export interface FailedShare {
  failed: number;
  /** Of those that were started or still may be. */
  of: number;
}

export function failedShare({ size, tally }: Pick<Wave, 'size' | 'tally'>): FailedShare {
  return { failed: countIn(tally, troubleStates), of: size - countIn(tally, neverStartedStates) };
}

/** Whether more than `percent` of the wave have failed, or wait for a person. */
export function hasTooManyFailed(wave: Pick<Wave, 'size' | 'tally'>, percent: number): boolean {
  const { failed, of } = failedShare(wave);
  return failed > 0 && failed * 100 > percent * of;
}
