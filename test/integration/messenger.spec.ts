// The messenger and the turns' own sends against a connector over real HTTP.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { isCardView, type MessageView } from '../../src/domain/message-views.ts';
import type { Reader } from '../../src/domain/people.ts';
import type { Address, Conversation, Delivery, Messenger } from '../../src/domain/ports.ts';
import { createMessenger, type MessengerParts } from '../../src/teams/messenger.ts';
import { createPace, type Pace } from '../../src/teams/pace.ts';
import { type ConnectorFault, problem } from '../fakes/connector.ts';
import { startRunningBot } from '../fakes/running-bot.ts';
import {
  botAppId,
  botId,
  channelId,
  chatOf,
  execute,
  message,
  personOf,
  postActivity,
  tenantId,
} from '../fakes/teams.ts';

const reader: Reader = { language: 'en', timeZone: 'Europe/Berlin' };
const card: MessageView = { card: 'welcome', place: 'personal' };
const words: MessageView = { text: 'say.hello', values: {} };
const timeoutMs = 300;

type Bot = Awaited<ReturnType<typeof startRunningBot>>;

let bot: Bot;

function createTestMessenger(parts: Partial<MessengerParts> = {}): Messenger {
  return createMessenger({
    adapter: bot.adapter,
    appId: botAppId,
    firstContact: { serviceUrl: bot.connector.url, tenantId },
    renderCard: (view, { language }) => ({
      content: { type: 'AdaptiveCard', view, language },
      summary: `about ${view.card}`,
    }),
    renderText: (view) => `text ${view.text}`,
    renderPlain: (view) => `plain ${view.text}`,
    pace: createPace(),
    log: bot.log,
    ...parts,
  });
}

function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    conversationId: chatOf('ada'),
    serviceUrl: bot.connector.url,
    tenantId,
    kind: 'personal',
    personId: personOf('ada').id,
    channelId: null,
    teamName: null,
    channelName: null,
    botId,
    blockedAt: null,
    ...change,
  };
}

const toAda = (known: Conversation | null): Address => ({
  to: 'person',
  person: personOf('ada'),
  conversation: known,
  reader,
});
const channel = () => conversation({ conversationId: channelId, kind: 'channel', personId: null, channelId });
const toChannel = (): Address => ({ to: 'channel', conversation: channel(), reader });
const toThread = (rootActivityId: string): Address => ({
  to: 'thread',
  conversation: channel(),
  rootActivityId,
  reader,
});

function activityIdOf(delivery: Delivery): string {
  assert.equal(delivery.kind, 'delivered');
  return delivery.kind === 'delivered' ? delivery.activityId : '';
}

const verbs = () => bot.connector.calls.map((call) => call.verb);

beforeEach(async () => {
  bot = await startRunningBot({ options: { timeoutMs } });
  bot.connector.addConversation(chatOf('ada'));
  bot.connector.addConversation(channelId);
});

afterEach(() => bot.stop());

