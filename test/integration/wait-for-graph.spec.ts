// Reads work, and no connection for the start can be made.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { TemporaryError } from '../../src/domain/errors.ts';
import { hour } from '../../src/domain/time.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { start } from '../../src/operations/reprovision/start.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aBaseline, anItem, aRequest } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';
import { aPolicy, byTheApplication } from '../fakes/things.ts';

describe(`a start that cannot be connected (${testStoreKind} store)`, () => {
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  it('When it stays so for longer than a build may take, then the item is let go of, and nothing was sent', async () => {
    let now = 1_800_000_000_000;
    const request = aRequest({ state: 'approved' });
    const item = anItem(request, { state: 'checking', checkingAt: now, dueAt: now });
    await inStore(store, (tx) => insertRequest(tx, request, [item]));
    const deps = {
      policy: aPolicy,
      clock: { now: () => now, monotonic: () => performance.now() },
      ids: { next: randomUUID },
      log: silentLog,
      unitOfWork: store.unitOfWork(recordingOutbox()),
      bulkStarter: null,
      starter: { prepare: () => Promise.reject(new TemporaryError('graph.unreachable', { graphCode: 'timeout' })) },
    } as unknown as OperationDeps;
    const seen: string[] = [];
    for (const end = now + aPolicy.limits.giveUpAfterMs + 2 * hour; now < end; now += hour) {
      const current = await inStore(store, (tx) => tx.items.get(item.id));
      assert.ok(current);
      seen.push(current.state);
      if (current.state !== 'checking') break;

      const { cloudPc: pc } = item;
      const checked = { pc, baseline: aBaseline({ cloudPcId: pc.id }), checkedAt: performance.now() };
      await start(deps, request, current, byTheApplication(deps.starter), checked);
    }

    const after = await inStore(store, (tx) => tx.items.get(item.id));
    assert.equal(seen.filter((state) => state === 'checking').length, aPolicy.limits.giveUpAfterMs / hour + 2);
    assert.deepEqual([after?.state, after?.outcome?.code, after?.intentId], ['skipped', 'graphUnavailable', null]);
  });
});
