// How often a Cloud PC is looked at while it is being built.
import { type Item, isLate } from './item.ts';
import { lateLookMs } from './item-moves.ts';
import { type Instant, minute } from './time.ts';

export interface Pace {
  /** The quick pace, around the time at which rebuilds usually end. */
  watchEveryMs: number;
  usual: UsualEnd;
}

/** Milliseconds after the start of a build within which most builds end. */
export interface UsualEnd {
  fromMs: number;
  toMs: number;
}

/** Without a history of this tenant: "about an hour" is what others report, and some are much quicker. */
const assumed: UsualEnd = { fromMs: 20 * minute, toMs: 90 * minute };
const fewest = 3;
/** Outside of the usual time looks are this much rarer, and a young build has still this many before it. */
const rarer = 4;
/** Of the whole pause; so that what began together does not stay together. */
const spread = 0.2;

/** @param durations of the newest successful builds in ms */
export function usualEnd(durations: readonly number[]): UsualEnd {
  if (durations.length < fewest) return assumed;
  const sorted = [...durations].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { fromMs: at(0.1) * 0.75, toMs: at(0.9) * 1.5 };
}

/**
 * Milliseconds until the next look: slow while a build is young, quick around the usual end, slow again after it.
 * @param random between 0 and 1
 */
export function pauseUntilNextLook(item: Item, now: Instant, pace: Pace, random: number): number {
  return pauseOf(item, now, pace) * (1 - spread + spread * random);
}

function pauseOf(item: Item, now: Instant, { watchEveryMs, usual }: Pace): number {
  if (isLate(item)) return Math.max(lateLookMs, watchEveryMs);
  // Whether a wipe has begun, or what has disappeared is there again, somebody waits for.
  if (item.buildingAt === null || item.missingSince !== null) return watchEveryMs;
  const age = now - item.buildingAt;
  if (age >= usual.fromMs && age <= usual.toMs) return watchEveryMs;
  const slow = age < usual.fromMs ? Math.min(rarer * watchEveryMs, usual.fromMs / rarer) : rarer * watchEveryMs;
  return Math.max(watchEveryMs, slow);
}
