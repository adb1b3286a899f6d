// The disk is full under the embedded store: what is not kept is not told and not done, the process says so and ends, and with room
// again everything goes on to its end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { assertBuilt, type BotProcess, createBotProcess } from '../fakes/bot-process.ts';
import { answeredCard, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { type Microsoft, serviceUrl, startMicrosoft } from '../fakes/microsoft/index.ts';
import { createPeople, type People } from '../fakes/people.ts';
import { policyText, productionEnv } from '../fakes/production.ts';

const preload = new URL('../fakes/full-disk.ts', import.meta.url).href;

describe('the embedded store on a full disk', function () {
  this.timeout(180_000);
  let microsoft: Microsoft;
  let bot: BotProcess;
  let people: People;
  let mark: string;

  before(() => assertBuilt());
  beforeEach(async () => {
    microsoft = await startMicrosoft({ buildMs: 1500 });
    bot = await createBotProcess({ policy: policyText('limits: { unknownAfter: 4s }'), env: productionEnv(microsoft) });
    mark = join(bot.folder, 'full');
    people = createPeople(bot, { ...microsoft, serviceUrl });
    await starts();
    await people.says('adam', 'use this channel for approvals', { thread: '1' });
    for (const who of ['ada', 'ivan'] as const) await people.says(who, 'language en');
  });
  afterEach(async () => {
    await bot.remove();
    await microsoft.stop();
  });

  const starts = () =>
    bot.start({
      NODE_OPTIONS: `${microsoft.env.NODE_OPTIONS ?? ''} --import=${preload}`,
      DATA_DIR: join(bot.folder, 'data'),
      FULL_DISK: mark,
    });
  const mount = (...args: string[]) => spawnSync('mount', args).status === 0;
  const fill = () => writeFile(mark, '');
  const makeRoom = () => rm(mark);
  const posts = () => microsoft.simulator.tenant.reprovisionPosts();

  async function submits(): Promise<string> {
    await people.says('ada', 'reprovision my Cloud PC');
    const form = await eventually(() => {
      const found = last(people.messagesOf('ada'));
      findButton(found, 'request.submit');
      return found;
    }, 30_000);
    const sent = await people.presses('ada', form, 'request.submit', { reason: 'Slow', saved: 'true', mail: 'true' });
    const [code] = /R-\d+/.exec(wordsOn(answeredCard(sent))) ?? [];
    assert.ok(code);
    return code;
  }

  const approval = (code: string) =>
    eventually(() => {
      const found = people.channelMessages().find((one) => wordsOn(one).includes(code));
      findButton(last([found].filter((one) => one !== undefined)), 'request.approve');
      return last([found].filter((one) => one !== undefined));
    }, 30_000);

  /** Presses; null: no answer came, since the process ended. */
  async function ivanApproves(code: string): Promise<string | null> {
    const card = await approval(code);
    const answer = await people.presses('ivan', card, 'request.approve', {}, { thread: card.id }).catch(() => null);
    return answer && JSON.stringify(answer.body ?? null);
  }

  async function endsByItself(): Promise<void> {
    const { child } = bot;
    assert.ok(child);
    if (child.exitCode === null && child.signalCode === null)
      await Promise.race([once(child, 'exit'), wait(60_000, null, { ref: false })]);
    assert.equal(child.exitCode, 1, 'a restart may help');
    assert.match(bot.lines.join('\n'), /"level":"error".*"code":"store.givenUp".*No space left on device/);
  }

  const isTold = () =>
    eventually(() => {
      const heard = people.messagesOf('ada').map((one) => wordsOn(one));
      assert.ok(
        heard.some((words) => /Your Cloud PC is ready/.test(words)),
        heard.at(-1),
      );
    }, 60_000);

  it('When it is full while somebody approves, then that is not told as done and nothing is sent; with room it is asked again', async () => {
    const code = await submits();
    await approval(code);
    await fill();

    const answer = await ivanApproves(code);
    await endsByItself();

    assert.doesNotMatch(answer ?? '', /Approved by/);
    assert.deepEqual(posts(), { received: 0, applied: 0 });
    await assert.rejects(starts(), /ended while starting/);
    assert.equal(bot.child?.exitCode, 1);
    assert.match(bot.lines.join('\n'), /^Cannot start \(store\.full\)\.\n.*Make room/m);

    await makeRoom();
    await starts();
    assert.match((await ivanApproves(code)) ?? '', /Approved by/);
    await isTold();
    assert.deepEqual(posts(), { received: 1, applied: 1 });
  });

  it('When it becomes full while the wipe is on its way, then it is not sent again, and followed to its end', async () => {
    const code = await submits();
    microsoft.front.hooks = {
      async after({ path }) {
        if (path.endsWith('/reprovision')) await fill();
        return undefined;
      },
    };

    await ivanApproves(code);
    await endsByItself();

    microsoft.front.hooks = {};
    await makeRoom();
    await starts();
    await isTold();
    assert.deepEqual(posts(), { received: 1, applied: 1 });
  });

  it('When a real disk becomes full (a tmpfs: as root alone), then the bot is not ready and says why, and with room it is again, and goes on', async function () {
    const disk = join(bot.folder, 'disk');
    await mkdir(disk);
    if (!mount('-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', disk)) this.skip();
    try {
      await bot.kill();
      await bot.start({ DATA_DIR: join(disk, 'data') });
      await people.says('adam', 'use this channel for approvals', { thread: '1' });
      for (const who of ['ada', 'ivan'] as const) await people.says(who, 'language en');
      const code = await submits();
      const readyz = async () => (await fetch(`${bot.url}/readyz`)).status;

      await fillUp(join(disk, 'filler'));
      assert.equal(await readyz(), 503);
      await eventually(() => assert.match(bot.lines.join('\n'), /"level":"error".*"code":"store.full".*"freeMb":0/));
      const answer = await ivanApproves(code);
      await rm(join(disk, 'filler'));

      assert.equal(await readyz(), 200);
      // Whatever was told as done is.
      if (!/Approved by/.test(answer ?? '')) await ivanApproves(code);
      await isTold();
      assert.deepEqual(posts(), { received: 1, applied: 1 });
    } finally {
      await bot.kill();
      spawnSync('umount', [disk]);
    }
  });
});

/** Until nothing more fits. */
async function fillUp(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const size of [1024 * 1024, 4096])
      for (let isRoom = true; isRoom; )
        isRoom = await file.write(Buffer.alloc(size)).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            assert.equal(error.code, 'ENOSPC');
            return false;
          },
        );
  } finally {
    await file.close();
  }
}
