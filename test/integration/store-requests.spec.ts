import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Decision, Request } from '../../src/domain/request.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, testStoreKind } from '../fakes/store.ts';
import { ada, adam, anItem, aRequest, ben, ines, ivan, noon } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';
import { aBulk } from '../fakes/things.ts';

const approval: Decision = {
  by: ivan,
  verdict: 'approve',
  comment: 'fine',
  asApprover: true,
  asAdmin: false,
  revision: 1,
  at: noon + 5,
};

describe(`requests (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  const insert = (request: Request) => inStore(store, (tx) => tx.requests.insert(request));
  const get = (request: Request) => inStore(store, (tx) => tx.requests.get(request.id));

  it('When codes are asked for, then they start at R-1001 and are never given twice', async () => {
    const codes = await Promise.all([1, 2, 3].map(() => inStore(store, (tx) => tx.requests.nextCode())));

    assert.deepEqual(codes.sort(), ['R-1001', 'R-1002', 'R-1003']);
  });

  it('When a request was inserted, then it is read back as it was, by id, by code and with the lock', async () => {
    const request = aRequest({
      code: 'R-7',
      cancelledBy: adam,
      decisions: [approval],
      approvedAt: noon + 2,
      bulk: aBulk({ pause: { reason: 'failures', wave: 1, failed: 1, of: 1, at: noon } }),
      tally: { queued: 2, failed: 1 },
    });

    await insert(request);

    assert.deepEqual(await get(request), request);
    assert.deepEqual(await inStore(store, (tx) => tx.requests.lock(request.id)), request);
    assert.deepEqual(await inStore(store, (tx) => tx.requests.findByCode(' r-7 ')), request);
    assert.equal(await inStore(store, (tx) => tx.requests.get('nobody')), null);
    assert.equal(await inStore(store, (tx) => tx.requests.lock('nobody')), null);
    assert.equal(await inStore(store, (tx) => tx.requests.findByCode('R-0')), null);
  });

  it('When it is saved, then the version grows by one and new decisions are kept in order', async () => {
    const request = aRequest();
    await insert(request);
    const second: Decision = { ...approval, by: ines, comment: null, at: noon + 6 };

    const first = await inStore(store, (tx) =>
      tx.requests.save({ ...request, state: 'approved', decisions: [approval] }),
    );
    const saved = await inStore(store, (tx) => tx.requests.save({ ...first, decisions: [approval, second] }));

    assert.equal(saved.version, 3);
    assert.deepEqual(await get(request), saved);
    assert.deepEqual(
      saved.decisions.map((decision) => decision.by.name),
      ['Ivan Ilić', 'Inés Ibarra'],
    );
  });

  it('When it is saved from a copy that is too old, then nothing is written', async () => {
    const request = aRequest();
    await insert(request);
    await inStore(store, (tx) => tx.requests.save({ ...request, state: 'approved' }));

    await assert.rejects(
      inStore(store, (tx) => tx.requests.save({ ...request, state: 'declined' })),
      /old copy/,
    );

    assert.equal((await get(request))?.state, 'approved');
  });

  it('When words hold what PostgreSQL refuses, then they are kept without it', async () => {
    const request = aRequest({ reason: 'a\0b\ud800', mail: { wanted: true, text: 'x\0\\u0000' } });

    await insert(request);

    const read = await get(request);
    assert.equal(read?.reason, 'ab\ufffd');
    assert.equal(read?.mail.text, 'x\\u0000');
  });
});

describe(`lists of requests (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;
  const of = (code: string, at: number, changes: Partial<Request> = {}) =>
    aRequest({ code, submittedAt: noon + at, ...changes });

  before(async () => {
    store = await openTestStore();
    await inStore(store, async (tx) => {
      const stuck = of('R-5', 5, { state: 'running', requester: adam, owner: ben });
      const requests = [
        of('R-1', 1, { state: 'succeeded' }),
        of('R-2', 2, { state: 'failed', requester: ben, owner: ben }),
        of('R-3', 3, { state: 'partlySucceeded', requester: adam, owner: ada }),
        of('R-4', 4),
        aRequest({ state: 'draft', submittedAt: null }),
        aRequest({ state: 'cancelled', submittedAt: null }),
      ];
      for (const request of requests) await tx.requests.insert(request);
      await insertRequest(tx, stuck, [anItem(stuck, { state: 'needsOperator' }), anItem(stuck, { state: 'ready' })]);
    });
  });

  after(() => store.close());

  const list = async (query: Partial<Parameters<typeof run>[0]>) => {
    const { requests, total } = await run({ filter: 'all', seenBy: null, me: ada.id, offset: 0, limit: 10, ...query });
    return { codes: requests.map(({ request }) => request.code), total, requests };
  };
  const run = (query: {
    filter: 'all' | 'open' | 'mine' | 'failed';
    seenBy: string | null;
    me: string;
    offset: number;
    limit: number;
  }) => inStore(store, (tx) => tx.requests.list(query));

  it('When everything is listed, then the newest come first, with their first item and without drafts', async () => {
    const { codes, total, requests } = await list({});

    assert.deepEqual(codes, ['R-5', 'R-4', 'R-3', 'R-2', 'R-1']);
    assert.equal(total, 5);
    assert.equal(requests[0]?.item?.state, 'needsOperator');
    assert.equal(requests[1]?.item, null);
  });

  it('When a page is asked for, then it is cut out and the total stays', async () => {
    const { codes, total } = await list({ offset: 1, limit: 2 });

    assert.deepEqual(codes, ['R-4', 'R-3']);
    assert.equal(total, 5);
  });

  it('When it is filtered, then open, mine and failed mean what they say', async () => {
    assert.deepEqual((await list({ filter: 'open' })).codes, ['R-5', 'R-4']);
    assert.deepEqual((await list({ filter: 'mine' })).codes, ['R-4', 'R-1']);
    assert.deepEqual((await list({ filter: 'failed' })).codes, ['R-5', 'R-3', 'R-2']);
  });

  it('When somebody may see only what concerns them, then requester and owner do', async () => {
    assert.deepEqual((await list({ seenBy: ada.id })).codes, ['R-4', 'R-3', 'R-1']);
    assert.deepEqual((await list({ seenBy: ben.id, filter: 'open' })).codes, ['R-5']);
    assert.deepEqual((await list({ seenBy: ines.id })).codes, []);
  });
});
