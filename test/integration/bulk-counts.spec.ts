// The counts of a request and of its waves, kept while its items change one by one, and what follows from them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Bulk } from '../../src/domain/bulk.ts';
import { decideItem } from '../../src/domain/decide-item.ts';
import {
  type Item,
  type ItemEvent,
  type ItemState,
  isFinished,
  itemStates,
  mayStillCancel,
} from '../../src/domain/item.ts';
import type { PersonRef } from '../../src/domain/people.ts';
import type { Tx, WakeUp } from '../../src/domain/ports.ts';
import { isEnded, type Request } from '../../src/domain/request.ts';
import { hour, minute } from '../../src/domain/time.ts';
import { isDone, type Wave } from '../../src/domain/waves.ts';
import { beginWave } from '../../src/requests/begin-wave.ts';
import { cancelWaiting, isCancellable } from '../../src/requests/cancel-waiting.ts';
import { cancelItems, changeItem, saveRequest } from '../../src/requests/save.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, recordingOutbox, testStoreKind } from '../fakes/store.ts';
import { aBaseline, aCard, aConversation, ada, adam, anItem, aRequest, ben, ines, noon } from '../fakes/store-rows.ts';
import { cardsOf, insertRequest, itemsOf, readCounts } from '../fakes/stored.ts';
import { aBulk, aCloudPc, aPolicy } from '../fakes/things.ts';

let store: Store;
let now = noon;
const policy = { ...aPolicy, limits: { ...aPolicy.limits, stopWhenFailedPercent: 50 } };
const deps = {
  policy,
  clock: { now: () => now, monotonic: () => now },
  ids: { next: () => randomUUID() },
  bulkWay: 'each' as const,
};
const aBulkRequest = (bulk: Partial<Bulk> = {}, changes: Partial<Request> = {}) =>
  aRequest({
    state: 'approved',
    requester: adam,
    owner: adam,
    mail: { wanted: false, text: null },
    bulk: aBulk(bulk),
    approvedAt: noon,
    expiresAt: null,
    ...changes,
  });
const onOwnPc = () => aCloudPc({ id: randomUUID() });

/** Items in waves of these sizes, each on a Cloud PC of its own. */
function inWaves(request: Request, sizes: readonly number[], changes: Partial<Item> = {}): Item[] {
  return sizes.flatMap((size, index) =>
    Array.from({ length: size }, () =>
      anItem(request, { owner: ada, wave: index + 1, cloudPc: onOwnPc(), ...changes }),
    ),
  );
}

/** One event for one item, as a job would have it: from what is stored. */
async function apply(tx: Tx, requestId: string, itemId: string, event: ItemEvent) {
  const [request, item] = [await tx.requests.lock(requestId), await tx.items.get(itemId)];
  assert.ok(request && item);
  return changeItem(tx, deps, request, item, event);
}

