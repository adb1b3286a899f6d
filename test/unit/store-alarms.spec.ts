import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import sinon from 'sinon';
import type { WakeUp } from '../../src/domain/ports.ts';
import { day } from '../../src/domain/time.ts';
import { keyOf } from '../../src/domain/wake-ups.ts';
import { type Alarms, createAlarms } from '../../src/jobs/alarms.ts';
import { silentLog } from '../fakes/store.ts';

describe('alarms', () => {
  let clock: sinon.SinonFakeTimers;
  let rung: string[];
  let alarms: Alarms;
  const set = (wakeUp: WakeUp, at: number) => alarms.set(keyOf(wakeUp), wakeUp, at);
  const advance: WakeUp = { queue: 'advance', itemId: 'item-1' };

  beforeEach(() => {
    clock = sinon.useFakeTimers(1_000);
    rung = [];
    const ring = async (wakeUp: WakeUp) => {
      rung.push(`${keyOf(wakeUp)} ${Date.now()}`);
    };
    alarms = createAlarms({ ring, clock: { now: () => Date.now() }, log: silentLog });
  });

  afterEach(() => {
    alarms.stop();
    clock.restore();
  });

  it('When an item has several times, then it is woken at each, once', () => {
    set(advance, 5_000);
    set(advance, 2_000);
    set(advance, 5_000);

    clock.tick(10_000);

    assert.deepEqual(rung, ['advance:item-1 2000', 'advance:item-1 5000']);
  });

  it('When watch is asked for again and again, then only its earliest time counts', () => {
    set({ queue: 'watch' }, 5_000);
    set({ queue: 'watch' }, 3_000);
    set({ queue: 'watch' }, 4_000);

    clock.tick(10_000);

    assert.deepEqual(rung, ['watch 3000']);
  });

  it('When watch has run, then its next time counts again', () => {
    set({ queue: 'watch' }, 2_000);
    clock.tick(2_000);
    set({ queue: 'watch' }, 4_000);

    clock.tick(2_000);

    assert.deepEqual(rung, ['watch 2000', 'watch 4000']);
  });

  it('When a time has passed already, then it rings at once', () => {
    set(advance, 500);

    clock.tick(0);

    assert.deepEqual(rung, ['advance:item-1 1000']);
  });

  it('When a time is too far away for a timer, then it is left to the columns', () => {
    set(advance, 1_000 + 30 * day);

    clock.tick(1_000);

    assert.equal(clock.countTimers(), 0);
    assert.deepEqual(rung, []);
  });

  it('When they are stopped, then nothing rings any more', () => {
    set(advance, 2_000);
    alarms.stop();
    set(advance, 3_000);

    clock.tick(5_000);

    assert.deepEqual(rung, []);
  });
});
