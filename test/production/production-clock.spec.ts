// The clock of the bot's machine is ten minutes wrong; Microsoft's and everybody else's are right.
import assert from 'node:assert/strict';
import { minute } from '../../src/domain/time.ts';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { assertBuilt } from '../fakes/bot-process.ts';
import { eventually, last, wordsOn } from '../fakes/looking.ts';
import { type Production, startProduction } from '../fakes/production.ts';

describe('production on a machine whose clock is ten minutes wrong', function () {
  this.timeout(90_000);
  let production: Production;

  before(() => assertBuilt());
  afterEach(() => production.stop());

  const startWith = async (offsetMs: number) => {
    production = await startProduction({ CLOCK_OFFSET_MS: String(offsetMs) });
  };

  it('When it is ten minutes ahead, then the whole story works, and its end is not mistaken', async () => {
    await startWith(10 * minute);

    await production.playStory();

    assert.deepEqual(production.microsoft.simulator.tenant.reprovisionPosts(demoCloudPcs.ada), {
      received: 1,
      applied: 1,
    });
  });

  it('When it is ten minutes behind, then tokens of now are not valid yet: nobody comes in, and the log says why', async () => {
    await startWith(-10 * minute);

    const answer = await production.people.says('ada', 'help');

    assert.equal(answer.status, 401);
    await eventually(() =>
      assert.match(production.bot.lines.join('\n'), /token is not valid yet: is the clock of this machine right/),
    );
  });

  it('When it is four minutes behind, then all works', async () => {
    await startWith(-4 * minute);

    await production.people.says('ada', 'my cloud pcs');

    await eventually(() => assert.match(wordsOn(last(production.people.messagesOf('ada'))), /CPC-ada/), 15_000);
  });
});
