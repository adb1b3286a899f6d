// The jobs of a bulk request on a real store: whatever happens to the process and to the answers, no Cloud PC is started twice,
// nothing that is due is forgotten, and every item comes to an end or to a person.
import assert from 'node:assert/strict';
import { hour, minute, second } from '../../src/domain/time.ts';
import { advanceBulk } from '../../src/operations/bulk/advance-bulk.ts';
import { controlBulk } from '../../src/requests/bulk/control-bulk.ts';
import { type SettleChoice, settleBulk } from '../../src/requests/bulk/settle-bulk.ts';
import { createDeadline } from '../../src/requests/deps.ts';
import { setStartsPaused } from '../../src/requests/settings.ts';
import type { Store } from '../../src/store/open-store.ts';
import { accepted, type BulkWorld, type Sent, startBulkWorld } from '../fakes/bulk-world.ts';
import { roundsOr } from '../fakes/race.ts';
import { openTestStore, testStoreKind } from '../fakes/store.ts';
import { adam, ivan } from '../fakes/store-rows.ts';
import { aCloudPc } from '../fakes/things.ts';
import type { FakePerson } from '../fakes/use-cases.ts';

const unknown: Sent['answer'] = { kind: 'unknown', detail: null, graphRequestId: null };
const ways = ['bulkActions', 'managedDevices', null] as const;

