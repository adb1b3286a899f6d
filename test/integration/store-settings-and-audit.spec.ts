import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { after, before, describe, it } from 'mocha';
import { day } from '../../src/domain/time.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, testStoreKind } from '../fakes/store.ts';
import { adam, aRequest, noon } from '../fakes/store-rows.ts';

describe(`settings, audit and seen activities (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  it('When nothing was set yet, then there is no channel and starts are on; what is set stays', async () => {
    await inStore(store, async (tx) => {
      assert.equal(await tx.settings.approvalsChannel(), null);
      assert.equal(await tx.settings.startsPaused(), false);
      assert.deepEqual(await tx.settings.lockStarts(), { paused: false });
    });

    await inStore(store, async (tx) => {
      await tx.settings.setApprovalsChannel('channel-1');
      await tx.settings.setStartsPaused(true);
    });

    await inStore(store, async (tx) => {
      assert.equal(await tx.settings.approvalsChannel(), 'channel-1');
      assert.equal(await tx.settings.startsPaused(), true);
      assert.deepEqual(await tx.settings.lockStarts(), { paused: true });
    });
  });

  it('When audit rows were written, then a request has its own, oldest first, page by page', async () => {
    const request = aRequest();
    const row = (action: string, requestId: string | null = request.id) => ({
      at: noon,
      requestId,
      itemId: 'item-1',
      actor: action === 'b' ? adam : null,
      action,
      details: { reason: 'because', list: [1, 'zwei'], nothing: null },
    });
    await inStore(store, async (tx) => {
      for (const action of ['a', 'b', 'c']) await tx.audit.write(row(action));
      await tx.audit.write(row('d', 'another'));
      await tx.audit.write(row('e', null));
    });

    assert.deepEqual(await inStore(store, (tx) => tx.audit.of(request.id, 0, 2)), {
      rows: [row('a'), row('b')],
      total: 3,
    });
    assert.deepEqual(await inStore(store, (tx) => tx.audit.of(request.id, 2, 2)), { rows: [row('c')], total: 3 });
  });

  for (const statement of ["update audit set action = 'x'", 'delete from audit', 'truncate audit']) {
    it(`When somebody tries to ${statement.split(' ')[0]} the audit, then the database refuses`, async () => {
      await inStore(store, (tx) =>
        tx.audit.write({ at: noon, requestId: 'kept', itemId: null, actor: null, action: 'a', details: {} }),
      );

      await assert.rejects(sql.raw(statement).execute(store.db), /append-only/);

      const { rows } = await inStore(store, (tx) => tx.audit.of('kept', 0, 100));
      assert.ok(rows.every((row) => row.action === 'a') && rows.length > 0);
    });
  }

  it('When an activity comes twice, then it is claimed once; after a day it is forgotten', async () => {
    const claim = (activity: string, at = noon) =>
      inStore(store, (tx) => tx.seenActivities.claim('chat-1', activity, at));

    assert.equal(await claim('1'), true);
    assert.equal(await claim('1'), false);
    assert.equal(await claim('2', noon + day), true);
    assert.equal(await inStore(store, (tx) => tx.seenActivities.claim('chat-2', '1', noon + day)), true);
    assert.equal(await inStore(store, (tx) => tx.seenActivities.forgetBefore(noon + 1)), 1);
    assert.equal(await claim('1'), true);
    assert.equal(await claim('2'), false);
  });
});
