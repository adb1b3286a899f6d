// The safety net: rows that are due and that nobody remembers, as after a lost wake-up, are woken.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import type { WakeUp } from '../../src/domain/ports.ts';
import { day, minute } from '../../src/domain/time.ts';
import { startBoss, stopBoss } from '../../src/jobs/boss.ts';
import { type BossOutbox, bossOutbox } from '../../src/jobs/outbox.ts';
import { sweep } from '../../src/jobs/sweep.ts';
import { startTicker } from '../../src/jobs/ticker.ts';
import { work } from '../../src/jobs/work.ts';
import type { Store } from '../../src/store/open-store.ts';
import { eventually } from '../fakes/looking.ts';
import { inStore, silentLog as log, openTestStore, testStoreKind } from '../fakes/store.ts';
import { aCard, aCloudPc, aNotice, anItem, aRequest } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

describe(`the sweep (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;
  let boss: PgBoss;
  let outbox: BossOutbox;
  let woken: string[];

  before(async () => {
    store = await openTestStore();
    boss = await startBoss(store, log);
    outbox = bossOutbox(boss, { clock, log });
    woken = [];
    const one = { concurrency: 1, log };
    await work(boss, 'advance', async ({ itemId }) => void woken.push(itemId), one);
    await work(boss, 'bulk', async ({ requestId }) => void woken.push(requestId), one);
    await work(boss, 'deliverCard', async ({ cardId }) => void woken.push(cardId), one);
    await work(boss, 'deliverNotice', async ({ noticeId }) => void woken.push(noticeId), one);
    await work(boss, 'timers', async () => void woken.push('timers'), one);
    await work(boss, 'watch', async () => void woken.push('watch'), one);
    await work(boss, 'sweep', () => sweep({ unitOfWork: store.unitOfWork(outbox), clock, log }), one);
  });
  after(async () => {
    outbox.stop();
    await stopBoss(boss);
    await store.close();
  });

  it('When rows are overdue and no job is there for them, then the sweep wakes each, and those that are not due stay', async () => {
    const overdue = Date.now() - 2 * minute;
    const [request, resting] = [aRequest(), aRequest()];
    const items = [overdue, Date.now() + day].map((dueAt) =>
      anItem(request, { dueAt, lookAt: overdue, cloudPc: aCloudPc({ id: randomUUID() }) }),
    );
    const cards = [
      aCard(request, { dueAt: overdue }),
      aCard(request, { dueAt: overdue, state: 'sending', lease: 'of a dead one' }),
      aCard(request, { dueAt: null }),
      aCard(request, { dueAt: null, state: 'unreachable' }),
    ];
    const notices = [aNotice(request, { dueAt: overdue }), aNotice(request, { dueAt: null, state: 'sent' })];
    await inStore(store, async (tx) => {
      await insertRequest(tx, request, items, { dueAt: overdue });
      await insertRequest(tx, resting, [anItem(resting)], { dueAt: Date.now() + day });
      for (const card of cards) await tx.cards.insert(card);
      for (const notice of notices) await tx.notices.insert(notice, randomUUID());
    });

    const ticker = startTicker({ boss, outbox, store: { upcoming: nothingUpcoming }, clock, log });

    const due = [items[0]?.id, request.id, cards[0]?.id, cards[1]?.id, notices[0]?.id, 'timers', 'watch'];
    try {
      await eventually(() => assert.deepEqual(new Set(woken), new Set(due)));
    } finally {
      ticker.stop();
    }
  });

  it('When the clock of this machine is not that of the store, then the log says by how much', async () => {
    const warnings: unknown[] = [];
    const noting = { ...log, warn: (fields: object, msg: string) => void warnings.push({ ...fields, msg }) };
    const unitOfWork = store.unitOfWork(outbox);
    const ahead = { ...clock, now: () => Date.now() + 10 * minute };

    await sweep({ unitOfWork, clock, log: noting });
    const before = warnings.length;
    await sweep({ unitOfWork, clock: ahead, log: noting });

    const [{ aheadMs, msg }] = warnings as [{ aheadMs: number; msg: string }];
    assert.equal(before, 0);
    assert.ok(aheadMs > 9 * minute && aheadMs < 11 * minute);
    assert.equal(msg, 'the clock differs from that of the store');
  });
});

/** So that nothing but the sweep wakes anything. */
async function nothingUpcoming(): Promise<{ wakeUp: WakeUp; at: number }[]> {
  return [];
}
