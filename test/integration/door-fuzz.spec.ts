// Mutated activities of every kind, with good tokens and with bad ones, through the real door into the whole bot. `npm run fuzz` does
// the same as often as asked, from any seed.
import assert from 'node:assert/strict';
import { fuzzActivities, fuzzTokens, type Report, reportHeadings, reportRow } from '../campaigns/door/fuzz.ts';
import { startWorld, type World } from '../campaigns/door/world.ts';
import { printTable } from '../fakes/told-table.ts';

const seed = 1;
/** What stays in memory shows only after thousands (`npm run fuzz`): the first ones warm the machine up. */
const runs = 250;

describe('The door, fuzzed', function () {
  this.timeout(300_000);
  const rows: unknown[][] = [];
  let world: World;

  // What one leaves to be answered later must not look like an effect of the other.
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    await world.stop();
  });
  after(() => printTable(`The door, seed ${seed}`, reportHeadings, rows));

  function assertWell(what: string, report: Report): void {
    rows.push(reportRow(what, report));
    assert.deepEqual(report.faults.slice(0, 5), []);
    assert.equal(report.runs, runs);
    assert.ok(report.kinds >= 40, `${report.kinds} kinds of activities`);
  }

  it('When mutated activities come with good tokens, then each is answered, and none does what nobody wanted', async () => {
    const report = await fuzzActivities(world, { runs, seed });

    assertWell('mutated activities, good tokens', report);
    assert.ok((report.statuses[200] ?? 0) > runs / 5, 'hardly any came in');
    assert.ok((report.statuses[400] ?? 0) > runs / 10, 'hardly any was refused');
    assert.ok(report.effects > 0, 'nothing had an effect');
    assert.ok(report.logLines > 0, 'nothing was logged, or it was not seen whose it is');
  });

  it('When activities come with bad tokens or none, then there is no turn for any', async () => {
    const report = await fuzzTokens(world, { runs, seed });

    assertWell('activities, bad tokens', report);
    assert.equal(report.effects, 0);
  });
});
