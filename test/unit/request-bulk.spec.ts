// A bulk request as a whole: it halts, goes on, is stopped; what comes late changes nothing.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Bulk, BulkPause } from '../../src/domain/bulk.ts';
import type { ItemState } from '../../src/domain/item.ts';
import { decideRequest, type Request, type RequestEvent, type RequestState } from '../../src/domain/request.ts';
import { type BulkEvent, isToBeCancelled, mayGoOn } from '../../src/domain/request-bulk.ts';
import type { Tally } from '../../src/domain/waves.ts';
import { aBulk, aPolicy, aRequest, aWave } from '../fakes/things.ts';

const adam = { id: 'adam', name: 'Adam Acker' };
const ines = { id: 'ines', name: 'Inés Ibarra' };
const now = 5_000;

const states: readonly RequestState[] = [
  'draft',
  'awaitingApproval',
  'approved',
  'running',
  'succeeded',
  'partlySucceeded',
  'failed',
  'declined',
  'expired',
  'cancelled',
];
const activeStates: readonly RequestState[] = ['approved', 'running'];

const byAdmin: BulkPause = { reason: 'byAdmin', by: adam, at: 1 };
const stoppedByAdam = { by: adam, at: 1 };

const running = (bulk: Partial<Bulk> = {}, tally: Tally = { queued: 10, ready: 5 }): Request =>
  aRequest({ state: 'running', bulk: aBulk(bulk), tally });
const decide = (request: Request, event: RequestEvent, at = now) => decideRequest(request, event, at, aPolicy.approval);
/** The request after it; fails where it is refused. */
function afterIt(request: Request, event: RequestEvent): Request {
  const outcome = decide(request, event);
  assert.ok('request' in outcome, `${event.type} was refused`);
  return outcome.request;
}
const counted = (tally: Tally, size: number, number = 1, stopWhenFailedPercent = 10): BulkEvent => ({
  type: 'waveCounted',
  wave: aWave({ number, size, tally }),
  stopWhenFailedPercent,
});
const tooMany = (failed: number, number = 1) => counted({ failed, ready: 10 - failed }, 10, number);

const events: readonly BulkEvent[] = [
  tooMany(5),
  { type: 'wayGone' },
  { type: 'pauseBulk', by: adam },
  { type: 'resumeBulk', by: adam, wave: null },
  { type: 'stopBulk', by: adam },
];

describe('what fits a bulk request', () => {
  for (const state of states) {
    const isActive = activeStates.includes(state);
    it(`When it is ${state}, then it ${isActive ? 'can be halted and let go on' : 'cannot be halted any more, nor yet'}`, () => {
      for (const event of events) {
        const isPaused = event.type === 'resumeBulk';
        const request = { ...running(isPaused ? { pause: byAdmin } : {}), state };
        const outcome = decide(request, event);

        if (isActive) assert.ok('request' in outcome && outcome.news !== null, event.type);
        else assert.deepEqual(outcome, { refused: 'notOpen' }, event.type);
      }
    });
  }

  it('When the request is on one Cloud PC, then none of it fits', () => {
    const single = aRequest({ state: 'running', tally: { checking: 1 } });

    for (const event of events) assert.deepEqual(decide(single, event), { refused: 'notOpen' }, event.type);
  });

  it('When nothing waits to be started any more, then none of it fits', () => {
    for (const tally of [{ building: 3, ready: 2 }, { needsOperator: 1 }, { starting: 1 }] as Tally[])
      for (const event of events)
        assert.deepEqual(decide(running({ pause: byAdmin }, tally), event), { refused: 'notOpen' }, event.type);
  });

  it('When its rest has been cancelled, then a late press or count changes nothing', () => {
    for (const event of events)
      assert.deepEqual(decide(running({ stopped: stoppedByAdam }), event), { refused: 'notOpen' }, event.type);
  });

  it('When only one that is checked or signed in for is left, then it can still be halted', () => {
    for (const state of ['queued', 'checking', 'needsSignIn'] as ItemState[])
      assert.ok('request' in decide(running({}, { ready: 4, [state]: 1 }), { type: 'pauseBulk', by: adam }), state);
  });
});

