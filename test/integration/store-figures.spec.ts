import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Item } from '../../src/domain/item.ts';
import type { Request } from '../../src/domain/request.ts';
import { hour, minute } from '../../src/domain/time.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, testStoreKind } from '../fakes/store.ts';
import { aCard, aNotice, anItem, aRequest, noon } from '../fakes/store-rows.ts';

describe(`figures (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  const insert = async (changes: Partial<Request>, ...items: Partial<Item>[]) => {
    const request = aRequest(changes);
    const rows = items.map((one) => anItem(request, one));
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.items.insertMany(rows);
    });
    return { request, items: rows };
  };
  const audit = (request: Request, item: Item | undefined, action: string, at: number) =>
    inStore(store, (tx) =>
      tx.audit.write({ at, requestId: request.id, itemId: item?.id ?? null, actor: null, action, details: {} }),
    );

  it('When nothing is there, then every figure is, and is nothing', async () => {
    const { requests, items, oldest, undelivered } = await store.figures(noon);

    const counts = [...requests, ...items, ...undelivered].map(({ count }) => count);
    assert.deepEqual([...new Set(counts)], [0]);
    assert.deepEqual([requests.length, items.length, undelivered.length], [3, 14, 2]);
    assert.deepEqual(
      oldest.map(({ ms }) => ms),
      [0, 0],
    );
  });

  it('When requests wait, run and have ended, then those that have not ended are counted, and the oldest of each kind is timed', async () => {
    await insert({ state: 'draft', submittedAt: null });
    await insert({ state: 'awaitingApproval', submittedAt: noon - hour }, { state: 'queued' });
    await insert({ state: 'awaitingApproval', submittedAt: noon - 3 * hour }, { state: 'queued' });
    await insert(
      { state: 'succeeded', submittedAt: noon - 9 * hour, endedAt: noon },
      { state: 'ready', endedAt: noon },
    );
    const stuck = await insert({ state: 'running', submittedAt: noon - 9 * hour }, { state: 'needsOperator' });
    // Settled and unclear again: it waits since then.
    await audit(stuck.request, stuck.items[0], 'item.needsOperator', noon - 5 * hour);
    await audit(stuck.request, stuck.items[0], 'item.needsOperator', noon - 20 * minute);
    const late = await insert(
      { state: 'running', submittedAt: noon - 9 * hour },
      { state: 'timedOut' },
      { state: 'building' },
    );
    await audit(late.request, late.items[0], 'item.timedOut', noon - 40 * minute);
    // It waited before, and goes on.
    await audit(late.request, late.items[1], 'item.needsOperator', noon - 6 * hour);
    const over = await insert({ state: 'failed', endedAt: noon }, { state: 'failed', endedAt: noon });
    await audit(over.request, over.items[0], 'item.needsOperator', noon - 8 * hour);
    await inStore(store, async (tx) => {
      await tx.cards.insert(aCard(stuck.request, { state: 'unreachable' }));
      await tx.cards.insert(aCard(stuck.request, { state: 'open' }));
      await tx.cards.insert(aCard(over.request, { state: 'refused' }));
      await tx.notices.insert(aNotice(stuck.request, { state: 'refused' }), 'once');
    });

    const { requests, items, oldest, undelivered } = await store.figures(noon);

    const some = <One extends { count: number }>(rows: readonly One[]) => rows.filter(({ count }) => count > 0);
    assert.deepEqual(some(requests), [
      { state: 'awaitingApproval', count: 2 },
      { state: 'running', count: 2 },
    ]);
    assert.deepEqual(some(items), [
      { of: 'cloudPc', state: 'queued', count: 2 },
      { of: 'cloudPc', state: 'building', count: 1 },
      { of: 'cloudPc', state: 'timedOut', count: 1 },
      { of: 'cloudPc', state: 'needsOperator', count: 1 },
    ]);
    assert.deepEqual(oldest, [
      { waitingFor: 'approval', ms: 3 * hour },
      { waitingFor: 'operator', ms: 40 * minute },
    ]);
    assert.deepEqual(undelivered, [
      { what: 'card', count: 1 },
      { what: 'notice', count: 1 },
    ]);
  });
});
