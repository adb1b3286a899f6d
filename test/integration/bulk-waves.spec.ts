// A bulk request over the whole bot, from the approval on: its waves in each of the three ways, what everybody is told, and what
// admins press while it runs.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import { second } from '../../src/domain/time.ts';
import {
  adamsCard,
  approves,
  asks,
  type Bulk,
  type BulkBot,
  begins,
  bulkLimits,
  cardIn,
  chatOfWorker,
  countsOn,
  has,
  kept,
  posts,
  presses,
  saidBelow,
  startBulkBot,
  startCalls,
  submits,
  untilEnded,
  untilOffered,
} from '../fakes/bulk-hands.ts';
import { answeredCard, answeredText, eventually, wordsOn } from '../fakes/looking.ts';
import { testStoreKind } from '../fakes/store.ts';

const editsApartMs = 5 * second;

describe('a bulk request over the whole bot', function () {
  this.timeout(120_000);
  let bot: BulkBot;

  function startBefore(way: Config['bulk'], limits: Partial<typeof bulkLimits> = {}) {
    before(async () => {
      bot = await startBulkBot({ config: { bulk: way }, policy: { limits: { ...bulkLimits, ...limits } } });
    });
    after(() => bot.whole.stop());
  }

  async function runsInWaves(way: Config['bulk']): Promise<void> {
    const { whole, take } = bot;
    const members = take(8);
    const ids = members.map(({ cloudPcId }) => cloudPcId);
    const waves = [ids.slice(0, 1), ids.slice(1, 4), ids.slice(4, 7), ids.slice(7)];

    const bulk = await begins(whole, members);
    const ended = await untilEnded(whole, bulk);

    const calls = startCalls(bot, members);
    if (way === 'each') assert.deepEqual(calls.flat().sort(), [...ids].sort());
    else assert.deepEqual(calls, waves);
    assert.deepEqual(posts(whole, members), Array(8).fill(1));
    assertInWaves(bot, waves);
    const counts = countsOn(ended);
    assert.deepEqual([counts.ready, counts.failed, counts.toCome, counts.building], [8, 0, 0, 0], wordsOn(ended));
    await assertAllTold(bot, bulk);
    assertEditsApart(bot, bulk);
    assert.deepEqual(
      whole.log.lines.filter(({ level }) => level === 'error'),
      [],
    );
  }

  describe('with bulk actions', () => {
    startBefore('bulkActions');

    it('When it is approved, then the canary runs alone, then wave by wave, each Cloud PC once, and everybody is told', () =>
      runsInWaves('bulkActions'));

    it('When a system was chosen, then each Cloud PC is started by itself, with that choice', async () => {
      const { whole, take } = bot;
      const members = take(2);

      const bulk = await begins(whole, members, { osVersion: 'windows11', maintenance: 'true' });
      await untilEnded(whole, bulk);

      assert.deepEqual(
        startCalls(bot, members),
        members.map(({ cloudPcId }) => [cloudPcId]),
      );
      const sent = whole.simulator.requests.filter(({ path }) => path.endsWith('/reprovision'));
      assert.deepEqual(
        sent.map(({ body }) => body),
        [{ osVersion: 'windows11' }, { osVersion: 'windows11' }],
      );
    });

    it('When the canary fails, then the rest stands still until an admin goes on, and what failed can be tried again', async () => {
      const { whole, take } = bot;
      const members = take(5);
      whole.simulator.tenant.nextBuild(members[0]?.cloudPcId ?? '', { outcome: 'failed' });
      const bulk = await begins(whole, members);
      await untilOffered(whole, bulk, 'bulk.resume');
      const news = () => saidBelow(whole, bulk).filter((words) => /is paused/.test(words));
      await eventually(() => {
        assert.equal(news().length, 1);
        assert.ok(whole.messagesOf('adam').some((one) => wordsOn(one).includes(`${bulk.code} is paused`)));
      });

      const refused = await presses(whole, bulk, 'ivan', 'bulk.resume');
      assert.match(answeredText(refused), /IT|Admin/);
      assert.deepEqual(posts(whole, members), [1, 0, 0, 0, 0]);
      const goOn = kept(cardIn(whole, bulk), 'bulk.resume');
      await Promise.all([1, 2].map(() => whole.presses('adam', goOn, 'bulk.resume', {}, { thread: bulk.id })));
      const ended = await untilEnded(whole, bulk);

      assert.deepEqual([countsOn(ended).ready, countsOn(ended).failed], [4, 1], wordsOn(ended));
      assert.equal(news().length, 1, 'it halts once for one failure');
      const late = await whole.presses('adam', goOn, 'bulk.resume', {}, { thread: bulk.id });
      assert.ok(has(answeredCard(late), 'bulk.retry'), 'a late press gets the present card');
      await triesAgain(bot, bulk, members.slice(0, 1));
    });

    it('When the canary fails and an admin stops it, then the rest is cancelled, it ends, and the Cloud PCs are free', async () => {
      const { whole, take } = bot;
      const members = take(3);
      whole.simulator.tenant.nextBuild(members[0]?.cloudPcId ?? '', { outcome: 'failed' });
      const bulk = await begins(whole, members);
      const stop = kept(await untilOffered(whole, bulk, 'bulk.resume'), 'bulk.stop');

      await presses(whole, bulk, 'adam', 'bulk.stop');
      const ended = await untilEnded(whole, bulk);
      const late = await whole.presses('adam', stop, 'bulk.stop', {}, { thread: bulk.id });

      assert.deepEqual([countsOn(ended).failed, countsOn(ended).cancelled], [1, 2], wordsOn(ended));
      assert.ok(has(answeredCard(late), 'bulk.export'));
      assert.deepEqual(posts(whole, members), [1, 0, 0]);
      const again = await asks(whole, members.slice(1));
      assert.ok(again.code);
      await whole.says('adam', `cancel ${again.code}`);
    });

    for (const [what, fault] of [
      ['is lost after it was taken', 'resetAfter'],
      ['is a fault of the server after it was taken', { applyThenStatus: 503 }],
    ] as const)
      it(`When the answer to a wave's call ${what}, then it is followed, and nothing is sent again`, async () => {
        const { whole, take } = bot;
        const members = take(4);
        const first = members[1]?.cloudPcId ?? '';
        const handle = whole.simulator.faults.add({
          match: {
            method: 'POST',
            path: /\/bulkActions$/,
            where: ({ body }) => (body as { cloudPcIds: string[] }).cloudPcIds.includes(first),
          },
          times: 1,
          fault,
        });

        const bulk = await begins(whole, members);
        const ended = await untilEnded(whole, bulk);

        assert.equal(handle.hits, 1);
        assert.equal(countsOn(ended).ready, 4);
        assert.deepEqual(posts(whole, members), [1, 1, 1, 1]);
      });

    it('When a wave’s call is lost, then an admin decides for all at once, and each is started again once', async () => {
      const { whole, take } = bot;
      const members = take(4);
      const first = members[1]?.cloudPcId ?? '';
      whole.simulator.faults.add({
        match: {
          method: 'POST',
          path: /\/bulkActions$/,
          where: ({ body }) => (body as { cloudPcIds: string[] }).cloudPcIds.includes(first),
        },
        times: 1,
        fault: 'reset',
      });
      const bulk = await begins(whole, members);
      await eventually(() => {
        const card = cardIn(whole, bulk);
        assert.ok(has(card, 'bulk.settle.ask') && countsOn(card).people === 3, wordsOn(card));
        assert.ok(saidBelow(whole, bulk).some((words) => /needs? a person/.test(words)));
      }, 30_000);
      assert.deepEqual(posts(whole, members), [1, 1, 1, 1]);

      const asked = answeredCard(await presses(whole, bulk, 'adam', 'bulk.settle.ask'));
      const again = buttonFor(asked, 'startAgain');
      const form = answeredCard(await whole.presses('adam', again, 'bulk.settle', {}, { thread: bulk.id }));
      const press = (confirmCount: string) =>
        whole.presses('adam', form, 'bulk.resend', { confirmCount }, { thread: bulk.id });
      assert.match(JSON.stringify((await press('2')).body), /3/);
      assert.deepEqual(posts(whole, members), [1, 1, 1, 1], 'another number starts nothing');
      await press('3');
      await press('3');
      const ended = await untilEnded(whole, bulk);

      assert.equal(countsOn(ended).ready, 4, wordsOn(ended));
      assert.deepEqual(posts(whole, members), [1, 2, 2, 2]);
      const applied = members.map(({ cloudPcId }) => whole.simulator.tenant.reprovisionPosts(cloudPcId).applied);
      assert.deepEqual(applied, [1, 1, 1, 1]);
    });
  });

  describe('with the bulk action of managed devices', () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'bulk-waves-'));
      bot = await startBulkBot({ config: managedDevices(), policy: { limits: patient } });
    });
    after(async () => {
      await bot.whole.stop();
      await rm(folder, { recursive: true });
    });
    const patient = { ...bulkLimits, stopWhenFailedPercent: 100 };
    const storeKept = () =>
      testStoreKind === 'embedded' ? { store: { databaseUrl: undefined, dataDir: folder } } : {};
    const managedDevices = () => ({ bulk: 'managedDevices' as const, ...storeKept() });

    it('When it is approved, then the canary runs alone, then wave by wave, each Cloud PC once, and everybody is told', () =>
      runsInWaves('managedDevices'));

    it('When the answer puts each device into a list, in none or in two, then each one comes to the right end', async () => {
      const { whole, take, cloudPcOf } = bot;
      const members = take(7);
      const devices = whole.simulator.tenant
        .cloudPcs()
        .flatMap(({ managedDeviceId }) => managedDeviceId ?? [])
        .filter((deviceId) => members.some(({ cloudPcId }) => cloudPcId === cloudPcOf(deviceId)));
      const [, accepted, failed, notFound, notSupported, inNone, inTwo] = devices as string[];
      const lists = {
        successfulDeviceIds: [accepted, inTwo],
        failedDeviceIds: [failed, inTwo],
        notFoundDeviceIds: [notFound],
        notSupportedDeviceIds: [notSupported],
      };
      const isOf = (deviceId?: string) => (call: { body: unknown }) =>
        (call.body as { managedDeviceIds: string[] }).managedDeviceIds.includes(deviceId ?? '');
      for (const deviceId of [accepted, inNone])
        whole.simulator.faults.add({
          match: { method: 'POST', path: /\/bulkReprovisionCloudPc$/, where: isOf(deviceId) },
          times: 1,
          fault: { status: 200, body: { value: lists } },
        });
      const bulk = await begins(whole, members);
      const began = await eventually(() => {
        const id = cloudPcOf(accepted ?? '');
        assert.equal(whole.simulator.tenant.reprovisionPosts(id).received, 1);
        return id;
      });
      whole.simulator.tenant.reprovisionInIntune(began);

      const card = await eventually(() => {
        const now = cardIn(whole, bulk);
        assert.equal(countsOn(now).people, 2, wordsOn(now));
        return now;
      }, 30_000);
      const asked = answeredCard(await whole.presses('adam', card, 'bulk.settle.ask', {}, { thread: bulk.id }));
      await whole.presses('adam', buttonFor(asked, 'close'), 'bulk.settle', {}, { thread: bulk.id });
      const ended = await untilEnded(whole, bulk);

      const { ready, failed: bad, skipped, people } = countsOn(ended);
      assert.deepEqual([ready, bad, skipped, people], [2, 3, 2, 0], wordsOn(ended));
      const told = members.map((member) =>
        chatOfWorker(whole, member)
          .map((one) => wordsOn(one))
          .join('\n'),
      );
      assert.match(told[1] ?? '', /is ready/);
      assert.match(told[2] ?? '', /did not accept the order\. Nothing was changed/);
      assert.match(told[3] ?? '', /was not rebuilt/);
      assert.match(told[4] ?? '', /was not rebuilt/);
      for (const words of [told[5], told[6]]) assert.match(words ?? '', /unclear whether the wipe has begun/);
      assert.deepEqual(posts(whole, members), Array(7).fill(1));
    });

    it('When the tenant has no such action any more, then it halts, nobody has failed, and with another setting it goes on', async () => {
      const { whole, take } = bot;
      const members = take(3);
      whole.simulator.tenant.hasManagedDeviceBulk = false;
      const bulk = await begins(whole, members);
      const paused = await untilOffered(whole, bulk, 'bulk.resume');
      assert.match(wordsOn(paused), /GRAPH_BULK/);
      assert.equal(countsOn(paused).failed, 0, wordsOn(paused));
      await eventually(() => {
        assert.ok(saidBelow(whole, bulk).some((words) => /GRAPH_BULK/.test(words)));
        assert.ok(whole.messagesOf('adam').some((one) => /is paused/.test(wordsOn(one))));
      });
      assert.equal(whole.simulator.tenant.bulkActions.length, 0);

      await whole.restart({
        policy: { limits: patient },
        config: { watchEveryMs: 60, ...storeKept(), bulk: 'bulkActions' },
      });
      await whole.presses('adam', paused, 'bulk.resume', {}, { thread: bulk.id });
      const ended = await untilEnded(whole, bulk);

      assert.equal(countsOn(ended).ready, 3, wordsOn(ended));
      const applied = members.map(({ cloudPcId }) => whole.simulator.tenant.reprovisionPosts(cloudPcId).applied);
      assert.deepEqual(applied, [1, 1, 1]);
    });
  });

  describe('one by one', () => {
    startBefore('each');

    it('When it is approved, then the canary runs alone, then wave by wave, each Cloud PC once, and everybody is told', () =>
      runsInWaves('each'));
  });

  describe('one by one, in a big wave', () => {
    startBefore('each', { waveSize: 12 });

    it('When an admin pauses it within a wave, then what has not started is held, and starts once afterwards', async () => {
      const { whole, take } = bot;
      const members = take(11);
      const slow = whole.simulator.faults.add({
        match: { method: 'POST', path: /\/reprovision$/ },
        fault: { delayMs: 1500 },
      });
      const bulk = await begins(whole, members);
      const started = () => posts(whole, members).reduce((sum, n) => sum + n, 0);
      await eventually(() => assert.ok(started() >= 2), 30_000);

      await untilOffered(whole, bulk, 'bulk.pause');
      await presses(whole, bulk, 'adam', 'bulk.pause');
      await untilOffered(whole, bulk, 'bulk.resume');
      await eventually(() => {
        const { building, ready, toCome } = countsOn(cardIn(whole, bulk));
        assert.deepEqual([building, ready + toCome, ready], [0, 11, started()]);
      }, 30_000);
      const before = started();
      assert.ok(before < 11, 'it was paused too late to see anything');
      slow.remove();
      await presses(whole, bulk, 'adam', 'bulk.resume');
      await untilEnded(whole, bulk);

      assert.deepEqual(posts(whole, members), Array(11).fill(1));
      assert.equal(countsOn(cardIn(whole, bulk)).ready, 11);
    });
  });
});