describe('halting a bulk request', () => {
  it('When an admin halts it, then it says who and when', () => {
    const outcome = decide(running(), { type: 'pauseBulk', by: adam });

    assert.ok('request' in outcome);
    assert.equal(outcome.news, 'bulkPaused');
    assert.deepEqual(outcome.request.bulk?.pause, { reason: 'byAdmin', by: adam, at: now });
    assert.equal(outcome.request.state, 'running');
  });

  it('When two halt it, then the first one stands', () => {
    const paused = afterIt(running(), { type: 'pauseBulk', by: adam });

    assert.deepEqual(decide(paused, { type: 'pauseBulk', by: ines }), { refused: 'alreadyDecided' });
    assert.deepEqual(decide(paused, { type: 'wayGone' }), { refused: 'alreadyDecided' });
  });

  it('When the tenant has no such way, then it halts and says so in words of its own', () => {
    const outcome = decide(running(), { type: 'wayGone' });

    assert.ok('request' in outcome);
    assert.deepEqual([outcome.news, outcome.request.bulk?.pause], ['bulkWayGone', { reason: 'wayGone', at: now }]);
  });

  it('When too many of a wave have failed, then it halts by itself and says how many', () => {
    const outcome = decide(running(), counted({ failed: 2, needsOperator: 1, skipped: 2, building: 5 }, 10, 3));

    assert.ok('request' in outcome);
    assert.equal(outcome.news, 'bulkPaused');
    assert.deepEqual(outcome.request.bulk?.pause, { reason: 'failures', wave: 3, failed: 3, of: 8, at: now });
  });

  it('When few enough have failed, then nothing happens', () => {
    const request = running();

    assert.deepEqual(decide(request, tooMany(1)), { request, news: null });
    assert.deepEqual(decide(request, counted({ failed: 9, ready: 1 }, 10, 1, 90)), { request, news: null });
  });

  it('When it halts already, then more failures change neither the reason nor the time', () => {
    const request = running({ pause: byAdmin });

    assert.deepEqual(decide(request, tooMany(9)), { request, news: null });
  });
});

describe('letting a bulk request go on', () => {
  it('When an admin lets it go on, then what has failed so far is let pass, and the next failure halts it again', () => {
    const wave = aWave({ number: 2, size: 10, tally: { failed: 3, ready: 7 } });
    const halted = afterIt(running(), tooMany(3, 2));

    const outcome = decide(halted, { type: 'resumeBulk', by: ines, wave });

    assert.ok('request' in outcome);
    assert.equal(outcome.news, 'bulkResumed');
    assert.deepEqual([outcome.request.bulk?.pause, outcome.request.bulk?.tolerated], [null, { wave: 2, failed: 3 }]);
    assert.deepEqual(decide(outcome.request, tooMany(3, 2)), { request: outcome.request, news: null });
    const again = afterIt(outcome.request, tooMany(4, 2));
    assert.deepEqual(again.bulk?.pause, { reason: 'failures', wave: 2, failed: 4, of: 10, at: now });
  });

  it('When failures of one wave were let pass, then those of another wave count from the first', () => {
    const going = running({ tolerated: { wave: 1, failed: 9 } });

    assert.equal(afterIt(going, tooMany(2, 2)).bulk?.pause?.reason, 'failures');
  });

  it('When it goes on before anything has begun, then nothing is let pass', () => {
    const outcome = afterIt(running({ pause: byAdmin }), { type: 'resumeBulk', by: adam, wave: null });

    assert.deepEqual([outcome.bulk?.pause, outcome.bulk?.tolerated], [null, null]);
  });

  it('When an admin halted it themselves, then failures until then are let pass as well', () => {
    const wave = aWave({ size: 10, tally: { failed: 5, ready: 5 } });

    assert.deepEqual(afterIt(running({ pause: byAdmin }), { type: 'resumeBulk', by: ines, wave }).bulk?.tolerated, {
      wave: 1,
      failed: 5,
    });
  });

  it('When it does not halt, then letting it go on is too late', () => {
    const request = running({ tolerated: { wave: 1, failed: 2 } });

    assert.deepEqual(decide(request, { type: 'resumeBulk', by: adam, wave: aWave() }), { refused: 'notOpen' });
  });
});

describe('cancelling the rest of a bulk request', () => {
  for (const pause of [null, byAdmin, { reason: 'wayGone', at: 1 } as BulkPause]) {
    it(`When it ${pause ? `halts (${pause.reason})` : 'runs'}, then it can be stopped, for good`, () => {
      const outcome = decide(running({ pause }), { type: 'stopBulk', by: ines });

      assert.ok('request' in outcome);
      assert.equal(outcome.news, 'bulkStopped');
      assert.deepEqual([outcome.request.bulk?.pause, outcome.request.bulk?.stopped], [null, { by: ines, at: now }]);
      assert.equal(mayGoOn(outcome.request), false);
      assert.equal(isToBeCancelled(outcome.request), true);
    });
  }
});

