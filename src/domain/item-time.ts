// The limits of time.
import type { Item, ItemChange } from './item.ts';
import { lateLookMs, toOperator, toUnknown } from './item-moves.ts';
import type { Limits } from './policy.ts';
import { type Instant, second } from './time.ts';

/** An answer to the destructive call is waited for this long; after that, by anybody, the outcome is unknown. */
export const answerWithinMs = 45 * second;

/** Time has passed, and nothing else is known. null: no limit of time holds in this state. */
export function decideTime(item: Item, now: Instant, limits: Limits): ItemChange | null {
  if (item.state === 'starting' && item.unknownSince === null) {
    return now >= (item.startingAt ?? now) + answerWithinMs ? toUnknown(item, now) : null;
  }
  if (item.state !== 'starting' && item.state !== 'building') return null;
  return timePassed(item, now, limits);
}

/**
 * The limits of time; also sets when the next one is due. An unclear start is put to a person by a look at Graph that
 * shows nothing (`unknownAfter`); time alone does so only when Graph could not be asked for `giveUpAfter`.
 */
export function timePassed(item: Item, now: Instant, limits: Limits): ItemChange {
  if (item.state === 'starting') {
    const until = (item.unknownSince ?? now) + limits.giveUpAfterMs;
    return now >= until ? toOperator(item, now) : { item: { ...item, dueAt: until }, news: null };
  }
  if (item.state !== 'building') return { item, news: null };
  // How long a maintenance window lets it wait, nobody knows.
  if (item.waitsForWindow) return { item: { ...item, dueAt: null }, news: null };
  const since = item.buildingAt ?? now;
  if (now >= since + limits.giveUpAfterMs) {
    const late: Item = {
      ...item,
      state: 'timedOut',
      attempt: item.attempt + 1,
      isSlow: true,
      dueAt: null,
      lookAt: now + lateLookMs,
    };
    return { item: late, news: 'timedOut' };
  }
  if (!item.isSlow && now >= since + limits.slowAfterMs) {
    return { item: { ...item, isSlow: true, dueAt: since + limits.giveUpAfterMs }, news: 'slow' };
  }
  return { item: { ...item, dueAt: since + (item.isSlow ? limits.giveUpAfterMs : limits.slowAfterMs) }, news: null };
}