describe('Sending', () => {
  it('When the chat is known, then a card is one message with a summary and no text, with the token of the bot', async () => {
    const delivery = await createTestMessenger().send(toAda(conversation()), card);

    assert.deepEqual(verbs(), ['send']);
    const [call] = bot.connector.calls;
    assert.equal(call?.authorization, `Bearer ${bot.credentials.token}`);
    assert.deepEqual(call?.body, {
      type: 'message',
      summary: 'about welcome',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', view: card, language: 'en' },
        },
      ],
      from: { id: botId, name: '' },
    });
    assert.deepEqual(delivery, { kind: 'delivered', activityId: bot.connector.messages[0]?.id, conversation: null });
  });

  it('When a sentence is sent, then it is a message with text', async () => {
    await createTestMessenger().send(toAda(conversation()), words);

    assert.equal(bot.connector.messages[0]?.content.text, 'text say.hello');
  });

  it('When there is no chat yet, then it is opened by the Entra object id, and told', async () => {
    const delivery = await createTestMessenger().send(toAda(null), card);

    assert.deepEqual(verbs(), ['create', 'send']);
    const { body } = bot.connector.calls[0] ?? {};
    assert.deepEqual(
      [body.members[0].id, body.tenantId, body.channelData, body.bot.id, body.isGroup],
      [personOf('ada').id, tenantId, { tenant: { id: tenantId } }, botId, false],
    );
    assert.deepEqual(delivery, { kind: 'delivered', activityId: activityIdOf(delivery), conversation: conversation() });
  });

  it('When Teams has forgotten the chat, then it is opened again once', async () => {
    bot.connector.removeConversation('a:old');

    const delivery = await createTestMessenger().send(toAda(conversation({ conversationId: 'a:old' })), card);

    assert.deepEqual(verbs(), ['send', 'create', 'send']);
    assert.equal(delivery.kind === 'delivered' && delivery.conversation?.conversationId, chatOf('ada'));
  });

  it('When the app is not installed and can be, then it is installed and the message is sent once', async () => {
    bot.connector.notInstalled.add(personOf('ada').id);
    const installed: string[] = [];
    const installer = async (personId: string) => {
      installed.push(personId);
      return bot.connector.notInstalled.delete(personId);
    };

    const delivery = await createTestMessenger({ installer }).send(toAda(null), card);

    assert.equal(delivery.kind, 'delivered');
    assert.deepEqual(installed, [personOf('ada').id]);
    assert.deepEqual(verbs(), ['create', 'create', 'send']);
  });

  const noInstaller = [
    { title: 'there is no installer', installer: undefined },
    { title: 'the installer cannot', installer: async () => false },
    { title: 'the installer fails', installer: async () => Promise.reject(new Error('Graph is away')) },
    { title: 'installing does not help', installer: async () => true },
  ];

  for (const { title, installer } of noInstaller) {
    it(`When the app is not installed and ${title}, then the person is unreachable`, async () => {
      bot.connector.notInstalled.add(personOf('ada').id);

      const delivery = await createTestMessenger({ installer }).send(toAda(null), card);

      assert.deepEqual(delivery, { kind: 'unreachable', reason: 'BotNotInConversationRoster' });
    });
  }

  it('When a card goes to a channel, then it is a new thread, whose id is the one to edit', async () => {
    const messenger = createTestMessenger();

    const delivery = await messenger.send(toChannel(), card);
    const rootId = activityIdOf(delivery);
    const edited = await messenger.edit(toChannel(), rootId, words);
    const reply = await messenger.send(toThread(rootId), words);

    assert.deepEqual(verbs(), ['create', 'update', 'send']);
    assert.deepEqual(bot.connector.calls[0]?.body.channelData, {
      channel: { id: channelId },
      tenant: { id: tenantId },
    });
    const [root, below] = bot.connector.messagesIn(`${channelId};messageid=${rootId}`);
    assert.deepEqual([root?.id, root?.edits, root?.content.text], [rootId, 1, 'text say.hello']);
    assert.equal(below?.id, activityIdOf(reply));
    assert.deepEqual(edited, { kind: 'delivered', activityId: rootId, conversation: null });
  });

  it('When a reply below a channel card is edited, then it is found in its thread', async () => {
    const messenger = createTestMessenger();
    const rootId = activityIdOf(await messenger.send(toChannel(), card));
    const replyId = activityIdOf(await messenger.send(toThread(rootId), words));

    const edited = await messenger.edit(toThread(rootId), replyId, card);

    assert.equal(edited.kind, 'delivered');
    assert.equal(bot.connector.messages[1]?.edits, 1);
  });

  it('When a personal card is edited, then its newest content stands there', async () => {
    const messenger = createTestMessenger();
    const id = activityIdOf(await messenger.send(toAda(conversation()), words));

    await messenger.edit(toAda(conversation()), id, card);

    assert.equal(bot.connector.messages.length, 1);
    assert.equal(bot.connector.messages[0]?.content.summary, 'about welcome');
  });

  it('When a view cannot be rendered, then nothing is sent and the fault is logged', async () => {
    const renderCard = () => {
      throw new Error('no such template');
    };

    const delivery = await createTestMessenger({ renderCard }).send(toAda(null), card);

    assert.deepEqual(delivery, { kind: 'refused', reason: 'render' });
    assert.deepEqual(bot.connector.calls, []);
    assert.ok(bot.log.lines.some((line) => line.msg === 'message could not be rendered'));
  });

  it('When the service URL is not of Teams, then no token leaves', async () => {
    const delivery = await createTestMessenger().send(toAda(conversation({ serviceUrl: 'http://127.0.0.1:9/' })), card);

    assert.deepEqual(delivery, { kind: 'retry', afterMs: null, wasSent: false, reason: 'Unanswered' });
  });
});

