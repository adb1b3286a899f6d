import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { finishedItemStates, type Item, itemStates } from '../../src/domain/item.ts';
import type { Request } from '../../src/domain/request.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, testStoreKind } from '../fakes/store.ts';
import { aBaseline, aCloudPc, anIntent, anItem, aRequest, ben, noon } from '../fakes/store-rows.ts';
import { insertItem, insertRequest, itemsOf } from '../fakes/stored.ts';

describe(`items and intents (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  const insertEmpty = async (changes: Partial<Request> = {}) => {
    const request = aRequest(changes);
    await inStore(store, (tx) => tx.requests.insert(request));
    return request;
  };
  const insert = async (changes: Partial<Item> = {}, request?: Request) => {
    const item = anItem(request ?? (await insertEmpty()), changes);
    return { item, isIn: await inStore(store, (tx) => insertItem(tx, item)) };
  };
  const get = (item: Item) => inStore(store, (tx) => tx.items.get(item.id));

  it('When an item was inserted with everything in it, then it is read back as it was', async () => {
    const { item } = await insert({
      wave: 3,
      owner: ben,
      ownerUpn: 'ben@contoso.com',
      bulkActionId: 'bulk-action-1',
      waitsForWindow: true,
      signInSince: noon + 9,
      state: 'building',
      attempt: 2,
      baseline: aBaseline(),
      intentId: 'intent-1',
      givenBack: 1,
      hold: 'graph',
      sawBusy: true,
      isSlow: true,
      missingSince: noon + 1,
      lastSeen: { status: 'provisioning', provisionedAt: null, isActionRunning: true },
      newName: 'CPC-ada-02',
      outcome: { code: 'buildFailed', detail: { code: 'x', message: 'y' } },
      checkingAt: noon + 2,
      startingAt: noon + 3,
      unknownSince: noon + 4,
      buildingAt: noon + 5,
      endedAt: noon + 6,
      dueAt: noon + 7,
      lookAt: noon + 8,
    });

    assert.deepEqual(await get(item), item);
  });

  it('When a request has several items, then they come in the order of their insertion', async () => {
    const request = await insertEmpty();
    const items = [anItem(request), anItem(request), anItem(request)];
    await inStore(store, async (tx) => {
      for (const item of items) await insertItem(tx, item);
    });

    const read = await inStore(store, (tx) => itemsOf(tx, request.id));

    assert.deepEqual(read, items);
  });

  it('When another request has an unfinished item on the Cloud PC, then insert says no and the transaction goes on', async () => {
    const cloudPc = aCloudPc();
    const { item: holder } = await insert({ cloudPc });
    const request = aRequest({ code: 'R-2001' });

    const isIn = await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      return insertItem(tx, anItem(request, { cloudPc }));
    });

    assert.equal(isIn, false);
    assert.notEqual(await inStore(store, (tx) => tx.requests.get(request.id)), null);
    const [found, ...others] = await inStore(store, (tx) => tx.items.unfinishedOn([cloudPc.id, 'other']));
    assert.deepEqual(others, []);
    assert.deepEqual(found?.item, holder);
    assert.equal(found?.request.id, holder.requestId);
  });

  for (const state of itemStates) {
    const isFree = finishedItemStates.includes(state);
    it(`When an item is ${state}, then its Cloud PC is ${isFree ? 'free' : 'held'}`, async () => {
      const cloudPc = aCloudPc();
      await insert({ cloudPc, state });

      const { isIn } = await insert({ cloudPc });

      assert.equal(isIn, isFree);
    });
  }

  it('When an item moves to a free Cloud PC, then it is saved', async () => {
    const { item } = await insert();
    const moved = { ...item, cloudPc: aCloudPc() };

    const isSaved = await inStore(store, (tx) => tx.items.save(moved));

    assert.equal(isSaved, true);
    assert.deepEqual(await get(item), moved);
  });

  it('When an item moves to a Cloud PC that is held, then save says no, nothing changes and the transaction goes on', async () => {
    const { item: holder } = await insert();
    const { item } = await insert();

    const isSaved = await inStore(store, async (tx) => {
      const isDone = await tx.items.save({ ...item, cloudPc: holder.cloudPc });
      await tx.items.save({ ...item, state: 'needsOperator' });
      return isDone;
    });

    assert.equal(isSaved, false);
    assert.deepEqual(await get(item), { ...item, state: 'needsOperator' });
  });

  it('When an item that is not there is saved, then that is an error', async () => {
    const request = await insertEmpty();

    await assert.rejects(
      inStore(store, (tx) => tx.items.save(anItem(request))),
      /not in the store/,
    );
  });

  it('When successes are asked for, then the newest one of each Cloud PC since then is told', async () => {
    const [first, second, failed] = [aCloudPc(), aCloudPc(), aCloudPc()];
    await insert({ cloudPc: first, state: 'ready', endedAt: noon + 10 });
    const { item: newest } = await insert({ cloudPc: first, state: 'readyWithWarnings', endedAt: noon + 20 });
    await insert({ cloudPc: second, state: 'ready', endedAt: noon + 5 });
    await insert({ cloudPc: failed, state: 'failed', endedAt: noon + 30 });

    const found = await inStore(store, (tx) => tx.items.successesOn([first.id, second.id, failed.id], noon + 5));

    assert.deepEqual(
      found.map(({ item, request }) => [item, request.id]),
      [[newest, newest.requestId]],
    );
    assert.deepEqual(await inStore(store, (tx) => tx.items.successesOn([], noon)), []);
  });

  it('When an item has an open intent, then a second one is refused until the first is answered', async () => {
    const { item } = await insert();
    const intent = anIntent(item);
    await inStore(store, (tx) => tx.intents.insert(intent));

    await assert.rejects(
      inStore(store, (tx) => tx.intents.insert(anIntent(item))),
      { code: '23505' },
    );

    await inStore(store, (tx) => tx.intents.answer(intent.id, 'unknown', noon + 1, null));
    await inStore(store, (tx) => tx.intents.insert(anIntent(item)));
  });

  it('When an intent of an earlier attempt was never answered, then a new one is taken and the old one is unknown', async () => {
    const { item } = await insert();
    const forgotten = anIntent(item, { attempt: 0 });
    await inStore(store, (tx) => tx.intents.insert(forgotten));

    await inStore(store, (tx) => tx.intents.insert(anIntent(item, { attempt: 1, committedAt: noon + 9 })));

    const old = store.db.selectFrom('intents').select(['state', 'answered_at']).where('id', '=', forgotten.id);
    assert.deepEqual(await old.executeTakeFirst(), { state: 'unknown', answered_at: new Date(noon + 9) });
  });

  it('When an intent is answered, then a late answer replaces an unknown one, and a known one stays', async () => {
    const { item } = await insert();
    const intent = anIntent(item);
    const read = () =>
      store.db
        .selectFrom('intents')
        .select(['state', 'graph_request_id', 'answered_at'])
        .where('id', '=', intent.id)
        .executeTakeFirst();
    await inStore(store, (tx) => tx.intents.insert(intent));

    await inStore(store, (tx) => tx.intents.answer(intent.id, 'unknown', noon + 1, null));
    await inStore(store, (tx) => tx.intents.answer(intent.id, 'accepted', noon + 2, 'graph-1'));
    await inStore(store, (tx) => tx.intents.answer(intent.id, 'rejected', noon + 3, 'graph-2'));

    assert.deepEqual(await read(), {
      state: 'accepted',
      graph_request_id: 'graph-1',
      answered_at: new Date(noon + 2),
    });
  });

  it('When starts are counted, then those that were certainly not applied do not count', async () => {
    const late = noon + 1_000_000;
    for (const state of ['accepted', 'unknown', 'notApplied'] as const) {
      const { item } = await insert();
      await inStore(store, (tx) => tx.intents.insert(anIntent(item, { state, committedAt: late })));
    }

    assert.equal(await inStore(store, (tx) => tx.intents.countSince(late)), 2);
    assert.equal(await inStore(store, (tx) => tx.intents.countSince(late + 1)), 0);
  });
});

describe(`what is due, and what the past says (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  it('When items are due, then advance and watch get them, the most overdue first', async () => {
    const request = aRequest();
    const items = [
      anItem(request, { dueAt: noon + 3, lookAt: noon + 1 }),
      anItem(request, { dueAt: noon + 2, lookAt: noon + 2 }),
      anItem(request, { dueAt: noon + 9, lookAt: noon + 9 }),
      anItem(request),
    ] as const;
    await inStore(store, async (tx) => {
      assert.equal(await tx.items.nextLookAt(), null);
      await insertRequest(tx, request, items);
    });

    await inStore(store, async (tx) => {
      assert.deepEqual(await tx.items.due(noon + 3, 10), [items[1].id, items[0].id]);
      assert.deepEqual(await tx.items.due(noon + 3, 1), [items[1].id]);
      assert.equal(await tx.items.nextLookAt(), noon + 1);
    });
  });

  it('When builds ended well, then their durations are told, newest first', async () => {
    const request = aRequest();
    const ended = (state: Item['state'], startingAt: number | null, endedAt: number) =>
      anItem(request, { state, startingAt, endedAt });
    const items = [
      ended('ready', noon, noon + 100),
      ended('readyWithWarnings', noon, noon + 300),
      ended('failed', noon, noon + 400),
      ended('ready', null, noon + 500),
    ];
    await inStore(store, (tx) => insertRequest(tx, request, items));

    assert.deepEqual(await inStore(store, (tx) => tx.items.buildDurations(5)), [300, 100]);
    assert.deepEqual(await inStore(store, (tx) => tx.items.buildDurations(1)), [300]);
  });
});
