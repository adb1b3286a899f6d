// Assign and unassign on a real store, with the process killed at every transaction and at every call in turn, stopped for
// minutes in between, or away for a day: what was asked for is done once, or taken back, or a person is asked.
import assert from 'node:assert/strict';
import sinon, { type SinonFakeTimers } from 'sinon';
import { isFinishedPerson, type PersonItem } from '../../src/domain/person-item.ts';
import { minute, second } from '../../src/domain/time.ts';
import { advancePerson } from '../../src/operations/person/advance-person.ts';
import { changePersonItem } from '../../src/requests/person/change-person-item.ts';
import type { Store } from '../../src/store/open-store.ts';
import { eventually } from '../fakes/looking.ts';
import { licenceGroup, provisioningGroup, settingsGroup } from '../fakes/person-things.ts';
import {
  otherProvisioning,
  type PersonWorld,
  type PersonWorldOptions,
  startPersonWorld,
} from '../fakes/person-world.ts';
import { roundsOr } from '../fakes/race.ts';
import { openTestStore, testStoreKind } from '../fakes/store.ts';

const all = [provisioningGroup.name, settingsGroup.name, licenceGroup.name];

interface Scenario {
  what: string;
  given: PersonWorldOptions;
  /** How it ends without a kill. */
  state: string;
  code: string;
  /** Groups that the person is in at the end. */
  groups: string[];
  /** Calls that change something. */
  calls: number;
  endsGrace?: boolean;
}

const scenarios: Scenario[] = [
  { what: 'an assignment', given: {}, state: 'ready', code: 'ready', groups: all, calls: 3 },
  {
    what: 'an assignment whose build fails',
    given: { builds: 'failed' },
    state: 'failed',
    code: 'buildFailed',
    groups: [],
    calls: 6,
  },
  {
    what: 'an assignment that moves to another group, whose build fails',
    given: {
      builds: 'failed',
      people: [{ memberOf: [otherProvisioning.id, settingsGroup.id], order: { leaves: [otherProvisioning] } }],
    },
    state: 'failed',
    code: 'buildFailed',
    groups: [settingsGroup.name, otherProvisioning.name],
    calls: 6,
  },
  {
    what: 'an unassignment',
    given: { people: [{ operation: 'unassign' }] },
    state: 'ready',
    code: 'unassigned',
    groups: [],
    calls: 3,
  },
  {
    what: 'an unassignment that ends the grace period',
    given: { people: [{ operation: 'unassign', order: { endsGrace: true } }] },
    state: 'ready',
    code: 'unassigned',
    groups: [],
    calls: 4,
    endsGrace: true,
  },
];

