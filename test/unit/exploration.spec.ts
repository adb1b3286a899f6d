// Every order in which one request can go: people press, and press again, too late, or what is not theirs; two workers do each
// step of a job at any time, stop and go on, and one is killed anywhere; the POST is applied, refused, lost on its way or on its
// way back; time passes. The steps are the bot's own code; the store and Graph are values, so that a state can be returned to.
//
// The bound: one crash; one answer that changed nothing, or one permit that ran out; one "start again" of an admin; time in
// steps of a quarter of an hour. Not all at once here: `npm run explore` goes further.
import assert from 'node:assert/strict';
import type { ItemState } from '../../src/domain/item.ts';
import type { RequestState } from '../../src/domain/request.ts';
import { type Explored, explore } from './exploration/explore.ts';
import * as broken from './exploration/mutations.ts';
import type { Rules } from './exploration/rules.ts';
import { asWritten, onOne, policyFor, type Scenario } from './exploration/scenarios.ts';

const most = 100_000;

async function explored(name: string, { model, start }: Scenario): Promise<Explored> {
  const found = await explore(model, start, most);
  console.log(`        ${name}: ${found.states} states, ${found.transitions} transitions`);
  return found;
}

function assertWhole(found: Explored, states: RequestState[], itemStates: ItemState[]): void {
  assert.deepEqual(found.broken, null);
  assert.deepEqual([...found.requestStates].sort(), [...states, ...everyRequest].sort());
  assert.deepEqual([...found.itemStates].sort(), [...itemStates, ...everyItem].sort());
}

const everyRequest: RequestState[] = ['draft', 'approved', 'running', 'succeeded', 'failed', 'expired', 'cancelled'];
const everyItem: ItemState[] = ['queued', 'checking', 'starting', 'building', 'ready', 'needsOperator', 'timedOut'];

describe('every order in which one request can go', function () {
  this.timeout(240_000);

  it('When a worker is killed anywhere, then every state holds what it must and leads to an end', async () => {
    const found = await explored('a crash', onOne({ crashes: 1 }));

    assertWhole(found, ['awaitingApproval', 'declined'], ['failed', 'cancelled']);
  });

  it('When a POST is certain to have changed nothing, or leaves too late, then another one may follow, and only then', async () => {
    const found = await explored('a refusal', onOne({ refusals: 1 }));

    assertWhole(found, ['awaitingApproval', 'declined'], ['failed', 'cancelled']);
  });

  it('When an admin starts again what is unclear, then nothing is wiped more often than was allowed', async () => {
    const found = await explored('a start again', onOne({ startAgains: 1 }, { graph: 'plain' }));

    assertWhole(found, ['awaitingApproval', 'declined'], ['failed', 'cancelled']);
  });

  it('When two workers look at Graph at once, then no old look decides', async () => {
    const found = await explored('two that look', onOne({}, { jobs: ['advance:0', 'watch'], jobsAtOnce: [] }));

    assertWhole(found, ['awaitingApproval', 'declined'], ['failed', 'cancelled']);
  });

  it('When two approvals are needed, then one is not enough, in whatever order they come', async () => {
    const found = await explored('two approvals', onOne({}, { rules: { ...asWritten, policy: policyFor(2) } }));

    assertWhole(found, ['awaitingApproval', 'declined'], ['failed', 'cancelled']);
  });
});

describe('the exploration', () => {
  const rows: [name: string, rules: Rules, what: RegExp][] = [
    ['the intent is not kept', broken.withoutIntent, /without an intent/],
    ['an item that holds an intent gets another one', broken.withoutIntentCheck, /intent without a new permission/],
    ['a lost answer counts as nothing applied', broken.unknownIsNotApplied, /a POST for a request that is cancelled/],
    ['who asked counts as an approver', broken.requesterCounts, /without enough approvals/],
    ['what has been started can be cancelled', broken.cancelAfterStart, /request that is cancelled/],
    ['an unclear start is never looked at', broken.unclearIsForgotten, /no way leads to an end/],
    ['a wave does not count its items', broken.waveDoesNotCount, /counts its items wrongly/],
  ];
  for (const [name, rules, what] of rows) {
    it(`When ${name}, then it is found, with the way that leads there`, async () => {
      const { model, start } = onOne({}, { rules });

      const found = await explore(model, start, most);

      assert.match(found.broken?.what ?? 'nothing', what);
      assert.equal(found.broken?.moves[0], 'Ada submits');
    });
  }
});
