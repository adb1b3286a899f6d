// How long a rebuild usually takes here. From this tenant's own history; nothing is invented when there is none.
import { minute } from './time.ts';

/** Minutes within which the middle of the last `count` builds ended. */
export interface Usual {
  fromMinutes: number;
  toMinutes: number;
  count: number;
}

/** Fewer builds than this say nothing worth showing. */
export const fewestForUsual = 3;
export const mostForUsual = 20;

/** @param durations build durations in ms, newest first */
export function usualDuration(durations: readonly number[]): Usual | null {
  const last = durations.slice(0, mostForUsual).sort((a, b) => a - b);
  if (last.length < fewestForUsual) return null;
  const at = (share: number) => last[Math.min(last.length - 1, Math.floor(share * last.length))] ?? 0;
  const fromMinutes = Math.max(1, Math.floor(at(0.1) / minute));
  return { fromMinutes, toMinutes: Math.max(fromMinutes, Math.ceil(at(0.9) / minute)), count: last.length };
}