describe(`the jobs of a bulk request (${testStoreKind} store)`, function () {
  this.timeout(240_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  for (const way of ways)
    it(`When nothing happens to it (${way ?? 'each'}), then each wave is started when the one before is done`, async () => {
      const bulk = await startBulkWorld(store, { count: 8, way });

      await bulk.run();

      const [a, b, c, d, e, f, g, h] = bulk.ids;
      const waves = [[a], [b, c, d], [e, f, g], [h]];
      if (way) assert.deepEqual(bulk.calls, waves);
      else assert.deepEqual(inGroups(bulk.calls.flat(), waves), sortedEach(waves));
      await assertAllReady(bulk);
      assert.equal(await bulk.intents(), 8);
    });

  it('When its last item has ended, then the end of its last wave is one more thing that its cards have to show', async () => {
    const bulk = await startBulkWorld(store, { count: 4 });
    await bulk.run();
    const { version, state } = await bulk.request();
    assert.equal(state, 'succeeded');

    await advanceBulk(bulk.deps, bulk.requestId);

    assert.ok((await bulk.request()).version > version);
  });

  for (const way of ways)
    it(`When the process is killed at any transaction (${way ?? 'each'}), then nothing is started twice and all of it ends`, async () => {
      const whole = await startBulkWorld(store, { count: 4, way });
      await whole.run();
      const { transactions } = whole.world;
      const step = Math.max(1, Math.ceil(transactions / roundsOr(4)));
      const first = 1 + Math.floor(Math.random() * step);
      for (let killAt = first; killAt <= transactions; killAt += step)
        for (const killAfterCommit of [false, true]) {
          const bulk = await startBulkWorld(store, { count: 4, way });
          Object.assign(bulk.world, { killAt, killAfterCommit });

          await bulk.run();

          const at = `killed ${killAfterCommit ? 'after' : 'before'} transaction ${killAt} of ${transactions}`;
          assert.ok(
            bulk.starts().every((n) => n <= 1),
            `${at}: ${bulk.starts()}`,
          );
          await assertEndedOrUnclear(bulk, at);
        }
    });

  for (const [what, sent] of [
    ['is unknown', { answer: unknown, killed: false }],
    ['is never heard, since the process dies', { answer: unknown, killed: true }],
  ] as const)
    it(`When the outcome of a wave's call ${what}, then nothing is sent again: what began is followed, the rest waits for a person`, async () => {
      const bulk = await startBulkWorld(store, {
        count: 5,
        send: (ids, call) => (call === 2 ? { ...sent, applied: ids.slice(0, 1) } : undefined),
      });
      const [, , c, d, e] = bulk.ids;

      await bulk.run(undefined, hour);

      assert.deepEqual(await bulk.states(), ['ready', 'ready', 'needsOperator', 'needsOperator', 'queued']);
      assert.equal((await bulk.request()).bulk?.pause?.reason, 'failures');
      assert.deepEqual(bulk.starts(), [1, 1, 1, 1, 0]);

      await settle(bulk, 'startAgain', 2);
      await bulk.run(undefined, hour);
      assert.equal(bulk.calls.length, 2, 'it stands still until an admin lets it go on');
      await control(bulk, 'resume');
      await bulk.run();

      await assertAllReady(bulk);
      assert.deepEqual(bulk.calls.slice(2).flat().sort(), [c, d, e].sort());
    });

  it('When one that was unclear is started again after its wave has ended, then it is started beside the present wave', async () => {
    const bulk = await startBulkWorld(store, {
      count: 5,
      limits: { stopWhenFailedPercent: 100 },
      send: (_ids, call) => (call === 1 ? { answer: unknown, applied: [] } : undefined),
    });
    await bulk.run(async () => bulk.calls.length === 2);

    await settle(bulk, 'startAgain', 1);
    await bulk.run(undefined, 5 * minute);

    assert.deepEqual(bulk.starts(), [2, 1, 1, 1, 0]);
    await bulk.run();
    await assertAllReady(bulk);
  });

  it('When one that is to be started again had begun after all, then it is followed and not started', async () => {
    const bulk = await startBulkWorld(store, {
      count: 1,
      send: (_ids, call) => (call === 1 ? { answer: unknown, applied: [] } : undefined),
    });
    await bulk.run(async () => (await bulk.states())[0] === 'needsOperator');

    bulk.begin(bulk.ids[0] ?? '');
    await settle(bulk, 'startAgain', 1);
    await bulk.run();

    await assertAllReady(bulk);
    assert.deepEqual(bulk.starts(), [1]);
  });

  it('When what is unclear is treated as started, then it is followed; when it is closed, then it has failed; nothing is sent', async () => {
    for (const [choice, ends] of [
      ['treatAsStarted', ['ready', 'ready', 'ready']],
      ['close', ['ready', 'failed', 'failed']],
    ] as const) {
      const bulk = await startBulkWorld(store, {
        count: 3,
        send: (_ids, call) => (call === 2 ? { answer: unknown, applied: [] } : undefined),
      });
      await bulk.run(async () => (await bulk.states()).filter((state) => state === 'needsOperator').length === 2);

      await settle(bulk, choice);
      for (const id of bulk.ids.slice(1)) if (choice === 'treatAsStarted') bulk.begin(id);
      await bulk.run();

      assert.deepEqual(await bulk.states(), ends);
      assert.deepEqual(bulk.starts(), [1, 1, 1]);
    }
  });

  it('When a press is about what waited before, carries another number or comes twice, then nothing is started by it', async () => {
    const bulk = await startBulkWorld(store, {
      count: 3,
      send: (_ids, call) => (call >= 2 ? { answer: unknown, applied: [] } : undefined),
    });
    const areUnclear = async () => (await bulk.states()).filter((state) => state === 'needsOperator').length === 2;
    await bulk.run(areUnclear);

    await settle(bulk, 'startAgain', 2, { attempts: 1 });
    await assert.rejects(settle(bulk, 'startAgain', 3), { code: 'bulkNumber' });
    await assert.rejects(settle(bulk, 'startAgain'), { code: 'bulkNumber' });
    await bulk.run(undefined, hour);
    assert.equal(bulk.calls.length, 2);

    await Promise.all([settle(bulk, 'startAgain', 2, { attempts: 2 }), settle(bulk, 'startAgain', 2, { attempts: 2 })]);
    await bulk.run(async () => bulk.calls.length > 2 && (await areUnclear()));
    await settle(bulk, 'startAgain', 2, { attempts: 2 });
    await bulk.run(undefined, hour);

    assert.deepEqual(bulk.starts(), [1, 2, 2]);
    assert.ok(await areUnclear(), 'the third start would need a new press');
  });

  it('When Graph asks to wait, then it is waited for and each Cloud PC starts once', async () => {
    const busy: Sent = {
      answer: { kind: 'notApplied', retryAfterMs: 5 * minute, detail: null, graphRequestId: null },
      applied: [],
    };
    let at = 0;
    const bulk = await startBulkWorld(store, {
      count: 3,
      send: (ids, call) => {
        if (call === 2) at = bulk.world.now;
        if (call === 3) assert.ok(bulk.world.now >= at + 5 * minute, 'too early');
        return call === 2 ? busy : { answer: accepted(ids), applied: ids };
      },
    });

    await bulk.run();

    await assertAllReady(bulk);
    assert.deepEqual(bulk.calls.length, 3);
  });

  it('When two jobs run for the same wave at once, then one call is sent', async () => {
    const bulk = await startBulkWorld(store, { count: 4 });
    await bulk.run(async () => (await bulk.states())[0] === 'ready');

    await Promise.all([1, 2, 3].map(() => advanceBulk(bulk.deps, bulk.requestId)));

    assert.equal(bulk.calls.length, 2);
    await bulk.run();
    await assertAllReady(bulk);
  });

  it('When a canary fails, then nothing more starts until an admin goes on, and it does not halt again for the same', async () => {
    const bulk = await startBulkWorld(store, { count: 5, failing: (at) => at === 0 });
    await bulk.run(undefined, hour);
    assert.deepEqual(await bulk.states(), ['failed', 'queued', 'queued', 'queued', 'queued']);
    const { pause } = (await bulk.request()).bulk ?? {};
    assert.deepEqual(pause && { ...pause, at: 0 }, { reason: 'failures', wave: 1, failed: 1, of: 1, at: 0 });

    await Promise.all([control(bulk, 'resume'), control(bulk, 'resume')]);
    await bulk.run();

    assert.deepEqual(await bulk.states(), ['failed', 'ready', 'ready', 'ready', 'ready']);
    assert.equal((await bulk.request()).state, 'partlySucceeded');
    assert.deepEqual((await bulk.audit()).filter((action) => action === 'request.bulkPaused').length, 1);
  });

  it('When an unclear canary is closed after a later wave has halted too, then that is no new reason to halt', async () => {
    const bulk = await startBulkWorld(store, {
      count: 8,
      failing: (at) => at === 1,
      send: (_ids, call) => (call === 1 ? { answer: unknown, applied: [] } : undefined),
    });
    await bulk.run(async () => (await bulk.request()).bulk?.pause != null, hour);
    await control(bulk, 'resume');
    await bulk.run(async () => (await bulk.request()).bulk?.pause != null, hour);
    assert.deepEqual((await bulk.states()).slice(0, 2), ['needsOperator', 'failed']);
    await control(bulk, 'resume');

    await settle(bulk, 'close');

    assert.equal((await bulk.request()).bulk?.pause, null);
    await bulk.run();
    assert.deepEqual((await bulk.request()).tally.ready, 6);
  });

  for (const way of ways)
    it(`When the rest is stopped (${way ?? 'each'}), then what has begun is followed, the rest is cancelled and it ends`, async () => {
      const bulk = await startBulkWorld(store, { count: 8, way });
      await bulk.run(async () => (await bulk.states()).slice(1, 4).every((state) => state === 'building'));

      await control(bulk, 'stop');
      await bulk.run();

      const cancelled = Array(4).fill('cancelled');
      assert.deepEqual(await bulk.states(), ['ready', 'ready', 'ready', 'ready', ...cancelled]);
      assert.equal((await bulk.request()).state, 'partlySucceeded');
      assert.deepEqual(bulk.starts(), [1, 1, 1, 1, 0, 0, 0, 0]);
      for (const what of ['stop', 'resume', 'pause'] as const) await control(bulk, what);
      assert.equal((await bulk.request()).state, 'partlySucceeded');
    });

  it('When the rest is stopped while some are to be started again, then those are closed, and none can be started again after it', async () => {
    const bulk = await startBulkWorld(store, {
      count: 6,
      send: (_ids, call) => (call === 2 ? { answer: unknown, applied: [] } : undefined),
    });
    await bulk.run(undefined, hour);
    assert.deepEqual((await bulk.states()).slice(1, 4), Array(3).fill('needsOperator'));
    await settle(bulk, 'startAgain', 3);

    await control(bulk, 'stop');
    await bulk.run();

    assert.deepEqual(
      (await bulk.items()).map(({ state, outcome }) => `${state} ${outcome?.code}`),
      ['ready ready', ...Array(3).fill('failed closedByAdmin'), ...Array(2).fill('cancelled cancelled')],
    );
    assert.deepEqual(bulk.starts(), [1, 1, 1, 1, 0, 0]);
    assert.equal((await bulk.request()).state, 'partlySucceeded');
  });

  it('When it was stopped, then what is unclear can be followed or closed, and not be started again', async () => {
    const bulk = await startBulkWorld(store, {
      count: 6,
      send: (_ids, call) => (call === 2 ? { answer: unknown, applied: [] } : undefined),
    });
    await bulk.run(undefined, hour);
    await control(bulk, 'stop');
    await bulk.run(undefined, hour);

    await settle(bulk, 'startAgain', 3);
    await bulk.run(undefined, hour);
    assert.deepEqual((await bulk.states()).slice(1, 4), Array(3).fill('needsOperator'));
    await settle(bulk, 'close');
    await bulk.run();

    assert.equal((await bulk.request()).state, 'partlySucceeded');
    assert.deepEqual(bulk.starts(), [1, 1, 1, 1, 0, 0]);
  });

  for (const way of ways)
    it(`When an admin pauses it and later lets it go on (${way ?? 'each'}), then nothing starts in between`, async () => {
      const bulk = await startBulkWorld(store, { count: 5, way });
      await bulk.run(async () => (await bulk.states())[0] === 'building');
      await control(bulk, 'pause');
      await bulk.run(undefined, hour);
      assert.deepEqual(await bulk.states(), ['ready', 'queued', 'queued', 'queued', 'queued']);

      await control(bulk, 'resume');
      await bulk.run();

      await assertAllReady(bulk);
      assert.deepEqual(bulk.starts(), Array(5).fill(1));
    });

  for (const way of ways)
    it(`When all starts are paused and resumed (${way ?? 'each'}), then it waits so long and goes on at once`, async () => {
      const bulk = await startBulkWorld(store, { count: 5, way });
      const pauseAll = (paused: boolean) => setStartsPaused(bulk.deps, adam, paused, null, deadline(bulk));
      await bulk.run(async () => (await bulk.states())[0] === 'building');
      await pauseAll(true);
      await bulk.run(undefined, hour);
      assert.deepEqual(bulk.starts(), [1, 0, 0, 0, 0]);
      assert.deepEqual(
        (await bulk.items()).slice(1, 4).map(({ hold }) => hold),
        Array(3).fill('paused'),
      );

      await pauseAll(false);
      await bulk.run(undefined, 5 * second);

      assert.deepEqual(bulk.starts(), [1, 1, 1, 1, 0]);
      await bulk.run();
      await assertAllReady(bulk);
    });

  for (const way of ways)
    it(`When only so many may start in an hour (${way ?? 'each'}), then the others wait for it and start once`, async () => {
      const bulk = await startBulkWorld(store, { count: 6, way, limits: { startsPerHour: 3 } });

      await bulk.run(undefined, 50 * minute);

      assert.equal(bulk.starts().filter((n) => n === 1).length, 3);
      assert.deepEqual(
        (await bulk.items()).slice(1, 4).flatMap(({ state, hold }) => (state === 'ready' ? [] : [hold])),
        ['quota'],
      );
      await bulk.run();
      await assertAllReady(bulk);
      assert.deepEqual(bulk.starts(), Array(6).fill(1));
    });

  for (const [what, end] of [
    ['has ended', true],
    ['is not there any more', 'gone'],
  ] as const)
    it(`When its bulk action ${what} without some, then they wait for a person; while it is open, they are waited for`, async () => {
      const bulk = await startBulkWorld(store, {
        count: 4,
        send: (ids, call) => ({ answer: accepted(ids), applied: call === 2 ? ids.slice(0, 2) : ids }),
      });
      await bulk.run(undefined, 80 * minute);
      assert.deepEqual(await bulk.states(), ['ready', 'ready', 'ready', 'building']);

      bulk.world.hasEnded = end;
      await bulk.run(undefined, hour);

      assert.deepEqual(await bulk.states(), ['ready', 'ready', 'ready', 'needsOperator']);
      assert.deepEqual(bulk.starts(), [1, 1, 1, 1]);
    });

  it('When it waits for the maintenance window, then it is not called slow, and is built when that comes', async () => {
    const bulk = await startBulkWorld(store, {
      count: 2,
      duringMaintenance: true,
      limits: { slowAfterMs: 20 * minute, giveUpAfterMs: hour },
      send: (ids) => ({ answer: accepted(ids), applied: [] }),
    });

    await bulk.run(undefined, 2 * hour);
    assert.deepEqual(await bulk.states(), ['building', 'queued']);
    bulk.begin(bulk.ids[0] ?? '');
    await bulk.run(undefined, 2 * hour);
    bulk.begin(bulk.ids[1] ?? '');
    await bulk.run();

    await assertAllReady(bulk);
    const audit = await bulk.audit();
    assert.deepEqual(
      audit.filter((action) => action === 'item.slow' || action === 'item.timedOut'),
      [],
    );
  });

  for (const way of ['managedDevices', null] as const)
    it(`When it is to wait for maintenance windows and the setting is ${way ?? 'each'} by now, then it halts and nothing is sent`, async () => {
      const bulk = await startBulkWorld(store, { count: 2, way, duringMaintenance: true });

      await bulk.run(undefined, hour);

      assert.deepEqual(bulk.calls, []);
      const { pause } = (await bulk.request()).bulk ?? {};
      assert.deepEqual(pause && { ...pause, at: 0 }, { reason: 'wayGone', lacks: 'windows', at: 0 });
      assert.ok((await bulk.states()).every((state) => state === 'queued' || state === 'checking'));
    });

  for (const way of ['bulkActions', 'managedDevices'] as const)
    it(`When the tenant does not have the call (${way}), then it halts, nothing has failed, and with another setting it goes on`, async () => {
      const gone: Sent = {
        answer: { kind: 'wayGone', detail: { code: 'BadRequest', message: null }, graphRequestId: null },
        applied: [],
      };
      let isGone = true;
      const bulk = await startBulkWorld(store, { count: 3, way, send: () => (isGone ? gone : undefined) });
      await bulk.run(undefined, hour);
      const { pause } = (await bulk.request()).bulk ?? {};
      assert.deepEqual(pause && { ...pause, at: 0 }, { reason: 'wayGone', lacks: way, at: 0 });
      assert.deepEqual(await bulk.states(), ['checking', 'queued', 'queued']);
      assert.equal(bulk.calls.length, 1);

      isGone = false;
      Object.assign(bulk.deps, { bulkStarter: null, bulkWay: 'each' });
      await control(bulk, 'resume');
      await bulk.run();

      await assertAllReady(bulk);
      assert.deepEqual(bulk.starts(), [2, 1, 1], 'the first call named it and changed nothing');
    });

  it('When the setting changes from one by one to bulk actions in the middle, then what waits is started all the same', async () => {
    const bulk = await startBulkWorld(store, { count: 4, limits: { startsPerHour: 2 } });
    const { bulkStarter } = bulk.deps;
    Object.assign(bulk.deps, { bulkStarter: null, bulkWay: 'each' });
    await bulk.run(undefined, 30 * minute);
    assert.equal(bulk.calls.length, 2);

    Object.assign(bulk.deps, { bulkStarter, bulkWay: 'bulkActions' });
    await bulk.run();

    await assertAllReady(bulk);
    assert.deepEqual(bulk.starts(), Array(4).fill(1));
  });

  describe('when something has changed between the approval and its wave', () => {
    const cases: { what: string; reason: string; change(bulk: BulkWorld, owner: FakePerson): void }[] = [
      { what: 'its owner has become a VIP', reason: 'vip', change: (_, owner) => owner.groups.push('group-vip') },
      { what: 'it is gone', reason: 'gone', change: (_, owner) => owner.cloudPcs.splice(0) },
      {
        what: 'it has another owner',
        reason: 'ownerChanged',
        change: (_, owner) => owner.cloudPcs.push({ ...aCloudPc(owner.cloudPcs.pop()), ownerUpn: 'ada@contoso.com' }),
      },
      {
        what: 'somebody rebuilds it in Intune',
        reason: 'busy',
        change: (_, owner) => owner.cloudPcs.push({ ...aCloudPc(owner.cloudPcs.pop()), status: 'provisioning' }),
      },
      {
        what: 'it is in its grace period',
        reason: 'grace',
        change: (_, owner) => owner.cloudPcs.push({ ...aCloudPc(owner.cloudPcs.pop()), status: 'inGracePeriod' }),
      },
    ];
    for (const way of ['bulkActions', null] as const)
      for (const { what, reason, change } of cases)
        it(`When ${what}, then it is skipped for that reason and the others go on (${way ?? 'each'})`, async () => {
          const bulk = await startBulkWorld(store, { count: 5, way });
          await bulk.run(async () => (await bulk.states())[0] === 'building');

          const owner = bulk.people[`owner-${bulk.ids[2]}`];
          assert.ok(owner);
          change(bulk, owner);
          await bulk.run();

          assert.deepEqual(await bulk.states(), ['ready', 'ready', 'skipped', 'ready', 'ready']);
          assert.equal((await bulk.items())[2]?.outcome?.code, reason);
          assert.deepEqual(bulk.starts(), [1, 1, 0, 1, 1]);
          assert.equal((await bulk.request()).state, 'partlySucceeded');
        });

    for (const way of ['bulkActions', null] as const)
      for (const { id, who, reason } of [
        { id: adam.id, who: 'the requester is no admin any more', reason: 'notAllowedAnyMore' },
        { id: ivan.id, who: 'the only approver is none any more', reason: 'approvalGone' },
      ])
        it(`When ${who}, then nothing more is started and each one says why (${way ?? 'each'})`, async () => {
          const bulk = await startBulkWorld(store, { count: 5, way });
          await bulk.run(async () => (await bulk.states())[0] === 'building');

          bulk.people[id]?.groups.splice(0);
          await bulk.run();

          assert.deepEqual(await bulk.states(), ['ready', ...Array(4).fill('skipped')]);
          const why = (await bulk.items()).slice(1).map(({ outcome }) => outcome?.code);
          assert.deepEqual(why, Array(4).fill(reason));
          assert.deepEqual(bulk.starts(), [1, 0, 0, 0, 0]);
        });
  });
});

/** Everything is ready or, where the process had died between the intent and the call, waits for a person; then that is settled. */
async function assertEndedOrUnclear(bulk: BulkWorld, at: string): Promise<void> {
  if ((await bulk.request()).bulk?.pause) {
    await control(bulk, 'resume');
    await bulk.run();
  }
  const unclear = (await bulk.items()).filter(({ state }) => state === 'needsOperator');
  for (const { cloudPc } of unclear) assert.equal(countOf(bulk, cloudPc.id), 0, `${at}: it began and was not seen`);
  if (unclear.length > 0) {
    await settle(bulk, 'startAgain', unclear.length);
    if ((await bulk.request()).bulk?.pause) await control(bulk, 'resume');
    await bulk.run();
  }
  await assertAllReady(bulk, at);
  assert.deepEqual(bulk.starts(), Array(bulk.ids.length).fill(1), at);
}

async function assertAllReady(bulk: BulkWorld, at = ''): Promise<void> {
  const { state, tally } = await bulk.request();
  assert.deepEqual(await bulk.states(), Array(bulk.ids.length).fill('ready'), at);
  assert.equal(state, 'succeeded', at);
  assert.equal(tally.ready, bulk.ids.length, at);
  const others = Object.entries(tally).filter(([name, n]) => name !== 'ready' && n !== 0);
  assert.deepEqual(others, [], at);
}

const countOf = (bulk: BulkWorld, id: string) => bulk.calls.flat().filter((one) => one === id).length;
const sortedEach = (groups: readonly (string | undefined)[][]) => groups.map((group) => [...group].sort());

/** The list cut into groups of these sizes; the order within one does not count. */
function inGroups(list: readonly string[], sizes: readonly unknown[][]): string[][] {
  let from = 0;
  return sizes.map(({ length }) => {
    from += length;
    return list.slice(from - length, from).sort();
  });
}

const deadline = ({ deps }: BulkWorld) => createDeadline(deps.clock, 5 * second);

function control(bulk: BulkWorld, what: 'pause' | 'resume' | 'stop') {
  return controlBulk(bulk.deps, adam, bulk.requestId, what, null, deadline(bulk));
}

/** As the card shows it now, with this number typed. */
async function settle(bulk: BulkWorld, choice: SettleChoice, count: number | null = null, changes: object = {}) {
  const attempts = (await bulk.items()).reduce((sum, { attempt }) => sum + attempt, 0);
  const settling = { choice, attempts, confirmCount: count === null ? null : String(count), ...changes };
  return settleBulk(bulk.deps, adam, bulk.requestId, settling, null, deadline(bulk));
}
