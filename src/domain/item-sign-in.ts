// A start in the requester's own name, while their sign-in is missing.
import type { Item, ItemChange } from './item.ts';
import { endItem, toOperator } from './item-moves.ts';
import { day, type Instant } from './time.ts';

/** An approval does not wait longer for a sign-in. */
export const signInWithinMs = 3 * day;

/** The sign-in is missing, still or anew. null: nobody waits for it in this state. */
export function decideNeedSignIn(item: Item, askAgainAt: Instant, now: Instant): ItemChange | null {
  if (item.state !== 'checking' && item.state !== 'needsSignIn') return null;
  const signInSince = item.signInSince ?? now;
  if (now >= signInSince + signInWithinMs) return giveUp(item, now);
  const waiting: Item = { ...item, state: 'needsSignIn', hold: null, signInSince, dueAt: askAgainAt, lookAt: null };
  return { item: waiting, news: item.state === 'checking' ? 'needsSignIn' : null };
}

/** After a call that may have arrived, "nothing was changed" could not be said: a person must look. */
function giveUp(item: Item, now: Instant): ItemChange {
  if (item.attempt > 0) return toOperator(item, now);
  return endItem(item, 'skipped', 'notSignedIn', null, now, 'skipped');
}

/** Everything is checked again: the approval may be days old. */
export function decideSignedIn(item: Item, now: Instant): ItemChange | null {
  if (item.state !== 'needsSignIn') return null;
  return { item: { ...item, state: 'checking', checkingAt: now, dueAt: now }, news: 'signedIn' };
}
