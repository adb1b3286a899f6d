// What the store keeps of requests on many Cloud PCs: waves, lines of what was asked for, and questions about many items.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { LeftOutReason } from '../../src/domain/bulk.ts';
import type { BulkFilter } from '../../src/domain/bulk-views.ts';
import { type Item, type ItemState, itemStates } from '../../src/domain/item.ts';
import type { PersonRef } from '../../src/domain/people.ts';
import type { Card, Notice, Tx } from '../../src/domain/ports.ts';
import type { Request } from '../../src/domain/request.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, testStoreKind } from '../fakes/store.ts';
import { aCard, aCloudPc, ada, adam, aNotice, anItem, aRequest, ben, ines, ivan, noon } from '../fakes/store-rows.ts';
import { insertItem, insertRequest, itemsOf } from '../fakes/stored.ts';
import { aBulk, aCandidate, aWave } from '../fakes/things.ts';

const aBulkRequest = (changes: Partial<Request> = {}) =>
  aRequest({ state: 'running', requester: adam, owner: adam, bulk: aBulk(), approvedAt: noon, ...changes });
/** Each on a Cloud PC of its own. */
const items = (request: Request, ...changes: Partial<Item>[]) =>
  changes.map((change) => anItem(request, { owner: ada, ...change }));
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

function useStore(): { tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>; store(): Store } {
  let store: Store;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());
  return { tx: (work) => inStore(store, work), store: () => store };
}

