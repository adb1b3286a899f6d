// How a request is cut into waves, and what their counts say.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { finishedItemStates, type ItemState, itemStates } from '../../src/domain/item.ts';
import {
  countIn,
  failedShare,
  hasFinished,
  hasTooManyFailed,
  isDone,
  moveTally,
  planWaves,
  sizeOf,
  sumTallies,
  type Tally,
  waitingIn,
} from '../../src/domain/waves.ts';
import { onlyCounted, tallyOf } from '../fakes/stored.ts';

const aState = fc.constantFrom(...itemStates);
const someItems = fc.array(aState, { maxLength: 40 }).map((states) => states.map((state) => ({ state })));

describe('planWaves', () => {
  const rows: [number, number, number, number[]][] = [
    [0, 1, 25, []],
    [-1, 1, 25, []],
    [1, 1, 25, [1]],
    [2, 1, 25, [1, 1]],
    [26, 1, 25, [1, 25]],
    [27, 1, 25, [1, 25, 1]],
    [51, 1, 25, [1, 25, 25]],
    [3, 5, 25, [3]],
    [5, 5, 25, [5]],
    [12, 5, 3, [5, 3, 3, 1]],
    [4, 1, 1, [1, 1, 1, 1]],
  ];
  for (const [count, canary, waveSize, expected] of rows) {
    it(`When ${count} are cut with a canary of ${canary} and waves of ${waveSize}, then these are [${expected}]`, () => {
      assert.deepEqual(planWaves(count, { canary, waveSize }), expected);
    });
  }

  it('When any number is cut, then nobody is left out, the canary is first, and only the last wave may be smaller', () => {
    const sizes = fc.record({ canary: fc.integer({ min: 1, max: 500 }), waveSize: fc.integer({ min: 1, max: 500 }) });

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), sizes, (count, { canary, waveSize }) => {
        const [first, ...rest] = planWaves(count, { canary, waveSize });
        const last = rest.at(-1) ?? waveSize;

        assert.equal(first, Math.min(count, canary));
        assert.equal(
          [first, ...rest].reduce((sum, size) => sum + (size ?? 0), 0),
          count,
        );
        assert.ok(rest.slice(0, -1).every((size) => size === waveSize));
        assert.ok(last >= 1 && last <= waveSize);
      }),
    );
  });
});

describe('the counts of a wave', () => {
  it('When items go from state to state, then the moved counts are those of the items', () => {
    const moves = fc.array(fc.tuple(fc.nat(), aState), { maxLength: 60 });

    fc.assert(
      fc.property(someItems, moves, (start, steps) => {
        const items = start.map((item) => ({ ...item }));
        let tally = tallyOf(items);
        for (const [at, to] of steps) {
          const item = items[at % Math.max(1, items.length)];
          if (!item) continue;
          tally = moveTally(tally, item.state, to);
          item.state = to;
        }

        assert.deepEqual(onlyCounted(tally), tallyOf(items));
        assert.equal(sizeOf(tally), items.length);
      }),
    );
  });

  it('When one stays in its state, then the counts are the same', () => {
    const tally: Tally = { ready: 2 };

    assert.equal(moveTally(tally, 'ready', 'ready'), tally);
    assert.deepEqual(tally, { ready: 2 });
  });

  it('When waves are added up, then the sum counts everybody, each state by itself', () => {
    fc.assert(
      fc.property(fc.array(someItems, { maxLength: 8 }), (waves) => {
        const sum = sumTallies(waves.map(tallyOf));

        assert.deepEqual(onlyCounted(sum), tallyOf(waves.flat()));
        assert.deepEqual(Object.keys(sum), [...itemStates], 'each state is told');
      }),
    );
  });

  it('When some states are asked for, then only those are counted, and a missing one is nobody', () => {
    const tally: Tally = { queued: 3, checking: 2, needsSignIn: 1, ready: 4 };

    assert.equal(countIn(tally, ['queued', 'ready', 'failed']), 7);
    assert.equal(countIn({}, itemStates), 0);
    assert.equal(waitingIn(tally), 6);
    assert.equal(waitingIn({ starting: 5, building: 5, needsOperator: 5 }), 0);
  });
});

