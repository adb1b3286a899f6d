import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { PgBoss } from 'pg-boss';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { UnitOfWork } from '../../src/domain/ports.ts';
import { startBoss, stopBoss } from '../../src/jobs/boss.ts';
import { type BossOutbox, bossOutbox } from '../../src/jobs/outbox.ts';
import { queueNames } from '../../src/jobs/queues.ts';
import { startTicker } from '../../src/jobs/ticker.ts';
import { work } from '../../src/jobs/work.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, silentLog as log, openTestStore, testStoreKind } from '../fakes/store.ts';
import { anItem, aRequest } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';

const clock = { now: () => Date.now() };

/**
 * In these tests no worker polls, so that what was not woken never comes: nothing is measured by time, and a slow machine
 * only waits longer.
 */
const noPolling = { pollingSeconds: 3600 };
const patienceMs = 45_000;

/** Waits until it is so; fails after `withinMs`. @returns how long it took */
async function until(isSo: () => boolean | Promise<boolean>, withinMs = patienceMs): Promise<number> {
  const start = performance.now();
  while (!(await isSo())) {
    const passed = performance.now() - start;
    assert.ok(passed < withinMs, `not within ${withinMs} ms`);
    await wait(5);
  }
  return performance.now() - start;
}

describe(`the queue (${testStoreKind} store)`, function () {
  this.timeout(60_000);
  let store: Store;
  let boss: PgBoss;
  let outbox: BossOutbox;
  let unitOfWork: UnitOfWork;
  let done: string[];

  before(async () => {
    store = await openTestStore();
    boss = await startBoss(store, log);
  });

  beforeEach(() => {
    outbox = bossOutbox(boss, { clock, log });
    unitOfWork = store.unitOfWork(outbox);
    done = [];
  });

  afterEach(async () => {
    outbox.stop();
    for (const queue of ['advance', 'sweep', 'later', 'watch'] as const) {
      await boss.offWork(queue);
      await boss.deleteAllJobs(queue);
    }
  });

  after(async () => {
    await stopBoss(boss);
    await store.close();
  });

  const workAdvance = (concurrency = 1) =>
    work(
      boss,
      'advance',
      async ({ itemId }) => {
        done.push(itemId);
      },
      { concurrency, log, ...noPolling },
    );
  const wake = (itemId: string, at?: number) => unitOfWork.run(async (tx) => tx.wake({ queue: 'advance', itemId }, at));
  const waiting = async () => (await boss.findJobs('advance', { queued: true })).length;

  it('When a transaction is committed, then its wake-up reaches a worker that never looks by itself', async () => {
    await workAdvance();
    await wait(200);

    await wake('item-1');

    await until(() => done.includes('item-1'));
  });

  it('When a transaction is rolled back after its wake-ups were sent, then they are gone', async () => {
    const failing = store.unitOfWork({
      async send(trx, wakeUps) {
        await outbox.send(trx, wakeUps);
        throw new Error('after the send');
      },
    });

    const run = failing.run(async (tx) => tx.wake({ queue: 'advance', itemId: 'never' }));

    await assert.rejects(run, /after the send/);
    assert.equal(await waiting(), 0);
  });

  it('When one transaction wakes more than there are workers, then all are done, none left for a look by chance', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `item-${index}`);
    await workAdvance(2);
    await wait(200);

    await unitOfWork.run(async (tx) => {
      for (const itemId of ids) tx.wake({ queue: 'advance', itemId });
    });

    await until(() => done.length === ids.length);
    assert.deepEqual([...done].sort(), [...ids].sort());
  });

  it('When the same thing is woken while it waits, then it is one job; while it runs, then it is another', async () => {
    const gate = Promise.withResolvers<void>();
    await wake('item-1');
    await wake('item-1');
    assert.equal(await waiting(), 1);
    await work(
      boss,
      'advance',
      async ({ itemId }) => {
        done.push(itemId);
        if (done.length === 1) await gate.promise;
      },
      { concurrency: 1, log, ...noPolling },
    );
    await until(() => done.length === 1);

    await wake('item-1');
    gate.resolve();

    // The wake-up that was dropped is sent again: on a slow machine it may come when the job has begun, and be a third one.
    await until(() => done.length >= 2);
  });

  it('When a wake-up is for later, then it comes at its time and swallows none for now', async () => {
    await workAdvance();
    await wait(200);
    const at = clock.now() + 1500;

    await wake('item-late', at);
    await wake('item-late');

    // A job of the test before may come again, when its process stopped before it was marked as done.
    await until(() => done.filter((itemId) => itemId === 'item-late').length === 2);
    assert.ok(clock.now() >= at - 5);
  });

  it('When a job throws, then it is repeated until it works', async () => {
    const tries: number[] = [];
    await work(
      boss,
      'advance',
      async ({ itemId }) => {
        tries.push(tries.length + 1);
        if (tries.length === 1) throw new TemporaryError('graph.busy');
        done.push(itemId);
      },
      { concurrency: 1, log },
    );

    await wake('item-1');

    await until(() => done.includes('item-1'));
    assert.deepEqual(tries, [1, 2]);
  });

  it('When a job waits for its repetition, then a new wake-up of its key comes at once', async () => {
    let tries = 0;
    await work(
      boss,
      'advance',
      async ({ itemId }) => {
        tries += 1;
        if (tries === 1) throw new Error('a bug');
        done.push(itemId);
      },
      { concurrency: 1, log, ...noPolling },
    );
    await wake('item-1');
    await until(async () => (await boss.findJobs('advance')).some(({ state }) => state === 'retry'));

    await wake('item-1');

    await until(() => done.length > 0);
  });

  it('When a turn is left for later, then the job gets it as it was', async () => {
    const turns: unknown[] = [];
    await work(boss, 'later', async (data) => void turns.push(data), { concurrency: 1, log, ...noPolling });

    await unitOfWork.run(async (tx) => tx.wake({ queue: 'later', id: '1', turn: { text: 'hi\0', list: [1, null] } }));

    await until(() => turns.length === 1);
    assert.deepEqual(turns, [{ id: '1', turn: { text: 'hi', list: [1, null] } }]);
  });

  it('When the ticker starts, then it sweeps, and what the columns say will be due is woken at its time', async () => {
    const dueAt = clock.now() + 1200;
    const request = aRequest();
    const item = anItem(request, { dueAt });
    await inStore(store, (tx) => insertRequest(tx, request, [item]));
    await workAdvance();
    await work(boss, 'sweep', async () => void done.push('sweep'), { concurrency: 1, log, ...noPolling });

    const ticker = startTicker({ boss, outbox, store, clock, log });
    // It ticks no more: what comes now comes from its first tick.
    ticker.stop();

    await until(() => done.includes('sweep'));
    await until(() => done.includes(item.id));
    assert.ok(clock.now() >= dueAt - 5);
  });

  it('When the process was killed on the embedded store, then its jobs are taken back at the next start', async function () {
    if (testStoreKind !== 'embedded') return this.skip();
    await wake('item-1');
    const [held] = await boss.fetch('advance');
    assert.ok(held);

    const next = await startBoss(store, log);

    try {
      await work(next, 'advance', async ({ itemId }) => void done.push(itemId), { concurrency: 1, log, ...noPolling });
      await until(() => done.includes('item-1'));
    } finally {
      await stopBoss(next);
    }
  });

  it('When the queue has started, now or again, then a transaction can wake everything before any worker is there', async () => {
    for (const _start of ['first', 'second']) {
      const started = await startBoss(store, log);
      const own = bossOutbox(started, { clock, log });

      try {
        const waking = store.unitOfWork(own).run(async (tx) => {
          tx.wake({ queue: 'advance', itemId: 'item-1' });
          tx.wake({ queue: 'bulk', requestId: 'request-1' });
          tx.wake({ queue: 'deliverCard', cardId: 'card-1' });
          tx.wake({ queue: 'deliverNotice', noticeId: 'notice-1' });
          tx.wake({ queue: 'later', id: 'turn-1', turn: {} });
          for (const queue of ['timers', 'watch', 'refresh', 'seal'] as const) tx.wake({ queue });
        });

        assert.equal(
          await Promise.race([waking.then(() => 'woken'), wait(patienceMs, 'hangs', { ref: false })]),
          'woken',
        );
      } finally {
        own.stop();
        await stopBoss(started);
      }
    }
  });

  it('When a wake-up is dropped and the waiting job runs before the commit, then it is sent again (PostgreSQL only)', async function () {
    if (testStoreKind !== 'postgres') return this.skip();
    await wake('item-1');
    const racing = store.unitOfWork({
      async send(trx, wakeUps) {
        const afterCommit = await outbox.send(trx, wakeUps);
        const [early] = await boss.fetch('advance');
        assert.ok(early);
        await boss.complete('advance', early.id);
        return afterCommit;
      },
    });

    await racing.run(async (tx) => tx.wake({ queue: 'advance', itemId: 'item-1' }));

    await workAdvance();
    await until(() => done.includes('item-1'));
  });
});