describe(`waves (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  const { tx, store } = useStore();

  const insert = async (...waves: Parameters<typeof aWave>[0][]) => {
    const request = aBulkRequest();
    const rows = waves.map((wave) => aWave({ requestId: request.id, ...wave }));
    await tx(async (open) => {
      await open.requests.insert(request);
      await open.waves.insertMany(rows);
    });
    return { request, rows };
  };

  it('When waves were inserted in any order, then they are read back as they were, by their numbers', async () => {
    const [second, first] = [
      { number: 2, size: 25, tally: { queued: 20, failed: 5 }, beganAt: noon + 1, endedAt: noon + 2, dueAt: noon + 3 },
      { number: 1, size: 1, tally: { ready: 1 } },
    ];
    const { request, rows } = await insert(second, first);

    assert.deepEqual(await tx((open) => open.waves.of(request.id)), [rows[1], rows[0]]);
    assert.deepEqual(await tx((open) => open.waves.get(request.id, 2)), rows[0]);
    assert.equal(await tx((open) => open.waves.get(request.id, 3)), null);
    assert.deepEqual(await tx((open) => open.waves.of('nobody')), []);
  });

  it('When a request has no waves, then none are inserted, and one number is never given twice', async () => {
    const { request } = await insert();
    await tx((open) => open.waves.insertMany([aWave({ requestId: request.id })]));

    await assert.rejects(
      tx((open) => open.waves.insertMany([aWave({ requestId: request.id })])),
      { code: '23505' },
    );
  });

  it('When a wave is saved, then its counts and times are, its size stays, and the other waves stay as they were', async () => {
    const { request, rows } = await insert({ number: 1, size: 3 }, { number: 2, size: 3 });
    const { request: other, rows: others } = await insert({ number: 1, size: 3 });
    const saved = { ...rows[0]!, tally: { queued: 0, ready: 3 }, beganAt: noon, endedAt: noon + 9, dueAt: noon + 5 };

    await tx((open) => open.waves.save({ ...saved, size: 99 }));

    assert.deepEqual(await tx((open) => open.waves.of(request.id)), [saved, rows[1]]);
    assert.deepEqual(await tx((open) => open.waves.of(other.id)), others);
  });

  it('When waves are due, then each request is told once, and not before its time', async () => {
    const early = noon - 10_000_000;
    const { request: twice } = await insert({ number: 1, dueAt: early }, { number: 2, dueAt: early - 1 });
    const { request: once } = await insert({ number: 1, dueAt: early + 1 }, { number: 2 });
    await insert({ number: 1 });

    assert.deepEqual(await tx((open) => open.waves.due(early, 10)), [twice.id]);
    assert.deepEqual((await tx((open) => open.waves.due(early + 1, 10))).sort(), [twice.id, once.id].sort());
    assert.equal((await tx((open) => open.waves.due(early + 1, 1))).length, 1);
  });

  it('When a wave will be due soon, then its request is woken then, once, at the first of its times', async () => {
    const from = noon + 10_000_000;
    const { request } = await insert({ number: 1, dueAt: from + 7 }, { number: 2, dueAt: from + 5 });
    await insert({ number: 1, dueAt: from + 50 }, { number: 2, dueAt: from });

    const upcoming = await store().upcoming(from, from + 10);

    assert.deepEqual(upcoming, [{ wakeUp: { queue: 'bulk', requestId: request.id }, at: from + 5 }]);
  });
});

describe(`many items at once (${testStoreKind} store)`, function () {
  this.timeout(60_000);
  const { tx } = useStore();

  const insert = async (...changes: Partial<Item>[]) => {
    const request = aBulkRequest();
    const rows = items(request, ...changes);
    await tx((open) => insertRequest(open, request, rows));
    return { request, rows };
  };
  const at = <T>(list: readonly T[], ...indexes: number[]): T[] => indexes.map((index) => list[index]!);

  it('When another unfinished item holds some of the Cloud PCs, then the others are inserted, in order, and told', async () => {
    const { rows: held } = await insert({}, { state: 'needsOperator' }, { state: 'ready' });
    const request = aBulkRequest();
    const free = items(request, {}, {});
    const [taken, stuck, done] = held.map(({ cloudPc }) => anItem(request, { cloudPc }));
    const wished = [free[1]!, taken!, done!, stuck!, free[0]!];

    const inserted = await tx(async (open) => {
      await open.requests.insert(request);
      return open.items.insertMany(wished);
    });

    assert.deepEqual(inserted, new Set(ids([free[1]!, done!, free[0]!])));
    const kept = await tx((open) => itemsOf(open, request.id));
    assert.deepEqual(ids(kept), ids([free[1]!, done!, free[0]!]));
    assert.deepEqual(kept[0], free[1]);
  });

  it('When one Cloud PC is named twice, then the first one has it', async () => {
    const request = aBulkRequest();
    const cloudPc = aCloudPc();
    const [first, second] = items(request, { cloudPc }, { cloudPc });

    const inserted = await tx(async (open) => {
      await open.requests.insert(request);
      return open.items.insertMany([first!, second!]);
    });

    assert.deepEqual(inserted, new Set([first!.id]));
  });

  it('When an item is there already, then inserting it again is an error, and no Cloud PC that is held', async () => {
    const { rows } = await insert({});

    await assert.rejects(
      tx((open) => open.items.insertMany([{ ...rows[0]!, cloudPc: aCloudPc() }])),
      { code: '23505' },
    );
  });

  it('When there are none, or more than one statement takes, then all of them are inserted in order', async () => {
    const request = aBulkRequest();
    const many = items(request, ...Array.from({ length: 1100 }, () => ({})));
    const [conflict] = items(request, { cloudPc: many[0]!.cloudPc });

    const [none, inserted] = await tx(async (open) => {
      await open.requests.insert(request);
      return [await open.items.insertMany([]), await open.items.insertMany([...many, conflict!])];
    });

    assert.equal(none?.size, 0);
    assert.deepEqual(inserted, new Set(ids(many)));
    const read = await tx((open) => itemsOf(open, request.id));
    assert.deepEqual(ids(read), ids(many));
  });

  it('When items are asked for by their states, then those come in order, and no more than asked for', async () => {
    const { request, rows } = await insert(
      { state: 'failed' },
      { state: 'ready' },
      { state: 'queued' },
      { state: 'failed' },
    );
    const inStates = (states: ItemState[], limit = 10) =>
      tx(async (open) => ids(await open.items.inStates(request.id, states, limit)));

    assert.deepEqual(await inStates(['failed']), ids(at(rows, 0, 3)));
    assert.deepEqual(await inStates(['ready', 'failed']), ids(at(rows, 0, 1, 3)));
    assert.deepEqual(await inStates(['ready', 'failed'], 2), ids(at(rows, 0, 1)));
    assert.deepEqual(await inStates(['building']), []);
    assert.deepEqual((await tx((open) => open.items.first(request.id)))?.id, rows[0]?.id);
    assert.equal(await tx((open) => open.items.first('nobody')), null);
  });

  it('When items of a wave are due, then those that are to be started come in order, and the time of the next is told', async () => {
    const { request, rows } = await insert(
      { wave: 2, dueAt: noon + 2 },
      { wave: 2, state: 'checking', dueAt: noon + 1 },
      { wave: 2, dueAt: noon + 9 },
      { wave: 2, dueAt: null },
      { wave: 2, state: 'needsSignIn', dueAt: noon },
      { wave: 2, state: 'building', dueAt: noon },
      { wave: 3, dueAt: noon },
    );
    const due = (wave: number, now: number, limit = 10) =>
      tx(async (open) => ids(await open.items.dueInWaves(request.id, wave, now, limit)));
    const next = (wave: number) => tx((open) => open.items.nextDueInWaves(request.id, wave));

    assert.deepEqual(await due(2, noon + 2), ids(at(rows, 0, 1)));
    assert.deepEqual(await due(2, noon + 2, 1), ids(at(rows, 0)));
    assert.deepEqual(await due(2, noon + 1), ids(at(rows, 1)));
    assert.deepEqual(await due(2, noon), []);
    assert.equal(await next(2), noon + 1);
    assert.equal(await next(1), null);
    assert.equal(await next(3), noon);
  });

  it('When a wave begins, then what is queued in it is due and told with its owners, and nothing else changes', async () => {
    const { request, rows } = await insert(
      { wave: 2, owner: ada },
      { wave: 2, owner: ben },
      { wave: 2, state: 'cancelled', owner: ivan },
      { wave: 1 },
      { wave: 3 },
    );
    const { request: other, rows: others } = await insert({ wave: 2 });

    const begun = await tx((open) => open.items.beginWave(request.id, 2, noon + 5));

    const expected = [
      { id: rows[0]?.id, owner: ada },
      { id: rows[1]?.id, owner: ben },
    ];
    assert.deepEqual(new Set(begun), new Set(expected));
    const due = rows.map((row, index) => (index < 2 ? { ...row, dueAt: noon + 5 } : row));
    assert.deepEqual(await tx((open) => itemsOf(open, request.id)), due);
    assert.deepEqual(await tx((open) => itemsOf(open, other.id)), others);
  });

  it('When somebody asks for theirs, then the first item that is theirs in this request is told', async () => {
    const { request, rows } = await insert({ owner: ben }, { owner: ada }, { owner: ada });

    assert.deepEqual(await tx((open) => open.items.ownedBy(request.id, ada.id)), rows[1]);
    assert.equal(await tx((open) => open.items.ownedBy(request.id, ines.id)), null);
    const { request: other } = await insert({ owner: ben });
    assert.equal(await tx((open) => open.items.ownedBy(other.id, ada.id)), null);
  });

  it('When some are in trouble, then those that failed or wait for a person are told, the newest first', async () => {
    const { request, rows } = await insert(...itemStates.map((state) => ({ state })), { state: 'failed' });
    const troubled = ['failed', 'timedOut', 'needsOperator'];
    const expected = rows.filter(({ state }) => troubled.includes(state)).reverse();

    const read = await tx((open) => open.items.troubled(request.id, 10));

    assert.equal(expected.length, 4);
    assert.deepEqual(read, expected);
    assert.deepEqual(await tx((open) => open.items.troubled(request.id, 2)), expected.slice(0, 2));
  });

  it('When attempts and starts are asked for, then all items count, and none is no error', async () => {
    const { request } = await insert(
      { attempt: 2, startingAt: noon + 9 },
      { attempt: 1, startingAt: noon + 3 },
      { attempt: 0 },
    );
    const { request: fresh } = await insert({}, {});
    const both = ({ id }: Request) =>
      tx(async (open) => [await open.items.sumAttempts(id), await open.items.firstStartAt(id)]);

    assert.deepEqual(await both(request), [3, noon + 3]);
    assert.deepEqual(await both(fresh), [0, null]);
    assert.deepEqual(await both(aBulkRequest()), [0, null]);
  });

  it('When an admin wants to look again, then only what waits for a person in this request is looked at', async () => {
    const lookAt = noon + 99;
    const { request, rows } = await insert(
      { state: 'needsOperator', lookAt },
      { state: 'timedOut', lookAt },
      { state: 'building', lookAt },
      { state: 'failed' },
    );
    const { request: other, rows: others } = await insert({ state: 'timedOut', lookAt });

    await tx((open) => open.items.lookNowAtLate(request.id, noon));

    const looked = rows.map((row, index) => (index < 2 ? { ...row, lookAt: noon } : row));
    assert.deepEqual(await tx((open) => itemsOf(open, request.id)), looked);
    assert.deepEqual(await tx((open) => itemsOf(open, other.id)), others);
  });

  it('When a bulk request goes on, then what it held is due, and what waits for another reason or request is not', async () => {
    const held = { hold: 'bulk', dueAt: noon + 3_600_000 } as const;
    const { request, rows } = await insert(
      { ...held, state: 'checking' },
      { ...held, state: 'queued' },
      { ...held, state: 'checking', hold: 'quota' },
      { ...held, state: 'cancelled', dueAt: null },
    );
    const { rows: others } = await insert({ ...held, state: 'checking' });

    const woken = await tx((open) => open.items.wakeHeld('bulk', noon, request.id));

    assert.deepEqual(woken.sort(), ids(at(rows, 0, 1)).sort());
    const after = await tx((open) => itemsOf(open, request.id));
    assert.deepEqual(
      after.map(({ dueAt }) => dueAt),
      [noon, noon, noon + 3_600_000, null],
    );
    const everywhere = await tx((open) => open.items.wakeHeld('bulk', noon));
    assert.deepEqual(everywhere.sort(), ids([...at(rows, 0, 1), ...others]).sort());
  });

  it('When somebody owns one of many Cloud PCs, then they see that request among theirs, and nobody else does', async () => {
    const owner = { id: randomUUID(), name: 'Olga Owner' };
    const { request } = await insert({ owner: ada }, { owner }, { owner });
    await tx((open) => open.requests.save({ ...request, tally: { queued: 3 }, submittedAt: noon + 7 }));
    const seenBy = async (person: PersonRef) => {
      const query = { filter: 'all', seenBy: person.id, me: person.id, offset: 0, limit: 10 } as const;
      const { requests, total } = await tx((open) => open.requests.list(query));
      return { found: requests.map((one) => one.request.id), total };
    };

    assert.deepEqual(await seenBy(owner), { found: [request.id], total: 1 });
    assert.deepEqual(await seenBy({ id: 'nobody', name: '' }), { found: [], total: 0 });
  });
});

describe(`lines of what was asked for (${testStoreKind} store)`, function () {
  this.timeout(60_000);
  const { tx } = useStore();

  const list = async (requestId: string, filter: BulkFilter = 'all', offset = 0, limit = 100) => {
    const { lines, total } = await tx((open) => open.candidates.list({ requestId, filter, offset, limit }));
    return { lines, numbers: lines.map(({ candidate }) => candidate.number), total };
  };

  it('When lines were inserted, then they are read back as they were, without what PostgreSQL refuses', async () => {
    const request = aBulkRequest();
    const whole = aCandidate({ number: 2, leftOut: { reason: 'cooldown', endedAt: noon, from: noon + 1 } });
    const bare = aCandidate({ number: 1, words: 'x\0y', owner: null, ownerUpn: null, cloudPc: null });
    const leftOut = { reason: 'notFound' } as const;
    await tx(async (open) => {
      await open.requests.insert(request);
      await open.candidates.insertMany(request.id, [whole, { ...bare, leftOut }]);
    });

    assert.deepEqual((await list(request.id)).lines, [
      { candidate: { ...bare, words: 'xy', leftOut }, item: null },
      { candidate: whole, item: null },
    ]);
  });

  it('When there are thousands, then all are kept, resolved and listed page by page in their order', async () => {
    const request = aBulkRequest();
    const count = 1234;
    const many = Array.from({ length: count }, (_, index) =>
      aCandidate({ number: index + 1, leftOut: index % 3 === 0 ? { reason: 'busy' } : null }),
    );
    await tx(async (open) => {
      await open.requests.insert(request);
      await open.candidates.insertMany(request.id, []);
      await open.candidates.insertMany(request.id, many);
    });

    const remaining = await tx((open) => open.candidates.remaining(request.id));
    const resolved = remaining.map(({ number }) => ({ number, itemId: `item-${number}`, leftOut: null }));
    await tx((open) => open.candidates.resolve(request.id, resolved));

    assert.deepEqual(
      remaining,
      many.filter(({ leftOut }) => leftOut === null),
    );
    const page = await list(request.id, 'all', 1200, 100);
    assert.deepEqual(
      [page.numbers.at(0), page.numbers.at(-1), page.numbers.length, page.total],
      [1201, 1234, 34, count],
    );
    assert.deepEqual((await list(request.id, 'leftOut', 0, 2)).numbers, [1, 4]);
    assert.equal((await list(request.id, 'leftOut', 0, 2)).total, Math.ceil(count / 3));
    assert.equal((await list(request.id, 'toRebuild', 0, 1)).total, remaining.length);
  });

  it('When lines are resolved, then each has its item or says why it has none, and the others stay as they were', async () => {
    const [request, other] = [aBulkRequest(), aBulkRequest()];
    const three = [1, 2, 3].map((number) => aCandidate({ number }));
    const item = anItem(request);
    const taken: LeftOutReason = { reason: 'running', code: 'R-1007' };
    await tx(async (open) => {
      for (const one of [request, other]) {
        await open.requests.insert(one);
        await open.candidates.insertMany(one.id, three);
      }
      await insertItem(open, item);
    });

    await tx(async (open) => {
      await open.candidates.resolve(request.id, []);
      await open.candidates.resolve(request.id, [
        { number: 1, itemId: item.id, leftOut: null },
        { number: 3, itemId: null, leftOut: taken },
      ]);
    });

    assert.deepEqual((await list(request.id)).lines, [
      { candidate: three[0], item },
      { candidate: three[1], item: null },
      { candidate: { ...three[2], leftOut: taken }, item: null },
    ]);
    assert.deepEqual(
      (await list(other.id)).lines.map(({ candidate }) => candidate),
      three,
    );
  });

  describe('by what has become of them', () => {
    const expected: Readonly<Record<Exclude<BulkFilter, 'all' | 'toRebuild'>, readonly (ItemState | 'never')[]>> = {
      leftOut: ['skipped', 'cancelled', 'never'],
      waiting: ['queued', 'checking', 'needsSignIn'],
      running: ['starting', 'building'],
      ready: ['ready', 'readyWithWarnings'],
      failed: ['failed'],
      unsettled: ['timedOut', 'needsOperator'],
    };
    const request = aBulkRequest();
    const rows = items(request, ...itemStates.map((state) => ({ state })));
    const numberOf = (state: ItemState | 'never') =>
      state === 'never' ? rows.length + 1 : itemStates.indexOf(state) + 1;

    before(async () => {
      const candidates = rows.map((_row, index) => aCandidate({ number: index + 1 }));
      const never = aCandidate({ number: rows.length + 1, leftOut: { reason: 'vip' } });
      await tx(async (open) => {
        await insertRequest(open, request, rows);
        await open.candidates.insertMany(request.id, [...candidates, never]);
        await open.candidates.resolve(
          request.id,
          rows.map(({ id }, index) => ({ number: index + 1, itemId: id, leftOut: null })),
        );
      });
    });

    for (const [filter, states] of Object.entries(expected) as [BulkFilter, (ItemState | 'never')[]][]) {
      it(`When those that are ${filter} are listed, then these are ${states.join(', ')}, each with its item`, async () => {
        const { numbers, total, lines } = await list(request.id, filter);

        assert.deepEqual(
          numbers,
          states.map(numberOf).sort((a, b) => a - b),
        );
        assert.equal(total, states.length);
        for (const { candidate, item } of lines) assert.equal(item?.id, rows[candidate.number - 1]?.id);
      });
    }

    it('When every list is put together, then each line is in exactly one of them', async () => {
      const all: number[] = [];
      for (const filter of Object.keys(expected) as BulkFilter[]) all.push(...(await list(request.id, filter)).numbers);

      assert.deepEqual(
        all.sort((a, b) => a - b),
        (await list(request.id)).numbers,
      );
    });

    it('When all are listed, then all come; and what is to be rebuilt is what was not left out', async () => {
      assert.deepEqual((await list(request.id)).total, itemStates.length + 1);
      const { numbers } = await list(request.id, 'toRebuild');
      assert.deepEqual(
        numbers,
        rows.map((_row, index) => index + 1),
      );
    });
  });
});

describe(`cards and notices of one of many (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  const { tx } = useStore();

  const insert = async (...cards: Partial<Card>[]) => {
    const request = aBulkRequest();
    const rows = cards.map((card) => aCard(request, card));
    await tx(async (open) => {
      await open.requests.insert(request);
      await open.cards.insertMany(rows);
    });
    return { request, rows };
  };
  const insertNotices = async (request: Request, ...notices: Partial<Notice>[]) => {
    const rows = notices.map((notice) => aNotice(request, notice));
    await tx(async (open) => {
      for (const [index, row] of rows.entries()) await open.notices.insert(row, `once-${index}`);
    });
    return rows;
  };
  const wanted = async (rows: readonly Card[]) => {
    const found = await tx(async (open) => {
      const read: (Card | null)[] = [];
      for (const { id } of rows) read.push(await open.cards.lock(id));
      return read;
    });
    return found.map((card) => card?.wanted);
  };

  it('When cards and notices belong to an item, then that is read back', async () => {
    const { request, rows } = await insert({ itemId: 'item-1', audience: 'owner' });
    const [notice] = await insertNotices(request, { itemId: 'item-1', audience: 'owner' });

    assert.deepEqual(await tx((open) => open.cards.lock(rows[0]!.id)), rows[0]);
    assert.deepEqual(await tx((open) => open.notices.lock(notice!.id)), notice);
  });

  it('When one item of many has changed, then only its cards and those of the whole are shown anew', async () => {
    const { request, rows } = await insert({}, { itemId: 'item-1' }, { itemId: 'item-2' }, { audience: 'channel' });
    const want = (version: number, onlyOf?: { itemId: string | null }) =>
      tx((open) => open.cards.want(request.id, version, noon, onlyOf));
    const of = (...indexes: number[]) => indexes.map((index) => rows[index]!.id).sort();

    assert.deepEqual((await want(2, { itemId: 'item-1' })).sort(), of(0, 1, 3));
    assert.deepEqual(await wanted(rows), [2, 2, 1, 2]);
    assert.deepEqual((await want(3, { itemId: null })).sort(), of(0, 3));
    assert.deepEqual(await wanted(rows), [3, 2, 1, 3]);
    assert.deepEqual((await want(4)).sort(), of(0, 1, 2, 3));
    assert.deepEqual(await wanted(rows), [4, 4, 4, 4]);
  });

  it('When the channel has a card, then it is found, and only that', async () => {
    const { request, rows } = await insert({}, { audience: 'channel', person: null }, { audience: 'owner' });
    const { request: without } = await insert({});

    assert.deepEqual(await tx((open) => open.cards.inChannel(request.id)), rows[1]);
    assert.equal(await tx((open) => open.cards.inChannel(without.id)), null);
  });

  it('When cards were not taken, then those of an audience are counted, without the one that is asked about', async () => {
    const { request, rows } = await insert(
      { audience: 'owner', state: 'unreachable' },
      { audience: 'owner', state: 'refused' },
      { audience: 'owner', state: 'open' },
      { audience: 'owner', state: 'sending' },
      { audience: 'requester', state: 'refused' },
    );
    await insert({ audience: 'owner', state: 'unreachable' });
    const lost = (audience: Card['audience'], except?: string) =>
      tx((open) => open.cards.countLost(request.id, audience, except));

    assert.deepEqual([await lost('owner'), await lost('requester'), await lost('channel')], [2, 1, 0]);
    assert.equal(await lost('owner', rows[0]?.id), 1);
    assert.equal(await lost('owner', rows[2]?.id), 2);
  });

  it('When messages were not taken, then mails and what asks for a decision do not count, nor admins who stood in', async () => {
    const { request } = await insert();
    const lost = { state: 'unreachable', audience: 'owner' } as const;
    const channel = { state: 'refused', audience: 'channel', person: null } as const;
    const rows = await insertNotices(
      request,
      lost,
      { ...lost, state: 'refused', notice: 'failed' },
      { ...lost, via: 'mail', mail: 'ready' },
      { ...lost, state: 'sent' },
      { ...lost, state: 'pending' },
      channel,
      { ...channel, person: adam },
      { ...channel, notice: 'approvalReminder' },
      { ...channel, notice: 'approvalEscalation' },
      { ...channel, notice: 'noChannel' },
    );
    const count = (audience: Notice['audience'], except?: string) =>
      tx((open) => open.notices.countLost(request.id, audience, except));

    assert.deepEqual([await count('owner'), await count('channel'), await count('requester')], [2, 1, 0]);
    assert.deepEqual([await count('owner', rows[0]?.id), await count('channel', rows[5]?.id)], [1, 0]);
  });
});