describe(`the counts of a request (${testStoreKind} store)`, function () {
  this.timeout(240_000);

  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  interface Move {
    at: number;
    kind: number;
    other: number;
    /** What leads on, mostly, so that the ends are reached; whatever fits; or also what does not fit the item's state. */
    mood: 'forward' | 'any' | 'blind';
    /** Cancels the request instead, where that can be. */
    cancelsAll: boolean;
  }
  const aMove: fc.Arbitrary<Move> = fc.record({
    at: fc.nat(11),
    kind: fc.nat(1000),
    other: fc.nat(11),
    mood: fc.constantFrom('forward', 'forward', 'forward', 'forward', 'any', 'blind'),
    cancelsAll: fc.integer({ min: 0, max: 40 }).map((n) => n === 40),
  });

  const sideways = new Set<ItemEvent['type']>([
    'hold',
    'refuse',
    'needSignIn',
    'notApplied',
    'rejected',
    'cancel',
    'close',
  ]);

  function toEvent({ kind, mood }: Move, item: Item, other: Item): ItemEvent {
    const intentId = item.intentId ?? 'none';
    const { attempt } = item;
    const pc = (changes: Parameters<typeof aCloudPc>[0]) => aCloudPc({ id: item.cloudPc.id, ...changes });
    const baseline = aBaseline({ cloudPcId: item.cloudPc.id, provisionedAt: 1, ownersCloudPcIds: [item.cloudPc.id] });
    const events: ItemEvent[] = [
      { type: 'checkBegan' },
      { type: 'begin', intentId: randomUUID(), baseline, cloudPc: item.cloudPc },
      { type: 'accepted', intentId, bulkActionId: 'bulk-1', waitsForWindow: false },
      { type: 'seen', pc: pc({ status: 'provisioned', provisionedAt: 2 }) },
      { type: 'seen', pc: pc({ status: 'provisionedWithWarnings', provisionedAt: 2 }) },
      { type: 'seen', pc: pc({ status: 'provisioning' }) },
      { type: 'seen', pc: pc({ status: 'failed' }) },
      { type: 'hold', reason: 'bulk', until: now + hour },
      { type: 'refuse', reason: 'busy' },
      { type: 'needSignIn', askAgainAt: now + minute },
      { type: 'signedIn' },
      { type: 'notApplied', intentId, retryAt: now, detail: null },
      { type: 'rejected', intentId, isBusy: false, detail: null },
      { type: 'rejected', intentId, isBusy: false, detail: null, skip: 'notOffered' },
      { type: 'unknown', intentId },
      { type: 'bulkEnded', bulkActionId: 'bulk-1' },
      { type: 'time' },
      { type: 'startAgain', attempt },
      { type: 'treatAsStarted', attempt },
      { type: 'close', attempt },
      { type: 'cancel' },
      // The one that seems to be new may be another item's: then it cannot move there.
      { type: 'gone', ownersCloudPcs: [other.cloudPc] },
    ];
    if (mood === 'blind') return events[kind % events.length]!;
    const fitting = events.filter((event) => decideItem(item, event, now, policy.limits) !== null);
    const leading = fitting.filter(({ type }) => mood === 'any' || !sideways.has(type));
    const choice = leading.length > 0 ? leading : fitting;
    return choice[kind % choice.length] ?? { type: 'time' };
  }

  async function play(tx: Tx, request: Request, items: readonly Item[], move: Move): Promise<void> {
    const [item, other] = await Promise.all([
      tx.items.get(items[move.at % items.length]!.id),
      tx.items.get(items[move.other % items.length]!.id),
    ]);
    assert.ok(item && other);
    if (!move.cancelsAll) {
      const changed = await apply(tx, request.id, item.id, toEvent(move, item, other));
      if (changed) reached.add(changed.change.item.state);
      return;
    }
    const [locked, rows] = [await tx.requests.lock(request.id), await itemsOf(tx, request.id)];
    assert.ok(locked);
    if (isEnded(locked.state) || !rows.every(mayStillCancel)) return;
    const cancelled = { ...locked, state: 'cancelled' as const, endedAt: now };
    await saveRequest(tx, deps, await cancelItems(tx, deps, cancelled, rows, { actor: adam }), 'cancelled');
  }

  const reached = new Set<ItemState>();
  const shapes = fc.constantFrom<[boolean, readonly number[]]>(
    [false, [1]],
    [true, [1, 4, 4, 3]],
    [true, [1]],
    [true, [3, 2]],
  );

  it('When any events come to any items in any order, then the counts of the request and of each wave are those of the rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.array(aMove, { minLength: 10, maxLength: 60, size: 'max' }),
        async ([isBulk, sizes], moves) => {
          const request = aBulkRequest({}, isBulk ? {} : { bulk: null, owner: ada });
          const items = inWaves(request, sizes);

          const left = await inStore(store, async (tx) => {
            await insertRequest(tx, request, items);
            for (const move of moves) {
              now += hour;
              await play(tx, request, items, move);
            }
            const [stored, rows] = [await tx.requests.get(request.id), await itemsOf(tx, request.id)];
            return { stored, rows, waves: await tx.waves.of(request.id), counts: await readCounts(tx, request.id) };
          });

          assert.deepEqual(left.counts.kept, left.counts.counted);
          assert.ok(left.stored);
          const areAllOver = left.rows.every(({ state }) => isFinished(state));
          assert.equal(isEnded(left.stored.state), areAllOver, left.stored.state);
          for (const wave of left.waves.filter((one) => !isBulk || isDone(one)))
            assert.equal(wave.dueAt !== null, isBulk, `wave ${wave.number}`);
        },
      ),
      { numRuns: testStoreKind === 'postgres' ? 150 : 40 },
    );
    assert.deepEqual([...reached].sort(), [...itemStates].sort(), 'the events did not reach every state');
  });
});

