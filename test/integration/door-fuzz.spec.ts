// Mutated activities of every kind, with good tokens and with bad ones, through the real door into the whole bot. `npm run fuzz` does
// the same ten times as often, and from any seed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import {
  fuzzActivities,
  fuzzTokens,
  mostGrowthKb,
  type Report,
  reportHeadings,
  reportRow,
} from '../campaigns/door/fuzz.ts';
import { startWorld, type World } from '../campaigns/door/world.ts';
import { printTable } from '../fakes/told-table.ts';

/** Another one each day; it stands in the table. */
const seed = Math.floor(Date.now() / 86_400_000);
const runs = 1000;

describe('The door, fuzzed', function () {
  this.timeout(300_000);
  const rows: unknown[][] = [];
  let world: World;

  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.stop();
    printTable(`The door, seed ${seed}`, reportHeadings, rows);
  });

  function assertWell(what: string, report: Report): void {
    rows.push(reportRow(what, report));
    assert.deepEqual(report.faults.slice(0, 5), []);
    assert.equal(report.runs, runs);
    assert.ok(report.kinds >= 40, `${report.kinds} kinds of activities`);
    assert.ok(report.growthKb < mostGrowthKb, `${report.growthKb} KB stay for each thousand`);
  }

  it('When a thousand mutated activities come with good tokens, then each is answered, none does what nobody wanted, and nothing of them stays', async () => {
    const report = await fuzzActivities(world, { runs, seed });

    assertWell('mutated activities, good tokens', report);
    assert.ok((report.statuses[200] ?? 0) > runs / 5, 'hardly any came in');
    assert.ok((report.statuses[400] ?? 0) > runs / 10, 'hardly any was refused');
    assert.ok(report.effects > 0, 'nothing had an effect');
  });

  it('When a thousand activities come with bad tokens or none, then there is no turn for any', async () => {
    const report = await fuzzTokens(world, { runs, seed });

    assertWell('activities, bad tokens', report);
    assert.equal(report.effects, 0);
  });
});
