// Not a test of the suite: run by run.spec.ts, to see that a run fails whose log tells a secret. `mocha` sees passing tests.
import assert from 'node:assert/strict';
import { startRunningBot } from '../../fakes/running-bot.ts';
import { execute, postActivity } from '../../fakes/teams.ts';

describe('an example', () => {
  for (const [what, msg] of Object.entries({ token: 'a token', words: 'a reason', nothing: 'nothing' })) {
    it(`logs ${msg}`, async () => {
      const data = { reason: 'Apps no longer start' };
      const bot = await startRunningBot({ turn: async (context) => void (await context.sendActivity('hello')) });
      const answer = await postActivity(bot, execute({ from: 'ada', verb: 'request.submit', data }), bot);
      assert.equal(answer.received.length, 1);

      const told = { token: { note: bot.credentials.token }, words: { asked: data }, nothing: {} };
      bot.log.info(told[what as keyof typeof told], msg);
      await bot.stop();
    });
  }
});