describe('What Teams refuses', () => {
  const nested = JSON.stringify(
    JSON.stringify({ errorCode: 209, message: JSON.stringify({ subCode: 'MessageWritesBlocked' }) }),
  );
  const retry = (reason: string, wasSent: boolean, afterMs: number | null = null): Delivery => ({
    kind: 'retry',
    afterMs,
    wasSent,
    reason,
  });

  const table: { title: string; fault: ConnectorFault; delivery: Delivery; edit?: Delivery }[] = [
    {
      title: '400',
      fault: { status: 400, body: problem('Bad Argument') },
      delivery: { kind: 'refused', reason: 'Bad Argument' },
    },
    {
      title: '401',
      fault: { status: 401, body: problem('BotNotRegistered') },
      delivery: { kind: 'refused', reason: 'BotNotRegistered' },
    },
    {
      title: '403 by the admin',
      fault: { status: 403, body: problem('BotDisabledByAdmin') },
      delivery: { kind: 'unreachable', reason: 'BotDisabledByAdmin' },
    },
    {
      title: '403 not in roster',
      fault: { status: 403, body: problem('BotNotInConversationRoster') },
      delivery: { kind: 'unreachable', reason: 'BotNotInConversationRoster' },
    },
    {
      title: '403 by the person',
      fault: { status: 403, body: problem('ConversationBlockedByUser') },
      delivery: { kind: 'unreachable', reason: 'ConversationBlockedByUser' },
    },
    {
      title: '403 in two layers of JSON',
      fault: { status: 403, body: nested },
      delivery: { kind: 'unreachable', reason: 'MessageWritesBlocked' },
    },
    {
      title: '403 with the bare error code',
      fault: { status: 403, body: { errorCode: 209, message: 'x' } },
      delivery: { kind: 'unreachable', reason: 'MessageWritesBlocked' },
    },
    {
      title: '403 with the error in the message',
      fault: { status: 403, body: problem('ServiceError', JSON.stringify({ subCode: 'MessageWritesBlocked' })) },
      delivery: { kind: 'unreachable', reason: 'MessageWritesBlocked' },
    },
    {
      title: 'nobody of that id',
      fault: { status: 500, body: { code: 'UserNotFound', message: 'User not found' } },
      delivery: { kind: 'unreachable', reason: 'UserNotFound' },
    },
    {
      title: '403 without a word',
      fault: { status: 403, body: '' },
      delivery: { kind: 'unreachable', reason: 'Http403' },
    },
    {
      title: '403 for permissions',
      fault: { status: 403, body: problem('NotEnoughPermissions') },
      delivery: { kind: 'refused', reason: 'NotEnoughPermissions' },
    },
    {
      title: '403 for the host',
      fault: { status: 403, body: problem('InvalidBotApiHost') },
      delivery: { kind: 'refused', reason: 'InvalidBotApiHost' },
    },
    {
      title: '404 of the message',
      fault: { status: 404, body: problem('ActivityNotFoundInConversation') },
      delivery: { kind: 'activityGone' },
    },
    {
      title: '404 of the chat',
      fault: { status: 404, body: problem('ConversationNotFound'), times: 3 },
      delivery: { kind: 'unreachable', reason: 'ConversationNotFound' },
      edit: { kind: 'activityGone' },
    },
    {
      title: '404 without a word',
      fault: { status: 404, body: 'gone', times: 3 },
      delivery: { kind: 'unreachable', reason: 'Http404' },
      edit: { kind: 'activityGone' },
    },
    { title: '408', fault: { status: 408, body: '' }, delivery: retry('Http408', true) },
    {
      title: '412',
      fault: { status: 412, body: problem('PreconditionFailed') },
      delivery: retry('PreconditionFailed', false),
    },
    {
      title: '413 twice',
      fault: { status: 413, body: problem('MessageSizeTooBig'), times: 2 },
      delivery: { kind: 'refused', reason: 'MessageSizeTooBig' },
    },
    {
      title: '429 with Retry-After',
      fault: { status: 429, body: problem('Throttled'), headers: { 'Retry-After': '7' } },
      delivery: retry('Throttled', false, 7000),
    },
    {
      title: '429 without Retry-After',
      fault: { status: 429, body: problem('Throttled') },
      delivery: retry('Throttled', false),
    },
    { title: '500', fault: { status: 500, body: problem('ServiceError') }, delivery: retry('ServiceError', true) },
    { title: '501', fault: { status: 501, body: '' }, delivery: { kind: 'refused', reason: 'Http501' } },
    {
      title: '502 in HTML',
      fault: { status: 502, body: '<html>Bad Gateway</html>' },
      delivery: retry('Http502', true),
    },
    {
      title: '503 with Retry-After',
      fault: { status: 503, body: '', headers: { 'Retry-After': '2' } },
      delivery: retry('Http503', true, 2000),
    },
    { title: '504', fault: { status: 504, body: '' }, delivery: retry('Http504', true) },
    {
      title: 'a redirect',
      fault: { status: 303, body: '', headers: { Location: '/elsewhere' } },
      delivery: { kind: 'refused', reason: 'Http303' },
    },
    { title: 'no answer at all', fault: { how: 'hang' }, delivery: retry('Unanswered', true) },
    { title: 'an answer that never ends', fault: { how: 'hangInBody' }, delivery: retry('Unanswered', true) },
    { title: 'a connection that breaks', fault: { how: 'reset', applied: true }, delivery: retry('Unanswered', true) },
  ];

  for (const { title, fault, delivery, edit } of table) {
    it(`When a send meets ${title}, then it is ${delivery.kind}, and no call is sent twice`, async () => {
      bot.connector.failNext(fault);
      const started = performance.now();

      const found = await createTestMessenger().send(toAda(conversation()), card);

      assert.deepEqual(found, delivery);
      assert.ok(performance.now() - started < 3 * timeoutMs);
      if (!fault.times) assert.deepEqual(verbs(), ['send']);
    });

    it(`When an edit meets ${title}, then it is ${(edit ?? delivery).kind}, and no call is sent twice`, async () => {
      bot.connector.failNext(fault);

      const found = await createTestMessenger().edit(toAda(conversation()), '17', card);

      assert.deepEqual(found, edit ?? delivery);
      if (!fault.times) assert.deepEqual(verbs(), ['update']);
    });
  }

  it('When Retry-After is a date, then it is waited until then', async () => {
    bot.connector.failNext({ status: 429, headers: { 'Retry-After': new Date(Date.now() + 60_000).toUTCString() } });

    const delivery = await createTestMessenger().send(toAda(conversation()), card);

    assert.ok(delivery.kind === 'retry' && delivery.afterMs !== null);
    assert.ok(delivery.afterMs > 55_000 && delivery.afterMs <= 60_000);
  });

  it('When a card is too big, then its summary is sent instead', async () => {
    bot.connector.failNext({ status: 413, body: problem('MessageSizeTooBig') });

    const delivery = await createTestMessenger().send(toAda(conversation()), card);

    assert.equal(delivery.kind, 'delivered');
    assert.deepEqual(verbs(), ['send', 'send']);
    const { text, attachments } = bot.connector.messages[0]?.content ?? {};
    assert.deepEqual([text, attachments], ['about welcome', undefined]);
  });

  it('When opening a chat gets no answer, then certainly no message was sent', async () => {
    bot.connector.failNext({ verb: 'create', how: 'hang' });

    const delivery = await createTestMessenger().send(toAda(null), card);

    assert.deepEqual(delivery, retry('Unanswered', false));
    assert.deepEqual(verbs(), ['create']);
  });

  it('When a new thread gets no answer, then it may have been sent', async () => {
    bot.connector.failNext({ verb: 'create', how: 'reset', applied: true });

    const delivery = await createTestMessenger().send(toChannel(), card);

    assert.deepEqual(delivery, retry('Unanswered', true));
    assert.equal(bot.connector.messages.length, 1);
  });

  it('When the channel is gone, then it is unreachable and no chat is opened instead', async () => {
    bot.connector.removeConversation(channelId);

    const sent = await createTestMessenger().send(toChannel(), card);
    const edited = await createTestMessenger().edit(toChannel(), '17', card);

    assert.deepEqual(sent, { kind: 'unreachable', reason: 'ConversationNotFound' });
    assert.deepEqual(edited, { kind: 'unreachable', reason: 'ConversationNotFound' });
  });

  it('When the root of a thread is gone, then the reply says so', async () => {
    bot.connector.failNext({ status: 404, body: problem('ActivityNotFoundInConversation') });

    assert.deepEqual(await createTestMessenger().send(toThread('17'), words), { kind: 'activityGone' });
  });

  it('When the connector refuses connections, then certainly nothing was sent', async () => {
    const serviceUrl = bot.connector.url;
    await bot.connector.stop();
    const known = conversation({ serviceUrl });

    const delivery = await createTestMessenger().send(toAda(known), card);

    assert.deepEqual(delivery, retry('Unanswered', false));
    bot = await startRunningBot();
  });

  for (const trouble of ['throws', 'hangs'] as const) {
    it(`When the bot gets no token for itself (${trouble}), then certainly nothing was sent`, async () => {
      bot.credentials.trouble = trouble;

      const delivery = await createTestMessenger().send(toAda(conversation()), card);

      assert.deepEqual(delivery, retry('Unanswered', false));
      assert.deepEqual(bot.connector.calls, []);
    });
  }
});