describe('the queue with several processes (PostgreSQL only; the embedded store has one)', function () {
  this.timeout(60_000);
  let store: Store;
  let holder: ChildProcess | null = null;

  before(async function () {
    if (testStoreKind !== 'postgres') this.skip();
    store = await openTestStore();
  });

  after(async () => {
    holder?.kill('SIGKILL');
    await store?.close();
  });

  it('When several start at once on an empty database, then all have their queues', async () => {
    const bosses = await Promise.all([1, 2, 3].map(() => startBoss(store, log)));

    const queues = await bosses[0]?.getQueues();
    assert.deepEqual(queues?.map(({ name }) => name).toSorted(), [...queueNames].toSorted());
    await Promise.all(bosses.map((boss) => stopBoss(boss)));
  });

  it('When a worker is killed, then another process has its job within about 15 seconds', async () => {
    const boss = await startBoss(store, log);
    const outbox = bossOutbox(boss, { clock, log });
    await outbox.wake({ queue: 'advance', itemId: 'item-1' });
    holder = await holdJobElsewhere(store.databaseUrl ?? '');
    const done: string[] = [];
    await work(boss, 'advance', async ({ itemId }) => void done.push(itemId), { concurrency: 1, log });

    holder.kill('SIGKILL');

    try {
      const tookMs = await until(() => done.includes('item-1'), 20_000);
      assert.ok(tookMs > 5_000, 'it was held until the heartbeat was missed');
    } finally {
      await stopBoss(boss);
    }
  });
});

/** A process that takes the job and never ends it. */
async function holdJobElsewhere(databaseUrl: string): Promise<ChildProcess> {
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `const { startBoss } = await import(${at('../../src/jobs/boss.ts')});
    const { work } = await import(${at('../../src/jobs/work.ts')});
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const boss = await startBoss({ kind: 'postgres', databaseUrl: ${JSON.stringify(databaseUrl)} }, log);
    await work(boss, 'advance', () => { console.log('held'); return new Promise(() => {}); }, { concurrency: 1, log });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.ok(child.stdout);
  await once(child.stdout, 'data');
  return child;
}
