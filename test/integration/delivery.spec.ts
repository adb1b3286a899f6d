// What becomes of cards and notices when Teams does not take them.
import assert from 'node:assert/strict';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { personOf } from '../fakes/teams.ts';
import {
  adaSubmits,
  answeredCard,
  cardOf,
  eventually,
  last,
  setChannel,
  startWholeBot,
  type WholeBot,
  wordsOn,
} from '../fakes/whole-bot.ts';

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
});
