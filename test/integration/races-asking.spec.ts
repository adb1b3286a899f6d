// Two ask at once: the same form twice, two forms for one Cloud PC, one message delivered twice.
import assert from 'node:assert/strict';
import { askReprovision } from '../../src/requests/ask-reprovision.ts';
import { cancelRequest } from '../../src/requests/cancel.ts';
import { decide } from '../../src/requests/decide.ts';
import { RepeatedDelivery } from '../../src/requests/deps.ts';
import { forEachRound, type Place, race, raceTimeoutMs, rounds, startTally } from '../fakes/race.ts';
import { type Racers, startRacers } from '../fakes/racers.ts';
import { testStoreKind } from '../fakes/store.ts';

describe(`races of askers on the ${testStoreKind} store`, function () {
  this.timeout(raceTimeoutMs);
  let racers: Racers;

  const start = async (place: Place) => {
    racers = await startRacers({ place });
  };
  afterEach(() => racers.stop());

  const drafts = async () => {
    const { db } = racers.replicas[0].store;
    return (await db.selectFrom('requests').select('id').where('state', '=', 'draft').execute()).map((row) => row.id);
  };
  /** What was thrown, or null. */
  const repeated = (work: Promise<unknown>) =>
    work.then(
      () => false,
      (error: unknown) => {
        if (error instanceof RepeatedDelivery) return true;
        throw error;
      },
    );

  it('When the same form is sent twice at once, then there is one request with one code, one item and one card each', async function () {
    await start('requests.lock');
    const tally = startTally('first replica', 'second replica');
    const codes = new Set<string>();
    await forEachRound(rounds, async () => {
      racers.line.draw(0);
      const cloudPcId = racers.newCloudPc();
      const [first, second] = racers.replicas;
      const draft = await first.ask('ada');
      const before = first.outbox.sent.length;
      racers.line.draw(2);

      const cards = await race([
        () => first.submit('ada', draft, cloudPcId),
        () => second.submit('ada', draft, cloudPcId),
      ]);

      const left = await racers.read(draft);
      assert.deepEqual(
        cards.map((card) => card.card === 'request' && [card.view.request.code, card.view.request.version]),
        [
          [left.request.code, left.request.version],
          [left.request.code, left.request.version],
        ],
      );
      assert.equal(left.request.state, 'awaitingApproval');
      assert.equal(left.items.length, 1);
      assert.deepEqual(left.cards.map((card) => card.audience).sort(), ['channel', 'requester']);
      assert.deepEqual(left.notices, ['noChannel']);
      assert.equal(left.actions.filter((action) => action === 'request.submitted').length, 1);
      assert.equal(left.timers, 3, 'expire, remind, escalate');
      codes.add(left.request.code ?? '');
      tally.count(first.outbox.sent.length > before ? 'first replica' : 'second replica');
    });
    assert.equal(codes.size, rounds);
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When Ada and Adam ask for the same Cloud PC at once, then one has the request and the other is told which', async function () {
    await start('items.insertMany');
    const tally = startTally('Ada first', 'Adam first');
    await forEachRound(rounds, async () => {
      racers.line.draw(0);
      const cloudPcId = racers.newCloudPc();
      const [first, second] = racers.replicas;
      const adas = await first.ask('ada');
      const adams = await second.ask('adam', { type: 'id', personId: 'ada' });
      racers.line.draw(2);

      const cards = await race([
        () => first.submit('ada', adas, cloudPcId),
        () => second.submit('adam', adams, cloudPcId),
      ]);

      const isAdas = cards[0].card === 'request';
      const [won, lost] = isAdas ? [adas, adams] : [adams, adas];
      const refused = cards.find((card) => card.card === 'cannotReprovision');
      const left = await racers.read(won);
      assert.deepEqual(cards.map((card) => card.card).sort(), ['cannotReprovision', 'request']);
      assert.ok(refused?.card === 'cannotReprovision' && refused.reason.type === 'running', 'told about the other');
      assert.deepEqual([refused.reason.requestId, refused.reason.code], [won, left.request.code]);
      assert.deepEqual([left.request.state, left.items.length], ['awaitingApproval', 1]);
      const other = await racers.read(lost);
      assert.deepEqual(
        [other.request.state, other.request.code, other.items.length, other.cards.length, other.actions.length],
        ['draft', null, 0, 0, 0],
        'the other is still a form',
      );
      tally.count(isAdas ? 'Ada first' : 'Adam first');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When the same message is delivered twice at once, then one of both asks, and one draft is there', async function () {
    await start('seenActivities.claim');
    const tally = startTally('first replica', 'second replica');
    await forEachRound(rounds, async (round) => {
      racers.newCloudPc();
      const known = (await drafts()).length;
      const origin = { conversationId: 'a:ada', activityId: `activity-${round}` };
      racers.line.draw(2);

      const ask = (replica: 0 | 1) => {
        const { deps, ref, soon } = racers.replicas[replica];
        return repeated(askReprovision(deps, ref('ada'), { type: 'self' }, origin, soon()));
      };
      const wasRepeated = await race([() => ask(0), () => ask(1)]);
      const late = await ask(0);

      assert.deepEqual([...wasRepeated].sort(), [false, true]);
      assert.equal(late, true);
      assert.equal((await drafts()).length, known + 1);
      tally.count(wasRepeated[0] ? 'second replica' : 'first replica');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });

  it('When “approve” and “cancel” are each delivered twice at once, then each is done and answered once', async function () {
    await start('seenActivities.claim');
    const tally = startTally('first replica', 'second replica');
    await forEachRound(rounds, async (round) => {
      const id = await racers.submitted();
      const words = (kind: string) => ({ conversationId: 'a:chat', activityId: `${kind}-${round}` });
      const approve = (replica: 0 | 1) => {
        const { deps, ref, soon } = racers.replicas[replica];
        const wish = { verdict: 'approve' as const, comment: null, revision: null };
        return repeated(decide(deps, ref('ivan'), { id }, wish, words('approve'), soon()));
      };
      const cancel = (replica: 0 | 1) => {
        const { deps, ref, soon } = racers.replicas[replica];
        return repeated(cancelRequest(deps, ref('ada'), { id }, words('cancel'), soon()));
      };
      racers.line.draw(4);

      const [approve0, approve1, cancel0, cancel1] = await race([
        () => approve(0),
        () => approve(1),
        () => cancel(0),
        () => cancel(1),
      ]);

      const left = await racers.read(id);
      assert.deepEqual([approve0, approve1].sort(), [false, true]);
      assert.deepEqual([cancel0, cancel1].sort(), [false, true]);
      assert.equal(left.request.state, 'cancelled');
      assert.equal(left.actions.filter((action) => action === 'request.cancelled').length, 1);
      assert.ok(left.decisions <= 1);
      tally.count(cancel0 ? 'second replica' : 'first replica');
    });
    racers.line.assertMet(rounds);
    tally.end(this);
  });
});
