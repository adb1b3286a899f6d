// How many requests Graph gets for an assignment and how long is waited, beside the runbook that does the same: on the simulator,
// over HTTP, on a clock that is moved on.
//   npm run bench:assign
import { second } from '../../src/domain/time.ts';
import { endProcess } from '../../src/end-process.ts';
import { measure, workedExamples } from '../fakes/assign-play.ts';

console.log('| assignment | requests: runbook | ours | parts of batches, each counted | waiting: runbook | ours |');
console.log('|---|---|---|---|---|---|');
let failing = 0;
for (const example of workedExamples) {
  const { theirs } = example;
  const ours = await measure(example);
  const waiting = `${theirs.waitedMs / second} s | ${ours.waitedMs / second} s`;
  console.log(`| ${example.name} | ${theirs.requests} | ${ours.requests} | ${ours.parts} | ${waiting} |`);
  if (ours.requests >= theirs.requests || ours.waitedMs >= theirs.waitedMs) {
    failing += 1;
    console.log('not less in both');
  }
}
console.log(`\n  ${workedExamples.length - failing} passing`);
if (failing > 0) console.log(`  ${failing} failing`);
endProcess(failing > 0 ? 1 : 0);
