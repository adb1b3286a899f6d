import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mutate, plan } from '../campaigns/door/mutations.ts';
import { message } from '../fakes/teams.ts';

describe('the mutations of the door', () => {
  it('When one is made, then no other is changed by it: a fault is seen again by its number alone', () => {
    const activity = message('hello', { from: 'ada' });
    const plans = fc.sample(plan, { numRuns: 2000, seed: 1 });
    const before = JSON.stringify(plans);

    for (const one of plans) mutate(activity, one);

    assert.equal(JSON.stringify(plans) === before, true);
  });
});
