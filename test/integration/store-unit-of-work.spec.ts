import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { after, before, describe, it } from 'mocha';
import { ConflictError, TemporaryError } from '../../src/domain/errors.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, recordingOutbox, testStoreKind, unitOfWorkOf } from '../fakes/store.ts';
import { aCloudPc, anItem, aRequest } from '../fakes/store-rows.ts';
import { insertItem } from '../fakes/stored.ts';

const databaseError = (code: string) => Object.assign(new Error('from the database'), { code });

describe(`unit of work (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  it('When work is done, then its rows are there and its wake-ups are sent, each once and by key', async () => {
    const outbox = recordingOutbox();
    const request = aRequest();

    const result = await store.unitOfWork(outbox).run(async (tx) => {
      await tx.requests.insert(request);
      tx.wake({ queue: 'watch' });
      tx.wake({ queue: 'advance', itemId: 'b' });
      tx.wake({ queue: 'advance', itemId: 'a' }, 7);
      tx.wake({ queue: 'advance', itemId: 'b' });
      tx.wake({ queue: 'advance', itemId: 'a' });
      return 'done';
    });

    assert.equal(result, 'done');
    assert.notEqual(await inStore(store, (tx) => tx.requests.get(request.id)), null);
    assert.deepEqual(outbox.sent, [
      { wakeUp: { queue: 'advance', itemId: 'a' }, at: null },
      { wakeUp: { queue: 'advance', itemId: 'a' }, at: 7 },
      { wakeUp: { queue: 'advance', itemId: 'b' }, at: null },
      { wakeUp: { queue: 'watch' }, at: null },
    ]);
  });

  it('When work throws, then nothing of it stays, nothing is sent and the error comes out as it was', async () => {
    const outbox = recordingOutbox();
    const request = aRequest();
    const conflict = new ConflictError('late');

    const run = store.unitOfWork(outbox).run(async (tx) => {
      await tx.requests.insert(request);
      tx.wake({ queue: 'watch' });
      throw conflict;
    });

    await assert.rejects(run, (error) => error === conflict);
    assert.equal(await inStore(store, (tx) => tx.requests.get(request.id)), null);
    assert.deepEqual(outbox.sent, []);
  });

  it('When the outbox fails, then the rows are taken back too', async () => {
    const request = aRequest();
    const unitOfWork = store.unitOfWork({ send: () => Promise.reject(new Error('queue is broken')) });

    const run = unitOfWork.run(async (tx) => {
      await tx.requests.insert(request);
      tx.wake({ queue: 'watch' });
    });

    await assert.rejects(run, /queue is broken/);
    assert.equal(await inStore(store, (tx) => tx.requests.get(request.id)), null);
  });

  for (const code of ['40001', '40P01']) {
    it(`When the database gives ${code} once, then the work is done again and counts once`, async () => {
      const outbox = recordingOutbox();
      const request = aRequest();
      let attempts = 0;

      await store.unitOfWork(outbox).run(async (tx) => {
        attempts += 1;
        await tx.requests.insert(request);
        tx.wake({ queue: 'watch' });
        if (attempts === 1) throw databaseError(code);
      });

      assert.equal(attempts, 2);
      assert.notEqual(await inStore(store, (tx) => tx.requests.get(request.id)), null);
      assert.equal(outbox.sent.length, 1);
    });
  }

  it('When it does so every time, then the fifth error comes out', async () => {
    let attempts = 0;

    const run = unitOfWorkOf(store).run(async () => {
      attempts += 1;
      throw databaseError('40001');
    });

    await assert.rejects(run, { code: '40001' });
    assert.equal(attempts, 5);
  });

  it('When the database gives another error, then the work is not repeated', async () => {
    let attempts = 0;

    const run = unitOfWorkOf(store).run(async () => {
      attempts += 1;
      throw databaseError('23505');
    });

    await assert.rejects(run, { code: '23505' });
    assert.equal(attempts, 1);
  });

  it('When the connection broke, then it says that the store is unavailable', async () => {
    const cause = databaseError('ECONNRESET');

    const run = unitOfWorkOf(store).run(() => Promise.reject(cause));

    await assert.rejects(run, (error) => {
      return error instanceof TemporaryError && error.code === 'store.unavailable' && error.cause === cause;
    });
  });

  it('When the store is closed, then work is refused at once instead of waiting for ever', async () => {
    const closed = await openTestStore();
    await closed.ping();
    await closed.close();

    await assert.rejects(
      inStore(closed, async () => {}),
      { code: 'store.unavailable' },
    );
    await assert.rejects(closed.ping(), { code: 'store.unavailable' });
  });

  it('When many run at once, then none sees the half-done work of another', async () => {
    const request = aRequest();
    await inStore(store, (tx) => tx.requests.insert(request));
    const raise = () =>
      inStore(store, async (tx) => {
        const locked = await tx.requests.lock(request.id);
        assert.ok(locked);
        await tx.requests.save({ ...locked, revision: locked.revision + 1 });
      });

    await Promise.all(Array.from({ length: 25 }, raise));

    assert.equal((await inStore(store, (tx) => tx.requests.get(request.id)))?.revision, request.revision + 25);
  });
});

describe('unit of work with several connections (PostgreSQL only; the embedded store has one)', function () {
  this.timeout(30_000);
  let store: Store;

  before(async function () {
    if (testStoreKind !== 'postgres') this.skip();
    store = await openTestStore();
  });

  after(() => store?.close());

  /** Runs `first` up to its `hold()`, then starts `second`, and tells in which order they ended. */
  const race = async (
    first: (tx: Parameters<Parameters<typeof inStore>[1]>[0]) => Promise<void>,
    second: (tx: Parameters<Parameters<typeof inStore>[1]>[0]) => Promise<unknown>,
  ) => {
    const ended: string[] = [];
    const held = Promise.withResolvers<void>();
    const one = inStore(store, async (tx) => {
      await first(tx);
      held.resolve();
      await wait(300);
      ended.push('first');
    });
    await held.promise;
    const other = inStore(store, async (tx) => {
      const result = await second(tx);
      ended.push('second');
      return result;
    });
    const [, result] = await Promise.all([one, other]);
    return { ended, result };
  };

  it('When two lock a request, then the second waits for the first and sees what it saved', async () => {
    const request = aRequest();
    await inStore(store, (tx) => tx.requests.insert(request));

    const { ended, result } = await race(
      async (tx) => {
        const locked = await tx.requests.lock(request.id);
        if (locked) await tx.requests.save({ ...locked, state: 'approved' });
      },
      async (tx) => (await tx.requests.lock(request.id))?.state,
    );

    assert.deepEqual(ended, ['first', 'second']);
    assert.equal(result, 'approved');
  });

  it('When starts are paused meanwhile, then who locks the switch waits and sees it', async () => {
    const { ended, result } = await race(
      async (tx) => {
        await tx.settings.lockStarts();
        await tx.settings.setStartsPaused(true);
      },
      (tx) => tx.settings.lockStarts(),
    );

    assert.deepEqual(ended, ['first', 'second']);
    assert.deepEqual(result, { paused: true });
  });

  it('When two take the same Cloud PC at once, then one gets it', async () => {
    const cloudPc = aCloudPc();
    const [one, other] = [aRequest(), aRequest()];
    await inStore(store, async (tx) => {
      await tx.requests.insert(one);
      await tx.requests.insert(other);
    });

    const { ended, result } = await race(
      async (tx) => {
        assert.equal(await insertItem(tx, anItem(one, { cloudPc })), true);
      },
      (tx) => insertItem(tx, anItem(other, { cloudPc })),
    );

    assert.deepEqual(ended, ['first', 'second']);
    assert.equal(result, false);
  });

  it('When two wait for each other, then one is repeated and both get through', async () => {
    const [a, b] = [aRequest(), aRequest()];
    await inStore(store, async (tx) => {
      await tx.requests.insert(a);
      await tx.requests.insert(b);
    });
    let attempts = 0;
    const lockBoth = (ids: string[]) =>
      inStore(store, async (tx) => {
        attempts += 1;
        for (const id of ids) {
          await tx.requests.lock(id);
          await wait(100);
        }
      });

    await Promise.all([lockBoth([a.id, b.id]), lockBoth([b.id, a.id])]);

    assert.equal(attempts, 3);
  });

  it('When the server ends a connection in the middle, then it is unavailable, and the next work is done', async () => {
    const request = aRequest();
    const unitOfWork = unitOfWorkOf(store);

    const run = unitOfWork.run(async (tx) => {
      await tx.requests.insert(request);
      await endOtherConnections(store);
      await wait(100);
      await tx.requests.get(request.id);
    });

    await assert.rejects(run, { code: 'store.unavailable' });
    assert.equal(await unitOfWork.run((tx) => tx.requests.get(request.id)), null);
  });
});

/** Everything that is in a transaction in this database now. */
async function endOtherConnections(store: Store): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction'`.execute(store.db);
}
