// Graph is slow or away while somebody waits for an answer.
import assert from 'node:assert/strict';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { answeredCard, answeredText, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

describe('when Graph is slow', function () {
  this.timeout(60_000);
  let whole: WholeBot;

  beforeEach(async () => {
    whole = await startWholeBot();
  });
  afterEach(() => whole.stop());

  const slow = (delayMs: number, times = 1) =>
    whole.simulator.faults.add({ match: { path: /batch$/ }, times, fault: { delayMs } });

  it('When a read takes four seconds, then the answer is "one moment" in time, and the card comes by itself, once', async () => {
    await whole.says('ada', 'hello');
    slow(4000);
    const before = whole.messagesOf('ada').length;
    const from = performance.now();

    await whole.says('ada', 'reprovision');

    assert.ok(performance.now() - from < 3000, 'a turn answers well under three seconds');
    assert.match(last(whole.messagesOf('ada')).content.text, /Moment/);
    await eventually(() => assert.ok(findButton(last(whole.messagesOf('ada')), 'request.submit')), 15_000);
    assert.equal(whole.messagesOf('ada').length, before + 2);
  });

  it('When Graph is slow at a press, then the press is answered in time, and what it asked for still happens once', async () => {
    await setChannel(whole);
    await whole.says('ada', 'reprovision');
    const form = last(whole.messagesOf('ada'));
    slow(4000);
    const from = performance.now();

    const answer = await whole.presses('ada', form, 'request.submit', { reason: 'Slow', saved: 'true' });

    assert.ok(performance.now() - from < 3000);
    assert.match(answeredText(answer), /Moment/);
    await eventually(
      () => assert.ok(whole.channelMessages().some((one) => wordsOn(one).includes('Ada Arendt?'))),
      15_000,
    );
    assert.equal(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?')).length, 1);
  });

  it('When Graph answers 503 for a while at the check, then it waits, says so, and starts once', async () => {
    await setChannel(whole);
    const submitted = answeredCard(await adaSubmits(whole));
    assert.ok(submitted);
    const outage = whole.simulator.faults.add({ match: { path: /cloudPCs/ }, fault: { status: 503 } });
    await whole.says('ivan', 'approve R-1001');
    await eventually(() => assert.ok(outage.hits > 0), 10_000);
    assert.equal(whole.simulator.tenant.reprovisionPosts(demoCloudPcs.ada).received, 0);

    outage.remove();

    await eventually(() => assert.equal(whole.simulator.tenant.reprovisionPosts(demoCloudPcs.ada).applied, 1), 40_000);
  });

  it('When a start is throttled, then it waits as Graph asks and starts once', async () => {
    await setChannel(whole);
    await adaSubmits(whole);
    const throttled = whole.simulator.faults.add({
      match: { method: 'POST', path: /\/reprovision$/ },
      times: 1,
      fault: { status: 429, retryAfter: 1 },
    });
    await whole.says('ivan', 'approve R-1001');

    await eventually(() => assert.equal(throttled.hits, 1), 10_000);
    await eventually(() => assert.equal(whole.simulator.tenant.reprovisionPosts(demoCloudPcs.ada).applied, 1), 45_000);
  });
});
