// What happens to a bulk request as a whole while it runs: it halts (by itself or by an admin's word), goes on, or its rest is
// cancelled. What has been started is followed in any case.
import type { Bulk, BulkLack, BulkPause } from './bulk.ts';
import type { PersonRef } from './people.ts';
import type { Request, RequestOutcome } from './request.ts';
import type { Instant } from './time.ts';
import { failedShare, hasTooManyFailed, type Wave, waitingIn } from './waves.ts';

export type BulkEvent =
  /** A wave's counts have changed; it halts by itself when too many of it have failed. */
  | { type: 'waveCounted'; wave: Wave; stopWhenFailedPercent: number }
  /** Waves cannot be started in the way that the settings name. */
  | { type: 'wayGone'; lacks?: BulkLack }
  | { type: 'pauseBulk'; by: PersonRef }
  | { type: 'resumeBulk'; by: PersonRef; wave: Wave | null }
  | { type: 'stopBulk'; by: PersonRef };

export type BulkNews = 'bulkPaused' | 'bulkWayGone' | 'bulkResumed' | 'bulkStopped';

/** Whether something of it may still be started. */
export function mayGoOn({ state, bulk, tally }: Pick<Request, 'state' | 'bulk' | 'tally'>): boolean {
  const isActive = state === 'approved' || state === 'running';
  return isActive && (bulk === null || (bulk.pause === null && bulk.stopped === null)) && waitingIn(tally) > 0;
}

/** Everything that has not begun is to be cancelled. */
export function isToBeCancelled({ state, bulk, tally }: Pick<Request, 'state' | 'bulk' | 'tally'>): boolean {
  const isOver = state === 'declined' || state === 'expired' || state === 'cancelled';
  return bulk !== null && (isOver || bulk.stopped !== null) && waitingIn(tally) > 0;
}

export function decideBulk(request: Request, event: BulkEvent, now: Instant): RequestOutcome {
  const { bulk, state } = request;
  const isActive = state === 'approved' || state === 'running';
  if (!bulk || !isActive || bulk.stopped !== null || waitingIn(request.tally) === 0) return { refused: 'notOpen' };
  switch (event.type) {
    case 'waveCounted':
      return countWave(request, bulk, event, now);
    case 'wayGone':
      return pause(
        request,
        bulk,
        { reason: 'wayGone', at: now, ...(event.lacks && { lacks: event.lacks }) },
        'bulkWayGone',
      );
    case 'pauseBulk':
      return pause(request, bulk, { reason: 'byAdmin', by: event.by, at: now }, 'bulkPaused');
    case 'resumeBulk':
      return resume(request, bulk, event.wave);
    case 'stopBulk':
      return {
        request: { ...request, bulk: { ...bulk, pause: null, stopped: { by: event.by, at: now } } },
        news: 'bulkStopped',
      };
  }
}

function pause(request: Request, bulk: Bulk, why: BulkPause, news: BulkNews): RequestOutcome {
  if (bulk.pause !== null) return { refused: 'alreadyDecided' };
  return { request: { ...request, bulk: { ...bulk, pause: why } }, news };
}

function countWave(
  request: Request,
  bulk: Bulk,
  { wave, stopWhenFailedPercent }: Extract<BulkEvent, { type: 'waveCounted' }>,
  now: Instant,
): RequestOutcome {
  // A wave that is over was judged then; what an admin makes of those that waited for a person is no news of it.
  if (wave.endedAt !== null) return { request, news: null };
  const { failed, of } = failedShare(wave);
  const tolerated = bulk.tolerated?.wave === wave.number ? bulk.tolerated.failed : 0;
  if (bulk.pause !== null || failed <= tolerated || !hasTooManyFailed(wave, stopWhenFailedPercent)) {
    return { request, news: null };
  }
  return pause(request, bulk, { reason: 'failures', wave: wave.number, failed, of, at: now }, 'bulkPaused');
}

/** An admin has seen what failed so far: only what fails after that halts it again. */
function resume(request: Request, bulk: Bulk, wave: Wave | null): RequestOutcome {
  if (bulk.pause === null) return { refused: 'notOpen' };
  const tolerated = wave === null ? null : { wave: wave.number, failed: failedShare(wave).failed };
  return { request: { ...request, bulk: { ...bulk, pause: null, tolerated } }, news: 'bulkResumed' };
}