/** "Retry the failed ones" previews exactly those; the new request and the old one name each other. */
async function triesAgain({ whole }: BulkBot, bulk: Bulk, failed: Bulk['members']): Promise<void> {
  const stale = kept(cardIn(whole, bulk), 'bulk.retry');
  const preview = answeredCard(await presses(whole, bulk, 'adam', 'bulk.retry'));
  assert.match(wordsOn(preview), new RegExp(`what failed in ${bulk.code}`));
  const again = await submits(whole, preview, failed, {}, { thread: bulk.id });

  await eventually(() => {
    const card = cardIn(whole, bulk);
    assert.ok(!has(card, 'bulk.retry'), 'the button is gone');
    assert.match(wordsOn(card), new RegExp(`tried again in ${again.code}`));
  });
  const late = await whole.presses('adam', stale, 'bulk.retry', {}, { thread: bulk.id });
  assert.match(answeredText(late), /no longer waits for that/);
  await approves(whole, again);
  const ended = await untilEnded(whole, again);
  assert.equal(countsOn(ended).ready, failed.length);
  assert.match(wordsOn(adamsCard(whole, again)), new RegExp(`what failed in ${bulk.code}`));
  for (const [one, other] of [
    [bulk, again],
    [again, bulk],
  ] as const) {
    const history = answeredCard(await presses(whole, one, 'adam', 'request.history'));
    assert.ok(wordsOn(history).includes(other.code), wordsOn(history));
  }
}

