// The state machine of a person's item: what was changed is known change by change, and taken back in reverse order.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import { decidePersonItem } from '../../src/domain/decide-person-item.ts';
import type { PersonEvent, PersonNews } from '../../src/domain/person-events.ts';
import { isFinishedPerson, type PersonItem, type PersonOrder, type PinnedGroup } from '../../src/domain/person-item.ts';
import { isBeforeChanges, nextToUndo } from '../../src/domain/person-moves.ts';
import { minute } from '../../src/domain/time.ts';
import { newPersonItem } from '../../src/requests/new-request.ts';
import { aCloudPc } from '../fakes/things.ts';

const provisioning: PinnedGroup = { part: 'provisioning', id: 'g-provisioning', name: 'cfg - Win11' };
const settings: PinnedGroup = { part: 'settings', id: 'g-settings', name: 'cfg - restore allowed' };
const old: PinnedGroup = { part: 'provisioning', id: 'g-old', name: 'cfg - Win10' };
const licence: PinnedGroup = { part: 'licence', id: 'g-licence', name: 'lic - 2 vCPU' };
const frontline: PinnedGroup = { part: 'frontline', id: 'g-frontline', name: 'Shift workers' };

const order: PersonOrder = {
  entitlement: { kind: 'licence', group: licence, skuId: 'sku', partNumber: 'CPC_E_2C', planIds: ['plan'] },
  provisioning,
  settings,
  leaves: [],
  cloudPcs: [],
  ticket: false,
  endsGrace: false,
};

let now = 0;

function anItem(operation: PersonItem['operation'] = 'assign', changes: Partial<PersonOrder> = {}): PersonItem {
  const ada = { id: 'ada', name: 'Ada' };
  const deps = { clock: { now: () => now, monotonic: () => now }, ids: { next: () => 'item' } };
  return newPersonItem(deps, {
    requestId: 'r',
    operation,
    person: ada,
    upn: 'ada@contoso.com',
    order: { ...order, ...changes },
  });
}

/** Applies events one after the other; each must fit. */
function play(item: PersonItem, events: readonly PersonEvent[]): { item: PersonItem; news: (PersonNews | null)[] } {
  const news: (PersonNews | null)[] = [];
  let latest = item;
  for (const event of events) {
    now += minute;
    const change = decidePersonItem(latest, event, now);
    assert.ok(change, `${event.type} fits in ${latest.state}/${latest.step}`);
    latest = change.item;
    news.push(change.news);
  }
  return { item: latest, news };
}

const checked: PersonEvent = {
  type: 'checked',
  knownCloudPcIds: ['old-pc'],
  seats: { total: 5, used: 1 },
  cloudPc: null,
  memberOf: [],
};
const intend = (group: PinnedGroup, direction: 'join' | 'leave' = 'join'): PersonEvent => ({
  type: 'intend',
  group,
  direction,
});
const settledAs = (group: PinnedGroup, direction: 'join' | 'leave' = 'join', wasSo = false): PersonEvent => ({
  type: 'settled',
  groupId: group.id,
  direction,
  wasSo,
});
const join = (group: PinnedGroup): PersonEvent[] => [intend(group), settledAs(group), { type: 'stepDone' }];
const undone = (group: PinnedGroup, direction: 'join' | 'leave' = 'join', isDone = true): PersonEvent => ({
  type: 'undone',
  groupId: group.id,
  direction,
  isDone,
});
const begin: PersonEvent[] = [{ type: 'begin' }, checked];
const pcIn = (status: string): CloudPc => aCloudPc({ id: 'new-pc', status });
const upToLicence: PersonEvent[] = [
  ...begin,
  ...join(provisioning),
  ...join(settings),
  { type: 'stepDone' },
  ...join(licence),
];

