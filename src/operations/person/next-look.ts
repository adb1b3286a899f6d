// When it is looked again at what Entra and Windows 365 do by themselves: soon at first, then after twice the time, so that
// what comes at once is seen at once and what takes long costs few requests.
import { type Instant, minute, second } from '../../domain/time.ts';
import type { Run } from './step.ts';

const soonestMs = 3 * second;

/** From the time waited so far to the longest time between two looks. */
export type Patience = (waitedMs: number) => number;

export const usualPatience: Patience = (waitedMs) => Math.min(2 * minute, Math.max(30 * second, waitedMs / 10));

/** A first build hardly ever takes less than twenty minutes; after that each minute counts. */
export const buildPatience: Patience = (waitedMs) => (waitedMs < 20 * minute ? 3 * minute : minute);

export function nextLook({ deps, item }: Run, patience: Patience = usualPatience): Instant {
  const now = deps.clock.now();
  const waitedMs = now - item.stepSince;
  return now + Math.round(Math.min(patience(waitedMs), Math.max(soonestMs, waitedMs)));
}
