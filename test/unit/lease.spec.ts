// A lease that is renewed while the work goes on, and what its holder may be sure of.
import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { Tx, UnitOfWork } from '../../src/domain/ports.ts';
import { minute, second } from '../../src/domain/time.ts';
import { countSureness, holdingLease, leaseMs } from '../../src/requests/lease.ts';
import { createFakeLog } from '../fakes/running-bot.ts';

interface Row {
  lease: string | null;
  dueAt: number | null;
}

describe('holdingLease', () => {
  let timers: sinon.SinonFakeTimers;
  let row: Row;
  /** How a transaction goes: at once, unless a test says otherwise. */
  let transact: () => Promise<void>;

  beforeEach(() => {
    timers = sinon.useFakeTimers({ now: 1_000_000 });
    row = { lease: 'ours', dueAt: Date.now() + leaseMs };
    transact = async () => {};
  });
  afterEach(() => timers.restore());

  const log = createFakeLog();
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const unitOfWork: UnitOfWork = {
    async run(work) {
      await transact();
      return work({} as Tx);
    },
  };
  const home = {
    lock: async () => ({ ...row }),
    save: async (_tx: Tx, saved: Row) => {
      row = saved;
    },
  };

  async function hold(look: (isSure: () => boolean) => Promise<void>): Promise<void> {
    const deps = { clock, unitOfWork, log };
    await holdingLease(deps, 'ours', home, look, countSureness(deps));
  }

  it('When the work takes long, then the row stays held, and its holder is sure of it', () =>
    hold(async (isSure) => {
      await timers.tickAsync(45 * second);

      assert.equal(isSure(), true);
      assert.ok(row.dueAt !== null && row.dueAt > Date.now() + leaseMs / 2);
    }));

  it('When the work is done, then nothing is renewed any more', async () => {
    await hold(async () => {});
    const { dueAt } = row;

    await timers.tickAsync(45 * second);

    assert.equal(row.dueAt, dueAt);
  });

  it('When the store is away, then the holder is sure for half the lease only, and again once it was renewed', () =>
    hold(async (isSure) => {
      transact = async () => {
        throw new Error('away');
      };
      await timers.tickAsync(leaseMs / 2 - 1);
      assert.equal(isSure(), true);

      await timers.tickAsync(1);
      assert.equal(isSure(), false);

      transact = async () => {};
      await timers.tickAsync(6 * second);
      assert.equal(isSure(), true);
    }));

  it('When somebody else has the row, then the holder is not sure from the next renewal on, and takes nothing back', () =>
    hold(async (isSure) => {
      row = { lease: 'theirs', dueAt: 5 };

      await timers.tickAsync(6 * second);

      assert.equal(isSure(), false);
      assert.deepEqual(row, { lease: 'theirs', dueAt: 5 });
    }));

  it('When a renewal is long under way, then its time counts from its beginning', () =>
    hold(async (isSure) => {
      let commit = () => {};
      transact = () => new Promise((resolve) => (commit = resolve));
      await timers.tickAsync(6 * second);
      transact = async () => {
        throw new Error('away');
      };
      await timers.tickAsync(9 * second);
      assert.equal(isSure(), false);

      commit();
      await timers.tickAsync(0);
      assert.equal(isSure(), true);

      await timers.tickAsync(second);
      assert.equal(isSure(), false);
    }));

  it('When a renewal is under way, then no other is begun beside it', () =>
    hold(async () => {
      let begun = 0;
      transact = () => {
        begun += 1;
        return new Promise(() => {});
      };

      await timers.tickAsync(60 * second);

      assert.equal(begun, 1);
    }));

  it('When the work hangs for ever, then its row is free after some minutes', () =>
    hold(async (isSure) => {
      await timers.tickAsync(10 * minute);

      assert.equal(isSure(), false);
      assert.ok(row.dueAt !== null && row.dueAt < Date.now());
    }));

  it('When the row ends under its lease, then it stays as it ended', () =>
    hold(async (isSure) => {
      row = { lease: null, dueAt: null };

      await timers.tickAsync(45 * second);

      assert.deepEqual(row, { lease: null, dueAt: null });
      assert.equal(isSure(), false);
    }));

  it('When the process stood still, then its holder is not sure before the next renewal', () =>
    hold(async (isSure) => {
      timers.setSystemTime(Date.now() + 60 * second);

      assert.equal(isSure(), false);
    }));
});
