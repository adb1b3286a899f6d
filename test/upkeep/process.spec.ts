// The programs of the upkeep as an operator runs them, with the bot as production runs it: killed in the middle of several stories,
// backed up, moved to PostgreSQL (that killed as well), and gone on with there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadPolicyFile } from '../../src/policy-file.ts';
import { demoCloudPcs, demoPolicies, demoServicePlans } from '../../src/simulator/index.ts';
import { readEvidence } from '../campaigns/crash/evidence.ts';
import { assertBuilt, type BotProcess, compileCache, createBotProcess } from '../fakes/bot-process.ts';
import { answeredCard, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { type Microsoft, serviceUrl, startMicrosoft } from '../fakes/microsoft/index.ts';
import { createPeople, type People } from '../fakes/people.ts';
import { policyText, productionEnv } from '../fakes/production.ts';
import { createTestDatabase, type TestDatabase, testStoreKind } from '../fakes/store.ts';
import type { CastMember } from '../fakes/teams.ts';
import { keepEnvironment, keepLine } from '../logs/recorder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cloudPcs: Partial<Record<CastMember, string>> = {
  ada: demoCloudPcs.ada,
  cleo: 'b0b0b0b0-0000-4000-8000-000000000001',
  ines: 'b0b0b0b0-0000-4000-8000-000000000002',
  owen: 'b0b0b0b0-0000-4000-8000-000000000003',
};
const everybody = Object.keys(cloudPcs) as CastMember[];

