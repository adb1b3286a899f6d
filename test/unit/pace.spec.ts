import assert from 'node:assert/strict';
import type { Item } from '../../src/domain/item.ts';
import { pauseUntilNextLook, usualEnd } from '../../src/domain/pace.ts';
import { hour, minute, second } from '../../src/domain/time.ts';
import { anItem } from '../fakes/things.ts';

const watchEveryMs = 30 * second;

describe('the pace of looks', () => {
  const building = (changes: Partial<Item> = {}): Item => anItem({ state: 'building', buildingAt: 0, ...changes });
  const hourly = usualEnd(Array.from({ length: 10 }, (_, index) => (50 + index * 2) * minute));
  const pauseAt = (now: number, item = building(), random = 1) =>
    pauseUntilNextLook(item, now, { watchEveryMs, usual: hourly }, random);

  it('When a build is young, then it is looked at four times more rarely than around its usual end', () => {
    assert.equal(pauseAt(5 * minute), 4 * watchEveryMs);
    assert.equal(pauseAt(hour), watchEveryMs);
  });

  it('When it is long over its usual end, then looks are rare again', () => {
    assert.equal(pauseAt(3 * hour), 4 * watchEveryMs);
  });

  it('When rebuilds are quick here, then a young one is still looked at several times before its usual end', () => {
    const usual = usualEnd([80 * second, 80 * second, 80 * second]);

    const pause = pauseUntilNextLook(building(), 0, { watchEveryMs: 10 * second, usual }, 1);

    assert.equal(pause, 15 * second);
  });

  it('When there is no history, then the usual end is taken to be between twenty and ninety minutes', () => {
    assert.deepEqual(usualEnd([minute, minute]), { fromMs: 20 * minute, toMs: 90 * minute });
  });

  it('When somebody waits for an answer, then looks are quick: an unclear start, a Cloud PC that has disappeared', () => {
    const unclear = building({ state: 'starting', buildingAt: null, unknownSince: 0 });

    assert.equal(pauseAt(minute, unclear), watchEveryMs);
    assert.equal(pauseAt(minute, building({ missingSince: 0 })), watchEveryMs);
  });

  it('When it was given up, then it is looked at every ten minutes', () => {
    assert.equal(pauseAt(7 * hour, building({ state: 'timedOut' })), 10 * minute);
  });

  it('When many began together, then their looks are spread over a fifth of the pause, and never come later', () => {
    assert.equal(pauseAt(hour, building(), 0), 0.8 * watchEveryMs);
    assert.equal(pauseAt(hour, building(), 0.5), 0.9 * watchEveryMs);
  });
});
