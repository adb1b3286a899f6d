// The database goes away for a moment right after something was sent: what came of it must not be forgotten.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { Delivery, StartAnswer, UnitOfWork } from '../../src/domain/ports.ts';
import type { OperationDeps } from '../../src/operations/operation.ts';
import { start } from '../../src/operations/reprovision/start.ts';
import { deliverCard } from '../../src/requests/deliver-card.ts';
import { deliverNotice } from '../../src/requests/deliver-notice.ts';
import type { NoticeDeps } from '../../src/requests/notice-row.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aBaseline, aCard, aConversation, aNotice, anItem, aRequest } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';
import { aPolicy, byTheApplication, noTicket } from '../fakes/things.ts';

const now = 1_800_000_000_000;

describe(`a store that is away when an outcome is to be recorded (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;
  let sent: number;
  let isAway: boolean;

  before(async () => {
    store = await openTestStore();
    await inStore(store, (tx) => tx.conversations.upsert(aConversation()));
  });
  after(() => store.close());
  beforeEach(() => {
    sent = 0;
    isAway = false;
  });

  /** Away for the first transaction after something was sent. */
  function unitOfWork(): UnitOfWork {
    const real = store.unitOfWork(recordingOutbox());
    return {
      async run(work) {
        if (!isAway) return real.run(work);
        isAway = false;
        throw new TemporaryError('store.unavailable');
      },
    };
  }

  function send<T>(answer: T): T {
    sent += 1;
    isAway = true;
    return answer;
  }

  function deps(): NoticeDeps {
    return {
      policy: aPolicy,
      clock: { now: () => now, monotonic: () => performance.now() },
      ids: { next: randomUUID },
      log: silentLog,
      unitOfWork: unitOfWork(),
      signIns: null,
      bulkWay: 'each',
      tenant: { read: async () => ({ person: { mail: 'ada@contoso.com' } }) as never, look: async () => [] },
      messenger: {
        send: async (): Promise<Delivery> => send({ kind: 'delivered', activityId: 'message-1', conversation: null }),
        edit: async () => assert.fail('there is nothing to edit'),
      },
      mailer: { send: async () => send({ kind: 'accepted' }), sendTicket: noTicket },
    };
  }

  it('When a message was delivered, then it is not sent again', async () => {
    const request = aRequest();
    const notice = aNotice(request, { createdAt: now, dueAt: now });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.notices.insert(notice, 'once');
    });

    await deliverNotice(deps(), notice.id);

    const after = await inStore(store, (tx) => tx.notices.lock(notice.id));
    assert.equal(after?.state, 'sent');
    assert.equal(sent, 1);
  });

  it('When a card was posted, then its place is known', async () => {
    const request = aRequest();
    const card = aCard(request, { activityId: null, wanted: 1, shown: 0, dueAt: now });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.cards.insert(card);
    });

    await deliverCard(deps(), card.id);

    const after = await inStore(store, (tx) => tx.cards.lock(card.id));
    assert.equal(after?.activityId, 'message-1');
    assert.equal(sent, 1);
  });

  it('When a mail was accepted, then the history says that it was sent', async () => {
    const request = aRequest();
    const notice = aNotice(request, { createdAt: now, dueAt: now, via: 'mail', mail: 'ready' });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.notices.insert(notice, 'once');
    });

    await deliverNotice(deps(), notice.id);

    const { rows } = await inStore(store, (tx) => tx.audit.of(request.id, 0, 10));
    assert.deepEqual(
      rows.map((row) => row.action),
      ['mail.sent'],
    );
    assert.equal(sent, 1);
  });

  it('When Graph said that nothing was applied, then it is tried anew instead of being called unclear', async () => {
    const request = aRequest({ state: 'approved' });
    const item = anItem(request, { state: 'checking', checkingAt: now, dueAt: now });
    await inStore(store, (tx) => insertRequest(tx, request, [item]));
    const answer: StartAnswer = { kind: 'notApplied', retryAfterMs: 1000, detail: null, graphRequestId: null };
    const operation = {
      ...deps(),
      bulkStarter: null,
      starter: { prepare: async () => ({ send: async () => send(answer), discard() {} }) },
    } as unknown as OperationDeps;

    const { cloudPc: pc } = item;
    const checked = { pc, baseline: aBaseline({ cloudPcId: pc.id }), checkedAt: performance.now() };
    await start(operation, request, item, byTheApplication(operation.starter), checked);

    const after = await inStore(store, (tx) => tx.items.get(item.id));
    assert.equal(sent, 1);
    assert.deepEqual([after?.state, after?.intentId, after?.givenBack], ['checking', null, 1]);
  });
});
