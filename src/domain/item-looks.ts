// What a look at Graph makes of an item.
import { type Baseline, findBuild, findSuccessors, hasBegunSince } from './baseline.ts';
import { type CloudPc, isActionRunning } from './cloud-pc.ts';
import { type Item, type ItemChange, type ItemNews, isLate, isWatched } from './item.ts';
import { endItem, lateLookMs, toBuilding, toOperator } from './item-moves.ts';
import { timePassed } from './item-time.ts';
import type { Limits } from './policy.ts';
import { type Instant, minute } from './time.ts';

/** `lastModifiedDateTime` may move because of the call itself; a "failed" that was there before is believed only after this. */
const settleMs = 2 * minute;

/** The Cloud PC was read; compared with the baseline, never with our own clock. null: nothing of this item is to be seen. */
export function decideSeen(item: Item, pc: CloudPc, now: Instant, limits: Limits): ItemChange | null {
  const { baseline } = item;
  if (!baseline || !isWatched(item)) return null;
  const seen: Item = { ...item, missingSince: null, lastSeen: toLastSeen(pc), lookAt: nextLook(item, now) };
  if (item.state === 'building' || item.state === 'timedOut') return decideBuild(seen, baseline, pc, now, limits, null);
  if (!hasBegunSince(baseline, pc)) return nothingBegun(seen, now, limits);
  return decideBuild(toBuilding(seen, now, 'building').item, baseline, pc, now, limits, 'building');
}

function nothingBegun(seen: Item, now: Instant, limits: Limits): ItemChange {
  return hasBeenUnclearTooLong(seen, now, limits) ? toOperator(seen, now) : timePassed(seen, now, limits);
}

function hasBeenUnclearTooLong(item: Item, now: Instant, limits: Limits): boolean {
  return item.state === 'starting' && now >= (item.unknownSince ?? now) + limits.unknownAfterMs;
}

function decideBuild(
  item: Item,
  baseline: Baseline,
  pc: CloudPc,
  now: Instant,
  limits: Limits,
  news: ItemNews | null,
): ItemChange {
  const isSettled = now - (item.startingAt ?? now) >= settleMs;
  const finding = findBuild(baseline, pc, item.sawBusy, isSettled);
  if (finding === 'ready' || finding === 'readyWithWarnings') {
    const newName = pc.name === item.cloudPc.name ? null : pc.name;
    return endItem({ ...item, newName }, finding, finding, pc.statusDetail, now, finding);
  }
  if (finding === 'failed') return endItem(item, 'failed', 'buildFailed', pc.statusDetail, now, 'failed');
  const next = finding === 'busy' ? toBusy(item, now) : item;
  const passed = timePassed(next, now, limits);
  return { item: passed.item, news: passed.news ?? news };
}

/** What has waited for its maintenance window is being built from now on. */
function toBusy(item: Item, now: Instant): Item {
  if (!item.waitsForWindow) return { ...item, sawBusy: true };
  return { ...item, sawBusy: true, waitsForWindow: false, buildingAt: now, dueAt: now };
}

/** null: it was started by another bulk action, or it has begun after all. */
export function decideBulkEnded(item: Item, bulkActionId: string, now: Instant): ItemChange | null {
  const isMeant = item.state === 'building' && item.bulkActionId === bulkActionId && !item.sawBusy;
  return isMeant ? toOperator({ ...item, waitsForWindow: false, unknownSince: now }, now) : null;
}

function toLastSeen(pc: CloudPc): Item['lastSeen'] {
  return { status: pc.status, provisionedAt: pc.provisionedAt, isActionRunning: isActionRunning(pc.lastAction) };
}

function nextLook(item: Item, now: Instant): Instant {
  return isLate(item) ? now + lateLookMs : now;
}

/** The id answers 404. @param owners the owner's Cloud PCs of now; null: not read yet */
export function decideGone(
  item: Item,
  owners: readonly CloudPc[] | null,
  now: Instant,
  limits: Limits,
): ItemChange | null {
  const { baseline } = item;
  if (!baseline || !isWatched(item)) return null;
  const missing: Item = { ...item, missingSince: item.missingSince ?? now, lookAt: nextLook(item, now) };
  const found = owners === null ? [] : findSuccessors(baseline, owners);
  const [only] = found;
  if (only && found.length === 1) {
    const adopted: Item = { ...toBusy(missing, now), cloudPc: { ...item.cloudPc, id: only.id }, missingSince: null };
    return toAdopted(adopted, now, item);
  }
  if (isLate(item)) return { item: missing, news: null };
  const isTooLong = now - (missing.missingSince ?? now) >= limits.unknownAfterMs;
  const isLost = isTooLong || hasBeenUnclearTooLong(missing, now, limits);
  if (found.length > 1 || (owners !== null && isLost)) return toOperator(missing, now);
  const passed = timePassed(missing, now, limits);
  return { item: passed.item, news: passed.news ?? (item.missingSince === null ? 'missing' : null) };
}

/** A new id shows that the old Cloud PC was taken away: an unclear start has become a build. */
function toAdopted(adopted: Item, now: Instant, before: Item): ItemChange {
  if (before.state !== 'starting' && before.state !== 'needsOperator') return { item: adopted, news: 'adopted' };
  return { item: toBuilding(adopted, now, 'building').item, news: 'adopted' };
}