describe('The pace', () => {
  /** Remembers who asked for a turn, and lets nobody go who is named. */
  function fakePace(held: Record<string, number> = {}) {
    const taken: [conversationId: string, mostMs: number | undefined][] = [];
    const pace: Pace = {
      size: 0,
      async take(conversationId, mostMs) {
        taken.push([conversationId, mostMs]);
        const afterMs = held[conversationId];
        return afterMs === undefined ? null : { afterMs };
      },
    };
    return { pace, taken };
  }

  it('When a message goes out, then each call asks for its conversation, and a thread for its channel', async () => {
    const { pace, taken } = fakePace();
    const messenger = createTestMessenger({ pace });

    await messenger.send(toAda(conversation()), card);
    await messenger.send(toAda(null), card);
    const root = activityIdOf(await messenger.send(toChannel(), card));
    await messenger.send(toThread(root), card);
    await messenger.edit(toChannel(), root, card);
    await messenger.edit(toAda(conversation()), 'gone', card);

    assert.deepEqual(
      taken.map(([conversationId]) => conversationId),
      [chatOf('ada'), personOf('ada').id, chatOf('ada'), channelId, channelId, channelId, chatOf('ada')],
    );
  });

  it('When a message is too big, then its short form asks again', async () => {
    const { pace, taken } = fakePace();
    bot.connector.failNext({ status: 413, body: problem('MessageSizeTooBig') });

    await createTestMessenger({ pace }).send(toAda(conversation()), card);

    assert.equal(taken.length, 2);
  });

  it('When its turn is too far away, then nothing is sent and it is to come back', async () => {
    const { pace } = fakePace({ [chatOf('ada')]: 12_000, [channelId]: 11_000 });
    const messenger = createTestMessenger({ pace });
    const waits = (afterMs: number): Delivery => ({ kind: 'retry', afterMs, wasSent: false, reason: 'Pace' });

    assert.deepEqual(await messenger.send(toAda(conversation()), card), waits(12_000));
    assert.deepEqual(await messenger.edit(toAda(conversation()), '1', card), waits(12_000));
    assert.deepEqual(await messenger.send(toChannel(), card), waits(11_000));
    assert.deepEqual(await messenger.edit(toThread('1'), '2', card), waits(11_000));
    assert.deepEqual(bot.connector.calls, []);
  });

  it('When opening a chat must wait too long, then it is not opened', async () => {
    const { pace } = fakePace({ [personOf('ada').id]: 12_000 });

    const delivery = await createTestMessenger({ pace }).send(toAda(null), card);

    assert.deepEqual(delivery, { kind: 'retry', afterMs: 12_000, wasSent: false, reason: 'Pace' });
    assert.deepEqual(bot.connector.calls, []);
  });

  it('When the caller says how long it can wait, then the pace is told', async () => {
    const { pace, taken } = fakePace();

    await createTestMessenger({ pace }).send(toAda(null), card, 1_000);

    assert.deepEqual(
      taken.map(([, mostMs]) => mostMs),
      [1_000, 1_000],
    );
  });

  it('When eight messages go to one chat at once, then all arrive, the eighth two seconds later', async () => {
    const messenger = createTestMessenger();
    const began = performance.now();

    const kinds = await Promise.all(
      Array.from({ length: 8 }, async () => (await messenger.send(toAda(conversation()), words)).kind),
    );

    assert.deepEqual(kinds, Array(8).fill('delivered'));
    assert.ok(performance.now() - began > 1_900);
    assert.equal(bot.connector.messagesIn(chatOf('ada')).length, 8);
  });
});

