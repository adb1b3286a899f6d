// Told to stop (SIGTERM) in the middle of everything: the process ends in time and well, and the next one loses nothing.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { second } from '../../src/domain/time.ts';
import { demoCloudPcs, demoPeople, demoPolicies, demoServicePlans } from '../../src/simulator/index.ts';
import { assertBuilt } from '../fakes/bot-process.ts';
import { startDatabaseGate } from '../fakes/database-gate.ts';
import { answeredCard, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { type Production, startProduction } from '../fakes/production.ts';
import { createTestDatabase, testStoreKind } from '../fakes/store.ts';
import { type CastMember, chatOf } from '../fakes/teams.ts';

const cleosCloudPc = 'b0b0b0b0-0000-4000-8000-000000000001';
const endsWithinMs = 10 * second;

describe(`production told to stop, on the ${testStoreKind} store`, function () {
  this.timeout(180_000);
  let production: Production;

  before(() => assertBuilt());
  afterEach(() => production.stop());

  async function start(): Promise<void> {
    production = await startProduction();
    production.microsoft.simulator.tenant.addCloudPc({
      id: cleosCloudPc,
      name: 'CPC-cleo-00001',
      userPrincipalName: 'cleo@contoso.com',
      ownerName: 'Cléo Costa',
      servicePlan: { id: demoServicePlans.cpu2, name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
      provisioningPolicyId: demoPolicies.officeWestEurope,
      provisionedDateTime: '2026-03-12T09:22:00Z',
    });
    await production.people.says('adam', 'use this channel for approvals', { thread: '1' });
    for (const who of ['ada', 'ben', 'cleo', 'ivan'] as const) await production.people.says(who, 'language en');
  }

  const posts = (id: string) => production.microsoft.simulator.tenant.reprovisionPosts(id);
  const hears = (who: CastMember, words: RegExp) =>
    eventually(() => {
      const heard = production.people.messagesOf(who).map((one) => wordsOn(one));
      assert.ok(
        heard.some((text) => words.test(text)),
        heard.join('\n'),
      );
    }, 60_000);

  /** Asked for and approved; Graph then does this with the POST. */
  async function reprovisions(who: 'ada' | 'cleo', id: string, fault: 'endless' | 'hang' | { delayMs: number }) {
    const { people, microsoft } = production;
    microsoft.simulator.faults.add({
      match: { method: 'POST', path: new RegExp(`${id}/reprovision$`) },
      times: 1,
      fault,
    });
    await people.says(who, 'reprovision my Cloud PC');
    const form = await eventually(() => {
      const found = last(people.messagesOf(who));
      findButton(found, 'request.submit');
      return found;
    });
    const sent = await people.presses(who, form, 'request.submit', { reason: 'Slow', saved: 'true' });
    const [code] = /R-\d+/.exec(wordsOn(answeredCard(sent))) ?? [];
    await people.says('ivan', `approve ${code}`);
    await eventually(() => assert.equal(posts(id).received, 1), 60_000);
  }

  async function stopsInTime(): Promise<void> {
    const began = performance.now();
    const code = await production.bot.kill('SIGTERM');
    const tookMs = performance.now() - began;
    assert.equal(code, 0, production.bot.lines.slice(-10).join('\n'));
    assert.ok(tookMs < endsWithinMs, `${tookMs} ms`);
  }

  it('When turns, jobs and a POST are under way, and Graph and Teams hang, then it ends in time, and the next process loses nothing', async () => {
    await start();
    const { microsoft, people, bot } = production;
    await reprovisions('cleo', cleosCloudPc, 'endless');
    await reprovisions('ada', demoCloudPcs.ada, { delayMs: 3000 });
    microsoft.connector.failNext({ how: 'hang', where: ({ conversationId }) => conversationId === chatOf('ben') });
    const slow = microsoft.simulator.faults.add({
      match: { where: ({ path, body }) => `${path} ${JSON.stringify(body)}`.includes(demoPeople.ivan) },
      fault: { delayMs: 60_000 },
    });
    const turns = [people.says('ben', 'help'), people.says('ivan', 'my cloud pcs')];
    await eventually(() =>
      assert.ok(
        microsoft.connector.calls.some(({ arrived, conversationId }) => !arrived && conversationId === chatOf('ben')),
      ),
    );

    await stopsInTime();

    for (const { status } of await Promise.all(turns)) assert.equal(status, 200, 'the turns were answered');
    slow.remove();
    await bot.start();
    await hears('ben', /reprovision/i);
    await hears('ivan', /no Cloud PC/i);
    await hears('ada', /Your Cloud PC is ready/);
    // On PostgreSQL the answer is awaited for 45 seconds, since another process might get it.
    if (testStoreKind === 'embedded') await hears('cleo', /Your Cloud PC is ready/);
    assert.deepEqual(
      [posts(demoCloudPcs.ada), posts(cleosCloudPc)],
      [
        { received: 1, applied: 1 },
        { received: 1, applied: 1 },
      ],
    );
    const isUnclear = (line: string) => line.includes('unknown') && line.includes('"item');
    assert.deepEqual(bot.lines.filter(isUnclear), []);
  });

  it('When it is told twice at once, as npm does, then it goes on ending well; told again, it ends at once, and nothing is lost', async () => {
    await start();
    const { bot } = production;
    await reprovisions('ada', demoCloudPcs.ada, 'endless');

    const began = performance.now();
    bot.child?.kill('SIGINT');
    bot.child?.kill('SIGTERM');
    await wait(1500);
    assert.equal(bot.child?.exitCode, null, 'the POST has no answer yet, so it is waited for');
    const code = await bot.kill('SIGTERM');

    assert.equal(code, 1);
    assert.ok(performance.now() - began < 4 * second);
    assert.ok(bot.lines.some((line) => line.includes('a second time')));
    await bot.start();
    if (testStoreKind === 'embedded') await hears('ada', /Your Cloud PC is ready/);
    assert.deepEqual(posts(demoCloudPcs.ada), { received: 1, applied: 1 });
  });

  const onPostgres = testStoreKind === 'postgres' ? it : it.skip;
  onPostgres('When PostgreSQL stands still, then it ends in time all the same', async () => {
    const database = await createTestDatabase();
    const gate = await startDatabaseGate(database.databaseUrl, 'insert into "people"');
    production = await startProduction({ DATABASE_URL: gate.databaseUrl });
    try {
      const turn = production.people.says('ada', 'help').catch(() => null);
      await gate.commitHeld;

      await stopsInTime();

      await turn;
      assert.ok(production.bot.lines.some((line) => line.includes('stopping took too long')));
    } finally {
      await gate.stop();
      await production.bot.remove();
      await database.drop();
    }
  });
});
