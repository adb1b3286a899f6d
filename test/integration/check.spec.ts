// `check` and the words of a refusal, through the whole bot: who gets what.
import assert from 'node:assert/strict';
import { demoTeamsApp } from '../../src/simulator/index.ts';
import { last, wordsOn } from '../fakes/looking.ts';
import { setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

describe('check', function () {
  this.timeout(60_000);
  let whole: WholeBot;

  before(async () => {
    whole = await startWholeBot({ config: { teamsAppId: demoTeamsApp.externalId } });
    await setChannel(whole);
  });
  after(() => whole.stop());
  afterEach(() => whole.simulator.tenant.permissions.grant('CloudPC.ReadWrite.All'));

  it('When an admin checks, then the card tells what is there, and the button checks again', async () => {
    await whole.says('adam', 'check');
    const card = last(whole.messagesOf('adam'));

    assert.match(wordsOn(card), /CloudPC\.ReadWrite\.All/);
    assert.match(wordsOn(card), /In order|In Ordnung/);
    whole.simulator.tenant.permissions.take('CloudPC.ReadWrite.All');
    const pressed = await whole.presses('adam', card, 'check.run');
    assert.equal(pressed.status, 200);
    assert.match(JSON.stringify(pressed), /(?:To fix|Zu beheben)/);
  });

  it('When somebody else checks, then nothing of it is told', async () => {
    await whole.says('ada', 'check');

    const words = wordsOn(last(whole.messagesOf('ada')));
    assert.doesNotMatch(words, /CloudPC\.ReadWrite|Gruppe|group/i);
  });

  it('When Graph refuses, then an admin reads the permission and everybody a reference', async () => {
    whole.simulator.tenant.permissions.take('CloudPC.ReadWrite.All');

    await whole.says('adam', 'my cloud pcs');
    await whole.says('ada', 'my cloud pcs');

    const admin = wordsOn(last(whole.messagesOf('adam')));
    const person = wordsOn(last(whole.messagesOf('ada')));
    assert.match(admin, /CloudPC\.ReadWrite\.All/);
    for (const words of [admin, person]) assert.match(words, /(?:Reference|Referenz|Référence)\s?: [0-9a-f-]{36}/);
    assert.doesNotMatch(person, /CloudPC\.ReadWrite/);
  });
});
