// A rolling update on PostgreSQL: a replica of this version beside one of the next, started again beside it, and what it says when
// the version after that has taken away what it needs.
import assert from 'node:assert/strict';
import { demoPolicies, demoServicePlans } from '../../src/simulator/index.ts';
import { assertBuilt, type BotProcess, createBotProcess } from '../fakes/bot-process.ts';
import { answeredCard, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { type Microsoft, serviceUrl, startMicrosoft } from '../fakes/microsoft/index.ts';
import { contracting, createNextVersion, expanding } from '../fakes/next-version.ts';
import { createPeople, type People } from '../fakes/people.ts';
import { policyText, productionEnv } from '../fakes/production.ts';
import { createTestDatabase, type TestDatabase, testStoreKind } from '../fakes/store.ts';
import type { CastMember } from '../fakes/teams.ts';
import { faultsOf } from '../house/migration-rule.ts';

const cleosCloudPc = 'b0b0b0b0-0000-4000-8000-000000000001';

describe('a rolling update (only with TEST_DATABASE_URL)', function () {
  this.timeout(180_000);
  let microsoft: Microsoft;
  let database: TestDatabase;
  const bots: BotProcess[] = [];
  const versions: Awaited<ReturnType<typeof createNextVersion>>[] = [];
  let present: BotProcess;
  let onPresent: People;

  before(async function () {
    if (testStoreKind !== 'postgres') this.skip();
    await assertBuilt();
    microsoft = await startMicrosoft({ buildMs: 3000 });
    microsoft.simulator.tenant.addCloudPc({
      id: cleosCloudPc,
      name: 'CPC-cleo-00001',
      userPrincipalName: 'cleo@contoso.com',
      ownerName: 'Cleo',
      servicePlan: { id: demoServicePlans.cpu2, name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
      provisioningPolicyId: demoPolicies.officeWestEurope,
      provisionedDateTime: '2026-03-12T09:22:00Z',
    });
    database = await createTestDatabase();
    present = await createBot();
    onPresent = createPeople(present, { ...microsoft, serviceUrl });
  });
  after(async () => {
    for (const bot of bots) await bot.remove();
    for (const version of versions) await version.remove();
    await microsoft?.stop();
    await database?.drop();
  });

  async function createBot(further: Parameters<typeof createNextVersion>[0] = []): Promise<BotProcess> {
    const version = further.length === 0 ? null : await createNextVersion(further);
    if (version) versions.push(version);
    const bot = await createBotProcess({
      policy: policyText(),
      env: { ...productionEnv(microsoft), DATABASE_URL: database.databaseUrl },
      ...(version ? { program: version.folder } : {}),
    });
    bots.push(bot);
    return bot;
  }

  /** @returns the request's code */
  async function submits(who: CastMember, people: People): Promise<string> {
    await people.says(who, 'reprovision my Cloud PC');
    const form = await eventually(() => {
      const found = last(people.messagesOf(who));
      findButton(found, 'request.submit');
      return found;
    }, 30_000);
    const sent = await people.presses(who, form, 'request.submit', { reason: 'Slow', saved: 'true', mail: 'true' });
    const [code] = /R-\d+/.exec(wordsOn(answeredCard(sent))) ?? [];
    assert.ok(code);
    return code;
  }

  async function approves(code: string, people: People): Promise<void> {
    const approval = await eventually(() => {
      const found = people.channelMessages().find((one) => wordsOn(one).includes(code));
      assert.ok(found);
      findButton(found, 'request.approve');
      return found;
    }, 30_000);
    const answer = await people.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
    assert.equal(answer.status, 200);
  }

  const isTold = (who: CastMember) =>
    eventually(() => {
      const heard = onPresent.messagesOf(who).map((one) => wordsOn(one));
      assert.ok(
        heard.some((words) => /Your Cloud PC is ready/.test(words)),
        heard.at(-1),
      );
    }, 60_000);
  const posts = (id?: string) => microsoft.simulator.tenant.reprovisionPosts(id);
  const faultsOn = (bot: BotProcess) => bot.lines.filter((line) => /"level":"(error|fatal)"/.test(line));

  it('When the next version only adds, then the rule of the house lets it', () => {
    assert.deepEqual(faultsOf(expanding, [{ name: expanding.worksWith ?? '', statements: [] }]), []);
  });

  it('When the next version migrates in the middle of a request, then this one goes on with it to the end, beside the other', async () => {
    await present.start();
    await onPresent.says('adam', 'use this channel for approvals', { thread: '1' });
    for (const who of ['ada', 'cleo', 'ivan'] as const) await onPresent.says(who, 'language en');
    const code = await submits('ada', onPresent);
    const next = await createBot([expanding]);

    await next.start();
    await approves(code, onPresent);
    await isTold('ada');

    assert.ok(next.lines.some((line) => line.includes(expanding.name) && line.includes('schema was brought')));
    assert.deepEqual(posts(), { received: 1, applied: 1 });
    assert.deepEqual([faultsOn(present), faultsOn(next)], [[], []]);
    assert.equal(await next.kill('SIGTERM'), 0);
  });

  it('When a replica of this version starts again meanwhile, then it plays a whole request on the newer schema', async () => {
    assert.equal(await present.kill('SIGTERM'), 0);
    await present.start();

    await approves(await submits('cleo', onPresent), onPresent);
    await isTold('cleo');

    assert.ok(present.lines.some((line) => line.includes(expanding.name) && line.includes('ahead of this version')));
    assert.deepEqual(posts(cleosCloudPc), { received: 1, applied: 1 });
    assert.deepEqual(faultsOn(present), []);
  });

  it('When the version after that takes away what this one needs, then this one says so at its start, and ends', async () => {
    assert.equal(await present.kill('SIGTERM'), 0);
    const afterNext = await createBot([expanding, contracting]);
    await afterNext.start();

    await assert.rejects(present.start(), /ended while starting/);

    assert.equal(present.child?.exitCode, 78);
    assert.match(
      present.lines.join('\n'),
      new RegExp(`Cannot start \\(store\\.newer\\)\\.\n.*later version.*\nmigrations: ${contracting.name}$`),
    );
    assert.equal((await fetch(`${afterNext.url}/readyz`)).status, 200);
  });
});
