// Requests in every place that a request can be in, moved to PostgreSQL: each ends there as it would have ended, and nothing is sent again.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { minute, second } from '../../src/domain/time.ts';
import { demoCloudPcs, demoPeople, demoPolicies, demoServicePlans } from '../../src/simulator/index.ts';
import { openStore } from '../../src/store/open-store.ts';
import { moveToPostgres } from '../../src/upkeep/move.ts';
import { readEvidence } from '../campaigns/crash/evidence.ts';
import { approves, asksFor, assignPolicy, changesIn, hears, openChats, submits } from '../fakes/assigning.ts';
import { answeredCard, eventually, findButton, hasButton, last, wordsOn } from '../fakes/looking.ts';
import { createTestDatabase, silentLog, type TestDatabase, testStoreKind } from '../fakes/store.ts';
import { type CastMember, chatOf, personOf } from '../fakes/teams.ts';
import { startWholeBot, testPolicy, type WholeBot } from '../fakes/whole-bot.ts';

const log = silentLog;
const idOf = (n: number) => `b0b0b0b0-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** Those without a Cloud PC of the demo's get one. */
const extra: Partial<Record<CastMember, string>> = { cleo: idOf(1), ivan: idOf(2), ines: idOf(3), adam: idOf(4) };

/** After a start an answer is waited for, 45 seconds, before Windows 365 is looked at instead. */
const answerIsOverdueMs = minute;

describe('requests in flight, moved to PostgreSQL (only with TEST_DATABASE_URL)', function () {
  this.timeout(240_000);
  let directory: string;
  let database: TestDatabase;
  let whole: WholeBot;
  let aheadMs = 0;
  let areChatsAway = false;

  before(async function () {
    if (testStoreKind !== 'postgres') this.skip();
    directory = await mkdtemp(join(tmpdir(), 'move-in-flight-'));
    database = await createTestDatabase();
    const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs };
    const store = { databaseUrl: undefined, dataDir: directory };
    whole = await startWholeBot({ policy: assignPolicy, config: { store }, clock, database });
    for (const [who, id] of Object.entries(extra)) addCloudPc(who as CastMember, id);
    await openChats(whole, 'ada', 'ben', 'cleo', 'ines');
  });
  after(async () => {
    await whole?.stop();
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  function addCloudPc(who: CastMember, id: string): void {
    whole.simulator.tenant.addCloudPc({
      id,
      name: `CPC-${who}-00001`,
      userPrincipalName: `${who}@contoso.com`,
      ownerName: personOf(who).name,
      servicePlan: { id: demoServicePlans.cpu2, name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
      provisioningPolicyId: demoPolicies.officeWestEurope,
      provisionedDateTime: '2026-03-12T09:22:00Z',
    });
  }

  /** @returns the code of the request */
  async function asks(who: CastMember, choice?: string): Promise<string> {
    const asked = await asksFor(whole, 'reprovision my Cloud PC', who);
    const form = choice
      ? answeredCard(await whole.presses(who, asked, 'reprovision.choose', { cloudPc: choice }))
      : asked;
    // An admin is asked for these as well.
    const choices = who === 'adam' ? { osVersion: 'windows11', accountType: 'standardUser' } : {};
    const inputs = { reason: 'Slow', saved: 'true', mail: 'true', ...choices };
    const sent = await whole.presses(who, form, 'request.submit', inputs);
    const [code] = /R-\d+/.exec(wordsOn(answeredCard(sent))) ?? [];
    assert.ok(code);
    return code;
  }
  const about = (who: CastMember) => new RegExp(`for ${personOf(who).name}`);
  const posts = (id: string | undefined) => whole.simulator.tenant.reprovisionPosts(id);
  const faultAt = (id: string | undefined, fault: 'hang' | 'endless' | 'reset') =>
    whole.simulator.faults.add({ match: { method: 'POST', path: new RegExp(`${id}/reprovision$`) }, times: 1, fault });
  const cardAbout = (who: CastMember, verb: string) =>
    eventually(() => {
      const found = whole.channelMessages().find((one) => about(who).test(wordsOn(one)) && hasButton(one, verb));
      assert.ok(found, `no card for ${who} with ${verb}`);
      return found;
    }, 60_000);

  /** Where each is in the old store. */
  async function readPlaces() {
    const store = await openStore({ dataDir: directory, log });
    try {
      const read = async <T>(query: ReturnType<typeof sql<T>>) => (await query.execute(store.db)).rows;
      const items = await read(sql<{ id: string; state: string }>`select cloud_pc_id as id, state from items`);
      const [person] = await read(sql<{ step: string }>`select step from person_items`);
      const [undelivered] = await read(sql<{ cards: number; notices: number }>`select
        (select count(*)::int from cards where shown <> wanted) as cards,
        (select count(*)::int from notices where state in ('pending', 'sending')) as notices`);
      const turns = await read(sql`select from pgboss.job where name = 'later' and state < 'completed'`);
      const open = await read(sql`select from intents where state = 'open'`);
      const states = Object.fromEntries(items.map(({ id, state }) => [id, state]));
      return { states, step: person?.step, undelivered, lateTurns: turns.length, openIntents: open.length };
    } finally {
      await store.close();
    }
  }

  it('When requests are in all these places, then the bot stops in time', async () => {
    // Waits for its approval.
    await asks('ada');
    // A person must decide.
    faultAt(extra.ines, 'reset');
    await asks('ines');
    await approves(whole, about('ines'));
    await cardAbout('ines', 'request.close');
    // Half an assignment.
    whole.simulator.tenant.nextFirstBuild(demoPeople.owen, { outcome: 'provisioned', appearMs: 30_000 });
    await submits(whole, await asksFor(whole, "assign 4 vCPU to o'neil@contoso.com"), 'assign.submit');
    await approves(whole, /Neil/);
    await eventually(() => assert.equal(changesIn(whole).length, 3), 60_000);
    // Declined, and being built; and nobody could be told so.
    const declined = await asks('ben', demoCloudPcs.benDesign);
    whole.simulator.tenant.nextBuild(demoCloudPcs.benOffice, { outcome: 'provisioned', buildMs: 30_000, lagMs: 0 });
    await asks('ben', demoCloudPcs.benOffice);
    areChatsAway = true;
    whole.connector.failNext({
      where: ({ conversationId }) => areChatsAway && conversationId === chatOf('ben'),
      status: 503,
      times: Number.POSITIVE_INFINITY,
    });
    await whole.says('ines', `decline ${declined} Please restart it first`);
    await approves(whole, about('ben'));
    await eventually(() => assert.equal(posts(demoCloudPcs.benOffice).applied, 1), 30_000);
    // A turn that waits for a slow Graph.
    const slow = whole.simulator.faults.add({
      match: { where: ({ path, body }) => `${path} ${JSON.stringify(body)}`.includes(demoPeople.ivan) },
      fault: { delayMs: 120_000 },
    });
    await whole.says('ivan', 'reprovision my Cloud PC');
    await hears(whole, 'ivan', /moment/i);
    // POSTs that have no answer: one had its effect, one had none.
    faultAt(extra.cleo, 'hang');
    faultAt(extra.adam, 'endless');
    await asks('cleo');
    await asks('adam');
    await whole.presses('ines', await cardAbout('cleo', 'request.approve'), 'request.approve');
    await whole.presses('ines', await cardAbout('adam', 'request.approve'), 'request.approve');
    await eventually(() => assert.deepEqual([posts(extra.cleo).received, posts(extra.adam).received], [1, 1]), 60_000);

    const began = performance.now();
    await whole.bot.stop();
    const tookMs = performance.now() - began;
    slow.remove();
    areChatsAway = false;

    assert.ok(tookMs < 9 * second, `${tookMs} ms`);
  });

  it('When the old store is looked into, then they are all there', async () => {
    const { undelivered, ...places } = await readPlaces();

    assert.deepEqual(places, {
      states: {
        [demoCloudPcs.ada]: 'queued',
        [extra.ines ?? '']: 'needsOperator',
        [demoCloudPcs.benDesign]: 'cancelled',
        [demoCloudPcs.benOffice]: 'building',
        [extra.cleo ?? '']: 'starting',
        [extra.adam ?? '']: 'starting',
      },
      step: 'awaitCloudPc',
      lateTurns: 1,
      openIntents: 2,
    });
    assert.ok(undelivered && undelivered.cards > 0 && undelivered.notices > 0, JSON.stringify(undelivered));
  });

  it('When they are moved and the bot runs on PostgreSQL, then each goes on and ends, and no wipe is sent a second time', async () => {
    const before = whole.simulator.tenant.reprovisionPosts();
    const moved = await moveToPostgres({
      dataDir: directory,
      databaseUrl: database.databaseUrl,
      now: Date.now(),
      log,
    });
    assert.equal(moved?.lateTurns, 1);
    aheadMs = answerIsOverdueMs;
    await whole.restart({ config: { store: { databaseUrl: database.databaseUrl, dataDir: directory } } });

    // The turn is answered.
    await eventually(() => assert.ok(findButton(last(whole.messagesOf('ivan')), 'request.submit')), 60_000);
    // What Graph had begun is found; what it had not is asked about.
    await hears(whole, 'adam', /Your Cloud PC is ready/, 60_000);
    await whole.presses('adam', await cardAbout('cleo', 'request.close'), 'request.close');
    await whole.presses('adam', await cardAbout('ines', 'request.close'), 'request.close');
    await hears(whole, 'ben', /Please restart it first/, 60_000);
    await hears(whole, 'ben', /Your Cloud PC is ready/, 60_000);
    await hears(whole, 'adam', /was built/, 60_000);
    assert.deepEqual(whole.simulator.tenant.reprovisionPosts(), before, 'nothing that had begun is sent again');
    assert.equal(changesIn(whole).length, 3, 'each group is joined once');
    // The old card's button still works.
    await approves(whole, about('ada'));
    await hears(whole, 'ada', /Your Cloud PC is ready/, 60_000);
    assert.deepEqual(posts(demoCloudPcs.ada), { received: 1, applied: 1 });
  });

  it('When all is over, then every request has ended, every card shows it, and nothing is left to do', async () => {
    const policy = { ...testPolicy, ...assignPolicy };

    const { requests, leftOver } = await eventually(async () => {
      const evidence = await readEvidence({ databaseUrl: database.databaseUrl }, policy);
      assert.deepEqual(evidence.leftOver, []);
      return evidence;
    }, 60_000);

    const ends = requests.map(({ request, items }) => [
      request.owner.name,
      request.state,
      items[0]?.outcome?.code ?? null,
    ]);
    assert.deepEqual(
      ends.sort(),
      [
        ['Adam Acker', 'succeeded', 'ready'],
        ['Ada Arendt', 'succeeded', 'ready'],
        ['Ben Bauer', 'declined', 'cancelled'],
        ['Ben Bauer', 'succeeded', 'ready'],
        ['Cléo Costa', 'failed', 'closedByAdmin'],
        ['Inés Ibarra', 'failed', 'closedByAdmin'],
        ["Owen O'Neil", 'succeeded', null],
      ].sort(),
    );
    for (const { counts } of requests) assert.deepEqual(counts.kept, counts.counted);
    assert.deepEqual(leftOver, []);
    assert.deepEqual(requests.map(({ request }) => request.code).sort(), [
      'R-1001',
      'R-1002',
      'R-1003',
      'R-1004',
      'R-1005',
      'R-1006',
      'R-1007',
    ]);
  });
});
