// `npm run explore`: the exploration of `test/unit/exploration.spec.ts` with more at once, and for two Cloud PCs in waves. Takes minutes
// and some gigabytes, prints what it saw, and ends with 1 when anything did not hold.
import { explore } from '../unit/exploration/explore.ts';
import { onOne, onTwo, type Scenario } from '../unit/exploration/scenarios.ts';

const most = 2_000_000;

const scenarios: Record<string, Scenario> = {
  'two in waves': onTwo({}, true),
  'a crash and a refusal': onOne({ crashes: 1, refusals: 1 }),
  'two that look, a crash and a refusal': onOne(
    { crashes: 1, refusals: 1 },
    { jobs: ['advance:0', 'watch'], jobsAtOnce: [] },
  ),
  'a start again, and builds fail': onOne({ startAgains: 1 }),
  'a start again and a crash': onOne({ startAgains: 1, crashes: 1 }, { graph: 'plain' }),
  'two in waves, with approval and halts': onTwo({}, false),
};

let isBroken = false;
for (const [name, { model, start }] of Object.entries(scenarios)) {
  const { states, transitions, broken } = await explore(model, start, most);
  console.log(`${name}: ${states} states, ${transitions} transitions, ${broken ? 'BROKEN' : 'all hold'}`);
  if (broken) console.log(`  ${broken.what}\n  ${broken.moves.join('\n  ')}`);
  isBroken ||= broken !== null;
}
process.exitCode = isBroken ? 1 : 0;
