// What an assignment costs, beside the runbook that does the same (docs/runbook-parity.md).
import assert from 'node:assert/strict';
import { measure, workedExamples } from '../fakes/assign-play.ts';

describe('the cost of an assignment', function () {
  this.timeout(60_000);

  for (const example of workedExamples)
    it(`When it goes well (${example.name}), then Graph gets fewer requests and less is waited than by the runbook`, async () => {
      const ours = await measure(example);

      assert.ok(ours.requests < example.theirs.requests, `${ours.requests} requests`);
      assert.ok(ours.waitedMs < example.theirs.waitedMs, `${ours.waitedMs} ms`);
    });
});
