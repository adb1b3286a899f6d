// Before the start, the start itself, and what Graph answered to it.
import type { HoldReason, Item, ItemChange, ItemEvent } from './item.ts';
import { endItem, toBuilding, toUnknown } from './item-moves.ts';
import { answerWithinMs } from './item-time.ts';
import type { Instant } from './time.ts';

/** Automatic intents after the first, at most. */
export const mostGivenBack = 5;

/** How long it has been held is counted for each reason by itself: a pause must not use up the patience with Graph. */
export function holdItem(item: Item, reason: HoldReason, until: Instant, now: Instant): ItemChange {
  if (item.hold === reason) return { item: { ...item, dueAt: until }, news: null };
  const checkingAt = item.checkingAt === null ? null : now;
  // Whoever had signed in by then must be asked again when that has lapsed meanwhile.
  return { item: { ...item, hold: reason, checkingAt, signInSince: null, dueAt: until }, news: 'held' };
}

/** The check passed and the intent is being committed: the only way into `starting`. */
export function beginItem(item: Item, event: Extract<ItemEvent, { type: 'begin' }>, now: Instant): ItemChange {
  const started: Item = {
    ...item,
    state: 'starting',
    intentId: event.intentId,
    baseline: event.baseline,
    cloudPc: event.cloudPc,
    hold: null,
    bulkActionId: null,
    waitsForWindow: false,
    sawBusy: false,
    isSlow: false,
    missingSince: null,
    lastSeen: null,
    unknownSince: null,
    signInSince: null,
    startingAt: now,
    dueAt: now + answerWithinMs,
  };
  return { item: started, news: 'starting' };
}

type Answer = Extract<ItemEvent, { type: 'accepted' | 'notApplied' | 'rejected' | 'unknown' }>;

/** What Graph said to the call that the intent licensed; it may come late. null: it changes nothing any more. */
export function decideAnswer(item: Item, event: Answer, now: Instant): ItemChange | null {
  // A late "accepted" is the truth even when an operator was asked meanwhile.
  if (event.type === 'accepted') {
    const isOpen = item.state === 'starting' || item.state === 'needsOperator';
    return isOpen ? toAccepted(item, event, now) : null;
  }
  if (item.state !== 'starting') return null;
  if (event.type === 'unknown') return item.unknownSince === null ? toUnknown(item, now) : null;
  if (event.type === 'rejected') {
    if (event.skip) return endItem(item, 'skipped', event.skip, event.detail, now, 'skipped');
    return event.isBusy
      ? endItem(item, 'skipped', 'busy', event.detail, now, 'skipped')
      : endItem(item, 'failed', 'notStarted', event.detail, now, 'notStarted');
  }
  if (item.givenBack >= mostGivenBack) return endItem(item, 'failed', 'notStarted', event.detail, now, 'notStarted');
  const again: Item = {
    ...item,
    state: 'checking',
    intentId: null,
    // After an earlier call that may have arrived, what it does later must still be seen.
    baseline: item.attempt > 0 ? item.baseline : null,
    startingAt: null,
    unknownSince: null,
    givenBack: item.givenBack + 1,
    dueAt: event.retryAt,
    lookAt: null,
  };
  return { item: again, news: 'givenBack' };
}

function toAccepted(item: Item, event: Extract<ItemEvent, { type: 'accepted' }>, now: Instant): ItemChange {
  const { bulkActionId = null } = event;
  // Without its id nobody would ever learn that the bulk action has ended: then the limits of time hold.
  const waitsForWindow = bulkActionId !== null && (event.waitsForWindow ?? false);
  return toBuilding({ ...item, bulkActionId, waitsForWindow }, now, 'building');
}