describe('whether something is still to be started or to be cancelled', () => {
  it('When it is active, does not halt and something waits, then it goes on', () => {
    for (const state of states) {
      assert.equal(mayGoOn({ ...running(), state }), activeStates.includes(state), state);
      assert.equal(
        mayGoOn({ state, bulk: null, tally: { queued: 1 } }),
        activeStates.includes(state),
        `single ${state}`,
      );
    }
    assert.equal(mayGoOn(running({ pause: byAdmin })), false);
    assert.equal(mayGoOn(running({ stopped: stoppedByAdam })), false);
    assert.equal(mayGoOn(running({}, { building: 4, ready: 6 })), false);
  });

  it('When it is over without having run, or was stopped, then what waits is to be cancelled', () => {
    const over: readonly RequestState[] = ['declined', 'expired', 'cancelled'];
    for (const state of states) {
      assert.equal(isToBeCancelled({ ...running(), state }), over.includes(state), state);
      assert.equal(isToBeCancelled({ ...running({ stopped: stoppedByAdam }), state }), true, `stopped and ${state}`);
      assert.equal(isToBeCancelled({ state, bulk: null, tally: { queued: 1 } }), false, `single ${state}`);
    }
    assert.equal(isToBeCancelled({ ...running({}, { ready: 3, building: 1 }), state: 'cancelled' }), false);
    assert.equal(isToBeCancelled(running({ pause: byAdmin })), false);
  });

  it('When any events come in any order, then it never goes on while it is to be cancelled, nor after it was stopped', () => {
    const anEvent: fc.Arbitrary<RequestEvent> = fc.oneof(
      fc.constantFrom<RequestEvent>(...events, { type: 'itemsChanged' }),
      fc.nat(10).map((failed) => tooMany(failed)),
      fc.nat(10).map(
        (failed): RequestEvent => ({
          type: 'resumeBulk',
          by: ines,
          wave: aWave({ size: 10, tally: { failed, ready: 10 - failed } }),
        }),
      ),
    );

    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 30 }), (list) => {
        let request = running();
        let wasStopped = false;
        for (const event of list) {
          const before = request;
          const outcome = decide(request, event);
          if ('refused' in outcome) continue;
          request = outcome.request;
          wasStopped ||= request.bulk?.stopped !== null;
          assert.ok(!(mayGoOn(request) && isToBeCancelled(request)));
          assert.ok(!(wasStopped && mayGoOn(request)));
          if (outcome.news === null) assert.deepEqual(request.bulk, before.bulk, `${event.type} changed it silently`);
          if (event.type === 'waveCounted' && request.bulk?.pause !== before.bulk?.pause) {
            const letPass = before.bulk?.tolerated?.wave === 1 ? before.bulk.tolerated.failed : 0;
            assert.ok(request.bulk?.pause?.reason === 'failures' && request.bulk.pause.failed > letPass);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a bulk request at its end', () => {
  const rows: [Tally, RequestState][] = [
    [{ ready: 3, readyWithWarnings: 1 }, 'succeeded'],
    [{ ready: 3, failed: 1 }, 'partlySucceeded'],
    [{ ready: 3, skipped: 1 }, 'partlySucceeded'],
    [{ readyWithWarnings: 1, cancelled: 3 }, 'partlySucceeded'],
    [{ failed: 2, skipped: 1, cancelled: 1 }, 'failed'],
    [{ cancelled: 4 }, 'failed'],
  ];
  for (const [tally, state] of rows) {
    it(`When its items are ${JSON.stringify(tally)}, then it has ${state}`, () => {
      const outcome = decide(running({ pause: byAdmin }, tally), { type: 'itemsChanged' });

      assert.ok('request' in outcome);
      assert.deepEqual([outcome.request.state, outcome.news, outcome.request.endedAt], [state, 'ended', now]);
    });
  }

  it('When somebody must still look at one, then it has not ended', () => {
    for (const state of ['needsOperator', 'timedOut', 'building', 'queued'] as ItemState[]) {
      const request = running({}, { ready: 3, [state]: 1 });

      assert.deepEqual(decide(request, { type: 'itemsChanged' }), { request, news: null }, state);
    }
  });

  it('When the first of many has begun, then it is running', () => {
    const approved = { ...running({}, { queued: 9, checking: 1 }), state: 'approved' as const };

    assert.equal(afterIt(approved, { type: 'itemsChanged' }).state, 'running');
    assert.equal(afterIt({ ...approved, tally: { queued: 10 } }, { type: 'itemsChanged' }).state, 'approved');
  });
});