describe('how far a wave is', () => {
  const stuck: readonly ItemState[] = ['needsOperator', 'timedOut'];
  for (const state of itemStates) {
    const isFinished = finishedItemStates.includes(state);
    const holdsNobodyUp = isFinished || stuck.includes(state);
    it(`When the last one is ${state}, then the next wave ${holdsNobodyUp ? 'may' : 'may not'} begin, and it has ${isFinished ? '' : 'not '}come to its end`, () => {
      const tally = moveTally({ ready: 2, queued: 1 }, 'queued', state);

      assert.equal(isDone({ size: 3, tally }), holdsNobodyUp);
      assert.equal(hasFinished(tally), isFinished);
    });
  }

  it('When items are missing in the counts, then the wave is not done', () => {
    assert.equal(isDone({ size: 3, tally: { ready: 2 } }), false);
    assert.equal(isDone({ size: 3, tally: { ready: 3 } }), true);
  });
});

describe('what has failed of a wave', () => {
  const inTrouble: readonly ItemState[] = ['failed', 'needsOperator', 'timedOut'];
  const neverStarted: readonly ItemState[] = ['skipped', 'cancelled'];
  for (const state of itemStates) {
    const failed = inTrouble.includes(state) ? 1 : 0;
    const of = neverStarted.includes(state) ? 9 : 10;
    it(`When one of ten is ${state}, then ${failed} of ${of} have failed`, () => {
      const tally = moveTally({ ready: 9, queued: 1 }, 'queued', state);

      assert.deepEqual(failedShare({ size: 10, tally }), { failed, of });
    });
  }

  const rows: [string, number, Tally, number, boolean][] = [
    ['nobody has failed, and none may', 10, { ready: 10 }, 0, false],
    ['one has failed, and none may', 10, { failed: 1, ready: 9 }, 0, true],
    ['exactly the share has failed', 10, { failed: 1, ready: 9 }, 10, false],
    ['one more than the share has failed', 10, { failed: 2, ready: 8 }, 10, true],
    ['the first has failed of many that still run', 25, { failed: 1, building: 24 }, 10, false],
    ['three of 25 have failed, and the rest still runs', 25, { failed: 3, building: 22 }, 10, true],
    ['the canary has failed', 1, { failed: 1 }, 10, true],
    ['the canary waits for a person', 1, { needsOperator: 1 }, 10, true],
    ['the canary does not come to an end', 1, { timedOut: 1 }, 99, true],
    ['all have failed, and all may', 10, { failed: 10 }, 100, false],
    ['those that never started are left out of the whole', 10, { skipped: 9, failed: 1 }, 50, true],
    ['nobody was started at all', 10, { skipped: 5, cancelled: 5 }, 0, false],
    ['nobody was asked', 0, {}, 0, false],
  ];
  for (const [name, size, tally, percent, expected] of rows) {
    it(`When ${name}, then that is ${expected ? 'too many' : 'not too many'}`, () => {
      assert.equal(hasTooManyFailed({ size, tally }, percent), expected);
    });
  }

  it('When any wave is looked at, then more failures never make it better, and never starting one never hides a failure', () => {
    const percent = fc.integer({ min: 0, max: 99 });

    fc.assert(
      fc.property(someItems, percent, (items, limit) => {
        const wave = { size: items.length, tally: tallyOf(items) };
        const worse = (state: ItemState) => ({
          size: wave.size,
          tally: moveTally(wave.tally, 'building', state),
        });
        fc.pre(countIn(wave.tally, ['building']) > 0 && hasTooManyFailed(wave, limit));

        assert.equal(hasTooManyFailed(worse('failed'), limit), true);
        assert.equal(hasTooManyFailed(worse('skipped'), limit), true);
      }),
    );
  });
});
