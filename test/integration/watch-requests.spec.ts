// How many requests Graph gets for Cloud PCs that are being built, and what an outage does to the watcher. Over HTTP.
import assert from 'node:assert/strict';
import { hour, minute } from '../../src/domain/time.ts';
import { type FleetInFlight, startFleetInFlight, watchEveryMs } from '../fakes/fleet-in-flight.ts';
import { inStore } from '../fakes/store.ts';

describe('watching many', function () {
  this.timeout(180_000);
  let fleet: FleetInFlight;

  afterEach(() => fleet.close());

  async function requestsOfTicks(ticks = 10): Promise<number[]> {
    const counts: number[] = [];
    for (let tick = 0; tick < ticks; tick += 1) {
      counts.push(await fleet.tick());
      fleet.passes(watchEveryMs);
    }
    return counts;
  }

  for (const [count, others, most, ticks] of [
    [1, 0, 1, 10],
    [5, 0, 1, 10],
    [100, 1000, 6, 10],
    // Ten ticks of these are counted by `npm run bench:watch`.
    [1000, 0, 12, 3],
  ] as const) {
    it(`When ${count} are being built among ${others} others, then a tick takes at most ${most} requests`, async () => {
      fleet = await startFleetInFlight({ count, others });

      const counts = await requestsOfTicks(ticks);

      assert.equal(counts.length, ticks);
      assert.ok(Math.min(...counts) >= 1, `every tick looks: ${counts}`);
      assert.ok(Math.max(...counts) <= most, `requests of each tick: ${counts}`);
    });
  }

  it('When $batch is refused, then many are read from the list all the same', async () => {
    fleet = await startFleetInFlight({ count: 60, others: 300 });
    fleet.simulator.faults.add({ match: { path: /batch$/ }, fault: { status: 400 } });

    const counts = await requestsOfTicks();

    // The first one finds out.
    assert.ok(Math.max(...counts.slice(1)) <= 4, `requests of each tick: ${counts}`);
  });

  it('When the list is refused, then they are read in batches', async () => {
    fleet = await startFleetInFlight({ count: 100 });
    fleet.simulator.faults.add({
      match: { where: ({ path, method }) => method === 'GET' && path.endsWith('/cloudPCs') },
      fault: { status: 400 },
    });

    const counts = await requestsOfTicks();

    assert.deepEqual([counts[0], ...new Set(counts.slice(1))], [6, 5]);
  });

  it('When all end, then each is seen to have ended, from the list', async () => {
    fleet = await startFleetInFlight({ count: 60, build: { outcome: 'provisioned', buildMs: minute } });

    fleet.passes(2 * minute);
    await fleet.tick();

    const states = await inStore(fleet.store, async (tx) =>
      Promise.all(fleet.items.map(async ({ id }) => (await tx.items.get(id))?.state)),
    );
    assert.deepEqual([...new Set(states)], ['ready']);
  });

  it('When Graph is away for hours, then it is asked little, nothing is lost, and its return brings no flood', async () => {
    fleet = await startFleetInFlight({ count: 40, build: { outcome: 'provisioned', buildMs: minute } });
    const outage = fleet.simulator.faults.add({ match: { where: () => true }, fault: { status: 503 } });
    const away: number[] = [];
    for (const end = fleet.now() + 2 * hour; fleet.now() < end; fleet.passes(watchEveryMs))
      away.push(await fleet.tick());
    const during = await inStore(fleet.store, (tx) => tx.items.get(fleet.items[0]?.id ?? ''));

    outage.remove();
    const back: number[] = [];
    for (let tick = 0; tick < 10; tick += 1) {
      fleet.passes(watchEveryMs);
      back.push(await fleet.tick());
    }

    const asked = away.reduce((sum, count) => sum + count, 0);
    assert.equal(during?.state, 'building');
    assert.ok(asked <= away.length * 2 + 40, `${asked} requests in ${away.length} ticks of the outage`);
    assert.ok(Math.max(...back) <= 3, `requests of each tick after it: ${back}`);
    const states = await inStore(fleet.store, async (tx) =>
      Promise.all(fleet.items.map(async ({ id }) => (await tx.items.get(id))?.state)),
    );
    assert.deepEqual([...new Set(states)], ['ready']);
  });
});