describe(`assignments whose process dies (${testStoreKind} store)`, function () {
  this.timeout(300_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  for (const scenario of scenarios) {
    it(`When nothing happens to ${scenario.what}, then each change is made once`, async () => {
      const world = await startPersonWorld(store, scenario.given);

      await world.run();

      await assertEnded(world, scenario, '');
      assert.equal(world.reached.length, scenario.calls);
    });

    it(`When the process dies at any transaction of ${scenario.what}, then it ends as it would have`, async () => {
      const transactions = (await playWhole(store, scenario)).world.transactions;
      await forEachKill(transactions, async (killAt, killAfterCommit) => {
        const world = await startPersonWorld(store, scenario.given);
        Object.assign(world.world, { killAt, killAfterCommit });

        await world.run();

        const at = `killed ${killAfterCommit ? 'after' : 'before'} transaction ${killAt} of ${transactions}`;
        assert.equal(world.world.kills, 1, at);
        await assertEnded(world, scenario, at);
      });
    });

    it(`When the process dies while any call of ${scenario.what} is sent, then it ends as it would have`, async () => {
      await forEachKill(scenario.calls, async (killAtCall, killAfterEffect) => {
        const world = await startPersonWorld(store, scenario.given);
        Object.assign(world.world, { killAtCall, killAfterEffect });

        await world.run();

        const at = `killed ${killAfterEffect ? 'after' : 'before'} call ${killAtCall} took effect`;
        assert.equal(world.world.kills, 1, at);
        await assertEnded(world, scenario, at);
      });
    });
  }

  describe('when a run is stopped for minutes, and another one takes its item over', () => {
    for (const { what, given, calls } of scenarios)
      it(`When it stands before any call of ${what}, then it sends nothing and records nothing once it goes on`, async () => {
        for (let stopAt = 1; stopAt <= calls; stopAt += 1) {
          const left = nothingYet();
          const world: PersonWorld = await startPersonWorld(store, {
            ...given,
            onCall: async (_call, count) => {
              if (count === stopAt && !left.isStopped) await takeOver(world, left);
              return undefined;
            },
          });

          await world.run(async () => left.audit.length > 0);

          await assertAsLeft(world, left, `stopped before call ${stopAt}`);
        }
      });

    for (const scenario of scenarios)
      it(`When it stands after any call of ${scenario.what}, then it records nothing, and all of it ends as it would have`, async () => {
        for (let stopAt = 1; stopAt <= scenario.calls; stopAt += 1) {
          const left = nothingYet();
          const world: PersonWorld = await startPersonWorld(store, {
            ...scenario.given,
            afterCall: async (_call, count) => {
              if (count === stopAt && !left.isStopped) await takeOver(world, left);
            },
          });

          await world.run(async () => left.audit.length > 0);

          const at = `stopped after call ${stopAt}`;
          await assertAsLeft(world, left, at);
          await world.run();
          await assertEnded(world, scenario, at);
        }
      });
  });

  it('When two are past their check for the last seat, then one has it, and the other is told the truth and undone', async () => {
    const world = await startPersonWorld(store, { people: [{}, {}], seats: 1 });
    await world.run(async () => (await world.items()).every(({ state }) => state !== 'queued' && state !== 'checking'));
    assert.deepEqual(
      (await world.items()).map(({ seats }) => seats),
      Array(2).fill({ total: 1, used: 0 }),
      'both saw the seat',
    );

    await world.run();

    const codes = (await world.items()).map(({ outcome }) => outcome?.code);
    assert.deepEqual(codes.sort(), ['outOfSeatsLate', 'ready']);
    for (const [at, { outcome, changes }] of (await world.items()).entries()) {
      const hasWon = outcome?.code === 'ready';
      assert.deepEqual(world.groupsOf(at), hasWon ? all : []);
      assert.deepEqual(
        changes.map(({ state }) => state),
        Array(3).fill(hasWon ? 'done' : 'undone'),
      );
      assert.equal((await world.audit(at)).includes('item.outOfSeatsLate'), !hasWon);
    }
  });
});

describe(`assignments whose calls take long (${testStoreKind} store)`, () => {
  let store: Store;
  let timers: SinonFakeTimers;

  beforeEach(async () => {
    store = await openTestStore();
    timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(async () => {
    timers.restore();
    await store.close();
  });

  it('When a call takes two minutes, then its run keeps the item, and nobody else sends anything', async () => {
    let isTried = false;
    const world: PersonWorld = await startPersonWorld(store, {
      people: [{}],
      onCall: async () => {
        if (isTried) return undefined;
        isTried = true;
        for (let passed = 0; passed < 2 * minute; passed += renewEveryMs) {
          world.world.now += renewEveryMs;
          timers.tick(renewEveryMs);
          await eventually(async () => assert.ok(((await world.item()).dueAt ?? 0) > world.world.now + 30 * second));
          await advancePerson(world.deps, (await world.item()).id);
        }
        return undefined;
      },
    });

    await world.run();

    assert.ok(isTried);
    assert.equal((await world.item()).state, 'ready');
    assert.equal(world.reached.length, 3, 'each group once');
  });
});

/** What the other run has left when the stopped one goes on. */
interface Left {
  isStopped: boolean;
  sent: number;
  item: PersonItem | null;
  audit: string[];
}

const renewEveryMs = 6 * second;

const nothingYet = (): Left => ({ isStopped: false, sent: 0, item: null, audit: [] });

/** The other run, minutes later, when the claim of the stopped one is over. */
async function takeOver(world: PersonWorld, left: Left): Promise<void> {
  left.isStopped = true;
  world.world.now += 5 * minute;
  await advancePerson(world.deps, (await world.item()).id);
  Object.assign(left, { sent: world.reached.length, item: await world.item(), audit: await world.audit() });
}

async function assertAsLeft(world: PersonWorld, left: Left, at: string): Promise<void> {
  assert.equal(world.reached.length, left.sent, `${at}: something was sent`);
  assert.deepEqual(await world.item(), left.item, at);
  assert.deepEqual(await world.audit(), left.audit, at);
}

/** Some of them, other ones each time; each, before and after, with RACE_ROUNDS as many as there are. */
async function forEachKill(count: number, play: (at: number, isAfter: boolean) => Promise<void>): Promise<void> {
  const everyOne = Array.from({ length: 2 * count }, (_, n) => [1 + Math.floor(n / 2), n % 2 === 1] as const);
  const wanted = roundsOr(testStoreKind === 'postgres' ? 20 : 8);
  const step = Math.max(1, Math.floor(everyOne.length / wanted));
  const first = Math.floor(Math.random() * step);
  const plans = everyOne.filter((_, n) => n % step === first);
  const atOnce = testStoreKind === 'postgres' ? 6 : 1;
  const workers = Array.from({ length: atOnce }, async () => {
    for (let plan = plans.shift(); plan; plan = plans.shift()) await play(...plan);
  });
  await Promise.all(workers);
}

async function playWhole(store: Store, { given }: Scenario): Promise<PersonWorld> {
  const world = await startPersonWorld(store, given);
  await world.run();
  return world;
}

async function assertEnded(world: PersonWorld, scenario: Scenario, at: string): Promise<void> {
  const { endsGrace = false } = scenario;
  if ((await world.item()).state === 'needsOperator') {
    assert.ok(endsGrace, `${at}: only the end of a grace period is anybody's to decide`);
    assert.equal(sentEnds(world), 0, `${at}: it took effect, which Windows 365 shows`);
    await startAgain(world);
    await world.run();
  }
  const item = await world.item();
  assert.ok(isFinishedPerson(item), `${at}: ${item.state} ${item.step}`);
  assert.deepEqual([item.state, item.outcome?.code], [scenario.state, scenario.code], at);
  assert.deepEqual(world.groupsOf().sort(), [...scenario.groups].sort(), at);
  for (const { what, id } of world.reached)
    assert.ok(world.effective(what, id) <= 1, `${at}: ${what} ${id} was made ${world.effective(what, id)} times`);
  assert.equal(sentEnds(world), endsGrace ? 1 : 0, at);
  const unclear = item.changes.filter(({ state }) => state === 'intended' || state === 'notUndone');
  assert.deepEqual(unclear, [], at);
  const request = await world.request();
  assert.ok(request.endedAt !== null, `${at}: the request is ${request.state}`);
}

const sentEnds = (world: PersonWorld) => world.reached.filter(({ what }) => what === 'endGrace').length;

async function startAgain({ deps, item }: PersonWorld): Promise<void> {
  const { requestId, id, attempt } = await item();
  await deps.unitOfWork.run(async (tx) => {
    const request = await tx.requests.lock(requestId);
    const fresh = await tx.personItems.get(id);
    assert.ok(request && fresh);
    assert.ok(await changePersonItem(tx, deps, request, fresh, { type: 'startAgain', attempt }));
  });
}
