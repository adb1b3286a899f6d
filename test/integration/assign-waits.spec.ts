// Every wait of assign and unassign has a limit, survives reads that fail and a process that was away, and nothing that may
// have been changed is forgotten when it ends.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { NotAllowedError, TemporaryError } from '../../src/domain/errors.ts';
import type { MembershipAnswer } from '../../src/domain/ports.ts';
import { day, hour, minute, second } from '../../src/domain/time.ts';
import { advancePerson } from '../../src/operations/person/advance-person.ts';
import type { Store } from '../../src/store/open-store.ts';
import { licenceGroup, provisioningGroup, settingsGroup } from '../fakes/person-things.ts';
import { type PersonWorld, type PersonWorldOptions, startPersonWorld } from '../fakes/person-world.ts';
import { openTestStore, testStoreKind } from '../fakes/store.ts';
import { aCloudPc, aPolicy } from '../fakes/things.ts';

/** Short, so that few looks are needed. */
const limits = {
  ...aPolicy.limits,
  giveUpAfterMs: 30 * minute,
  membershipWithinMs: 5 * minute,
  licenceWithinMs: 10 * minute,
  cloudPcWithinMs: 10 * minute,
  slowAfterMs: 6 * minute,
  unknownAfterMs: 5 * minute,
};
const all = [provisioningGroup.name, settingsGroup.name, licenceGroup.name];
const unassign = { people: [{ operation: 'unassign' as const, order: { endsGrace: true } }] };
const unknown: MembershipAnswer = { kind: 'unknown', detail: null, graphRequestId: null };
const throttled: MembershipAnswer = { kind: 'notApplied', retryAfterMs: null, detail: null, graphRequestId: null };
const forbidden: MembershipAnswer = { kind: 'rejected', why: 'notAllowed', detail: null, graphRequestId: null };