function buttonFor(card: { actions?: unknown[] }, choice: string) {
  const found = (card.actions as { data?: { choice?: string } }[]).find(({ data }) => data?.choice === choice);
  assert.ok(found, `no ${choice}`);
  return { actions: [found] } as never;
}

/** No build of a wave began before the last one of the wave before had ended. */
function assertInWaves({ whole }: BulkBot, waves: readonly string[][]): void {
  const times = waves.map((ids) =>
    ids
      .flatMap((id) => whole.simulator.tenant.remoteActions(id))
      .map(({ startDateTime, lastUpdatedDateTime }) => ({
        began: Date.parse(startDateTime),
        ended: Date.parse(lastUpdatedDateTime),
      })),
  );
  for (const [at, wave] of times.entries()) {
    const before = times[at - 1] ?? [];
    const began = Math.min(...wave.map((one) => one.began));
    for (const one of before) assert.ok(one.ended <= began, `wave ${at + 1} began before wave ${at} had ended`);
  }
}

async function assertAllTold({ whole }: BulkBot, bulk: Bulk): Promise<void> {
  await eventually(() => {
    assert.ok(has(adamsCard(whole, bulk), 'bulk.export'), wordsOn(adamsCard(whole, bulk)));
    assert.ok(saidBelow(whole, bulk).some((words) => /has ended: 8 of 8 ready/.test(words)));
    assert.ok(whole.messagesOf('adam').some((one) => wordsOn(one).includes(`${bulk.code} has ended`)));
    for (const member of bulk.members) {
      const said = chatOfWorker(whole, member).map((one) => wordsOn(one));
      assert.ok(
        said.some((words) => words.includes(bulk.code) && /Adam Acker/.test(words)),
        said.join('\n'),
      );
      assert.ok(
        said.some((words) => /is ready/.test(words)),
        said.join('\n'),
      );
      assert.equal(said.length, 2, 'one card and one message');
    }
  });
}

/** However much happens, each of the two cards of the whole is edited once in five seconds at most. */
function assertEditsApart({ whole }: BulkBot, bulk: Bulk): void {
  const cards = [bulk.id, adamsCard(whole, bulk).id];
  for (const id of cards) {
    const edits = whole.connector.calls.filter(({ verb, activityId }) => verb === 'update' && activityId === id);
    const times = edits.map(({ sentAt }) => sentAt);
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    assert.ok(
      gaps.every((gap) => gap >= editsApartMs - 50),
      `edits ${gaps.join(', ')} ms apart`,
    );
  }
}
