// A wake-up against the commit that it belongs to, where the worker reads without a lock: the wake-up is dropped because a
// job of its key waits, and that job runs before the commit. With the real queue and real workers on two replicas; no sweep
// helps here.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Item } from '../../src/domain/item.ts';
import type { Request } from '../../src/domain/request.ts';
import { second } from '../../src/domain/time.ts';
import { advance } from '../../src/jobs/advance.ts';
import { queueNames } from '../../src/jobs/queues.ts';
import { work } from '../../src/jobs/work.ts';
import { beginWave } from '../../src/requests/begin-wave.ts';
import type { Store } from '../../src/store/open-store.ts';
import { type QueueReplicas, startQueueReplicas } from '../fakes/queue-replicas.ts';
import { forEachRound, raceTimeoutMs, rounds, startTally } from '../fakes/race.ts';
import { acceptingStarter, racePolicy } from '../fakes/racers.ts';
import { inStore, silentLog as log, testStoreKind } from '../fakes/store.ts';
import { anItem, aRequest } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';
import { aCloudPc } from '../fakes/things.ts';
import { cast, plainTenant } from '../fakes/use-cases.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const common = { policy: racePolicy, clock, ids: { next: () => randomUUID() }, log, bulkWay: 'each' as const };
/** A job is taken within milliseconds, on a machine that stands still some time later; one that was dropped never comes. */
const patienceMs = 20 * second;

describe(`the first wake-ups after a start on the ${testStoreKind} store`, function () {
  this.timeout(60_000);

  it('When no queue has been used yet, then a transaction may wake them all, and nothing waits for its end', async () => {
    const queue = await startQueueReplicas();
    const [{ unitOfWork, boss }] = queue.replicas as [QueueReplicas['replicas'][number]];
    const woken = unitOfWork.run(async (tx) => {
      tx.wake({ queue: 'advance', itemId: '1' });
      tx.wake({ queue: 'person', personItemId: '1' });
      tx.wake({ queue: 'bulk', requestId: '1' });
      tx.wake({ queue: 'deliverCard', cardId: '1' });
      tx.wake({ queue: 'deliverNotice', noticeId: '1' });
      for (const name of ['timers', 'watch', 'refresh', 'seal'] as const) tx.wake({ queue: name });
      tx.wake({ queue: 'later', id: '1', turn: {} });
      return 'committed';
    });

    const ended = await Promise.race([woken, wait(patienceMs, 'hanging', { ref: false })]);

    assert.equal(ended, 'committed');
    for (const name of queueNames.filter((one) => one !== 'sweep'))
      assert.equal((await boss.findJobs(name, { queued: true })).length, 1, name);
    await queue.stop();
  });
});

describe(`wake-ups against commits on the ${testStoreKind} store`, function () {
  this.timeout(raceTimeoutMs);
  let queue: QueueReplicas;
  let sent: string[];
  /** When the jobs of an item began. */
  let began: Map<string, number[]>;
  const cloudPcs = Array.from({ length: rounds }, (_, round) =>
    aCloudPc({ id: `pc-${round}`, ownerUpn: 'ada@contoso.com' }),
  );

  beforeEach(async () => {
    queue = await startQueueReplicas();
    sent = [];
    began = new Map();
    const people = { ...cast(), ada: { name: 'Ada Arendt', groups: [], cloudPcs } };
    for (const { boss, unitOfWork } of queue.replicas) {
      const deps = {
        ...common,
        unitOfWork,
        tenant: plainTenant(people),
        signIns: null,
        bulkWay: 'each' as const,
        starter: acceptingStarter(sent),
        bulkStarter: null,
      };
      const handle = async ({ itemId }: { itemId: string }) => {
        began.set(itemId, [...(began.get(itemId) ?? []), performance.now()]);
        await advance(deps, itemId);
      };
      await work(boss, 'advance', handle, { concurrency: 4, log });
    }
    await wait(200);
  });
  afterEach(() => queue.stop());

  /** Makes the item due in a transaction that stays open after it has sent its wake-up, which meets a waiting job. */
  async function makeDue(replica: QueueReplicas['replicas'][number], { request, item }: Waiting) {
    const stale = () => queue.any().outbox.wake({ queue: 'advance', itemId: item.id });
    // Inside the transaction it would wait for ever for the embedded store's one connection.
    if (testStoreKind === 'embedded') await stale();
    let sentAt = 0;
    const slow = replica.store.unitOfWork({
      async send(trx, wakeUps) {
        if (testStoreKind === 'postgres') await stale();
        const afterCommit = await replica.outbox.send(trx, wakeUps);
        sentAt = performance.now();
        await wait(Math.random() * 25);
        return afterCommit;
      },
    });
    await slow.run(async (tx) => {
      await tx.requests.lock(request.id);
      await beginWave(tx, common, request, 1);
    });
    return { sentAt, committedAt: performance.now() };
  }

  it('When the waiting job runs before the commit, then the item starts at once all the same', async function () {
    const tally = startTally('the job ran before the commit', 'only after it');
    const lost: string[] = [];
    await forEachRound(rounds, async (round) => {
      const cloudPc = cloudPcs[round]!;
      const replica = queue.replicas[round % queue.replicas.length]!;
      const waiting = await insertWaiting(replica.store, cloudPc);

      const { sentAt, committedAt } = await makeDue(replica, waiting);

      while (!sent.includes(cloudPc.id) && performance.now() - committedAt < patienceMs) await wait(2);
      if (!sent.includes(cloudPc.id)) lost.push(cloudPc.id);
      const wasEarly = began.get(waiting.item.id)?.some((at) => at > sentAt && at < committedAt);
      tally.count(wasEarly ? 'the job ran before the commit' : 'only after it');
    });
    assert.equal(lost.length, 0, `${lost.length} of ${rounds} wake-ups were lost`);
    assert.deepEqual([...sent].sort(), cloudPcs.map((one) => one.id).sort(), 'each was started once');
    tally.end(this);
  });
});

interface Waiting {
  request: Request;
  item: Item;
}

/** Approved, and its wave has not begun. */
async function insertWaiting(store: Store, cloudPc: CloudPc): Promise<Waiting> {
  const ada = { id: 'ada', name: 'Ada Arendt' };
  const byIvan = { by: { id: 'ivan', name: 'Ivan Ilić' }, comment: null, asApprover: true, asAdmin: false };
  const request = aRequest({
    state: 'approved',
    requester: ada,
    owner: ada,
    options: { osVersion: null, accountType: null },
    decisions: [{ ...byIvan, verdict: 'approve', revision: 1, at: clock.now() }],
    approvedAt: clock.now(),
    expiresAt: null,
  });
  const item = anItem(request, { cloudPc });
  return { request: await inStore(store, (tx) => insertRequest(tx, request, [item], { beganAt: null })), item };
}
