// What the embedded store takes back when it starts after a kill.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Item } from '../../src/domain/item.ts';
import type { Deps } from '../../src/requests/deps.ts';
import { recoverLastRun } from '../../src/requests/recover.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aBaseline, aCard, aCloudPc, aNotice, anIntent, anItem, aRequest, noon } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';
import { aPolicy } from '../fakes/things.ts';
import { plainTenant } from '../fakes/use-cases.ts';

const now = noon + 1000;

describe(`after a kill (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;
  let outbox: ReturnType<typeof recordingOutbox>;

  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  async function recover(): Promise<void> {
    outbox = recordingOutbox();
    const deps: Deps = {
      policy: aPolicy,
      clock: { now: () => now, monotonic: () => now },
      ids: { next: randomUUID },
      log: silentLog,
      unitOfWork: store.unitOfWork(outbox),
      signIns: null,
      bulkWay: 'each',
      tenant: plainTenant({}),
    };
    await recoverLastRun(deps);
  }

  async function insert(changes: Partial<Item>): Promise<Item> {
    const request = aRequest({ state: 'running' });
    const intentId = randomUUID();
    const item = anItem(request, {
      cloudPc: aCloudPc({ id: randomUUID() }),
      baseline: aBaseline(),
      startingAt: noon,
      dueAt: noon + 45_000,
      intentId,
      ...changes,
    });
    await inStore(store, async (tx) => {
      await insertRequest(tx, request, [item]);
      await tx.intents.insert(anIntent(item, { id: intentId }));
    });
    return item;
  }

  const get = async (item: Item) => {
    const found = await inStore(store, (tx) => tx.items.get(item.id));
    assert.ok(found);
    return found;
  };

  it('When an answer to a start was awaited, then it is looked at now, and nothing is sent again', async () => {
    const item = await insert({ state: 'starting' });

    await recover();

    const after = await get(item);
    assert.deepEqual([after.state, after.unknownSince, after.lookAt], ['starting', now, now]);
    assert.equal(after.intentId, item.intentId, 'the intent stays, and forbids a second start');
    assert.ok(outbox.sent.some(({ wakeUp }) => wakeUp.queue === 'watch'));
  });

  it('When it was looked at already, or is built, then nothing changes', async () => {
    const items = [
      await insert({ state: 'starting', unknownSince: noon, lookAt: noon }),
      await insert({ state: 'building', buildingAt: noon, lookAt: noon }),
      await insert({ state: 'needsOperator', unknownSince: noon }),
    ];

    await recover();

    for (const item of items) assert.deepEqual(await get(item), item);
  });

  it('When cards and messages were being sent, then they are sent again at once', async () => {
    const request = aRequest();
    const card = aCard(request, { state: 'sending', lease: 'gone', dueAt: now + 20_000 });
    const notice = aNotice(request, { state: 'sending', lease: 'gone', dueAt: now + 20_000 });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.cards.insert(card);
      await tx.notices.insert(notice, 'once');
    });

    await recover();

    const woken = outbox.sent.map(({ wakeUp }) => wakeUp);
    assert.ok(woken.some((one) => one.queue === 'deliverCard' && one.cardId === card.id));
    assert.ok(woken.some((one) => one.queue === 'deliverNotice' && one.noticeId === notice.id));
    const after = await inStore(store, (tx) => tx.cards.lock(card.id));
    assert.deepEqual([after?.state, after?.lease, after?.dueAt], ['open', null, now]);
  });

  it('When the address of a mail was being read, then it goes on at once and may still be sent', async () => {
    const request = aRequest();
    const mail = aNotice(request, { via: 'mail', mail: 'ready', state: 'pending', lease: 'gone', dueAt: now + 20_000 });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.notices.insert(mail, 'mail');
    });

    await recover();

    const after = await inStore(store, (tx) => tx.notices.lock(mail.id));
    assert.deepEqual([after?.state, after?.lease, after?.dueAt], ['pending', null, now]);
    assert.ok(outbox.sent.some(({ wakeUp }) => wakeUp.queue === 'deliverNotice' && wakeUp.noticeId === mail.id));
  });
});
