// The whole bot twice on one PostgreSQL database: what people do at once reaches both replicas at once, through their doors,
// and both run the workers. Each request is followed to its end.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { answeredCard, findButton, wordsOn } from '../fakes/looking.ts';
import { forEachRound, race, raceTimeoutMs, roundsOr, startTally } from '../fakes/race.ts';
import { codeOn, otherThan, type ReplicaIndex, type Replicas, startReplicas } from '../fakes/replicas.ts';
import { testStoreKind } from '../fakes/store.ts';
import { execute, message } from '../fakes/teams.ts';

const rounds = roundsOr(5);

describe('races between two replicas (PostgreSQL only; the embedded store has one process)', function () {
  this.timeout(raceTimeoutMs);
  let replicas: Replicas;

  beforeEach(async function () {
    if (testStoreKind !== 'postgres') return this.skip();
    replicas = await startReplicas();
    const set = await replicas.at(0).says('adam', 'use this channel for approvals', { thread: '1' });
    const met = await replicas.at(1).says('ada', 'hello');
    assert.deepEqual([set.status, met.status, replicas.messagesOf('ada').length], [200, 200, 1]);
  });
  afterEach(() => replicas?.stop());

  const either = (round: number): ReplicaIndex => (round % 2 === 0 ? 0 : 1);
  const posts = () => replicas.simulator.tenant.reprovisionPosts().received;
  /** Ada's card with its button, however it looks by now. */
  const cancelOf = (requestId: string) => {
    const data = { request: requestId, revision: 1 };
    return { actions: [{ type: 'Action.Execute', title: 'Cancel', verb: 'request.cancel', data }] };
  };
  const times = (list: readonly string[], what: string) => list.filter((one) => one === what).length;

  it('When two approvers press on different replicas, then one decision stands, both see it, and one POST is sent', async function () {
    const tally = startTally('Ivan first', 'Inés first');
    await forEachRound(rounds, async (round) => {
      const ivans = either(round);
      const { requestId, code, approval } = await replicas.adaSubmits(either(Math.floor(round / 2)));
      const where = { thread: approval.id };

      const answers = await race([
        () => replicas.at(ivans).presses('ivan', approval, 'request.approve', {}, where),
        () => replicas.at(otherThan(ivans)).presses('ines', approval, 'request.approve', {}, where),
      ]);

      const left = await replicas.ended(requestId);
      const name = left.request.decisions[0]?.by.name ?? '';
      for (const answer of answers) assert.match(wordsOn(answeredCard(answer)), new RegExp(`Approved by ${name}`));
      assert.equal(left.request.state, 'succeeded');
      assert.deepEqual([left.decisions, left.intents, posts()], [1, 1, round + 1]);
      assert.equal(times(left.actions, 'request.approved'), 1);
      assert.equal(times(left.notices, 'ready'), 1);
      assert.equal(replicas.threadsWith(code).length, 1);
      tally.count(name.startsWith('Ivan') ? 'Ivan first' : 'Inés first');
    });
    await replicas.assertAllTold(rounds);
    tally.end(this);
  });

  it('When approving and cancelling reach different replicas, then it is cancelled without a POST or runs with one', async function () {
    const tally = startTally('cancelled first', 'cancelled after the approval', 'started');
    let started = 0;
    await forEachRound(rounds, async (round) => {
      const { requestId, approval } = await replicas.adaSubmits(either(round));
      const where = { thread: approval.id };
      // Before the approval is in, while the item is checked, or after its start.
      const lead = Math.random() * 200 - 40;

      const [approved, cancelled] = await race([
        async () => {
          await wait(Math.max(0, -lead));
          return replicas.at(0).presses('ivan', approval, 'request.approve', {}, where);
        },
        async () => {
          await wait(Math.max(0, lead));
          return replicas.at(1).presses('ada', cancelOf(requestId), 'request.cancel');
        },
      ]);

      const left = await replicas.ended(requestId);
      const isStarted = left.request.state === 'succeeded';
      started += isStarted ? 1 : 0;
      assert.deepEqual([approved.status, cancelled.status], [200, 200]);
      assert.deepEqual(
        [left.request.state, left.items[0]?.state, left.intents, posts()],
        isStarted ? ['succeeded', 'ready', 1, started] : ['cancelled', 'cancelled', 0, started],
      );
      assert.equal(times(left.actions, 'request.cancelled'), isStarted ? 0 : 1);
      assert.equal(times(left.actions, 'request.approved'), left.decisions);
      assert.equal(times(left.notices, 'ready'), isStarted ? 1 : 0);
      tally.count(isStarted ? 'started' : left.decisions === 0 ? 'cancelled first' : 'cancelled after the approval');
    });
    await replicas.assertAllTold(started);
    tally.end(this);
  });

  it('When everything is delivered twice, to both replicas at once, then it is asked, answered, decided and done once', async function () {
    const tally = startTally('first replica answers', 'second replica answers');
    await forEachRound(rounds, async (round) => {
      const before = { adas: replicas.messagesOf('ada').length, ivans: replicas.messagesOf('ivan').length };

      await replicas.toBoth(message('reprovision', { from: 'ada' }));
      const news = replicas.messagesOf('ada').slice(before.adas);
      const asked = news.filter((one) => !/ist bereit/.test(wordsOn(one)));
      assert.equal(asked.length, 1, 'one form, besides the notices of the last round');
      tally.count(replicas.lastSender() === 0 ? 'first replica answers' : 'second replica answers');
      const { message: form, requestId } = replicas.formOf('ada');
      const { data } = findButton(form, 'request.submit');
      const inputs = { ...data, reason: 'Slow', saved: 'true' };
      const press = execute({ from: 'ada', verb: 'request.submit', data: inputs, replyToId: form.id });
      const codes = (await replicas.toBoth(press)).map((answer) => codeOn(answeredCard(answer)));
      const [code = ''] = codes;
      assert.deepEqual(codes, [code, code]);
      const approval = await replicas.approvalOf(code);
      const submitted = await replicas.left(requestId);
      assert.deepEqual(submitted.cards.map((card) => card.audience).sort(), ['channel', 'requester']);
      assert.equal(times(submitted.actions, 'request.submitted'), 1);

      if (either(round) === 0) {
        await replicas.toBoth(message(`approve ${code}`, { from: 'ivan' }));
        assert.equal(replicas.messagesOf('ivan').length, before.ivans + 1, 'one answer to the words');
      } else {
        const { data: approving } = findButton(approval, 'request.approve');
        const where = { thread: approval.id };
        const approve = execute({ from: 'ivan', verb: 'request.approve', data: approving, where });
        for (const answer of await replicas.toBoth(approve))
          assert.match(wordsOn(answeredCard(answer)), /Approved by Ivan Ilić/, 'each press is answered');
      }

      const left = await replicas.ended(requestId);
      assert.equal(left.request.state, 'succeeded');
      assert.deepEqual([left.items.length, left.decisions, left.intents, posts()], [1, 1, 1, round + 1]);
      assert.equal(times(left.notices, 'ready'), 1);
      assert.deepEqual(
        replicas.threadsWith(code).map((one) => one.id),
        [approval.id],
      );
    });
    const drafts = replicas.store.db.selectFrom('requests').select('id').where('state', '=', 'draft');
    assert.deepEqual(await drafts.execute(), [], 'no second form was made');
    await replicas.assertAllTold(rounds);
    tally.end(this);
  });

  it('When Ada and Adam ask for Ada’s Cloud PC on different replicas, then one request runs and the other is told which', async function () {
    const tally = startTally('Ada first', 'Adam first');
    await forEachRound(rounds, async (round) => {
      const adas = either(round);
      await replicas.at(adas).says('ada', 'reprovision');
      await replicas.at(otherThan(adas)).says('adam', 'reprovision ada@contoso.com');
      const forms = [replicas.formOf('ada'), replicas.formOf('adam')] as const;
      const inputs = { reason: 'Slow', saved: 'true' };
      const more = { osVersion: 'windows11', accountType: 'standardUser' };

      const cards = await race([
        () => replicas.at(adas).presses('ada', forms[0].message, 'request.submit', inputs),
        () => replicas.at(otherThan(adas)).presses('adam', forms[1].message, 'request.submit', { ...inputs, ...more }),
      ]);

      const codes = cards.map((answer) => codeOn(answeredCard(answer)));
      const [code = ''] = codes;
      assert.deepEqual(codes, [code, code], 'the one is about the other');
      const both = await Promise.all(forms.map(({ requestId }) => replicas.left(requestId)));
      const winner = both.find((one) => one.request.code !== null);
      const loser = both.find((one) => one.request.code === null);
      assert.ok(winner && loser, 'one of both was submitted');
      assert.equal(winner.request.code, code);
      assert.deepEqual([loser.request.state, loser.items.length, loser.cards.length], ['draft', 0, 0]);
      const approval = await replicas.approvalOf(code);
      await replicas.at(adas).presses('ivan', approval, 'request.approve', {}, { thread: approval.id });

      const left = await replicas.ended(winner.request.id);
      const isAdas = winner.request.id === forms[0].requestId;
      assert.equal(left.request.state, 'succeeded');
      assert.deepEqual([left.items.length, left.intents, posts()], [1, 1, round + 1]);
      assert.equal(times(left.notices, 'ready'), isAdas ? 1 : 2, 'who asked, and the owner');
      assert.deepEqual(
        left.cards.map((card) => card.audience).sort(),
        isAdas ? ['channel', 'requester'] : ['channel', 'owner', 'requester'],
      );
      tally.count(isAdas ? 'Ada first' : 'Adam first');
    });
    await replicas.assertAllTold(rounds);
    tally.end(this);
  });
});
