// Two decide at once, on the real store. On PostgreSQL they really run side by side, on connections of two replicas that
// stand at one starting line; on the embedded store one after the other, in either order.
import assert from 'node:assert/strict';
import { minute } from '../../src/domain/time.ts';
import { advance } from '../../src/jobs/advance.ts';
import { cancelRequest } from '../../src/requests/cancel.ts';
import { decide } from '../../src/requests/decide.ts';
import { fireTimers } from '../../src/requests/timers.ts';
import { forEachRound, race, raceTimeoutMs, rounds, startTally } from '../fakes/race.ts';
import { type Racers, racePolicy, startRacers } from '../fakes/racers.ts';
import { testStoreKind } from '../fakes/store.ts';

describe(`races for a decision on the ${testStoreKind} store`, function () {
  this.timeout(raceTimeoutMs);
  let racers: Racers;

  beforeEach(async () => {
    racers = await startRacers({ place: 'requests.lock' });
  });
  afterEach(() => racers.stop());

  const decideOn = (replica: 0 | 1, who: string, id: string, verdict: 'approve' | 'decline') => {
    const { deps, ref, soon } = racers.replicas[replica];
    return decide(deps, ref(who), { id }, { verdict, comment: 'because', revision: 1 }, null, soon());
  };
  const cancel = (replica: 0 | 1, id: string) => {
    const { deps, ref, soon } = racers.replicas[replica];
    return cancelRequest(deps, ref('ada'), { id }, null, soon());
  };
  const times = (actions: readonly string[], action: string) => actions.filter((one) => one === action).length;
  const itemOf = async (id: string) => {
    const { items } = await racers.read(id);
    assert.equal(items.length, 1);
    return items[0]!;
  };

  it('When two approvers press at once, and one of them twice, then one decision stands and the item is due once', async function () {
    const tally = startTally('Ivan first', 'Inés first');
    await forEachRound(rounds, async () => {
      const id = await racers.submitted();
      const before = (await racers.read(id)).request;
      racers.line.draw(3);

      const results = await race([
        () => decideOn(0, 'ivan', id, 'approve'),
        () => decideOn(1, 'ines', id, 'approve'),
        () => decideOn(1, 'ivan', id, 'approve'),
      ]);

      const left = await racers.read(id);
      const [decision] = left.request.decisions;
      assert.deepEqual(results.map((result) => result.refused).sort(), ['notOpen', 'notOpen', null].sort());
      for (const { view } of results)
        assert.deepEqual(view.request.decisions, [decision], 'all see the one that stands');
      assert.equal(left.decisions, 1);
      assert.equal(left.request.state, 'approved');
      assert.equal(left.request.version, before.version + 1);
      assert.equal(times(left.actions, 'request.approved'), 1);
      assert.equal(left.timers, 0);
      const item = await itemOf(id);
      assert.deepEqual([item.state, item.dueAt === null], ['queued', false]);
      assert.equal(racers.wakeUpsFor(item.id), 1);
      tally.count(decision?.by.id === 'ivan' ? 'Ivan first' : 'Inés first');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When both approvals are needed and come at once, then neither is lost, and the second one approves', async function () {
    const { stop } = racers;
    racers = await startRacers({
      place: 'requests.lock',
      policy: { ...racePolicy, approval: { ...racePolicy.approval, needed: 2 } },
    });
    await stop();
    const tally = startTally('Ivan first', 'Inés first');
    await forEachRound(rounds, async () => {
      const id = await racers.submitted();
      racers.line.draw(2);

      const results = await race([() => decideOn(0, 'ivan', id, 'approve'), () => decideOn(1, 'ines', id, 'approve')]);

      const left = await racers.read(id);
      assert.deepEqual(
        results.map((result) => result.refused),
        [null, null],
      );
      assert.deepEqual(left.request.decisions.map((decision) => decision.by.id).sort(), ['ines', 'ivan']);
      assert.equal(left.request.state, 'approved');
      assert.equal(times(left.actions, 'request.approvalGiven'), 1);
      assert.equal(times(left.actions, 'request.approved'), 1);
      assert.equal(racers.wakeUpsFor((await itemOf(id)).id), 1);
      tally.count(left.request.decisions[0]?.by.id === 'ivan' ? 'Ivan first' : 'Inés first');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When approving meets declining, then the first of both stands alone', async function () {
    const tally = startTally('approved', 'declined');
    await forEachRound(rounds, async () => {
      const id = await racers.submitted();
      racers.line.draw(2);

      const [approved, declined] = await race([
        () => decideOn(0, 'ivan', id, 'approve'),
        () => decideOn(1, 'ines', id, 'decline'),
      ]);

      const left = await racers.read(id);
      const item = await itemOf(id);
      const isApproved = approved.refused === null;
      assert.equal(declined.refused === null, !isApproved, 'one of both');
      assert.equal(left.request.state, isApproved ? 'approved' : 'declined');
      assert.equal(left.decisions, 1);
      assert.deepEqual([item.state, item.dueAt === null], isApproved ? ['queued', false] : ['cancelled', true]);
      assert.equal(racers.wakeUpsFor(item.id), isApproved ? 1 : 0);
      assert.equal(times(left.actions, 'request.approved'), isApproved ? 1 : 0);
      assert.equal(times(left.actions, 'request.declined'), isApproved ? 0 : 1);
      assert.deepEqual(left.notices.includes('declined'), !isApproved);
      tally.count(left.request.state as 'approved' | 'declined');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When approving meets cancelling, then it is cancelled in either order, and nothing starts', async function () {
    const tally = startTally('approved first', 'cancelled first');
    await forEachRound(rounds, async () => {
      const id = await racers.submitted();
      racers.line.draw(2);

      const [approved, cancelled] = await race([() => decideOn(0, 'ivan', id, 'approve'), () => cancel(1, id)]);
      const item = await itemOf(id);
      await race([() => advance(racers.replicas[0].deps, item.id), () => advance(racers.replicas[1].deps, item.id)]);

      const left = await racers.read(id);
      assert.equal(cancelled.refused, null, 'nothing had started, so cancelling works in either order');
      assert.equal(left.request.state, 'cancelled');
      assert.deepEqual(
        left.items.map((one) => [one.state, one.dueAt]),
        [['cancelled', null]],
      );
      assert.equal(left.decisions, approved.refused === null ? 1 : 0);
      assert.equal(times(left.actions, 'request.approved'), left.decisions);
      assert.equal(times(left.actions, 'request.cancelled'), 1);
      assert.equal(times(left.actions, 'item.cancelled'), 1);
      assert.equal(left.timers, 0);
      assert.deepEqual([left.intents, racers.sent.length], [0, 0]);
      tally.count(approved.refused === null ? 'approved first' : 'cancelled first');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When approving meets the end of its time, then it is approved and starts, or expired and never starts', async function () {
    const tally = startTally('approved in time', 'expired first', 'approved too late');
    await forEachRound(rounds, async (round) => {
      const id = await racers.submitted();
      const end = (await racers.read(id)).request.expiresAt ?? 0;
      // The approver's replica is a millisecond behind the other, or is not; every fourth time it is too late for both.
      const isTooLate = round % 4 === 3;
      racers.clocks[0].now = isTooLate ? end : end - 1;
      racers.clocks[1].now = end;
      racers.line.draw(3);

      const [approved] = await race([
        () => decideOn(0, 'ivan', id, 'approve'),
        () => fireTimers(racers.replicas[1].deps),
        () => fireTimers(racers.replicas[1].deps),
      ]);
      const item = await itemOf(id);
      const startedBefore = racers.sent.length;
      await race([() => advance(racers.replicas[0].deps, item.id), () => advance(racers.replicas[1].deps, item.id)]);

      const left = await racers.read(id);
      const isApproved = approved.refused === null;
      assert.ok(!(isApproved && isTooLate), 'the time is up, whoever comes first');
      assert.equal(left.request.state, isApproved ? 'running' : 'expired');
      assert.equal(left.decisions, isApproved ? 1 : 0);
      assert.equal(times(left.actions, 'request.approved'), isApproved ? 1 : 0);
      assert.equal(times(left.actions, 'request.expired'), isApproved ? 0 : 1);
      assert.equal(left.notices.filter((notice) => notice === 'expired').length, isApproved ? 0 : 1);
      assert.deepEqual(
        left.items.map((one) => one.state),
        [isApproved ? 'building' : 'cancelled'],
      );
      assert.deepEqual([left.intents, racers.sent.length - startedBefore], isApproved ? [1, 1] : [0, 0]);
      assert.equal(left.timers, 0);
      tally.count(isApproved ? 'approved in time' : isTooLate ? 'approved too late' : 'expired first');
      racers.clocks[0].now = racers.clocks[1].now = end + minute;
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });
});