describe(`what follows from the counts (${testStoreKind} store)`, function () {
  this.timeout(60_000);

  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  /** One transaction; what it woke. */
  async function waking(work: (tx: Tx) => Promise<unknown>): Promise<WakeUp[]> {
    const outbox = recordingOutbox();
    await store.unitOfWork(outbox).run(work);
    return outbox.sent.map(({ wakeUp }) => wakeUp);
  }
  const insert = async (request: Request, items: readonly Item[], changes: Partial<Wave> = {}) => {
    await inStore(store, (tx) => insertRequest(tx, request, items, changes));
    return { request, items };
  };
  const getRequest = async ({ id }: Request) => {
    const request = await inStore(store, (tx) => tx.requests.get(id));
    assert.ok(request);
    return request;
  };
  const noticesOf = async ({ id }: Request) => {
    const rows = await store.db
      .selectFrom('notices')
      .select(['notice', 'audience', 'person_id', 'item_id', 'via'])
      .where('request_id', '=', id)
      .orderBy('notice')
      .orderBy('audience')
      .execute();
    return rows;
  };
  const actionsOf = async ({ id }: Request) =>
    (await inStore(store, (tx) => tx.audit.of(id, 0, 100))).rows.map(({ action }) => action).reverse();
  const fail = (item: Item): ItemEvent => ({ type: 'close', attempt: item.attempt });
  const running = (changes: Partial<Item> = {}): Partial<Item> => ({
    state: 'building',
    baseline: aBaseline({ provisionedAt: 1 }),
    startingAt: noon,
    buildingAt: noon,
    intentId: 'intent-1',
    ...changes,
  });
  const ready = (item: Item): ItemEvent => ({
    type: 'seen',
    pc: aCloudPc({ id: item.cloudPc.id, status: 'provisioned', provisionedAt: 2 }),
  });
  const bulkWakeUp = ({ id }: Request): WakeUp => ({ queue: 'bulk', requestId: id });

  it('When the last one of a wave is over, then its job is woken and the wave is due; before that it is not', async () => {
    const request = aBulkRequest({}, { state: 'running' });
    const items = inWaves(request, [2, 2], running());
    await insert(request, items);

    const first = await waking((tx) => apply(tx, request.id, items[0]!.id, ready(items[0]!)));
    const last = await waking((tx) => apply(tx, request.id, items[1]!.id, ready(items[1]!)));

    const [wave, next] = await inStore(store, (tx) => tx.waves.of(request.id));
    assert.ok(!first.some(({ queue }) => queue === 'bulk'));
    assert.deepEqual(
      last.filter(({ queue }) => queue === 'bulk'),
      [bulkWakeUp(request)],
    );
    assert.deepEqual([wave?.dueAt, wave?.endedAt, next?.dueAt], [now, null, null]);
  });

  it('When one of a wave that has ended changes again, then nothing is due any more', async () => {
    const request = aBulkRequest({}, { state: 'running' });
    const items = inWaves(request, [1, 1], running({ state: 'timedOut' }));
    await insert(request, items, { endedAt: noon });

    const woken = await waking((tx) => apply(tx, request.id, items[0]!.id, ready(items[0]!)));

    assert.ok(!woken.some(({ queue }) => queue === 'bulk'));
    assert.equal((await inStore(store, (tx) => tx.waves.get(request.id, 1)))?.dueAt, null);
  });

  it('When a request is on one Cloud PC, then its wave counts and is never due', async () => {
    const request = aBulkRequest({}, { bulk: null, owner: adam, state: 'running' });
    const [item] = inWaves(request, [1], running());
    await insert(request, [item!]);

    const woken = await waking((tx) => apply(tx, request.id, item!.id, ready(item!)));

    const [wave] = await inStore(store, (tx) => tx.waves.of(request.id));
    assert.deepEqual([wave?.tally.ready, wave?.dueAt], [1, null]);
    assert.ok(!woken.some(({ queue }) => queue === 'bulk'));
    assert.equal((await getRequest(request)).state, 'succeeded');
  });

  it('When too many of a wave fail, then the request halts by itself, says so once, and again after it went on', async () => {
    const request = aBulkRequest({}, { state: 'running' });
    const troubled = inWaves(request, [4], running({ state: 'timedOut', attempt: 1 }));
    const waiting = inWaves(request, [0, 3]);
    await insert(request, [
      ...troubled.map((item, index) => (index < 3 ? { ...item, state: 'building' as const } : item)),
      ...waiting,
    ]);
    const timeOut = async (index: number) => {
      now += policy.limits.giveUpAfterMs;
      await inStore(store, (tx) => apply(tx, request.id, troubled[index]!.id, { type: 'time' }));
      return (await getRequest(request)).bulk?.pause ?? null;
    };
    const halted = async () =>
      (await noticesOf(request)).filter(({ notice }) => notice === 'bulkPaused').map(({ audience }) => audience);

    assert.equal(await timeOut(0), null, 'two of four are not too many');
    const pause = await timeOut(1);
    assert.deepEqual(
      [pause?.reason, pause?.reason === 'failures' && [pause.wave, pause.failed, pause.of]],
      ['failures', [1, 3, 4]],
    );
    assert.deepEqual(await halted(), ['channel', 'requester']);
    const resumed = { pause: null, tolerated: { wave: 1, failed: 3 } };
    await inStore(store, async (tx) => {
      const locked = await tx.requests.lock(request.id);
      assert.ok(locked?.bulk);
      await saveRequest(tx, deps, { ...locked, bulk: { ...locked.bulk, ...resumed } }, 'bulkResumed');
    });
    const again = await timeOut(2);

    assert.equal(again?.reason === 'failures' && again.failed, 4);
    assert.deepEqual(await halted(), ['channel', 'channel', 'requester', 'requester']);
    assert.deepEqual(
      (await actionsOf(request)).filter((action) => action.startsWith('request.')),
      ['request.bulkPaused', 'request.bulkResumed', 'request.bulkPaused'],
    );
  });

  it('When the last one fails and nothing waits any more, then it has ended instead of halting', async () => {
    const request = aBulkRequest({}, { state: 'running' });
    const [item] = inWaves(request, [1], running({ state: 'needsOperator', attempt: 1 }));
    await insert(request, [item!]);

    await inStore(store, (tx) => apply(tx, request.id, item!.id, fail(item!)));

    const { state, bulk } = await getRequest(request);
    assert.deepEqual([state, bulk?.pause], ['failed', null]);
    assert.deepEqual(
      (await noticesOf(request)).map(({ notice, audience, item_id }) => [notice, audience, item_id]),
      [
        ['bulkEnded', 'channel', null],
        ['bulkEnded', 'requester', null],
        ['closed', 'owner', item!.id],
      ],
    );
  });

  it('When some wait for a person, then IT is told once a wave, and each owner for themselves', async () => {
    const request = aBulkRequest({}, { state: 'running' });
    const owners = [ada, ben, ines];
    const items = inWaves(request, [20, 1], running()).map((item, index) => ({ ...item, owner: owners[index % 3]! }));
    await insert(request, items);
    now += policy.limits.giveUpAfterMs;

    await inStore(store, async (tx) => {
      for (const item of [items[0]!, items[1]!, items[20]!]) await apply(tx, request.id, item.id, { type: 'time' });
    });

    const told = await noticesOf(request);
    const unsettled = told.filter(({ notice }) => notice === 'bulkUnsettled');
    assert.deepEqual(unsettled.map(({ audience }) => audience).sort(), [
      'channel',
      'channel',
      'requester',
      'requester',
    ]);
    assert.ok(unsettled.every(({ item_id }) => item_id === null));
    assert.deepEqual(
      new Set(told.filter(({ notice }) => notice === 'timedOut').map((one) => `${one.person_id} ${one.item_id}`)),
      new Set([items[0]!, items[1]!, items[20]!].map((item) => `${item.owner.id} ${item.id}`)),
    );
  });

  it('When one of many has changed, then the cards of the whole and its own are shown anew, and no other owner’s', async () => {
    const request = aBulkRequest({}, { state: 'running' });
    const items = inWaves(request, [2], running());
    await insert(request, items);
    const whole = aCard(request, { wanted: 1, shown: 1, dueAt: null });
    const owners = items.map(({ id }) =>
      aCard(request, { itemId: id, audience: 'owner', wanted: 1, shown: 1, dueAt: null }),
    );
    await inStore(store, (tx) => tx.cards.insertMany([whole, ...owners]));

    const woken = await waking((tx) => apply(tx, request.id, items[0]!.id, ready(items[0]!)));

    const cards = woken.flatMap((one) => (one.queue === 'deliverCard' ? [one.cardId] : []));
    assert.deepEqual(new Set(cards), new Set([whole.id, owners[0]!.id]));
  });

  describe('a wave that begins', () => {
    const begin = async (request: Request, number: number) => {
      const woken = await waking(async (tx) => {
        const locked = await tx.requests.lock(request.id);
        assert.ok(locked);
        await beginWave(tx, deps, locked, number);
      });
      return { woken, wave: await inStore(store, (tx) => tx.waves.get(request.id, number)) };
    };
    const placed = async (request: Request) =>
      (await cardsOf(store, request.id)).map(({ audience, person, conversationId, itemId }) => ({
        audience,
        person,
        conversationId,
        itemId,
      }));

    it('When it is one of many, then its items are due, each owner but the requester has a card, and its job is woken', async () => {
      const request = aBulkRequest();
      const owner = (person: PersonRef, wave: number) => anItem(request, { owner: person, wave, cloudPc: onOwnPc() });
      const items = [owner(ada, 1), owner(adam, 1), owner(ben, 1), owner(ines, 2)];
      await insert(request, items, { beganAt: null });
      await inStore(store, (tx) =>
        tx.conversations.upsert(aConversation({ conversationId: 'chat-ada', personId: ada.id })),
      );

      const { woken, wave } = await begin(request, 1);

      assert.deepEqual([wave?.beganAt, wave?.dueAt], [now, now]);
      const [first, own, third] = items.map(({ id }) => id);
      const advance = woken.flatMap((one) => (one.queue === 'advance' ? [one.itemId] : []));
      assert.deepEqual(new Set(advance), new Set([first, own, third]));
      assert.ok(woken.some((one) => one.queue === 'bulk' && one.requestId === request.id));
      const expected = [
        { audience: 'owner', person: ada, conversationId: 'chat-ada', itemId: first },
        { audience: 'owner', person: ben, conversationId: null, itemId: third },
      ];
      assert.deepEqual(new Set(await placed(request)), new Set(expected));
      assert.equal(woken.filter(({ queue }) => queue === 'deliverCard').length, 2);
      assert.deepEqual(await actionsOf(request), ['request.waveBegan']);
    });

    it('When it is begun again, or there is none, then nothing happens', async () => {
      const request = aBulkRequest();
      await insert(request, inWaves(request, [1, 1]), { beganAt: null });
      await begin(request, 1);
      now += minute;

      const again = await begin(request, 1);
      const none = await begin(request, 3);

      assert.deepEqual([again.woken, none.woken, none.wave], [[], [], null]);
      assert.equal(again.wave?.beganAt, now - minute);
      assert.equal((await cardsOf(store, request.id)).length, 1);
    });

    it('When it is the only one of a request on one Cloud PC, then the item is due, its owner has a card, and no job of waves is woken', async () => {
      const request = aBulkRequest({}, { bulk: null, owner: ada });
      const [item] = inWaves(request, [1]);
      await insert(request, [item!], { beganAt: null });

      const { woken, wave } = await begin(request, 1);

      assert.deepEqual([wave?.beganAt, wave?.dueAt], [now, null]);
      assert.deepEqual(woken.map(({ queue }) => queue).sort(), ['advance', 'deliverCard']);
      assert.deepEqual(await actionsOf(request), []);
      assert.equal((await placed(request))[0]?.itemId, item?.id);
    });
  });

  describe('cancelling what waits', () => {
    const cancel = async (request: Request) => {
      let counted = request;
      const woken = await waking(async (tx) => {
        const locked = await tx.requests.lock(request.id);
        assert.ok(locked);
        counted = await cancelWaiting(tx, deps, locked, { actor: adam });
      });
      return { woken, counted };
    };

    it('When it is one of many, then its job is woken and due, and does it', async () => {
      const request = aBulkRequest();
      const { items } = await insert(request, inWaves(request, [1, 2]), { beganAt: null });

      const { woken, counted } = await cancel(request);

      assert.deepEqual(woken, [bulkWakeUp(request)]);
      assert.deepEqual(counted.tally, { queued: 3 });
      assert.deepEqual(await inStore(store, (tx) => itemsOf(tx, request.id)), items);
      assert.deepEqual(
        await inStore(store, (tx) => tx.waves.due(now, 1000)).then((due) => due.includes(request.id)),
        true,
      );
    });

    it('When it is on one Cloud PC, then that is cancelled at once and counted', async () => {
      const request = aBulkRequest({}, { bulk: null });
      const { items } = await insert(request, inWaves(request, [1]));

      const { counted } = await cancel(request);

      assert.equal((await inStore(store, (tx) => tx.items.get(items[0]!.id)))?.state, 'cancelled');
      assert.deepEqual([counted.tally.queued, counted.tally.cancelled], [0, 1]);
      assert.deepEqual(await actionsOf(request), ['item.cancelled']);
    });

    const rows: [string, boolean, Partial<Item>[], boolean][] = [
      ['the only one waits', false, [{}], true],
      ['the only one is being checked', false, [{ state: 'checking' }], true],
      ['a call for the only one may have been sent', false, [{ state: 'checking', attempt: 1 }], false],
      ['the only one has started', false, [{ state: 'starting' }], false],
      ['all of many wait or are checked', true, [{}, { state: 'checking' }, { state: 'needsSignIn' }], true],
      ['one of many has started', true, [{}, { state: 'building' }], false],
      ['one of many was left out', true, [{}, { state: 'skipped' }], false],
      ['a call for one of many may have been sent', true, [{}, { state: 'checking', attempt: 1 }], false],
    ];
    for (const [name, isBulk, changes, expected] of rows) {
      it(`When ${name}, then the whole request can${expected ? '' : 'not'} be cancelled`, async () => {
        const request = aBulkRequest({}, isBulk ? {} : { bulk: null });
        const items = changes.map((change) => anItem(request, { cloudPc: onOwnPc(), ...change }));
        await insert(request, items);

        const isSo = await inStore(store, async (tx) => isCancellable(tx, await getLocked(tx, request)));

        assert.equal(isSo, expected);
      });
    }
    const getLocked = async (tx: Tx, { id }: Request) => {
      const request = await tx.requests.lock(id);
      assert.ok(request);
      return request;
    };
  });
});