describe('the machine of an assignment', () => {
  it('When all goes well, then groups are joined in their order, the licence last, and it ends when the Cloud PC is ready', () => {
    const { item, news } = play(anItem(), [
      ...upToLicence,
      { type: 'stepDone' },
      { type: 'seen', pc: pcIn('provisioning'), until: 0 },
      { type: 'seen', pc: pcIn('provisioning'), until: 0 },
      { type: 'seen', pc: pcIn('provisioned'), until: 0 },
    ]);

    assert.equal(item.state, 'ready');
    assert.deepEqual(
      item.changes.map(({ group, state }) => [group.id, state]),
      [
        ['g-provisioning', 'done'],
        ['g-settings', 'done'],
        ['g-licence', 'done'],
      ],
    );
    assert.deepEqual(
      news.filter((one) => one !== null),
      ['checking', 'joining', 'joined', 'joined', 'joined', 'licensed', 'building', 'assigned'],
    );
    assert.equal(item.outcome?.code, 'ready');
  });

  it('When Windows 365 says that there are warnings, then it is ready all the same', () => {
    const { item, news } = play(anItem(), [
      ...upToLicence,
      { type: 'stepDone' },
      { type: 'seen', pc: pcIn('provisioning'), until: 0 },
      { type: 'seen', pc: pcIn('provisionedWithWarnings'), until: 0 },
    ]);

    assert.equal(item.state, 'readyWithWarnings');
    assert.equal(news.at(-1), 'assignedWithWarnings');
  });

  it('When the person is in the groups already, then nothing is joined but the licence, and nothing of it is ever taken back', () => {
    const memberOf = [provisioning.id, settings.id];
    const { item } = play(anItem(), [{ type: 'begin' }, { ...checked, memberOf }, ...join(licence)]);

    assert.equal(item.step, 'awaitLicence');
    const failed = play(item, [
      { type: 'fail', code: 'outOfSeatsLate', detail: null },
      undone(licence),
      { type: 'stepDone' },
    ]);
    assert.equal(failed.item.state, 'failed');
    assert.deepEqual(
      failed.item.changes.map(({ state }) => state),
      ['wasSo', 'wasSo', 'undone'],
    );
    assert.equal(failed.news.at(-1), 'outOfSeatsLate');
  });

  it('When the seat has gone and there is nothing to take back, then it still is a shortage of seats', () => {
    const memberOf = [provisioning.id, settings.id];
    const item = play(anItem(), [{ type: 'begin' }, { ...checked, memberOf }]).item;

    const failed = play(item, [{ type: 'fail', code: 'outOfSeatsLate', detail: null }]);

    assert.deepEqual([failed.item.state, failed.news.at(-1)], ['failed', 'outOfSeatsLate']);
  });

  it('When a step fails for good, then what was changed is taken back in reverse order, and only then it has failed', () => {
    const { item } = play(anItem('assign', { leaves: [old] }), [
      ...begin,
      ...join(provisioning),
      ...join(settings),
      intend(old, 'leave'),
      settledAs(old, 'leave'),
      { type: 'stepDone' },
      { type: 'stepDone' },
      intend(licence),
      { type: 'fail', code: 'groupRefused', detail: null },
    ]);

    assert.equal(item.step, 'undo');
    const order = [];
    let latest = item;
    for (let next = nextToUndo(latest); next; next = nextToUndo(latest)) {
      order.push(next.group.id);
      latest = play(latest, [undone(next.group, next.direction)]).item;
    }
    assert.deepEqual(order, ['g-licence', 'g-old', 'g-settings', 'g-provisioning']);
    const { item: ended, news } = play(latest, [{ type: 'stepDone' }]);
    assert.deepEqual([ended.state, ended.outcome?.code, news.at(-1)], ['failed', 'groupRefused', 'failed']);
  });

  it('When something cannot be taken back, then the others are all the same, and it stands on the item', () => {
    const { item } = play(anItem(), [
      ...begin,
      ...join(provisioning),
      ...join(settings),
      { type: 'fail', code: 'notVisible', detail: null },
      undone(settings, 'join', false),
      undone(provisioning),
      { type: 'stepDone' },
    ]);

    assert.deepEqual(
      item.changes.map(({ state }) => state),
      ['undone', 'notUndone'],
    );
  });

  it('When nothing was changed yet, then a failure ends it at once', () => {
    const { item } = play(anItem(), [...begin, { type: 'fail', code: 'groupRefused', detail: null }]);

    assert.equal(item.state, 'failed');
    assert.deepEqual(item.changes, []);
  });

  it('When the check refuses, then it is skipped, and nothing was changed', () => {
    const { item, news } = play(anItem(), [{ type: 'begin' }, { type: 'refuse', code: 'alreadyHas', detail: null }]);

    assert.deepEqual([item.state, item.outcome?.code, news.at(-1)], ['skipped', 'alreadyHas', 'skipped']);
  });

  it('When it is Frontline, then there is no licence to wait for', () => {
    const entitlement = {
      kind: 'frontline' as const,
      group: frontline,
      policyId: 'p',
      policyName: 'P',
      planId: 's',
      planName: 'S',
    };
    const { item } = play(anItem('assign', { entitlement, provisioning: null }), [
      ...begin,
      ...join(settings),
      { type: 'stepDone' },
      ...join(frontline),
    ]);

    assert.equal(item.step, 'awaitCloudPc');
  });

  it('When anything comes in any order, then no change is made twice, what was so is never undone, and an end stays an end', () => {
    const groups = [provisioning, settings, licence];
    const anEvent: fc.Arbitrary<PersonEvent> = fc.oneof(
      fc.constantFrom<PersonEvent>({ type: 'begin' }, checked, { type: 'stepDone' }, { type: 'cancel' }),
      fc.constantFrom(...groups).map((group) => intend(group)),
      fc.tuple(fc.constantFrom(...groups), fc.boolean()).map(([group, wasSo]) => settledAs(group, 'join', wasSo)),
      fc.tuple(fc.constantFrom(...groups), fc.boolean()).map(([group, isDone]) => undone(group, 'join', isDone)),
      fc
        .constantFrom(...groups)
        .map((group): PersonEvent => ({ type: 'notApplied', groupId: group.id, direction: 'join', retryAt: 0 })),
      fc.constant<PersonEvent>({ type: 'fail', code: 'noCloudPc', detail: null }),
      fc
        .constantFrom('provisioning', 'provisioned', 'failed')
        .map((status): PersonEvent => ({ type: 'seen', pc: pcIn(status), until: 0 })),
    );
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 60, size: 'max' }), (events) => {
        let item: PersonItem = { ...anItem(), claim: 'a run' };
        for (const event of events) {
          const before = item;
          now += minute;
          const change = decidePersonItem(item, event, now);
          if (isFinishedPerson(before)) assert.equal(change, null);
          if (!change) continue;
          item = change.item;
          const ids = item.changes.map(({ group, direction }) => `${group.id} ${direction}`);
          assert.equal(new Set(ids).size, ids.length, 'a change is made once');
          for (const made of before.changes.filter(({ state }) => state === 'wasSo'))
            assert.ok(item.changes.includes(made), 'what was so stays what it is');
          if (isFinishedPerson(item))
            assert.deepEqual([item.claim, item.dueAt], [null, null], 'what has ended is held by nobody, and never due');
          if (item.state === 'failed') assert.equal(nextToUndo(item), null, 'nothing is left to take back');
          if (item.state === 'cancelled' || item.state === 'skipped')
            assert.ok(item.changes.every(({ state }) => state === 'wasSo') && isBeforeChanges(before));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the machine of taking back', () => {
  const going = aCloudPc({ id: 'pc', status: 'provisioned' });
  const start: PersonEvent[] = [{ type: 'begin' }, { ...checked, cloudPc: going }];
  const leave: PersonEvent[] = [intend(licence, 'leave'), settledAs(licence, 'leave'), { type: 'stepDone' }];

  it('When the grace period is kept, then it ends with the groups that nobody needs any more', () => {
    const { item, news } = play(anItem('unassign'), [
      ...start,
      ...leave,
      { type: 'stepDone' },
      intend(provisioning, 'leave'),
      settledAs(provisioning, 'leave'),
      { type: 'stepDone' },
    ]);

    assert.deepEqual([item.state, item.outcome?.code, news.at(-1)], ['ready', 'unassigned', 'unassigned']);
    assert.equal(item.intentId, null);
  });

  it('When it is to be ended at once, then one intent is committed, and a second one only after an admin said so', () => {
    const { item } = play(anItem('unassign', { endsGrace: true }), [
      ...start,
      ...leave,
      { type: 'stepDone' },
      { type: 'intendEndGrace', intentId: 'one' },
    ]);

    assert.equal(decidePersonItem(item, { type: 'intendEndGrace', intentId: 'two' }, now), null);
    const unclear = play(item, [
      { type: 'graceAnswered', intentId: 'one', answer: 'unknown', at: 0 },
      { type: 'graceUnclear' },
    ]).item;
    assert.equal(unclear.state, 'needsOperator');
    assert.equal(decidePersonItem(unclear, { type: 'startAgain', attempt: 7 }, now), null);
    const again = play({ ...unclear, claim: 'a look' }, [{ type: 'startAgain', attempt: unclear.attempt }]).item;
    assert.deepEqual([again.step, again.intentId, again.claim], ['endGrace', null, null]);
    const closed = play(unclear, [{ type: 'close', attempt: unclear.attempt }, { type: 'stepDone' }]).item;
    assert.deepEqual([closed.state, closed.outcome?.code], ['readyWithWarnings', 'graceNotEnded']);
  });

  it('When it is certain that nothing was applied, then it may be sent anew by itself', () => {
    const { item } = play(anItem('unassign', { endsGrace: true }), [
      ...start,
      ...leave,
      { type: 'stepDone' },
      { type: 'intendEndGrace', intentId: 'one' },
      { type: 'graceAnswered', intentId: 'one', answer: 'notApplied', at: 5 },
      { type: 'intendEndGrace', intentId: 'two' },
      { type: 'graceAnswered', intentId: 'two', answer: 'accepted', at: 5 },
    ]);

    assert.equal(item.step, 'awaitEnd');
  });

  it('When the licence is gone and the rest fails, then the end says so, and is no failure', () => {
    const { item, news } = play(anItem('unassign'), [
      ...start,
      ...leave,
      { type: 'fail', code: 'graceNotSeen', detail: null },
      { type: 'stepDone' },
    ]);

    assert.deepEqual([item.state, item.outcome?.code], ['readyWithWarnings', 'graceNotSeen']);
    assert.equal(news.at(-1), 'unassignedWithWarnings');
  });

  it('When the licence group itself refuses, then it has failed, and nothing was changed', () => {
    const { item } = play(anItem('unassign'), [
      ...start,
      intend(licence, 'leave'),
      { type: 'notApplied', groupId: licence.id, direction: 'leave', retryAt: 0 },
      { type: 'fail', code: 'groupRefused', detail: null },
    ]);

    assert.equal(item.state, 'failed');
    assert.deepEqual(item.changes, []);
  });
});
