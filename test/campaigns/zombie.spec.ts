// A process that is stopped between the intent and the POST (a suspended machine, a starved container), while another takes over;
// then it goes on. The answer to the commit of the intent is held back, so the place is exact.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { second } from '../../src/domain/time.ts';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { assertBuilt, type BotProcess, createBotProcess } from '../fakes/bot-process.ts';
import { type DatabaseGate, startDatabaseGate } from '../fakes/database-gate.ts';
import { answeredCard, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { type Microsoft, serviceUrl, startMicrosoft } from '../fakes/microsoft/index.ts';
import { createPeople, type People } from '../fakes/people.ts';
import { policyText, productionEnv } from '../fakes/production.ts';
import { createTestDatabase, type TestDatabase, testStoreKind } from '../fakes/store.ts';

describe('a process that stops between intent and POST (PostgreSQL only; the embedded store has one process)', function () {
  this.timeout(180_000);
  let microsoft: Microsoft;
  let database: TestDatabase;
  let gate: DatabaseGate;
  let stopped: BotProcess;
  let other: BotProcess;

  before(async function () {
    if (testStoreKind !== 'postgres') this.skip();
    await assertBuilt();
  });

  beforeEach(async () => {
    microsoft = await startMicrosoft();
    database = await createTestDatabase();
    gate = await startDatabaseGate(database.databaseUrl, 'insert into "intents"');
    stopped = await createBot(gate.databaseUrl);
    other = await createBot(database.databaseUrl);
    await stopped.start();
  });

  afterEach(async () => {
    gate.open();
    await stopped.remove();
    await other.remove();
    await gate.stop();
    await microsoft.stop();
    await database.drop();
  });

  const createBot = (databaseUrl: string) =>
    createBotProcess({
      policy: policyText('limits: { unknownAfter: 3s }'),
      env: { ...productionEnv(microsoft), DATABASE_URL: databaseUrl },
    });

  const at = (bot: BotProcess): People => createPeople(bot, { ...microsoft, serviceUrl });
  const posts = () => microsoft.simulator.tenant.reprovisionPosts(demoCloudPcs.ada);

  /** Up to the place: the intent is in the database, the process that committed it has not heard so and is stopped. */
  async function stopAtTheIntent(): Promise<void> {
    const people = at(stopped);
    await people.says('adam', 'use this channel for approvals', { thread: '1' });
    await people.says('ada', 'reprovision my Cloud PC');
    const form = await eventually(() => last(people.messagesOf('ada')), 60_000);
    await people.presses('ada', form, 'request.submit', { reason: 'Apps no longer start', saved: 'true' });
    const card = await approvalCard();
    await people.presses('ivan', card, 'request.approve', {}, { thread: card.id });
    await gate.commitHeld;
    await eventually(async () => assert.equal(await countIntents(), 1));
    stopped.child?.kill('SIGSTOP');
    assert.equal(posts().received, 0);
  }

  const isWithheld = (line: string) => line.includes('"answer":"notApplied"');
  /** After 20 seconds a query counts as failed; on going on, that may be seen before the answer that has been waiting. */
  const isCommitUnheard = (line: string) => line.includes('"queue":"advance"') && line.includes('store.unavailable');

  async function countIntents(): Promise<number> {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as count from intents');
    await client.end();
    return rows[0].count;
  }

  const approvalCard = () =>
    eventually(() => {
      const found = at(other)
        .channelMessages()
        .find((one) => /R-\d+/.test(wordsOn(one)) && wordsOn(one).includes('Ada Arendt'));
      assert.ok(found);
      return found;
    }, 15_000);

  const untilChannelSays = (words: RegExp, withinMs: number) =>
    eventually(async () => assert.match(wordsOn(await approvalCard()), words), withinMs);

  it('When another took over and the admin started again, then the first one sends nothing when it goes on', async () => {
    await stopAtTheIntent();
    gate.open();
    await other.start();

    await untilChannelSays(/A person must decide/, 100_000);
    assert.equal(posts().received, 0, 'the other one only looks');
    const card = await approvalCard();
    const where = { thread: card.id };
    const asked = await at(other).presses('adam', card, 'request.resend.ask', {}, where);
    assert.ok(findButton(answeredCard(asked), 'request.resend'));
    await at(other).presses('adam', answeredCard(asked), 'request.resend', {}, where);
    await eventually(() => assert.equal(posts().received, 1), 20_000);
    stopped.child?.kill('SIGCONT');
    await wait(5 * second);

    assert.deepEqual(posts(), { received: 1, applied: 1 });
    await untilChannelSays(/can sign in again/, 30_000);
    assert.ok(
      stopped.lines.some(isWithheld) || stopped.lines.some(isCommitUnheard),
      'it says that it sent nothing, or that it never learned of its commit',
    );
  });

  it('When the answer to the commit comes only after it went on, then it sends nothing either', async () => {
    await stopAtTheIntent();
    await wait(21 * second);

    stopped.child?.kill('SIGCONT');
    await eventually(
      () => assert.ok(stopped.lines.some(isCommitUnheard), 'it gives up waiting for the commit'),
      30_000,
    );
    gate.open();

    // The intent stands without an answer, so it is looked after and never repeated: Graph has begun nothing, a person decides.
    await other.start();
    await untilChannelSays(/A person must decide/, 100_000);
    assert.deepEqual(posts(), { received: 0, applied: 0 });
    assert.equal(await countIntents(), 1);
  });

  it('When it goes on after ten seconds, before anybody has decided, then it sends nothing either', async () => {
    await stopAtTheIntent();
    gate.open();
    await wait(11 * second);

    stopped.child?.kill('SIGCONT');
    await eventually(() => {
      const line = stopped.lines.find((one) => one.includes('reprovision answered'));
      assert.match(line ?? '', /"answer":"notApplied"/);
    });

    // What was certainly not sent gets a new intent by itself.
    await eventually(() => assert.deepEqual(posts(), { received: 1, applied: 1 }), 60_000);
    await untilChannelSays(/can sign in again/, 30_000);
    assert.equal(await countIntents(), 2);
  });

  it('When it goes on within ten seconds, then its one POST goes out', async () => {
    await stopAtTheIntent();
    gate.open();
    await wait(3 * second);

    stopped.child?.kill('SIGCONT');

    await eventually(() => assert.deepEqual(posts(), { received: 1, applied: 1 }));
    await untilChannelSays(/can sign in again/, 30_000);
    assert.deepEqual(posts(), { received: 1, applied: 1 });
    assert.equal(await countIntents(), 1);
  });
});