describe(`waiting for Entra and Windows 365 (${testStoreKind} store)`, function () {
  this.timeout(120_000);
  let store: Store;

  before(async () => {
    store = await openTestStore();
  });
  after(() => store.close());

  const start = (given: PersonWorldOptions = {}) => startPersonWorld(store, { ...given, policy: { limits } });
  const atStep = (world: PersonWorld, step: string) => async () => (await world.item()).step === step;

  for (const step of ['awaitMembership', 'awaitLicence', 'awaitCloudPc', 'awaitBuild'])
    it(`When reads fail for minutes at ${step}, then it is waited for, and it becomes ready`, async () => {
      let failUntil = 0;
      const world = await start({
        onRead() {
          if (world?.world.now < failUntil) throw new TemporaryError('graph.unreachable', {});
        },
      });
      await world.run(atStep(world, step));

      failUntil = world.world.now + 4 * minute;
      await world.run();

      assert.equal((await world.item()).outcome?.code, 'ready');
      assert.deepEqual(world.groupsOf(), all);
    });

  for (const step of ['awaitMembership', 'awaitLicence', 'awaitCloudPc', 'awaitBuild'])
    it(`When the process was away for a day at ${step}, then what happened meanwhile is seen, and nothing is taken back`, async () => {
      let isFirst = false;
      const world = await start({
        onRead() {
          if (!isFirst) return;
          isFirst = false;
          throw new TemporaryError('graph.unreachable', {});
        },
      });
      await world.run(atStep(world, step));

      world.sleep(day);
      isFirst = true;
      await world.run();

      assert.equal((await world.item()).outcome?.code, 'ready');
      assert.equal(world.effective('leave'), 0);
    });

  it('When all starts are paused for hours, then that takes nothing from the time that there is', async () => {
    const world = await start();
    await world.deps.unitOfWork.run((tx) => tx.settings.setStartsPaused(true));
    await world.run(undefined, 2 * hour);
    assert.deepEqual([(await world.item()).state, (await world.item()).hold], ['checking', 'paused']);

    await world.deps.unitOfWork.run((tx) => tx.settings.setStartsPaused(false));
    await world.run();

    assert.equal((await world.item()).outcome?.code, 'ready');
  });

  it('When Graph cannot be read before anything was changed, then it ends in time, and nothing was', async () => {
    const world = await start({
      onRead() {
        throw new TemporaryError('graph.unreachable', {});
      },
    });

    await world.run(undefined, day);

    assert.deepEqual([(await world.item()).state, (await world.item()).outcome?.code], ['skipped', 'graphUnavailable']);
  });

  it('When no Cloud PC ever appears, then it ends in time, says so, and everything is taken back', async () => {
    const world = await start({ builds: 'never' });
    const began = world.world.now;

    await world.run();

    assert.equal((await world.item()).outcome?.code, 'noCloudPc');
    assert.deepEqual(world.groupsOf(), []);
    assert.ok(world.world.now - began < 12 * minute);
    assert.ok((await world.audit()).includes('item.slow'), 'that it takes long was told before');
  });

  it('When reading is forbidden for good after the licence was joined, then it ends in time, and what another Cloud PC may stand on stays', async () => {
    let isForbidden = false;
    const world = await start({
      onRead() {
        if (isForbidden) throw new NotAllowedError('graph.forbidden');
      },
    });
    await world.run(atStep(world, 'awaitCloudPc'));

    isForbidden = true;
    await world.run(undefined, day);

    const item = await world.item();
    assert.equal(item.state, 'failed');
    assert.deepEqual(world.groupsOf(), [provisioningGroup.name]);
    assert.deepEqual(
      item.changes.map(({ state }) => state),
      ['notUndone', 'undone', 'undone'],
    );
  });

  it('When another Cloud PC has come under the same group meanwhile, then that group is not taken back', async () => {
    const world = await start({ builds: 'failed' });
    await world.run(atStep(world, 'awaitBuild'));
    const [person] = world.people;
    const now = world.world.now;
    person?.cloudPcs.push({
      pc: aCloudPc({ id: randomUUID(), ownerUpn: person.upn, servicePlanId: randomUUID() }),
      begunAt: now,
      builtAt: now,
      graceSince: null,
      goneAt: null,
    });

    await world.run(undefined, day);

    const item = await world.item();
    assert.equal(item.state, 'failed');
    assert.deepEqual(world.groupsOf(), [provisioningGroup.name]);
  });

  for (const [what, later] of [
    ['forbidden', forbidden],
    ['throttled', throttled],
    ['unanswered', unknown],
  ] as const)
    it(`When a call took effect unheard and every later one is ${what}, then it is not forgotten: it is taken back`, async () => {
      let isUndoing = false;
      const world = await start({
        onCall({ what: direction, id }, count) {
          if (direction === 'leave' || id !== licenceGroup.id) return undefined;
          if (isUndoing) return undefined;
          return count === 3 ? { answer: unknown, isApplied: true } : { answer: later, isApplied: false };
        },
      });

      await world.run(async () => {
        isUndoing = (await world.item()).step === 'undo';
        return false;
      });

      const item = await world.item();
      assert.deepEqual([item.state, item.outcome?.code], ['failed', 'groupRefused']);
      assert.deepEqual(world.groupsOf(), []);
      assert.deepEqual(
        item.changes.map(({ state }) => state),
        ['undone', 'undone', 'undone'],
      );
    });

  it('When somebody else joined the person between our look and our call, then that is not taken back', async () => {
    const world = await start({
      builds: 'failed',
      onCall({ what, id, personId }) {
        if (what === 'join' && id === settingsGroup.id)
          world.people.find((one) => one.id === personId)?.memberOf.set(id, world.world.now);
        return undefined;
      },
    });

    await world.run();

    assert.equal((await world.item()).outcome?.code, 'buildFailed');
    assert.deepEqual(world.groupsOf(), [settingsGroup.name]);
  });

  it('When a group refuses to be left again, then the others are left, and the end names it', async () => {
    const world = await start({
      builds: 'failed',
      onCall: ({ what, id }) =>
        what === 'leave' && id === settingsGroup.id ? { answer: forbidden, isApplied: false } : undefined,
    });

    await world.run();

    assert.deepEqual(world.groupsOf(), [settingsGroup.name]);
    const stuck = (await world.item()).changes.filter(({ state }) => state === 'notUndone');
    assert.deepEqual(
      stuck.map(({ group }) => group.id),
      [settingsGroup.id],
    );
  });

  it('When the Cloud PC never comes into its grace period, then its groups are kept, since something still holds it, and the end says so', async () => {
    const world = await start({ ...unassign, graceMs: null });

    await world.run();

    const item = await world.item();
    assert.deepEqual([item.state, item.outcome?.code], ['readyWithWarnings', 'graceNotSeen']);
    assert.deepEqual(world.groupsOf(), [provisioningGroup.name, settingsGroup.name]);
    assert.equal(world.effective('endGrace'), 0);
  });

  it('When after that a group refuses as well, then it ends all the same', async () => {
    const world = await start({
      ...unassign,
      graceMs: null,
      onCall: ({ id }) => (id === provisioningGroup.id ? { answer: forbidden, isApplied: false } : undefined),
    });

    await world.run(undefined, day);

    const item = await world.item();
    assert.deepEqual([item.state, item.outcome?.code], ['readyWithWarnings', 'graceNotSeen']);
  });

  it('When the end of a grace period is refused, then it is not sent again, and the groups are left', async () => {
    const world = await start({
      ...unassign,
      onCall: ({ what }) =>
        what === 'endGrace'
          ? { answer: { kind: 'rejected', isBusy: false, detail: null, graphRequestId: null }, isApplied: false }
          : undefined,
    });

    await world.run();

    const item = await world.item();
    assert.deepEqual([item.state, item.outcome?.code], ['readyWithWarnings', 'graceNotEnded']);
    assert.equal(world.reached.filter(({ what }) => what === 'endGrace').length, 1);
    assert.deepEqual(world.groupsOf(), []);
  });

  it('When nobody knows whether a grace period was ended, then it is looked for, never sent again, and a person is asked', async () => {
    for (const isApplied of [true, false]) {
      const world = await start({
        ...unassign,
        onCall: ({ what }) => (what === 'endGrace' ? { answer: unknown, isApplied } : undefined),
      });

      await world.run(undefined, day);

      assert.equal((await world.item()).state, isApplied ? 'ready' : 'needsOperator');
      assert.equal(world.reached.filter(({ what }) => what === 'endGrace').length, 1);
    }
  });

  for (const hasTwo of [false, true])
    it(`When ${hasTwo ? 'two Cloud PCs go' : 'there is no Cloud PC'}, then the groups are left once Entra has taken the licence away, however long that takes`, async () => {
      const world = await start({ people: [{ operation: 'unassign' }], licenceLingersMs: 4 * minute });
      const [person] = world.people;
      const [built] = person?.cloudPcs ?? [];
      assert.ok(person && built);
      person.cloudPcs = hasTwo ? [built, { ...built, pc: { ...built.pc, id: randomUUID() } }] : [];

      await world.run(undefined, day);

      const item = await world.item();
      assert.deepEqual([item.state, item.outcome?.code], ['ready', 'unassigned']);
      assert.deepEqual(world.groupsOf(), []);
    });

  it('When a person is asked whether it was ended, and it shows after all, then nobody need decide any more', async () => {
    const world = await start({
      ...unassign,
      onCall: ({ what }) => (what === 'endGrace' ? { answer: unknown, isApplied: false } : undefined),
    });
    await world.run(undefined, day);
    const { id } = await world.item();
    world.sleep(hour);
    await advancePerson(world.deps, id);
    assert.equal((await world.item()).state, 'needsOperator');

    for (const built of world.people[0]?.cloudPcs ?? []) built.goneAt = world.world.now;
    world.sleep(hour);
    await advancePerson(world.deps, id);
    await world.run();

    assert.deepEqual((await world.item()).outcome?.code, 'unassigned');
    assert.equal(world.reached.filter(({ what }) => what === 'endGrace').length, 1);
  });

  it('When the process dies at the end of a grace period and is away for a day, then it is not sent again', async () => {
    const world = await start(unassign);
    Object.assign(world.world, { killAtCall: 2, killAfterEffect: false });
    await world.run(async () => world.world.kills === 1);

    world.sleep(day);
    await world.run(undefined, day);

    assert.equal(world.reached.filter(({ what }) => what === 'endGrace').length, 0);
    assert.equal((await world.item()).state, 'needsOperator');
  });

  it('When Graph asks to wait before the end of a grace period, then it is sent again by itself, and applied once', async () => {
    let asked = 0;
    const world = await start({
      ...unassign,
      onCall({ what }) {
        if (what !== 'endGrace') return undefined;
        asked += 1;
        const answer = { kind: 'notApplied' as const, retryAfterMs: 40 * second, detail: null, graphRequestId: null };
        return asked === 1 ? { answer, isApplied: false } : undefined;
      },
    });

    await world.run();

    assert.equal((await world.item()).outcome?.code, 'unassigned');
    assert.equal(world.effective('endGrace'), 1);
  });
});
