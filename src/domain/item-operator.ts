// What only an admin may choose.
import { type Item, type ItemChange, isBeforeStart } from './item.ts';
import { endItem, toBuilding } from './item-moves.ts';
import { timePassed } from './item-time.ts';
import type { Limits } from './policy.ts';
import type { Instant } from './time.ts';

export function decideOperator(
  item: Item,
  type: 'startAgain' | 'treatAsStarted' | 'close',
  now: Instant,
  limits: Limits,
): ItemChange | null {
  if (type === 'close') {
    const isUncertain = isBeforeStart(item) && item.attempt > 0;
    const isOpen = item.state === 'needsOperator' || item.state === 'timedOut' || isUncertain;
    return isOpen ? endItem(item, 'failed', 'closedByAdmin', item.outcome?.detail ?? null, now, 'closed') : null;
  }
  if (item.state !== 'needsOperator') return null;
  if (type === 'treatAsStarted') {
    const followed: Item = { ...toBuilding(item, now, 'treatedAsStarted').item, missingSince: null };
    const passed = timePassed(followed, now, limits);
    return { item: passed.item, news: 'treatedAsStarted' };
  }
  const again: Item = {
    ...item,
    state: 'checking',
    intentId: null,
    givenBack: 0,
    checkingAt: now,
    startingAt: null,
    // Who must sign in is asked anew.
    signInSince: null,
    unknownSince: null,
    missingSince: null,
    dueAt: now,
  };
  return { item: again, news: 'startAgain' };
}