describe('Offering a file', () => {
  const request = 'dddddddd-0005-4000-8000-000000000005';
  const offer: MessageView = {
    file: { name: 'R-1042.csv', sizeBytes: 2_048, description: { text: 'csv.description', values: {} }, request },
  };

  it('When a file is offered in a chat, then Teams asks the person, and the answer will carry the request alone', async () => {
    await createTestMessenger().send(toAda(conversation()), offer);

    const context = { request, what: 'bulkList' };
    assert.deepEqual(bot.connector.calls[0]?.body, {
      type: 'message',
      summary: 'plain csv.description',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.teams.card.file.consent',
          name: 'R-1042.csv',
          content: {
            description: 'plain csv.description',
            sizeInBytes: 2_048,
            acceptContext: context,
            declineContext: context,
          },
        },
      ],
      from: { id: botId, name: '' },
    });
  });

  it('When it is offered in a channel, then nothing is sent: Teams takes files in chats alone', async () => {
    const messenger = createTestMessenger();

    assert.deepEqual(await messenger.send(toChannel(), offer), { kind: 'refused', reason: 'render' });
    assert.deepEqual(await messenger.send(toThread('1'), offer), { kind: 'refused', reason: 'render' });
    assert.deepEqual(bot.connector.calls, []);
  });
});

