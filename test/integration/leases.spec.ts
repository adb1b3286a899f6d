// Who sends a card or a notice holds it for a while. A holder that stops (killed, or only paused) loses it to another; when it
// goes on all the same, the newest words must still be what stands there.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Card, Delivery, Messenger, Notice } from '../../src/domain/ports.ts';
import { second } from '../../src/domain/time.ts';
import { deliverCard } from '../../src/requests/deliver-card.ts';
import { deliverNotice } from '../../src/requests/deliver-notice.ts';
import { leaseMs } from '../../src/requests/lease.ts';
import type { NoticeDeps } from '../../src/requests/notice-row.ts';
import type { Store } from '../../src/store/open-store.ts';
import { eventually } from '../fakes/looking.ts';
import { inStore, openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aCard, aConversation, aNotice, aRequest } from '../fakes/store-rows.ts';
import { aPolicy, noTicket } from '../fakes/things.ts';

type Call = { what: 'send' | 'edit'; activityId: string | null; version: number | null; end(delivery: Delivery): void };

const delivered = (activityId: string): Delivery => ({ kind: 'delivered', activityId, conversation: null });

describe(`leases (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;
  let now: number;
  let calls: Call[];
  let deps: NoticeDeps;
  let mails: ((accepted: boolean) => void)[];

  before(async () => {
    store = await openTestStore();
    await inStore(store, (tx) => tx.conversations.upsert(aConversation()));
  });
  after(() => store.close());

  beforeEach(() => {
    now = 1_800_000_000_000;
    calls = [];
    mails = [];
    const called = (what: Call['what'], activityId: string | null, version: number | null) =>
      new Promise<Delivery>((end) => void calls.push({ what, activityId, version, end }));
    const messenger: Messenger = {
      send: (_address, view) => called('send', null, versionOf(view)),
      edit: (_address, activityId, view) => called('edit', activityId, versionOf(view)),
    };
    deps = {
      policy: aPolicy,
      clock: { now: () => now, monotonic: () => performance.now() },
      ids: { next: randomUUID },
      log: silentLog,
      unitOfWork: store.unitOfWork(recordingOutbox()),
      signIns: null,
      bulkWay: 'each',
      tenant: {
        read: async () => ({ person: { mail: 'ada@contoso.com' } }) as never,
        look: async () => [] as never,
      },
      messenger,
      mailer: {
        send: () =>
          new Promise((end) => {
            mails.push((accepted) => end(accepted ? { kind: 'accepted' } : { kind: 'refused', reason: 'no' }));
          }),
        sendTicket: noTicket,
      },
    };
  });

  async function aShownCard(changes: Partial<Card> = {}): Promise<Card> {
    const request = aRequest();
    const card = aCard(request, { activityId: 'message-1', wanted: 1, shown: 0, dueAt: now, ...changes });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.cards.insert(card);
    });
    return card;
  }

  async function aWaitingNotice(changes: Partial<Notice> = {}): Promise<Notice> {
    const request = aRequest();
    const notice = aNotice(request, { createdAt: now, dueAt: now, ...changes });
    await inStore(store, async (tx) => {
      await tx.requests.insert(request);
      await tx.notices.insert(notice, 'once');
    });
    return notice;
  }

  const cardNow = async (card: Card) => {
    const found = await inStore(store, (tx) => tx.cards.lock(card.id));
    assert.ok(found);
    return found;
  };
  const noticeNow = async (notice: Notice) => {
    const found = await inStore(store, (tx) => tx.notices.lock(notice.id));
    assert.ok(found);
    return found;
  };
  const callsReach = (count: number) => eventually(() => assert.equal(calls.length, count));
  const mailsReach = (count: number) => eventually(() => assert.equal(mails.length, count));

  /** Somebody changes the request: its next version is wanted. */
  const change = (card: Card) =>
    inStore(store, async (tx) => {
      const request = await tx.requests.lock(card.requestId);
      assert.ok(request);
      const saved = await tx.requests.save(request);
      await tx.cards.want(saved.id, saved.version, now);
    });

  it('When a card is being sent, then nobody else sends it until the lease is over', async () => {
    const card = await aShownCard();
    const first = deliverCard(deps, card.id);
    await callsReach(1);

    now += leaseMs - 1;
    await deliverCard(deps, card.id);
    assert.equal(calls.length, 1);
    now += 1;
    const second = deliverCard(deps, card.id);
    await callsReach(2);

    for (const call of calls) call.end(delivered('message-1'));
    await Promise.all([first, second]);
  });

  it('When sending takes long, then the lease is renewed and the card stays whose it is', async () => {
    const card = await aShownCard();
    const sending = deliverCard(deps, card.id);
    await callsReach(1);
    const before = (await cardNow(card)).dueAt ?? 0;
    now += 15 * second;

    await eventually(async () => assert.equal((await cardNow(card)).dueAt, before + 15 * second), 10_000);

    calls[0]?.end(delivered('message-1'));
    await sending;
    assert.deepEqual(await cardNow(card).then(({ state, lease, dueAt }) => ({ state, lease, dueAt })), {
      state: 'open',
      lease: null,
      dueAt: null,
    });
  });

  it('When a paused run ends its edit after another showed something newer, then the newer is shown once more', async () => {
    const card = await aShownCard();
    const paused = deliverCard(deps, card.id);
    await callsReach(1);
    await change(card);
    now += leaseMs;
    const next = deliverCard(deps, card.id);
    await callsReach(2);
    calls[1]?.end(delivered('message-1'));
    await next;
    assert.equal((await cardNow(card)).shown, 2);

    calls[0]?.end(delivered('message-1'));
    await paused;

    const after = await cardNow(card);
    assert.ok(after.shown < after.wanted && after.dueAt !== null, 'what stands there may be the older one');
    now += 5 * second;
    const again = deliverCard(deps, card.id);
    await callsReach(3);
    assert.equal(calls[2]?.version, 2);
    calls[2]?.end(delivered('message-1'));
    await again;
    assert.equal((await cardNow(card)).shown, 2);
  });

  it('When a paused run ends its edit while another is sending something newer, then the newest is shown once more', async () => {
    const card = await aShownCard();
    const paused = deliverCard(deps, card.id);
    await callsReach(1);
    await change(card);
    now += leaseMs;
    const next = deliverCard(deps, card.id);
    await callsReach(2);

    calls[0]?.end(delivered('message-1'));
    await paused;
    calls[1]?.end(delivered('message-1'));
    await next;

    const between = await cardNow(card);
    assert.ok(between.shown < between.wanted, 'which of both arrived last, nobody knows');
    now += 5 * second;
    const again = deliverCard(deps, card.id);
    await callsReach(3);
    assert.equal(calls[2]?.version, 2);
    calls[2]?.end(delivered('message-1'));
    await again;
    const after = await cardNow(card);
    assert.deepEqual([after.shown, after.lease, after.dueAt], [2, null, null], 'and that is the end of it');
  });

  it('When a paused run posts a card that another posted meanwhile, then the other one stays the card', async () => {
    const card = await aShownCard({ activityId: null });
    const paused = deliverCard(deps, card.id);
    await callsReach(1);
    now += leaseMs;
    const next = deliverCard(deps, card.id);
    await callsReach(2);
    calls[1]?.end(delivered('message-of-the-second'));
    await next;

    calls[0]?.end(delivered('message-of-the-first'));
    await paused;

    const after = await cardNow(card);
    assert.equal(after.activityId, 'message-of-the-second');
    assert.deepEqual([after.wanted, after.shown, after.dueAt], [1, 1, null]);
  });

  it('When a paused run fails after another has delivered, then its failure changes nothing', async () => {
    const card = await aShownCard();
    const paused = deliverCard(deps, card.id);
    await callsReach(1);
    now += leaseMs;
    const next = deliverCard(deps, card.id);
    await callsReach(2);
    calls[1]?.end(delivered('message-1'));
    await next;

    calls[0]?.end({ kind: 'refused', reason: 'BadArgument' });
    await paused;

    const after = await cardNow(card);
    assert.deepEqual([after.state, after.shown, after.tries], ['open', 1, 0]);
  });

  it('When a notice was lost to another run, then what becomes of the first changes nothing', async () => {
    const notice = await aWaitingNotice();
    const paused = deliverNotice(deps, notice.id);
    await callsReach(1);
    now += leaseMs;
    const next = deliverNotice(deps, notice.id);
    await callsReach(2);

    calls[0]?.end({ kind: 'retry', afterMs: null, wasSent: true, reason: 'timeout' });
    await paused;
    assert.equal((await noticeNow(notice)).state, 'sending');
    calls[1]?.end(delivered('message-2'));
    await next;

    assert.equal((await noticeNow(notice)).state, 'sent');
  });

  it('When its process stopped before the address of a mail was known, then another sends it, once', async () => {
    const notice = await aWaitingNotice({ via: 'mail', mail: 'ready' });
    const { promise: address, resolve: tell } = Promise.withResolvers<void>();
    const slow = {
      ...deps,
      tenant: { ...deps.tenant, read: () => address.then(() => ({ person: { mail: 'ada@contoso.com' } }) as never) },
    };
    const paused = deliverNotice(slow, notice.id);
    await eventually(async () => assert.notEqual((await noticeNow(notice)).lease, null));
    now += leaseMs;

    const next = deliverNotice(deps, notice.id);
    await mailsReach(1);
    tell();
    await paused;
    mails[0]?.(true);
    await next;

    assert.equal(mails.length, 1);
    assert.equal((await noticeNow(notice)).state, 'sent');
  });

  it('When a mail was being sent as its process stopped, then no second one is sent, and its end is told when it is known', async () => {
    const notice = await aWaitingNotice({ via: 'mail', mail: 'ready' });
    const paused = deliverNotice(deps, notice.id);
    await mailsReach(1);
    now += leaseMs;

    await deliverNotice(deps, notice.id);

    assert.equal(mails.length, 1);
    assert.equal((await noticeNow(notice)).state, 'refused');
    mails[0]?.(true);
    await paused;
    assert.equal((await noticeNow(notice)).state, 'sent');
    const { rows } = await inStore(store, (tx) => tx.audit.of(notice.requestId, 0, 10));
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['mail.unclear', 'mail.sent'],
    );
  });
});

function versionOf(view: unknown): number | null {
  return (view as { view?: { request?: { version?: number } } }).view?.request?.version ?? null;
}
