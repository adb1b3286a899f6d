// What becomes of cards and notices when Teams does not take them.
import assert from 'node:assert/strict';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { answeredCard, cardOf, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { chatOf, personOf } from '../fakes/teams.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

describe('delivery', function () {
  this.timeout(40_000);
  let whole: WholeBot;

  beforeEach(async () => {
    whole = await startWholeBot();
    await setChannel(whole);
  });
  afterEach(() => whole.stop());

  const approval = () =>
    eventually(() => {
      const found = whole.channelMessages().find((one) => wordsOn(one).includes('Ada Arendt?'));
      assert.ok(found);
      return found;
    }, 15_000);

  it('When the channel answers 503 at first, then the card is posted once it works, and once', async () => {
    whole.connector.failNext({ verb: 'create', status: 503 });

    await adaSubmits(whole);

    await approval();
    assert.equal(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?')).length, 1);
    whole.connector.assertFaultsUsed();
  });

  it('When Teams asks to wait, then the next try comes no sooner', async () => {
    whole.connector.failNext({ verb: 'create', status: 429, headers: { 'Retry-After': '2' } });
    const from = Date.now();

    await adaSubmits(whole);

    await approval();
    assert.ok(Date.now() - from >= 2000);
  });

  it('When the card was deleted, then a new one is sent and followed', async () => {
    await adaSubmits(whole);
    const first = await approval();
    whole.connector.removeMessage(first.id);
    await whole.says('ivan', 'decline R-1001 please restart it first');

    const second = await eventually(() => {
      const found = whole.channelMessages().find((one) => wordsOn(one).includes('please restart it first'));
      assert.ok(found);
      return found;
    }, 15_000);

    assert.notEqual(second.id, first.id);
  });

  it('When the owner has never met the bot, then that stands on the card of who asked, and all else goes on', async () => {
    whole.connector.notInstalled.add(personOf('ben').id);
    await whole.says('adam', 'reprovision ben@contoso.com');
    const chosen = await whole.presses('adam', last(whole.messagesOf('adam')), 'reprovision.choose', {
      cloudPc: demoCloudPcs.benDesign,
    });
    await whole.presses('adam', answeredCard(chosen), 'request.submit', {
      reason: 'Agreed',
      saved: 'true',
      osVersion: 'windows11',
      accountType: 'standardUser',
    });
    await whole.says('ivan', 'approve R-1001');

    await eventually(() => {
      const adams = whole
        .messagesOf('adam')
        .map((one) => wordsOn(one))
        .join('\n');
      assert.match(adams, /Ben Bauer.*nicht erreich|erreich.*Ben Bauer/);
    }, 20_000);
    await eventually(() => assert.equal(whole.simulator.tenant.reprovisionPosts().applied, 1));
    whole.connector.notInstalled.delete(personOf('ben').id);
    await whole.says('ben', 'hello');
    await eventually(() => assert.ok(whole.messagesOf('ben').some((one) => wordsOn(one).includes('R-1001'))), 15_000);
  });

  it('When many things change quickly, then edits of one card are at least five seconds apart', async () => {
    await adaSubmits(whole);
    const card = await approval();
    await whole.presses('ivan', card, 'request.approve', {}, { thread: card.id });
    await eventually(
      () =>
        assert.match(
          wordsOn(cardOf(whole.channelMessages().find((one) => one.id === card.id))),
          /Ready to sign in \| \d/,
        ),
      20_000,
    );

    const edits = whole.channelMessages().find((one) => one.id === card.id)?.edits ?? 0;
    assert.ok(edits >= 1 && edits <= 3, `${edits} edits`);
  });

  it('When the same message is delivered twice, then it is answered once', async () => {
    const { message } = await import('../fakes/teams.ts');
    const activity = message('reprovision', { from: 'ada' });

    await Promise.all([whole.post(activity), whole.post(activity)]);
    await whole.post(activity);

    assert.equal(whole.messagesOf('ada').length, 1);
  });

  it('When Teams throttles the answer of a turn, then the answer still comes, once', async () => {
    whole.connector.failNext({ verb: 'reply', status: 429, headers: { 'Retry-After': '1' } });

    await whole.says('ada', 'reprovision');

    await eventually(() => assert.ok(findButton(last(whole.messagesOf('ada')), 'request.submit')), 15_000);
    assert.equal(whole.messagesOf('ada').length, 1);
    whole.connector.assertFaultsUsed();
  });

  it('When the message that a turn answers is gone, then the answer comes as a new one', async () => {
    const body = { error: { code: 'ActivityNotFoundInConversation', message: 'gone' } };
    whole.connector.failNext({ verb: 'reply', status: 404, body });

    await whole.says('ada', 'reprovision');

    await eventually(() => assert.ok(findButton(last(whole.messagesOf('ada')), 'request.submit')), 15_000);
    assert.deepEqual(
      whole.log.lines.filter((line) => line.level === 'error'),
      [],
    );
  });

  it('When the answer of a turn is too big for Teams, then its summary comes in its place', async () => {
    const body = { error: { code: 'MessageSizeTooBig', message: 'too big' } };
    whole.connector.failNext({ verb: 'reply', status: 413, body });

    await whole.says('ada', 'reprovision');

    assert.match(last(whole.messagesOf('ada')).content.text, /CPC-ada-7F3KQ.*bestätigen/);
  });

  it('When who asked has blocked the bot, then the card of the channel says so, and the owner’s card comes when they write again', async () => {
    const ada = chatOf('ada');
    await whole.says('ada', 'reprovision');
    const form = last(whole.messagesOf('ada'));
    const body = { error: { code: 'NotEnoughPermissions', message: 'no' } };
    let isBlocked = true;
    whole.connector.failNext({
      where: (call) => isBlocked && call.conversationId === ada,
      times: Number.POSITIVE_INFINITY,
      status: 403,
      body,
    });
    await whole.presses('ada', form, 'request.submit', { reason: 'Slow', saved: 'true' });
    const card = await approval();
    await eventually(() => assert.ok(whole.log.lines.some((line) => line.msg === 'card refused by Teams')));

    await whole.presses('ivan', card, 'request.approve', {}, { thread: card.id });

    const words = () => wordsOn(cardOf(whole.channelMessages().find((one) => one.id === card.id)));
    await eventually(() => assert.match(words(), /Ready.*Ada Arendt could not be reached in Teams/), 15_000);
    isBlocked = false;
    await whole.says('ada', 'help');
    await eventually(() => {
      const seen = whole.messagesOf('ada').map((one) => wordsOn(one));
      assert.ok(seen.some((one) => /Bereit zur Anmeldung/.test(one)) && seen.some((one) => /ist bereit/.test(one)));
    }, 15_000);
  });

  it('When only the last change of her card is refused, then the card of the channel says that she was not reached', async () => {
    whole.connector.failNext({
      verb: 'update',
      where: ({ conversationId, body }) =>
        conversationId === chatOf('ada') && /Melden Sie sich wie gewohnt an/.test(JSON.stringify(body)),
      times: Number.POSITIVE_INFINITY,
      // Late, so that the card of the channel has shown the end before.
      slowMs: 3000,
      status: 403,
      body: { error: { code: 'NotEnoughPermissions', message: 'no' } },
    });
    await adaSubmits(whole);
    const card = await approval();

    await whole.presses('ivan', card, 'request.approve', {}, { thread: card.id });

    const words = () => wordsOn(cardOf(whole.channelMessages().find((one) => one.id === card.id)));
    await eventually(() => assert.match(words(), /Ready.*Ada Arendt could not be reached in Teams/), 20_000);
  });

  it('When only the message to her is refused, after her card has shown the end, then the card of the channel says so until she writes', async () => {
    let isRefused = true;
    whole.connector.failNext({
      where: ({ verb, conversationId, body }) =>
        isRefused &&
        verb === 'send' &&
        conversationId === chatOf('ada') &&
        /ist bereit/.test(String(body?.summary ?? '')),
      times: Number.POSITIVE_INFINITY,
      slowMs: 5500,
      status: 403,
      body: { error: { code: 'NotEnoughPermissions', message: 'no' } },
    });
    await adaSubmits(whole);
    const card = await approval();

    await whole.presses('ivan', card, 'request.approve', {}, { thread: card.id });

    const words = () => wordsOn(cardOf(whole.channelMessages().find((one) => one.id === card.id)));
    await eventually(() => assert.match(words(), /Ready.*Ada Arendt could not be reached in Teams/), 25_000);
    isRefused = false;
    await whole.says('ada', 'help');
    await eventually(() => assert.doesNotMatch(words(), /could not be reached/), 15_000);
  });

  it('When the channel is set only after a request that nobody could be told of, then its card says so no longer', async () => {
    const unset = await startWholeBot();
    try {
      await adaSubmits(unset);
      const words = () => wordsOn(last(unset.messagesOf('ada')));
      await eventually(() => assert.match(words(), /konnte noch nicht gefragt werden/));

      await setChannel(unset);

      await eventually(() => assert.ok(unset.channelMessages().some((one) => /R-\d+/.test(wordsOn(one)))));
      await eventually(() => assert.doesNotMatch(words(), /konnte noch nicht gefragt werden/), 15_000);
    } finally {
      await unset.stop();
    }
  });

  it('When the channel takes nothing, then an admin with a chat is told in that chat', async () => {
    await whole.says('adam', 'hello');
    const before = whole.messagesOf('adam').length;
    whole.connector.failNext({
      verb: 'create',
      where: ({ body }) => body.isGroup === true,
      times: Number.POSITIVE_INFINITY,
      status: 403,
      body: { error: { code: 'NotEnoughPermissions', message: 'no' } },
    });

    await adaSubmits(whole);

    const told = () =>
      whole
        .messagesOf('adam')
        .slice(before)
        .map((one) => wordsOn(one));
    await eventually(
      () =>
        assert.ok(
          told().some((words) => words.includes('R-1001')),
          told().join('; '),
        ),
      15_000,
    );
  });

  it('When words in a channel are refused, then why is told to who wrote them, and one line stands in the channel', async () => {
    await adaSubmits(whole);
    await approval();
    const before = whole.channelMessages().length;

    await whole.says('ben', 'approve R-1001', { thread: '9' });

    const lines = whole.channelMessages().slice(before);
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0]?.content.text, /R-1001|genehmig/i);
    assert.match(last(whole.messagesOf('ben')).content.text, /R-1001/);
  });

  it('When Graph forbids what the check must read, then it waits, says so, and can be cancelled', async () => {
    await adaSubmits(whole);
    whole.simulator.faults.add({ match: { path: /getSupportedCloudPcRemoteActions/ }, fault: { status: 403 } });
    await whole.says('ivan', 'approve R-1001');

    await eventually(() => assert.ok(whole.log.lines.some((line) => line.msg === 'check is refused by Graph')), 10_000);
    await whole.says('ada', 'cancel R-1001');

    await eventually(
      () => assert.ok(whole.messagesOf('ada').some((one) => /R-1001/.test(one.content.text ?? ''))),
      10_000,
    );
    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 0);
  });

  it('When a card is refused for good, then the requester reads that nobody could be asked, and a channel set anew gets it', async () => {
    whole.connector.failNext({ verb: 'create', status: 400, body: { error: { code: 'BadArgument', message: 'no' } } });
    await adaSubmits(whole);
    await eventually(
      () => assert.ok(whole.messagesOf('ada').some((one) => /konnte noch nicht gefragt werden/.test(wordsOn(one)))),
      15_000,
    );

    await setChannel(whole);

    await approval();
  });

  it('When starts are paused and go on, then the card that waits for approval says so, and no longer', async () => {
    await adaSubmits(whole);
    const card = await approval();
    const words = () => wordsOn(cardOf(whole.channelMessages().find((one) => one.id === card.id)));
    const before = words();

    await whole.says('adam', 'pause all starts');
    await eventually(() => assert.match(words(), /paused/i), 12_000);
    await whole.says('adam', 'resume starts');

    await eventually(() => assert.doesNotMatch(words(), /paused/i), 12_000);
    assert.doesNotMatch(before, /paused/i);
  });
});
