// What must hold in every state, and between a state and the next.
import { finishedItemStates, type Item, isFinished, itemStates } from '../../../src/domain/item.ts';
import type { Intent } from '../../../src/domain/ports.ts';
import { isEnded, type Request, type RequestState } from '../../../src/domain/request.ts';
import { sumTallies, type Tally } from '../../../src/domain/waves.ts';
import { approvers } from './graph.ts';
import type { Graph, Post, Rows } from './model.ts';

/** The request was never let through. */
const refusedStates: readonly RequestState[] = ['declined', 'expired', 'cancelled'];
const beforeApproval: readonly RequestState[] = ['draft', 'awaitingApproval', ...refusedStates];

type Broken = Generator<string>;

export function* judgeRows(rows: Rows): Broken {
  yield* judgeApproval(rows);
  yield* judgeCounts(rows);
  yield* judgeEnd(rows);
  yield* judgeIntents(rows);
}

function* judgeApproval({ request, intents }: Rows): Broken {
  const { state, requester, decisions, approval } = request;
  const given = decisions.filter(({ verdict, by }) => verdict === 'approve' && by.id !== requester.id);
  const byApprovers = new Set(given.map(({ by }) => by.id).filter((id) => approvers.includes(id)));
  if (!beforeApproval.includes(state) && byApprovers.size < approval.needed) yield `${state} without enough approvals`;
  if (new Set(decisions.map(({ by, revision }) => `${by.id} ${revision}`)).size < decisions.length)
    yield 'somebody decided twice';
  // What was given back has changed nothing: then it may still be cancelled.
  if (intents.some((intent) => intent.state !== 'notApplied') && beforeApproval.includes(state))
    yield `an intent of a request that is ${state}`;
}

function isSameTally(one: Tally, other: Tally): boolean {
  return itemStates.every((state) => (one[state] ?? 0) === (other[state] ?? 0));
}

const countOf = (items: readonly Item[]): Tally => sumTallies(items.map(({ state }) => ({ [state]: 1 })));

function* judgeCounts({ request, items, waves }: Rows): Broken {
  if (!isSameTally(request.tally, countOf(items))) yield 'the request counts its items wrongly';
  for (const wave of waves) {
    const own = items.filter((item) => item.wave === wave.number);
    if (!isSameTally(wave.tally, countOf(own))) yield `wave ${wave.number} counts its items wrongly`;
  }
}

function* judgeEnd({ request, items }: Rows): Broken {
  const open = items.filter(({ state }) => !isFinished(state));
  const rolledUp: readonly RequestState[] = ['succeeded', 'partlySucceeded', 'failed'];
  if (rolledUp.includes(request.state) && open.length > 0) yield `${request.state} with an unfinished item`;
  if (!request.bulk && refusedStates.includes(request.state) && items.some(({ state }) => state !== 'cancelled'))
    yield `${request.state}, and its item is not cancelled`;
  if (items.length > 0 && open.length === 0 && !isEnded(request.state))
    yield 'every item has ended, the request has not';
}

function* judgeIntents({ items, intents }: Rows): Broken {
  for (const { id, state, intentId, attempt } of items) {
    const own = intents.filter(({ itemId }) => itemId === id);
    const newest = own.at(-1);
    if (state === 'starting' && (newest?.id !== intentId || !['open', 'unknown'].includes(newest?.state ?? '')))
      yield 'starting without an intent that is open or unclear';
    if (state === 'building' && attempt === 0 && newest === undefined) yield 'building without an intent';
    if (own.filter((intent) => intent.state === 'open').length > 1) yield 'two open intents';
  }
}

/** @param startAgains how often an admin has said "start again" */
export function* judgePosts({ request, items, intents }: Rows, { posts }: Graph, startAgains: number): Broken {
  for (const { intentId, cloudPcId } of posts) {
    const licence = intents.find(({ id }) => id === intentId);
    if (licence?.cloudPcId !== cloudPcId) yield 'a POST without the intent that licenses it';
    if (posts.filter((post) => post.intentId === intentId).length > 1) yield 'two POSTs by one intent';
  }
  const isRefused = beforeApproval.includes(request.state);
  if (isRefused && posts.some(({ isApplied, isOnItsWay }) => isApplied || isOnItsWay))
    yield `a POST for a request that is ${request.state}`;
  for (const item of items) {
    const own = intents.filter(({ itemId }) => itemId === item.id);
    const sent = posts.filter(({ intentId }) => own.some(({ id }) => id === intentId));
    yield* judgePostsOf(own, sent, startAgains);
    yield* judgeWords(item, own, sent.filter(({ isApplied }) => isApplied).length);
  }
}

function* judgePostsOf(intents: Intent[], sent: Post[], startAgains: number): Broken {
  const applied = sent.filter(({ isApplied }) => isApplied).length;
  const refused = intents.filter(({ state }) => state === 'notApplied').length;
  if (sent.filter(({ isOnItsWay }) => isOnItsWay).length > 1) yield 'two POSTs in flight for one Cloud PC';
  if (applied > 1 + startAgains) yield `wiped ${applied} times`;
  if (intents.length > 1 + startAgains + refused) yield 'an intent without a new permission';
}

/** Whether people are told the truth. After an attempt that may have arrived they are told that nobody knows. */
function* judgeWords({ state, attempt, outcome }: Item, intents: Intent[], applied: number): Broken {
  const code = outcome?.code;
  const saysUnchanged = state === 'cancelled' || state === 'skipped' || code === 'notStarted';
  if (attempt === 0 && saysUnchanged && applied > 0) yield `${state} (${code}), and the Cloud PC was wiped`;
  const isByCheck = intents.at(-1)?.state !== 'rejected';
  if (code === 'busy' && isByCheck && applied > 0) yield 'its own build was taken for somebody else’s';
}

export function* judgeChange(before: Rows, after: Rows): Broken {
  if (isEnded(before.request.state) && !isSameEnd(before.request, after.request)) yield 'an ended request has changed';
  if (after.request.revision < before.request.revision) yield 'the revision went back';
  if (after.intents.length < before.intents.length) yield 'an intent is gone';
  for (const [index, item] of before.items.entries()) {
    const next = after.items[index];
    if (!next) yield 'an item is gone';
    else yield* judgeItemChange(item, next);
  }
  yield* judgeNewIntents(before, after);
}

function isSameEnd(one: Request, other: Request): boolean {
  return one.state === other.state && one.decisions.length === other.decisions.length;
}

function* judgeItemChange(before: Item, after: Item): Broken {
  if (finishedItemStates.includes(before.state) && JSON.stringify(before) !== JSON.stringify(after))
    yield 'a finished item has changed';
  if (after.attempt < before.attempt) yield 'the attempt went back';
  if (after.state === 'starting' && before.state !== 'starting' && before.state !== 'checking')
    yield `from ${before.state} to starting`;
}

function* judgeNewIntents(before: Rows, after: Rows): Broken {
  const { state } = before.request;
  const isNew = after.intents.length > before.intents.length;
  if (isNew && state !== 'approved' && state !== 'running') yield `an intent while the request was ${state}`;
}