describe('Sending within a turn', () => {
  const restart = async (turn: Parameters<typeof startRunningBot>[0]) => {
    await bot.stop();
    bot = await startRunningBot({ options: { timeoutMs }, ...turn });
  };

  it('When the bot answers, then the reply reaches the connector', async () => {
    await restart({ turn: async (context) => void (await context.sendActivity('hello')) });

    const answer = await postActivity(bot, message('help', { from: 'ada' }), bot);

    assert.equal(answer.status, 200);
    assert.deepEqual(
      answer.received.map((call) => [call.verb, call.body.text]),
      [['reply', 'hello']],
    );
  });

  for (const fault of [{ status: 503 }, { status: 429, headers: { 'Retry-After': '1' } }, { how: 'hang' as const }]) {
    it(`When the connector fails with ${JSON.stringify(fault)}, then one POST is sent, and the turn ends without a 500`, async () => {
      await restart({ turn: async (context) => void (await context.sendActivity('hello')) });
      bot.connector.failNext({ ...fault, times: 5 });
      const started = performance.now();

      const answer = await postActivity(bot, message('help', { from: 'ada' }), bot);

      assert.equal(answer.status, 200);
      assert.equal(answer.received.length, 1);
      assert.ok(performance.now() - started < 3 * timeoutMs);
      assert.equal(bot.log.lines.find((line) => line.level === 'error')?.msg, 'turn failed');
    });
  }

  it('When a message turn throws, then nothing of the error goes out', async () => {
    await restart({ turn: async () => Promise.reject(new Error('secret words')) });

    const answer = await postActivity(bot, message('help', { from: 'ada' }), bot);

    assert.deepEqual([answer.status, answer.body, answer.received], [200, '', []]);
  });

  it('When an invoke turn throws, then it is answered as Teams wants, with a reference alone', async () => {
    await restart({ turn: async () => Promise.reject(new Error('secret words')) });

    const answer = await postActivity(bot, execute({ from: 'ada', verb: 'v' }), bot);

    const reference = bot.log.lines.find((line) => line.msg === 'turn failed')?.fields.reference;
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, {
      statusCode: 500,
      type: 'application/vnd.microsoft.error',
      value: { code: 'InternalServerError', message: reference },
    });
  });

  it('When an invoke is answered, then its answer is the body of the response', async () => {
    const body = { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: { type: 'AdaptiveCard' } };
    await restart({
      turn: async (context) =>
        void (await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body } })),
    });

    const answer = await postActivity(bot, execute({ from: 'ada', verb: 'v' }), bot);

    assert.deepEqual([answer.status, answer.body, answer.received], [200, body, []]);
  });

  it('When nobody answers an invoke, then it is not implemented', async () => {
    assert.equal((await postActivity(bot, execute({ from: 'ada', verb: 'v' }), bot)).status, 501);
  });
});

describe('Views', () => {
  it('When a view has a card, then it is told from a sentence', () => {
    assert.deepEqual([isCardView(card), isCardView(words)], [true, false]);
  });
});
