// Two processes look at the same Cloud PC; what the slower one has seen is old when it is to be taken.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Baseline } from '../../src/domain/baseline.ts';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Item } from '../../src/domain/item.ts';
import { minute } from '../../src/domain/time.ts';
import type { Deps } from '../../src/requests/deps.ts';
import { watchItems } from '../../src/requests/watch-items.ts';
import type { Store } from '../../src/store/open-store.ts';
import { eventually } from '../fakes/looking.ts';
import { inStore, openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aBaseline, aCloudPc, anItem, aRequest } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';
import { aPolicy } from '../fakes/things.ts';

describe(`watching (${testStoreKind} store)`, () => {
  let store: Store;
  let now: number;

  beforeEach(() => {
    now = 1_800_000_000_000;
  });
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  const deps = (look: () => Promise<{ value: CloudPc }[]>): Deps => ({
    policy: aPolicy,
    clock: { now: () => now, monotonic: () => performance.now() },
    ids: { next: randomUUID },
    log: silentLog,
    unitOfWork: store.unitOfWork(recordingOutbox()),
    signIns: null,
    bulkWay: 'each',
    tenant: { read: () => assert.fail('nothing else is asked'), look: look as never },
  });

  async function insertBuilding(baseline: Partial<Baseline> = {}): Promise<Item> {
    const request = aRequest({ state: 'running' });
    const cloudPc = aCloudPc({ id: randomUUID() });
    const item = anItem(request, {
      state: 'building',
      cloudPc,
      baseline: aBaseline({ cloudPcId: cloudPc.id, provisionedAt: cloudPc.provisionedAt, ...baseline }),
      intentId: randomUUID(),
      startingAt: now - 1000,
      buildingAt: now - 500,
      lookAt: now,
    });
    await inStore(store, (tx) => insertRequest(tx, request, [item]));
    return item;
  }

  it('When somebody is looking, then nobody else looks, until that one must have died', async () => {
    const item = await insertBuilding();
    const asked: string[] = [];
    const asking = (name: string, answer: Promise<void>) =>
      deps(async () => {
        asked.push(name);
        await answer;
        return [{ value: item.cloudPc }];
      });
    const never = Promise.withResolvers<void>();
    const dying = watchItems(asking('first', never.promise), 30_000);
    await eventually(() => assert.deepEqual(asked, ['first']));

    await watchItems(asking('second', Promise.resolve()), 30_000);
    now += 31_000;
    await watchItems(asking('third', Promise.resolve()), 30_000);

    assert.deepEqual(asked, ['first', 'third']);
    never.resolve();
    await dying;
  });

  it('When an older look is taken after a newer one, then a build that has begun does not count as failed', async () => {
    const before = { status: 'failed', modifiedAt: 1000 };
    const item = await insertBuilding(before);
    const failed = { ...item.cloudPc, ...before, lastAction: null };
    const building = { ...failed, status: 'provisioning', modifiedAt: 2000 };
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const slow = watchItems(
      deps(async () => {
        asked.resolve();
        await answer.promise;
        return [{ value: failed }];
      }),
      30_000,
    );
    await asked.promise;
    now += minute;
    await watchItems(
      deps(async () => [{ value: building }]),
      30_000,
    );

    answer.resolve();
    await slow;

    const after = await inStore(store, (tx) => tx.items.get(item.id));
    assert.deepEqual([after?.state, after?.sawBusy], ['building', true]);
  });
});
