// The fuzzer's eyes: what a request at the door does is told apart from what jobs do at the same time.
import assert from 'node:assert/strict';
import { watchDoor } from '../campaigns/door/under-way.ts';
import { eventually, wordsOn } from '../fakes/looking.ts';
import { type Activity, message } from '../fakes/teams.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

describe('what is under way at the door', () => {
  let whole: WholeBot;

  beforeEach(async () => {
    whole = await startWholeBot();
    await setChannel(whole);
  });
  afterEach(() => whole.stop());

  it('When somebody writes, then what is written to the store and the log for it is its request’s', async () => {
    const door = watchDoor(whole);

    await whole.says('ada', 'language fr');
    const { writes } = door.take();
    await whole.post(ofAnotherTenant(message('help', { from: 'ada', serviceUrl: whole.connector.url })));
    const { lines } = door.take();
    door.stop();

    assert.ok(
      writes.some((sql) => /"people"/.test(sql)),
      writes.join('\n'),
    );
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['activity of another tenant refused'],
    );
  });

  it('When jobs go on afterwards, then what they write and log is nobody’s', async () => {
    const door = watchDoor(whole);
    whole.connector.failNext({ where: ({ body }) => body?.isGroup === true, status: 500 });

    await adaSubmits(whole);
    door.take();
    await eventually(() => assert.ok(whole.channelMessages().some((one) => wordsOn(one).includes('Ada Arendt?'))));
    const doing = door.take();
    door.stop();

    assert.ok(whole.log.lines.some(({ msg }) => msg === 'card not delivered'));
    assert.deepEqual(doing, { lines: [], writes: [] });
    assert.ok(door.allLines() > 0);
  });
});

function ofAnotherTenant(activity: Activity): Activity {
  const id = '99999999-9999-4999-8999-999999999999';
  return { ...activity, conversation: { ...activity.conversation, tenantId: id }, channelData: { tenant: { id } } };
}
