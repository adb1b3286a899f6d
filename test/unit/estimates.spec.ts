// How long a rebuild usually takes: from what was measured here, or nothing.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fewestForUsual, mostForUsual, usualDuration } from '../../src/domain/estimates.ts';
import { minute, second } from '../../src/domain/time.ts';

const minutes = (...list: number[]) => list.map((value) => value * minute);

describe('usualDuration', () => {
  it('When too few builds are known, then nothing is said', () => {
    assert.equal(usualDuration([]), null);
    assert.equal(usualDuration(minutes(30, 31).slice(0, fewestForUsual - 1)), null);
  });

  it('When three builds are known, then the quickest and the slowest are told', () => {
    assert.deepEqual(usualDuration(minutes(60, 30, 45)), { fromMinutes: 30, toMinutes: 60, count: 3 });
  });

  it('When twenty are known, then the odd ones at both ends do not count', () => {
    const durations = minutes(1, 2, 240, 300, ...Array.from({ length: 16 }, (_, index) => 40 + index));

    assert.deepEqual(usualDuration(durations), { fromMinutes: 40, toMinutes: 240, count: 20 });
    assert.deepEqual(usualDuration(minutes(1, 2, 300, ...Array.from({ length: 17 }, (_, index) => 40 + index))), {
      fromMinutes: 40,
      toMinutes: 56,
      count: 20,
    });
  });

  it('When more are known, then only the newest count, however long the old ones took', () => {
    const newest = Array.from({ length: mostForUsual }, () => 30 * minute);

    assert.deepEqual(usualDuration([...newest, ...minutes(500, 600, 700)]), {
      fromMinutes: 30,
      toMinutes: 30,
      count: mostForUsual,
    });
  });

  it('When minutes are not whole, then the span is never too narrow', () => {
    const durations = [30 * minute + 59 * second, 31 * minute, 44 * minute + second];

    assert.deepEqual(usualDuration(durations), { fromMinutes: 30, toMinutes: 45, count: 3 });
  });

  it('When builds take seconds, as in the demo, then it is a minute', () => {
    assert.deepEqual(usualDuration([second, 2 * second, 3 * second]), { fromMinutes: 1, toMinutes: 1, count: 3 });
  });

  it('When durations are given, then they are not changed', () => {
    const durations = Object.freeze(minutes(60, 30, 45));

    assert.doesNotThrow(() => usualDuration(durations));
    assert.deepEqual(durations, minutes(60, 30, 45));
  });

  it('When there are any durations, then the span begins before it ends and lies within what was measured', () => {
    const some = fc.array(fc.integer({ min: 0, max: 10 * 60 * minute }), { minLength: 3, maxLength: 40 });

    fc.assert(
      fc.property(some, (durations) => {
        const usual = usualDuration(durations);
        const last = durations.slice(0, mostForUsual);

        assert.ok(usual);
        assert.equal(usual.count, last.length);
        assert.ok(1 <= usual.fromMinutes && usual.fromMinutes <= usual.toMinutes);
        assert.ok(usual.fromMinutes <= Math.max(1, Math.max(...last) / minute));
        assert.ok(usual.toMinutes >= Math.floor(Math.min(...last) / minute));
        assert.ok(usual.toMinutes <= Math.max(1, Math.ceil(Math.max(...last) / minute)));
      }),
    );
  });
});
