// Two at once, on the real store. On PostgreSQL they really run side by side; on the embedded store one after the other,
// in either order.
import assert from 'node:assert/strict';
import { day } from '../../src/domain/time.ts';
import { cancelRequest } from '../../src/requests/cancel.ts';
import { decide } from '../../src/requests/decide.ts';
import { claimOrigin, RepeatedDelivery } from '../../src/requests/deps.ts';
import { fireTimers } from '../../src/requests/timers.ts';
import { testStoreKind } from '../fakes/store.ts';
import { aCloudPc, aPolicy } from '../fakes/things.ts';
import { cast, startUseCases } from '../fakes/use-cases.ts';

const rounds = testStoreKind === 'postgres' ? 40 : 8;

describe(`races on the ${testStoreKind} store, ${rounds} rounds each`, function () {
  this.timeout(60_000);
  let now = 1_800_000_000_000;
  let world: Awaited<ReturnType<typeof startUseCases>>;

  before(async () => {
    const people = cast();
    people.ada = {
      name: 'Ada Arendt',
      groups: [],
      cloudPcs: Array.from({ length: 1 }, () => aCloudPc({ id: 'pc-ada', ownerUpn: 'ada@contoso.com' })),
    };
    world = await startUseCases({
      people,
      now: () => now,
      policy: { ...aPolicy, limits: { ...aPolicy.limits, perCloudPcCooldownMs: 0 } },
    });
  });
  after(() => world.stop());

  async function submitted(): Promise<string> {
    const draft = await world.ask('ada');
    await world.submit('ada', draft, 'pc-ada');
    return draft;
  }

  /** Frees the Cloud PC for the next round. */
  async function clear(requestId: string): Promise<void> {
    await cancelRequest(world.deps, world.ref('ada'), { id: requestId }, null, world.soon()).catch(() => {});
    const request = await world.read((tx) => tx.requests.get(requestId));
    assert.ok(request && ['cancelled', 'declined', 'expired'].includes(request.state), request?.state);
  }

  const approve = (who: string, id: string) =>
    decide(world.deps, world.ref(who), { id }, { verdict: 'approve', comment: null, revision: 1 }, null, world.soon());

  it('When two approvers press at once, then one decision stands and the item is made due once', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const id = await submitted();

      const results = await Promise.all([approve('ivan', id), approve('ines', id), approve('ivan', id)]);

      const done = results.filter((result) => result.refused === null);
      assert.equal(done.length, 1);
      const request = await world.read((tx) => tx.requests.get(id));
      assert.equal(request?.decisions.length, 1);
      await clear(id);
    }
  });

  it('When approving meets cancelling, then the end is one of both, and a cancelled one has no item to start', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const id = await submitted();

      await Promise.all([approve('ivan', id), cancelRequest(world.deps, world.ref('ada'), { id }, null, world.soon())]);

      const [request, items] = await world.read(
        async (tx) => [await tx.requests.get(id), await tx.items.of(id)] as const,
      );
      assert.equal(request?.state, 'cancelled', 'nothing had started, so cancelling wins in either order');
      assert.deepEqual(
        items.map((item) => [item.state, item.dueAt]),
        [['cancelled', null]],
      );
    }
  });

  it('When approving meets the end of its time, then it is approved or expired, never both', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const id = await submitted();
      now += 3 * day;

      const [approved] = await Promise.all([approve('ivan', id), fireTimers(world.deps)]);

      assert.equal(approved.refused === null, false, 'the time is up, whoever comes first');
      const request = await world.read((tx) => tx.requests.get(id));
      assert.equal(request?.state, 'expired');
      assert.deepEqual(
        (await world.read((tx) => tx.items.of(id))).map((item) => item.state),
        ['cancelled'],
      );
    }
  });

  it('When the same form is sent twice at once, then there is one request with one code and one item', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const draft = await world.ask('ada');

      const cards = await Promise.all([world.submit('ada', draft, 'pc-ada'), world.submit('ada', draft, 'pc-ada')]);

      assert.deepEqual(
        cards.map((card) => card.card),
        ['request', 'request'],
      );
      assert.equal((await world.read((tx) => tx.items.of(draft))).length, 1);
      assert.equal(
        (await world.read((tx) => tx.cards.of(draft))).filter((card) => card.audience === 'requester').length,
        1,
      );
      await clear(draft);
    }
  });

  it('When two forms for one Cloud PC are sent at once, then one runs and the other is shown it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [first, second] = [await world.ask('ada'), await world.ask('ada')];

      const cards = await Promise.all([world.submit('ada', first, 'pc-ada'), world.submit('ada', second, 'pc-ada')]);

      assert.deepEqual(cards.map((card) => card.card).sort(), ['cannotReprovision', 'request']);
      const winner = cards[0]?.card === 'request' ? first : second;
      await clear(winner);
    }
  });

  it('When the same message is delivered twice at once, then one of both is answered', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const origin = { conversationId: 'a:ada', activityId: `activity-${round}` };
      const handle = () => world.read((tx) => claimOrigin(tx, origin, world.deps.clock));

      const results = await Promise.allSettled([handle(), handle(), handle()]);

      const repeated = results.filter(
        (result) => result.status === 'rejected' && result.reason instanceof RepeatedDelivery,
      );
      assert.equal(repeated.length, 2);
    }
  });
});
