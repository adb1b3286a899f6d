import assert from 'node:assert/strict';
import sinon from 'sinon';
import { minute, second } from '../../src/domain/time.ts';
import { startTicker, type TickerDeps } from '../../src/jobs/ticker.ts';
import { silentLog } from '../fakes/store.ts';

describe('the ticker', () => {
  let clock: sinon.SinonFakeTimers;
  let sweeps: { at: number; options: unknown }[];
  let looks: number[];
  let fails: boolean;
  let stop: () => void;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: 0 });
    [sweeps, looks, fails] = [[], [], false];
    const deps = {
      boss: {
        async send(queue: string, _data: object, options: unknown) {
          assert.equal(queue, 'sweep');
          sweeps.push({ at: Date.now(), options });
          if (fails) throw new Error('the store is away');
        },
      },
      outbox: { wake: async () => {} },
      store: {
        async upcoming(from: number, until: number) {
          looks.push(from);
          assert.equal(until - from, 15 * second, 'further than the next look');
          return [];
        },
      },
      clock: { now: () => Date.now() },
      log: silentLog,
    };
    ({ stop } = startTicker(deps as unknown as TickerDeps));
  });
  afterEach(() => {
    stop();
    clock.restore();
  });

  it('When it starts, then it sweeps and looks ahead at once', async () => {
    await clock.tickAsync(1);

    assert.deepEqual(sweeps, [{ at: 0, options: { singletonKey: 'sweep' } }]);
    assert.deepEqual(looks, [0]);
  });

  it('When time passes, then it asks for a sweep in every minute, of which the queue takes one, and looks ahead', async () => {
    await clock.tickAsync(10 * minute);

    const later = sweeps.slice(1);
    for (let from = 0; from < 10 * minute; from += minute)
      assert.ok(
        later.some(({ at }) => at > from && at <= from + minute),
        `no sweep in minute ${from / minute}`,
      );
    for (const { options } of later) assert.deepEqual(options, { singletonKey: 'sweep', singletonSeconds: 60 });
    assert.deepEqual(looks.slice(0, 4), [0, 10 * second, 20 * second, 30 * second]);
  });

  it('When the store is away, then it goes on asking', async () => {
    fails = true;
    await clock.tickAsync(minute);
    const before = sweeps.length;

    await clock.tickAsync(minute);

    assert.ok(sweeps.length > before);
  });

  it('When it is stopped, then nothing is asked any more', async () => {
    await clock.tickAsync(minute);
    const before = [sweeps.length, looks.length];
    stop();

    await clock.tickAsync(10 * minute);

    assert.deepEqual([sweeps.length, looks.length], before);
  });
});
