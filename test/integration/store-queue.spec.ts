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

const clock = { now: () => Date.now() };

const lookEveryMs = 5;

/**
 * Waits until it is so; fails after `withinMs` of the time that this process was given: where a look comes late because the
 * machine is busy with other things, the database's answer does too.
 * @returns how long it really took
 */
async function until(isSo: () => boolean, withinMs: number): Promise<number> {
  const start = performance.now();
  let given = 0;
  for (let looked = start; !isSo(); ) {
    assert.ok(given < withinMs, `not within ${withinMs} ms`);
    await wait(lookEveryMs);
    const now = performance.now();
    given += Math.min(now - looked, 2 * lookEveryMs);
    looked = now;
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
      { concurrency, log },
    );
  const wake = (itemId: string, at?: number) => unitOfWork.run(async (tx) => tx.wake({ queue: 'advance', itemId }, at));
  const waiting = async () => (await boss.findJobs('advance', { queued: true })).length;

  it('When a transaction is committed, then its wake-up reaches a worker within a second', async () => {
    await workAdvance();
    await wait(200);

    await wake('item-1');

    await until(() => done.includes('item-1'), 1000);
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

  it('When one transaction wakes more than there are workers, then all are done without a pause', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `item-${index}`);
    await workAdvance(2);
    await wait(200);

    await unitOfWork.run(async (tx) => {
      for (const itemId of ids) tx.wake({ queue: 'advance', itemId });
    });

    await until(() => done.length === ids.length, 1900);
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
      { concurrency: 1, log },
    );
    await until(() => done.length === 1, 3000);

    await wake('item-1');
    gate.resolve();

    await until(() => done.length === 2, 1000);
  });

  it('When a wake-up is for later, then it comes at its time and swallows none for now', async () => {
    await workAdvance();
    await wait(200);
    const at = clock.now() + 1500;

    await wake('item-1', at);
    await wake('item-1');

    await until(() => done.length === 1, 1000);
    await until(() => done.length === 2, 2500);
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

    await until(() => done.includes('item-1'), 8000);
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
      { concurrency: 1, log },
    );
    await wake('item-1');
    await until(() => tries === 1, 3000);
    await wait(100);

    await wake('item-1');

    await until(() => done.length === 1, 800);
  });

  it('When a turn is left for later, then the job gets it as it was', async () => {
    const turns: unknown[] = [];
    await work(boss, 'later', async (data) => void turns.push(data), { concurrency: 1, log });

    await unitOfWork.run(async (tx) => tx.wake({ queue: 'later', id: '1', turn: { text: 'hi\0', list: [1, null] } }));

    await until(() => turns.length === 1, 3000);
    assert.deepEqual(turns, [{ id: '1', turn: { text: 'hi', list: [1, null] } }]);
  });

  it('When the ticker starts, then it sweeps, and what the columns say will be due is woken at its time', async () => {
    const dueAt = clock.now() + 1200;
    const request = aRequest();
    const item = anItem(request, { dueAt });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.items.insert(item);
    });
    await workAdvance();
    await work(boss, 'sweep', async () => void done.push('sweep'), { concurrency: 1, log });

    const ticker = startTicker({ boss, outbox, store, clock, log });

    try {
      await until(() => done.includes('sweep'), 1000);
      await until(() => done.includes(item.id), 3000);
      assert.ok(clock.now() >= dueAt - 5);
      assert.ok(clock.now() < dueAt + 1000);
    } finally {
      ticker.stop();
    }
  });

  it('When the process was killed on the embedded store, then its jobs are taken back at the next start', async function () {
    if (testStoreKind !== 'embedded') return this.skip();
    await wake('item-1');
    const [held] = await boss.fetch('advance');
    assert.ok(held);

    const next = await startBoss(store, log);

    try {
      await work(next, 'advance', async ({ itemId }) => void done.push(itemId), { concurrency: 1, log });
      await until(() => done.includes('item-1'), 1000);
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
          tx.wake({ queue: 'deliverCard', cardId: 'card-1' });
          tx.wake({ queue: 'deliverNotice', noticeId: 'notice-1' });
          tx.wake({ queue: 'later', id: 'turn-1', turn: {} });
          for (const queue of ['timers', 'watch', 'refresh'] as const) tx.wake({ queue });
        });

        assert.equal(await Promise.race([waking.then(() => 'woken'), wait(5000, 'hangs')]), 'woken');
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
    await until(() => done.includes('item-1'), 3000);
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
