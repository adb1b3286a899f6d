// The moves that several events make.
import type { StatusDetail } from './cloud-pc.ts';
import type { Item, ItemChange, ItemNews, ItemState, OutcomeCode } from './item.ts';
import { type Instant, minute } from './time.ts';

/** What may still show itself is looked at this often. */
export const lateLookMs = 10 * minute;

export function toUnknown(item: Item, now: Instant): ItemChange {
  return { item: { ...item, unknownSince: now, lookAt: now, dueAt: now }, news: 'unknown' };
}

export function toBuilding(item: Item, now: Instant, news: ItemNews): ItemChange {
  const built: Item = { ...item, state: 'building', unknownSince: null, buildingAt: now, lookAt: now, dueAt: now };
  return { item: built, news };
}

export function toOperator(item: Item, now: Instant): ItemChange {
  const asked: Item = {
    ...item,
    state: 'needsOperator',
    attempt: item.attempt + 1,
    dueAt: null,
    lookAt: now + lateLookMs,
  };
  return { item: { ...asked, unknownSince: item.unknownSince ?? now }, news: 'needsOperator' };
}

export function endItem(
  item: Item,
  state: ItemState,
  code: OutcomeCode,
  detail: StatusDetail | null,
  now: Instant,
  news: ItemNews,
): ItemChange {
  const ended: Item = {
    ...item,
    state,
    hold: null,
    outcome: { code, detail },
    endedAt: now,
    dueAt: null,
    lookAt: null,
  };
  return { item: ended, news };
}
