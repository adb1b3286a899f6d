// Who may start: two workers at one item, a start against its cancelling and against the emergency stop; and what happens
// to somebody who saves without having locked.
import assert from 'node:assert/strict';
import { advance } from '../../src/jobs/advance.ts';
import { beginStep } from '../../src/operations/reprovision/begin.ts';
import { cancelRequest } from '../../src/requests/cancel.ts';
import { decide } from '../../src/requests/decide.ts';
import { setStartsPaused } from '../../src/requests/settings.ts';
import { forEachRound, type Place, race, raceTimeoutMs, rounds, startTally } from '../fakes/race.ts';
import { type Racers, startRacers } from '../fakes/racers.ts';
import { testStoreKind } from '../fakes/store.ts';

describe(`races for a start on the ${testStoreKind} store`, function () {
  this.timeout(raceTimeoutMs);
  let racers: Racers;

  const start = async (place: Place) => {
    racers = await startRacers({ place });
  };
  afterEach(() => racers.stop());

  /** Approved, and the check has begun: the next step is the start. */
  async function checking(): Promise<{ id: string; itemId: string }> {
    const id = await racers.submitted();
    const { deps, ref, soon } = racers.replicas[0];
    const wish = { verdict: 'approve' as const, comment: null, revision: 1 };
    await decide(deps, ref('ivan'), { id }, wish, null, soon());
    const { request, items } = await racers.read(id);
    const [item] = items;
    assert.ok(item);
    assert.equal(await beginStep.run(deps, request, item), true);
    return { id, itemId: item.id };
  }

  it('When two workers run the same item at once, then one intent is committed and one POST is sent', async function () {
    await start('requests.lock');
    const tally = startTally('first replica', 'second replica');
    await forEachRound(rounds, async () => {
      const { id, itemId } = await checking();
      const sent = racers.sent.length;
      const mine = racers.replicas[0].outbox.sent.length;
      racers.line.draw(2);

      await race([() => advance(racers.replicas[0].deps, itemId), () => advance(racers.replicas[1].deps, itemId)]);

      const left = await racers.read(id);
      assert.equal(racers.sent.length, sent + 1);
      assert.equal(left.intents, 1);
      assert.deepEqual([left.request.state, left.items[0]?.state], ['running', 'building']);
      for (const action of ['item.starting', 'item.building'])
        assert.equal(left.actions.filter((one) => one === action).length, 1, action);
      tally.count(racers.replicas[0].outbox.sent.length > mine ? 'first replica' : 'second replica');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When starting meets cancelling, then it is cancelled and nothing is sent, or it runs and cancelling comes too late', async function () {
    await start('requests.lock');
    const tally = startTally('cancelled', 'started');
    await forEachRound(rounds, async () => {
      const { id, itemId } = await checking();
      const sent = racers.sent.length;
      const { deps, ref, soon } = racers.replicas[1];
      racers.line.draw(2);

      const [, cancelled] = await race([
        () => advance(racers.replicas[0].deps, itemId),
        () => cancelRequest(deps, ref('ada'), { id }, null, soon()),
      ]);

      const left = await racers.read(id);
      const isCancelled = cancelled.refused === null;
      assert.deepEqual(
        [left.request.state, left.items[0]?.state, left.intents, racers.sent.length - sent],
        isCancelled ? ['cancelled', 'cancelled', 0, 0] : ['running', 'building', 1, 1],
      );
      assert.equal(cancelled.refused, isCancelled ? null : 'tooLate');
      tally.count(isCancelled ? 'cancelled' : 'started');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When starting meets the emergency stop, then nothing is started once the stop is confirmed', async function () {
    await start('settings.lockStarts');
    const tally = startTally('stopped', 'started');
    await forEachRound(rounds, async () => {
      const { id, itemId } = await checking();
      const { deps, ref, soon } = racers.replicas[1];
      const pause = (paused: boolean) => setStartsPaused(deps, ref('adam'), paused, null, soon());
      let intentsWhenConfirmed = -1;
      racers.line.draw(2);

      await race([
        () => advance(racers.replicas[0].deps, itemId),
        async () => {
          assert.equal(await pause(true), true);
          intentsWhenConfirmed = (await racers.read(id)).intents;
        },
      ]);

      const left = await racers.read(id);
      assert.equal(left.intents, intentsWhenConfirmed, 'no intent after the stop was confirmed');
      assert.deepEqual(
        [left.items[0]?.state, left.items[0]?.hold],
        left.intents === 0 ? ['checking', 'paused'] : ['building', null],
      );
      tally.count(left.intents === 0 ? 'stopped' : 'started');
      assert.equal(await pause(false), true);
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When two save the same request without having locked it, then one of them is refused and nothing of it is kept', async function () {
    await start('requests.save');
    const tally = startTally('first replica', 'second replica');
    await forEachRound(rounds, async () => {
      const id = await racers.submitted();
      const before = (await racers.read(id)).request;
      const save = (replica: 0 | 1) =>
        racers.replicas[replica]
          .read(async (tx) => {
            const copy = await tx.requests.get(id);
            assert.ok(copy);
            return tx.requests.save({ ...copy, reason: `saved by ${replica}` });
          })
          .then(
            () => 'saved',
            (error: Error) => error.message,
          );
      racers.line.draw(2);

      const results = await race([() => save(0), () => save(1)]);

      const after = (await racers.read(id)).request;
      const winner = results.indexOf('saved');
      if (testStoreKind === 'postgres')
        assert.deepEqual([...results].sort(), ['a request was saved from an old copy', 'saved']);
      assert.equal(after.version, before.version + results.filter((result) => result === 'saved').length);
      if (testStoreKind === 'postgres') assert.equal(after.reason, `saved by ${winner}`);
      tally.count(winner === 0 ? 'first replica' : 'second replica');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });
});
