// How many requests Graph gets for Cloud PCs that are being built: ten ticks of the watcher, over HTTP.
//   npm run bench:watch

import { endProcess } from '../../src/end-process.ts';
import { startFleetInFlight, watchEveryMs } from '../fakes/fleet-in-flight.ts';

const ticks = 10;
/** Being built, others in the tenant, most requests of a tick; pages hold 100. */
const cases = [
  { count: 1, others: 0, most: 1 },
  { count: 5, others: 0, most: 1 },
  { count: 100, others: 0, most: 3 },
  { count: 100, others: 5000, most: 6 },
  { count: 1000, others: 0, most: 12 },
  { count: 1000, others: 4000, most: 52 },
];

console.log('| being built | others | first tick | each tick after it, at most | ten ticks | by id, one by one |');
console.log('|---|---|---|---|---|---|');
let failing = 0;
for (const { count, others, most } of cases) {
  const fleet = await startFleetInFlight({ count, others });
  const counts: number[] = [];
  for (let tick = 0; tick < ticks; tick += 1) {
    counts.push(await fleet.tick());
    fleet.passes(watchEveryMs);
  }
  await fleet.close();
  const [first = 0, ...later] = counts;
  const sum = counts.reduce((all, one) => all + one, 0);
  console.log(`| ${count} | ${others} | ${first} | ${Math.max(...later)} | ${sum} | ${count * ticks} |`);
  if (Math.max(...counts) > most || Math.min(...counts) === 0) {
    failing += 1;
    console.log(`more than ${most} in a tick, or a tick that did not look: ${counts}`);
  }
}
console.log(`\n  ${cases.length - failing} passing`);
if (failing > 0) console.log(`  ${failing} failing`);
endProcess(failing > 0 ? 1 : 0);
