// The state machine of one Cloud PC within a request. Pure: (item, event, now, limits) → the new item and what follows.
//
// A destructive call is licensed by an intent. `begin` with an intent is the only way into `starting`, and an item
// that holds an intent never gets another one but through a certain "nothing was applied" or an admin's word.
import { type Item, type ItemChange, type ItemEvent, isBeforeStart, mayStillCancel } from './item.ts';
import { decideBulkEnded, decideGone, decideSeen } from './item-looks.ts';
import { endItem, toBuilding } from './item-moves.ts';
import { decideOperator } from './item-operator.ts';
import { decideNeedSignIn, decideSignedIn } from './item-sign-in.ts';
import { beginItem, decideAnswer, holdItem } from './item-start.ts';
import { decideTime } from './item-time.ts';
import type { Limits } from './policy.ts';
import type { Instant } from './time.ts';

/** Returns the changed item, or null when the event does not fit the state (late, doubled or forged: nothing happens). */
export function decideItem(item: Item, event: ItemEvent, now: Instant, limits: Limits): ItemChange | null {
  switch (event.type) {
    case 'checkBegan':
      return item.state === 'queued'
        ? { item: { ...item, state: 'checking', checkingAt: now, dueAt: now }, news: 'checking' }
        : null;
    case 'hold':
      return isBeforeStart(item) && item.state !== 'needsSignIn'
        ? holdItem(item, event.reason, event.until, now)
        : null;
    case 'refuse':
      return item.state === 'checking' ? endItem(item, 'skipped', event.reason, null, now, 'skipped') : null;
    case 'needSignIn':
      return decideNeedSignIn(item, event.askAgainAt, now);
    case 'signedIn':
      return decideSignedIn(item, now);
    case 'begin':
      return item.state === 'checking' ? beginItem(item, event, now) : null;
    case 'foundStarted':
      return item.state === 'checking' && item.baseline ? toBuilding(item, now, 'building') : null;
    case 'cancel':
      return mayStillCancel(item) ? endItem(item, 'cancelled', 'cancelled', null, now, 'cancelled') : null;
    case 'accepted':
    case 'notApplied':
    case 'rejected':
    case 'unknown':
      return item.intentId === event.intentId ? decideAnswer(item, event, now) : null;
    case 'seen':
      return decideSeen(item, event.pc, now, limits);
    case 'bulkEnded':
      return decideBulkEnded(item, event.bulkActionId, now);
    case 'gone':
      return decideGone(item, event.ownersCloudPcs, now, limits);
    case 'time':
      return decideTime(item, now, limits);
    case 'startAgain':
    case 'treatAsStarted':
    case 'close':
      return item.attempt === event.attempt ? decideOperator(item, event.type, now, limits) : null;
  }
}