describe('the upkeep of a bot under load (only with TEST_DATABASE_URL)', function () {
  this.timeout(300_000);
  let microsoft: Microsoft;
  let database: TestDatabase;
  let bot: BotProcess;
  let people: People;
  const codes = new Map<CastMember, string>();

  before(async function () {
    if (testStoreKind !== 'postgres') this.skip();
    await assertBuilt();
    microsoft = await startMicrosoft({ buildMs: 4000 });
    for (const [who, id] of Object.entries(cloudPcs)) if (who !== 'ada') addCloudPc(who as CastMember, id);
    database = await createTestDatabase();
    bot = await createBotProcess({
      policy: policyText('limits: { unknownAfter: 4s }'),
      env: productionEnv(microsoft),
    });
    people = createPeople(bot, { ...microsoft, serviceUrl });
    await bot.start();
    await people.says('adam', 'use this channel for approvals', { thread: '1' });
    for (const who of [...everybody, 'ivan'] as const) await people.says(who, 'language en');
  });
  after(async () => {
    await bot?.remove();
    await microsoft?.stop();
    await database?.drop();
  });

  function addCloudPc(who: CastMember, id: string): void {
    microsoft.simulator.tenant.addCloudPc({
      id,
      name: `CPC-${who}-00001`,
      userPrincipalName: who === 'owen' ? "o'neil@contoso.com" : `${who}@contoso.com`,
      ownerName: who,
      servicePlan: { id: demoServicePlans.cpu2, name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
      provisioningPolicyId: demoPolicies.officeWestEurope,
      provisionedDateTime: '2026-03-12T09:22:00Z',
    });
  }

  /** As an operator types it; nothing of the bot's settings but where the store is. */
  async function runs(script: string, args: string[] = [], env: Record<string, string> = {}, killAfterMs?: number) {
    const machine = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_COMPILE_CACHE: compileCache };
    const where = { DATA_DIR: join(bot.folder, 'data') };
    const [command, ...rest] =
      killAfterMs === undefined
        ? ['npm', 'run', '--silent', script, '--', ...args]
        : [process.execPath, join(root, `dist/upkeep/${script}.js`), ...args];
    keepEnvironment(env);
    const child = spawn(command ?? '', rest, { cwd: root, env: { ...machine, ...where, ...env } });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        said.push(data.toString());
        keepLine(data.toString());
      });
    const ended = once(child, 'close');
    if (killAfterMs !== undefined) {
      await wait(killAfterMs);
      child.kill('SIGKILL');
    }
    const [code] = (await ended) as [number | null];
    return { code, said: said.join('') };
  }

  async function submits(who: CastMember): Promise<void> {
    await people.says(who, 'reprovision my Cloud PC');
    const form = await eventually(() => {
      const found = last(people.messagesOf(who));
      findButton(found, 'request.submit');
      return found;
    }, 60_000);
    const sent = await people.presses(who, form, 'request.submit', { reason: 'Slow', saved: 'true', mail: 'true' });
    const [code] = /R-\d+/.exec(wordsOn(answeredCard(sent))) ?? [];
    assert.ok(code);
    codes.set(who, code);
  }

  const posts = (id?: string) => microsoft.simulator.tenant.reprovisionPosts(id);
  const databaseEnv = () => ({ DATABASE_URL: database.databaseUrl });

  it('When the bot runs, then backup, restore and move are refused in a sentence, and it is not disturbed', async () => {
    const file = join(bot.folder, 'refused.backup');
    for (const { code, said } of [
      await runs('backup', ['--to', file]),
      await runs('move-to-postgres', [], databaseEnv()),
    ]) {
      assert.equal(code, 1);
      assert.match(said, /^Cannot (back up|move) \(store\.locked\)\.\nAnother process uses the data directory/);
      assert.doesNotMatch(said, /\n\s+at /);
    }
    await assert.rejects(stat(file), { code: 'ENOENT' });
    assert.equal((await fetch(`${bot.url}/readyz`)).status, 200);
  });

  it('When what they need is not said, or the store is PostgreSQL, then they say so', async () => {
    const cases = [
      [await runs('backup'), /^Cannot back up \(upkeep\.file\)\.\n.*--to FILE/],
      [await runs('restore'), /^Cannot restore \(upkeep\.file\)\.\n.*--from FILE/],
      [await runs('move-to-postgres'), /^Cannot move \(move\.target\)\.\n.*DATABASE_URL/],
      [await runs('backup', ['--to', 'x'], databaseEnv()), /^Cannot back up \(upkeep\.postgres\)\.\n.*pg_dump/],
      [await runs('restore', ['--from', 'x'], databaseEnv()), /^Cannot restore \(upkeep\.postgres\)\.\n.*pg_restore/],
    ] as const;
    for (const [{ code, said }, words] of cases) {
      assert.equal(code, 1);
      assert.match(said, words);
    }
  });

  it('When it is killed in the middle of four stories, one with its POST unanswered, then the store can be backed up', async () => {
    let isKilled: Promise<unknown> | null = null;
    microsoft.front.hooks = {
      async after({ path }) {
        // The second POST: it has had its effect, and nobody hears so.
        if (!path.endsWith('/reprovision') || posts().received < 2) return undefined;
        isKilled ??= bot.kill();
        await isKilled;
        return 'drop';
      },
    };
    for (const who of everybody) await submits(who);
    // Owen's waits for its approval.
    for (const who of ['ada', 'cleo', 'ines'] as const)
      await people.says('ivan', `approve ${codes.get(who)}`).catch(() => null);
    await eventually(() => assert.ok(isKilled), 60_000);
    await isKilled;
    microsoft.front.hooks = {};
    const file = join(bot.folder, 'concierge.backup');

    const { code, said } = await runs('backup', ['--to', file]);

    assert.equal(code, 0, said);
    assert.match(said, /4 requests/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('When the move is killed on its way, and run again until it is through, then the old directory is refused for good', async () => {
    const killed = await runs('move-to-postgres', [], databaseEnv(), 2500);
    const moved = await runs('move-to-postgres', [], databaseEnv());

    assert.ok(killed.code === null || killed.code === 0, killed.said);
    if (killed.code === null) {
      assert.equal(moved.code, 0, moved.said);
      assert.match(moved.said, /Everything is in PostgreSQL/);
      assert.doesNotMatch(moved.said, /postgres:\/\//);
    }
    bot.lines.length = 0;
    await assert.rejects(bot.start(), /ended while starting/);
    assert.equal(bot.child?.exitCode, 78);
    assert.match(bot.lines.join('\n'), /Cannot start \(store\.moved\)\.\n.*set DATABASE_URL/);
  });

  it('When the bot goes on with PostgreSQL, then each request ends, and each Cloud PC is wiped once', async () => {
    await bot.start(databaseEnv());
    await people.says('ivan', `approve ${codes.get('owen')}`);
    // What was being said when it was killed may not have been heard.
    for (const who of ['ada', 'cleo', 'ines'] as const) await people.says('ivan', `approve ${codes.get(who)}`);

    for (const who of everybody)
      await eventually(() => {
        const heard = people.messagesOf(who).map((one) => wordsOn(one));
        assert.ok(
          heard.some((words) => /Your Cloud PC is ready/.test(words)),
          `${who}: ${heard.slice(-2).join('\n')}`,
        );
      }, 150_000);

    const policy = await loadPolicyFile(join(bot.folder, 'policy.yaml'));
    const { requests, intents } = await eventually(async () => {
      const evidence = await readEvidence({ databaseUrl: database.databaseUrl }, policy);
      assert.deepEqual(evidence.leftOver, []);
      // They are read before what is left over is.
      for (const { card } of evidence.requests.flatMap(({ cards }) => cards)) assert.equal(card.shown, card.wanted);
      return evidence;
    }, 60_000);
    for (const who of everybody) assert.deepEqual(posts(cloudPcs[who]), { received: 1, applied: 1 }, who);
    assert.deepEqual(
      requests.map(({ request, items }) => [request.state, items.length, request.decisions.length]),
      everybody.map(() => ['succeeded', 1, 1]),
    );
    assert.equal(intents.length, everybody.length, 'one intent each');
    for (const { counts } of requests) assert.deepEqual(counts.kept, counts.counted);
    assert.equal(await bot.kill('SIGTERM'), 0);
  });

  it('When the backup is restored, then no start of it is made before somebody says so', async () => {
    const restored = join(bot.folder, 'restored');
    const { code, said } = await runs('restore', ['--from', join(bot.folder, 'concierge.backup')], {
      DATA_DIR: restored,
    });
    assert.equal(code, 0, said);
    assert.match(said, /All starts are paused/);
    const before = posts();

    await bot.start({ DATA_DIR: restored });
    // Of the backup's time: approved, and not begun as far as it knows.
    await people.says('ivan', `approve ${codes.get('owen')}`);
    await people.says('ivan', `status ${codes.get('owen')}`);
    await eventually(() => assert.match(wordsOn(last(people.messagesOf('ivan'))), /paused/i), 60_000);
    await wait(3000);

    assert.deepEqual(posts(), before);
    assert.equal(await bot.kill('SIGTERM'), 0);
  });
});
