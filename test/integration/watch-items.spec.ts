// Two processes look at the same Cloud PC; what the slower one has seen is old when it is to be taken.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Deps } from '../../src/requests/deps.ts';
import { watchItems } from '../../src/requests/watch-items.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aBaseline, aCloudPc, anItem, aRequest } from '../fakes/store-rows.ts';
import { aPolicy } from '../fakes/things.ts';

const now = 1_800_000_000_000;

describe(`watching (${testStoreKind} store)`, () => {
  let store: Store;

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
    tenant: { read: () => assert.fail('nothing else is asked'), look: look as never },
  });

  it('When an older look is taken after a newer one, then a build that has begun does not count as failed', async () => {
    const request = aRequest({ state: 'running' });
    const failed = aCloudPc({ id: randomUUID(), status: 'failed', modifiedAt: 1000, lastAction: null });
    const building = { ...failed, status: 'provisioning', modifiedAt: 2000 };
    const { id: cloudPcId, provisionedAt } = failed;
    const baseline = aBaseline({ cloudPcId, status: 'failed', modifiedAt: 1000, provisionedAt });
    const times = { startingAt: now - 1000, buildingAt: now - 500, lookAt: now };
    const item = anItem(request, {
      state: 'building',
      cloudPc: failed,
      baseline,
      intentId: randomUUID(),
      ...times,
    });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.items.insert(item);
    });
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
