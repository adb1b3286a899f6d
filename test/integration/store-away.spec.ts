// People write and press while the store is gone.
import assert from 'node:assert/strict';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { UnitOfWork } from '../../src/domain/ports.ts';
import { createApplication } from '../../src/teams/application.ts';
import { startRunningBot } from '../fakes/running-bot.ts';
import { execute, message, postActivity } from '../fakes/teams.ts';
import { testPolicy } from '../fakes/whole-bot.ts';

type Parts = Parameters<typeof createApplication>[0];

/** The bot with a store that does this to every transaction. */
async function startWithout(run: () => Promise<never>) {
  const unitOfWork: UnitOfWork = { run };
  const bot = await startRunningBot({ turn: (context) => application.runTurn(context) });
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const say = ({ text }: { text: string }, { language }: { language: string }) => `${language}: ${text}`;
  const application = createApplication({
    deps: {
      policy: testPolicy,
      clock,
      ids: { next: () => 'id' },
      log: bot.log,
      unitOfWork,
    } as unknown as Parts['deps'],
    userTokens: null,
    files: { read: run },
    takeFileConsent: run,
    responder: { unitOfWork, clock, renderText: say, renderPlain: say } as unknown as Parts['responder'],
    sendLater: run,
    hurry: new AbortController().signal,
  });
  return bot;
}

const troubles = {
  refuses: () => Promise.reject(new TemporaryError('store.unavailable')),
  'gives no answer': () => new Promise<never>(() => {}),
};

describe('when the store is away', function () {
  this.timeout(30_000);

  for (const [name, run] of Object.entries(troubles)) {
    it(`When it ${name}, then words are answered with the truth, in the language of the activity, while Teams waits`, async () => {
      const bot = await startWithout(run);
      const from = performance.now();

      const answer = await postActivity(bot, message('reprovision', { from: 'ada' }), bot);

      await bot.stop();
      assert.deepEqual(
        answer.received.map((call) => call.body.text),
        ['de: error.store.unavailable'],
      );
      assert.ok(performance.now() - from < 10_000);
    });

    it(`When it ${name}, then a press is answered with the truth while Teams waits`, async () => {
      const bot = await startWithout(run);
      const from = performance.now();

      const answer = await postActivity(
        bot,
        execute({ from: 'ivan', verb: 'request.approve', data: { request: 'r', revision: 1 }, where: { thread: '1' } }),
        bot,
      );

      await bot.stop();
      assert.equal(answer.body.type, 'application/vnd.microsoft.activity.message');
      assert.equal(answer.body.value, 'de: error.store.unavailable');
      assert.ok(performance.now() - from < 10_000);
      assert.deepEqual(
        bot.log.lines.filter((line) => line.level === 'error'),
        [],
      );
    });
  }
});
