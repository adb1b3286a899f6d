// Delivery against state changes, with the real queue, real workers and the real `deliverCard` on two replicas. There is no
// ticker, so no sweep helps: what is shown in the end was shown because of its own wake-up.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Delivery } from '../../src/domain/ports.ts';
import { second } from '../../src/domain/time.ts';
import { work } from '../../src/jobs/work.ts';
import { deliverCard } from '../../src/requests/deliver-card.ts';
import { addCard, saveRequest } from '../../src/requests/save.ts';
import { eventually } from '../fakes/looking.ts';
import { type QueueReplicas, startQueueReplicas } from '../fakes/queue-replicas.ts';
import { race, raceTimeoutMs, rounds, startTally } from '../fakes/race.ts';
import { racePolicy } from '../fakes/racers.ts';
import { inStore, silentLog as log, testStoreKind } from '../fakes/store.ts';
import { aConversation, aRequest } from '../fakes/store-rows.ts';

const common = {
  policy: racePolicy,
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  ids: { next: () => randomUUID() },
  log,
};
const atMost = (ms: number) => Math.random() * ms;
const editsApartMs = 5 * second;
/** As the card of a request is called here. */
const cardIdOf = (requestId: string) => `card-${requestId}`;

/** One call that sends or edits a card; `version`: of the request that it shows. */
interface Shown {
  kind: 'send' | 'edit';
  version: number;
  from: number;
  until: number;
}

describe(`delivery against state changes on the ${testStoreKind} store`, function () {
  this.timeout(raceTimeoutMs);
  let queue: QueueReplicas;
  /** The calls for each request's card. */
  let shown: Map<string, Shown[]>;
  /** How many jobs of a card run now. */
  let running: Map<string, number>;
  /** Those that came because of a call. */
  let changes: Promise<void>[];
  let changedAt: number;
  let tally: ReturnType<typeof startTally<'during a delivery' | 'between deliveries'>>;

  beforeEach(async () => {
    queue = await startQueueReplicas();
    [shown, running, changes, changedAt] = [new Map(), new Map(), [], 0];
    tally = startTally('during a delivery', 'between deliveries');
    const channel = aConversation({ conversationId: 'channel', kind: 'channel', personId: null, channelId: 'channel' });
    await inStore(queue.any().store, (tx) => tx.conversations.upsert(channel));
    const messenger = {
      send: (_address: unknown, view: unknown) => call('send', view),
      edit: (_address: unknown, _activityId: string, view: unknown) => call('edit', view),
    };
    for (const { boss, unitOfWork } of queue.replicas) {
      const deliver = async ({ cardId }: { cardId: string }) => {
        running.set(cardId, (running.get(cardId) ?? 0) + 1);
        await deliverCard({ ...common, unitOfWork, messenger }, cardId);
        running.set(cardId, (running.get(cardId) ?? 0) - 1);
      };
      await work(boss, 'deliverCard', deliver, { concurrency: 4, log });
    }
  });
  afterEach(() => queue.stop());

  const isRunning = (requestId: string) => (running.get(cardIdOf(requestId)) ?? 0) > 0;

  async function addRequest(id: string): Promise<void> {
    const ids = { next: () => cardIdOf(id) };
    await queue.any().slowToCommit.run(async (tx) => {
      const request = aRequest({ id });
      await tx.requests.insert(request);
      await addCard(tx, { ...common, ids }, request, 'channel', { person: null, conversationId: 'channel' });
    });
  }

  async function change(requestId: string): Promise<void> {
    let ranBefore = false;
    await queue.any().slowToCommit.run(async (tx) => {
      const request = await tx.requests.lock(requestId);
      assert.ok(request);
      ranBefore = isRunning(requestId);
      await saveRequest(tx, common, request, null);
    });
    changedAt = performance.now();
    tally.count(ranBefore || isRunning(requestId) ? 'during a delivery' : 'between deliveries');
  }

  /** Teams takes its time; the first two calls for a card have the request change again, meanwhile or right after. */
  async function call(kind: Shown['kind'], view: unknown): Promise<Delivery> {
    const { id, version } = (view as { view: { request: { id: string; version: number } } }).view.request;
    const calls = shown.get(id) ?? [];
    const one = { kind, version, from: performance.now(), until: Number.POSITIVE_INFINITY };
    shown.set(id, [...calls, one]);
    if (calls.length < 2) changes.push(wait(atMost(25)).then(() => change(id)));
    await wait(atMost(15));
    one.until = performance.now();
    return { kind: 'delivered', activityId: `message-${id}`, conversation: null };
  }

  async function assertAllShown(): Promise<void> {
    assert.equal(changes.length, rounds * 2, 'each card was sent and edited');
    const rows = await queue
      .any()
      .store.db.selectFrom('cards')
      .innerJoin('requests', 'requests.id', 'cards.request_id')
      .select(['request_id', 'wanted', 'shown', 'requests.version'])
      .execute();
    assert.equal(rows.length, rounds);
    const isNewest = (row: (typeof rows)[number]) =>
      shown.get(row.request_id)?.at(-1)?.version === row.version &&
      row.shown === row.version &&
      row.wanted === row.version;
    const behind = rows.filter((row) => !isNewest(row));
    assert.deepEqual(behind.slice(0, 3), [], `${behind.length} cards do not show the newest state`);
  }

  it('When requests change while their cards wait, are sent or are done, then every card soon shows the newest state', async function () {
    const ids = Array.from({ length: rounds }, () => randomUUID());

    await Promise.all(
      ids.map(async (id) => {
        await wait(atMost(rounds * 4));
        await addRequest(id);
        await race([() => change(id), () => wait(atMost(20)).then(() => change(id))]);
      }),
    );
    await eventually(assertAllShown, 30 * second);

    await Promise.all(changes);
    assert.ok(performance.now() - changedAt < 3 * editsApartMs, 'after the pauses between edits, long before a sweep');
    for (const calls of shown.values()) assertOneAfterTheOther(calls);
    tally.end(this, 'changes');
  });
});

/** One message, never two calls at once, never an older state after a newer one, and the pause between edits. */
function assertOneAfterTheOther(calls: readonly Shown[]): void {
  assert.deepEqual(
    calls.map((one) => one.kind),
    calls.map((_, index) => (index === 0 ? 'send' : 'edit')),
  );
  for (const [index, one] of calls.entries()) {
    const next = calls[index + 1];
    if (!next) continue;
    assert.ok(next.version > one.version, `version ${next.version} after ${one.version}`);
    assert.ok(next.from - one.until > editsApartMs - 50, `edited again after ${next.from - one.until} ms`);
  }
}
