// `npm run fuzz -- [--runs 10000] [--seed S] [--only <run>] [--what activities|tokens]`: mutated activities with good tokens, and
// activities with bad tokens or none, through the real door into the whole bot. A fault is seen again with the same seed and `--only`.
import { parseArgs } from 'node:util';
import { endProcess } from '../../../src/end-process.ts';
import { printTable } from '../../fakes/told-table.ts';
import { fuzzActivities, fuzzTokens, mostGrowthKb, reportHeadings, reportRow } from './fuzz.ts';
import { startWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    what: { type: 'string' },
  },
});
const campaigns = { activities: fuzzActivities, tokens: fuzzTokens };
const options = {
  runs: Number(values.runs),
  seed: Number(values.seed),
  only: values.only === undefined ? undefined : Number(values.only),
  say: (text: string) => console.log(text),
};
const crashes: unknown[] = [];
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => crashes.push(error));
/** Nothing that is thrown here may be taken for one of those, as the servers would keep the process up. */
const orEnd = (error: unknown): never => {
  console.error(error);
  endProcess(1);
};

/** With fewer, what is left in memory is still that of a machine that warms up. */
const tellingRuns = 4000;

const rows: unknown[][] = [];
let isWell = true;
for (const [name, run] of Object.entries(campaigns)) {
  if (values.what !== undefined && values.what !== name) continue;
  const world = await startWorld().catch(orEnd);
  const report = await run(world, options).catch(orEnd);
  await world.stop();
  rows.push(reportRow(name, report));
  isWell &&= report.faults.length === 0 && (report.runs < tellingRuns || report.growthKb < mostGrowthKb);
  for (const { run: number, kind, what, body } of report.faults.slice(0, 30))
    console.log(`\n  ${number}, ${kind}: ${what}\n    ${body}`);
}
for (const error of crashes) console.log('  The process would have ended:', error);
printTable(`The door, seed ${options.seed}`, reportHeadings, rows);
endProcess(isWell && crashes.length === 0 ? 0 : 1);
