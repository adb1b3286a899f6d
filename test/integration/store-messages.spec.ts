import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { Card, Conversation } from '../../src/domain/ports.ts';
import type { Request } from '../../src/domain/request.ts';
import { day } from '../../src/domain/time.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore, openTestStore, testStoreKind } from '../fakes/store.ts';
import { aCard, aConversation, ada, adam, aNotice, aRequest, ben, noon } from '../fakes/store-rows.ts';
import { cardsOf } from '../fakes/stored.ts';

/** The embedded store's clock counts milliseconds. */
const tick = () => wait(3);

describe(`cards and notices (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  const insertRequest = async (changes: Partial<Request> = {}) => {
    const request = aRequest(changes);
    await inStore(store, (tx) => tx.requests.insert(request));
    return request;
  };
  const insertCards = async (request: Request, ...changes: Partial<Card>[]) => {
    const cards = changes.map((change) => aCard(request, change));
    await inStore(store, async (tx) => {
      for (const card of cards) await tx.cards.insert(card);
    });
    return cards;
  };
  const get = (card: Card | undefined) => inStore(store, (tx) => tx.cards.lock(card?.id ?? ''));

  it('When cards were inserted, then they are read back as they were', async () => {
    const request = await insertRequest();
    const [card, channel] = await insertCards(
      request,
      { activityId: 'activity-1', tries: 2, shownAt: noon + 1, state: 'sending' },
      { audience: 'channel', person: null, conversationId: null, dueAt: null },
    );

    const read = await cardsOf(store, request.id);

    assert.deepEqual(new Set(read), new Set([card, channel]));
    assert.deepEqual(await get(card), card);
    assert.deepEqual(await inStore(store, (tx) => tx.cards.lock(channel?.id ?? '')), channel);
  });

  it('When a card is saved from a copy, then what was wanted meanwhile stays wanted', async () => {
    const request = await insertRequest();
    const [card] = await insertCards(request, { wanted: 1 });
    assert.ok(card);
    await inStore(store, (tx) => tx.cards.want(request.id, 5, noon));

    await inStore(store, (tx) => tx.cards.save({ ...card, shown: 1, activityId: 'activity-2', dueAt: null }));

    assert.deepEqual(await get(card), { ...card, wanted: 5, shown: 1, activityId: 'activity-2', dueAt: null });
  });

  it('When a version is wanted, then live cards become due and are woken, the others only remember it', async () => {
    const request = await insertRequest();
    const [open, sending, paused, unreachable, refused, newer] = await insertCards(
      request,
      { dueAt: null },
      { state: 'sending', dueAt: noon + 50 },
      { tries: 2, dueAt: noon + 60 },
      { state: 'unreachable', dueAt: null },
      { state: 'refused', dueAt: null },
      { wanted: 9, shown: 9, dueAt: null },
    );

    const woken = await inStore(store, (tx) => tx.cards.want(request.id, 4, noon + 7));

    assert.deepEqual(woken.sort(), [open?.id, sending?.id, paused?.id].sort());
    assert.deepEqual(await get(open), { ...open, wanted: 4, dueAt: noon + 7 });
    assert.deepEqual(await get(sending), { ...sending, wanted: 4 });
    assert.deepEqual(await get(paused), { ...paused, wanted: 4 });
    assert.deepEqual(await get(unreachable), { ...unreachable, wanted: 4 });
    assert.deepEqual(await get(refused), { ...refused, wanted: 4 });
    assert.deepEqual(await get(newer), newer);
  });

  it('When cards are due, then the live ones are told, the most overdue first', async () => {
    const request = await insertRequest();
    const early = noon - 1_000_000;
    const [second, first] = await insertCards(
      request,
      { dueAt: early + 2 },
      { dueAt: early + 1, state: 'sending' },
      { dueAt: early + 1, state: 'unreachable' },
      { dueAt: early + 9 },
    );

    assert.deepEqual(await inStore(store, (tx) => tx.cards.due(early + 2, 10)), [first?.id, second?.id]);
    assert.deepEqual(await inStore(store, (tx) => tx.cards.due(early + 2, 1)), [first?.id]);
  });

  it('When a person is heard from again, then their unreachable and refused cards open, but not those of long ago', async () => {
    const person = { id: 'somebody', name: 'Owen O’Neil' };
    const [current, recent, old] = [
      await insertRequest(),
      await insertRequest({ state: 'succeeded', endedAt: noon - day + 1 }),
      await insertRequest({ state: 'succeeded', endedAt: noon - day }),
    ];
    const unreachable = { person, state: 'unreachable', tries: 3, dueAt: null } as const;
    const [first, refused] = await insertCards(
      current,
      unreachable,
      { ...unreachable, state: 'refused' },
      { state: 'unreachable' },
    );
    const [second] = await insertCards(recent, unreachable);
    await insertCards(old, unreachable);

    const opened = await inStore(store, (tx) => tx.cards.reopen({ personId: person.id }, noon));

    assert.deepEqual(opened.sort(), [first?.id, refused?.id, second?.id].sort());
    assert.deepEqual(await get(first), { ...first, state: 'open', tries: 0, dueAt: noon });
  });

  it('When the process died while it was sending, then cards are open again and notices stay unclear, both due', async () => {
    const request = await insertRequest();
    const [card] = await insertCards(request, { state: 'sending', dueAt: noon + 99 });
    const notice = aNotice(request, { state: 'sending', dueAt: noon + 99, notice: 'closed' });
    await inStore(store, (tx) => tx.notices.insert(notice, 'once'));

    const [cards, notices] = await inStore(store, async (tx) => [
      await tx.cards.endLeases(noon),
      await tx.notices.endLeases(noon),
    ]);

    assert.ok(card && cards?.includes(card.id) && notices?.includes(notice.id));
    assert.deepEqual(await get(card), { ...card, state: 'open', dueAt: noon });
    assert.deepEqual(await inStore(store, (tx) => tx.notices.lock(notice.id)), { ...notice, dueAt: noon });
  });

  it('When a channel is set, then the channel cards of open requests that have none are told', async () => {
    const channel = { audience: 'channel', person: null, conversationId: null } as const;
    const [open, ended, draft] = [
      aRequest(),
      aRequest({ state: 'declined', endedAt: noon }),
      aRequest({ state: 'draft', submittedAt: null }),
    ];
    const waiting = aCard(open, channel);
    const blocked = aCard(open, { ...channel, conversationId: 'gone', state: 'unreachable' });
    const others = [
      aCard(open),
      aCard(open, { ...channel, conversationId: 'channel-1' }),
      aCard(ended, channel),
      aCard(draft, channel),
    ];
    await inStore(store, async (tx) => {
      for (const request of [open, ended, draft]) await tx.requests.insert(request);
      for (const card of [waiting, blocked, ...others]) await tx.cards.insert(card);
    });

    const found = await inStore(store, (tx) => tx.cards.waitingForChannel());

    const own = [waiting, blocked, ...others].map((card) => card.id);
    assert.deepEqual(found.filter((id) => own.includes(id)).sort(), [waiting.id, blocked.id].sort());
  });

  it('When a notice is written twice, then the second is not, unless kind, way, reader or word differ', async () => {
    const request = await insertRequest();
    const notice = aNotice(request, { mail: 'ready', via: 'mail', tries: 1, sentAt: noon + 1 });
    const write = (changes: Parameters<typeof aNotice>[1], once = 'item-1:0') =>
      inStore(store, (tx) => tx.notices.insert(aNotice(request, { ...notice, ...changes }), once));
    await inStore(store, (tx) => tx.notices.insert(notice, 'item-1:0'));

    assert.equal(await write({ id: 'n-1' }), false);
    assert.equal(await write({ id: 'n-2', notice: 'failed' }), true);
    assert.equal(await write({ id: 'n-3', via: 'chat' }), true);
    assert.equal(await write({ id: 'n-4', person: ben }), true);
    assert.equal(await write({ id: 'n-5', person: null }), true);
    assert.equal(await write({ id: 'n-6' }, 'item-1:1'), true);
    assert.deepEqual(await inStore(store, (tx) => tx.notices.lock(notice.id)), notice);
  });

  it('When a notice is saved, then it is due no more', async () => {
    const early = noon - 1_000_000;
    const notice = aNotice(await insertRequest(), { dueAt: early });
    await inStore(store, (tx) => tx.notices.insert(notice, 'once'));
    assert.deepEqual(await inStore(store, (tx) => tx.notices.due(early, 10)), [notice.id]);

    await inStore(store, (tx) => tx.notices.save({ ...notice, state: 'sent', sentAt: noon, tries: 1 }));

    assert.deepEqual(await inStore(store, (tx) => tx.notices.due(early, 10)), []);
    assert.equal((await inStore(store, (tx) => tx.notices.lock(notice.id)))?.sentAt, noon);
  });

  it('When somebody can be reached again, then unreachable notices of the last day open', async () => {
    const request = await insertRequest();
    await insertCards(request, { audience: 'channel', person: null, conversationId: 'channel-9' });
    const unreachable = { person: adam, state: 'unreachable', dueAt: null } as const;
    const recent = aNotice(request, { ...unreachable, createdAt: noon - day + 1 });
    const old = aNotice(request, { ...unreachable, createdAt: noon - day, notice: 'slow' });
    const channel = aNotice(request, { ...unreachable, person: null, audience: 'channel' });
    await inStore(store, async (tx) => {
      for (const notice of [recent, old, channel]) await tx.notices.insert(notice, 'once');
    });

    const person = await inStore(store, (tx) => tx.notices.reopen({ personId: adam.id }, noon));
    const place = await inStore(store, (tx) => tx.notices.reopen({ conversationId: 'channel-9' }, noon));

    assert.deepEqual([person, place], [[recent.id], [channel.id]]);
    const opened = await inStore(store, (tx) => tx.notices.lock(recent.id));
    assert.deepEqual(opened, { ...recent, state: 'pending', dueAt: noon });
  });

  it('When somebody is heard from again, then refused messages open, but no mail, and nothing that asks for a decision already given', async () => {
    const [waiting, running] = [
      await insertRequest({ state: 'awaitingApproval' }),
      await insertRequest({ state: 'running' }),
    ];
    const refused = { person: ben, state: 'refused', via: 'chat', dueAt: null } as const;
    const message = aNotice(running, { ...refused, notice: 'ready' });
    const mail = aNotice(running, { ...refused, notice: 'failed', via: 'mail', mail: 'failed' });
    const late = aNotice(running, { ...refused, notice: 'approvalReminder' });
    const asking = aNotice(waiting, { ...refused, notice: 'approvalReminder' });
    await inStore(store, async (tx) => {
      for (const notice of [message, mail, late, asking]) await tx.notices.insert(notice, 'once');
    });

    const opened = await inStore(store, (tx) => tx.notices.reopen({ personId: ben.id }, noon));

    assert.deepEqual(opened.sort(), [message.id, asking.id].sort());
  });
});

describe(`timers, conversations and people (${testStoreKind} store)`, function () {
  this.timeout(30_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  it('When timers are set, then there is one of a kind, and the due ones are told in time order', async () => {
    const [one, other] = [aRequest(), aRequest()];
    await inStore(store, async (tx) => {
      await tx.requests.insert(one);
      await tx.requests.insert(other);
      assert.equal(await tx.timers.nextDueAt(), null);
      await tx.timers.set({ requestId: one.id, kind: 'remind', dueAt: noon + 9 });
      await tx.timers.set({ requestId: one.id, kind: 'remind', dueAt: noon + 2 });
      await tx.timers.set({ requestId: one.id, kind: 'expire', dueAt: noon + 3 });
      await tx.timers.set({ requestId: other.id, kind: 'escalate', dueAt: noon + 1 });
    });

    await inStore(store, async (tx) => {
      const escalate = { requestId: other.id, kind: 'escalate', dueAt: noon + 1 };
      const remind = { requestId: one.id, kind: 'remind', dueAt: noon + 2 };
      assert.deepEqual(await tx.timers.due(noon + 2, 10), [escalate, remind]);
      assert.deepEqual(await tx.timers.due(noon + 2, 1), [escalate]);
      assert.equal(await tx.timers.nextDueAt(), noon + 1);
      assert.equal(await tx.timers.take(other.id, 'escalate', noon), false, 'not due yet');
      assert.equal(await tx.timers.take(other.id, 'escalate', noon + 1), true);
      assert.equal(await tx.timers.take(other.id, 'escalate', noon + 1), false, 'only once');
      assert.equal(await tx.timers.nextDueAt(), noon + 2);
      await tx.timers.clear(one.id);
      assert.deepEqual(await tx.timers.due(noon + 99, 10), []);
    });
  });

  it('When somebody writes, then their conversation is known, works again and keeps the names it had', async () => {
    const channel: Conversation = aConversation({
      conversationId: 'channel-1',
      kind: 'channel',
      personId: null,
      channelId: '19:abc@thread.tacv2',
      teamName: 'IT',
      channelName: 'Approvals',
    });
    await inStore(store, async (tx) => {
      await tx.conversations.upsert(channel);
      await tx.conversations.block(channel.conversationId, noon);
    });
    const blocked = await inStore(store, (tx) => tx.conversations.get(channel.conversationId));

    await inStore(store, (tx) => tx.conversations.upsert({ ...channel, serviceUrl: 'https://new/', teamName: null }));

    assert.deepEqual(blocked, { ...channel, blockedAt: noon });
    const found = await inStore(store, (tx) => tx.conversations.get(channel.conversationId));
    assert.deepEqual(found, { ...channel, serviceUrl: 'https://new/' });
  });

  it('When a person has two conversations, then the one that works and was used last is taken', async () => {
    const chat = (conversationId: string) => aConversation({ conversationId, personId: ben.id });
    for (const id of ['old', 'new', 'blocked']) {
      await inStore(store, (tx) => tx.conversations.upsert(chat(id)));
      await tick();
    }
    await inStore(store, (tx) => tx.conversations.block('blocked', noon));
    const ofBen = () => inStore(store, async (tx) => (await tx.conversations.ofPerson(ben.id))?.conversationId);

    assert.equal(await ofBen(), 'new');
    await inStore(store, (tx) => tx.conversations.block('new', noon));
    assert.equal(await ofBen(), 'old');
    assert.equal(await inStore(store, (tx) => tx.conversations.ofPerson('nobody')), null);
  });

  it('When known people are asked for, then those who can be reached come, newest first', async () => {
    const [one, two, three] = ['1', '2', '3'].map((id) => ({ id, name: `Person ${id}` }));
    for (const person of [one, two, three]) {
      assert.ok(person);
      await inStore(store, async (tx) => {
        await tx.people.upsert({ ...person, locale: null, timeZone: null, teamsUser: null });
        await tx.conversations.upsert(aConversation({ conversationId: person.id, personId: person.id }));
      });
      await tick();
    }
    await inStore(store, (tx) => tx.conversations.block('2', noon));

    assert.deepEqual(await inStore(store, (tx) => tx.conversations.knownPeople(0, 2)), [three, one]);
    assert.deepEqual(await inStore(store, (tx) => tx.conversations.knownPeople(0, 1)), [three]);
    assert.deepEqual(await inStore(store, (tx) => tx.conversations.knownPeople(1, 1)), [one]);
  });

  it('When a person is met again, then what they set and what is known stays', async () => {
    const teamsUser = { userId: '29:ada', tenantId: 'tenant' };
    await inStore(store, async (tx) => {
      await tx.people.setLanguage(ada.id, 'de');
      await tx.people.upsert({ ...ada, locale: 'en-US', timeZone: 'Europe/Berlin', teamsUser });
      await tx.people.setUpnHint(ada.id, '', 'ada@contoso.com');
      await tx.people.upsert({ id: ada.id, name: '', locale: null, timeZone: null, teamsUser: null });
    });

    const known = await inStore(store, (tx) => tx.people.get(ada.id));

    assert.deepEqual(known, {
      ...ada,
      upnHint: 'ada@contoso.com',
      locale: 'en-US',
      language: 'de',
      timeZone: 'Europe/Berlin',
      teamsUser,
    });
    assert.equal(await inStore(store, (tx) => tx.people.get('nobody')), null);
  });
});
