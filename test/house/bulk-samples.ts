// Every view of a bulk request: each situation, with few and with very many Cloud PCs, and its forms and notices.

import type { Bulk, BulkChoice, BulkPause, BulkSource, LeftOutReason } from '../../src/domain/bulk.ts';
import type { BulkFilter, BulkLine, BulkView } from '../../src/domain/bulk-views.ts';
import { itemStates } from '../../src/domain/item.ts';
import type { PersonRef } from '../../src/domain/people.ts';
import type { Request, RequestState } from '../../src/domain/request.ts';
import type { Text } from '../../src/domain/text-views.ts';
import { hour, minute } from '../../src/domain/time.ts';
import type { CardView, HistoryEntry, NoticeKind, RequestView } from '../../src/domain/views.ts';
import { planWaves, sizeOf, sumTallies, type Tally, type Wave } from '../../src/domain/waves.ts';
import { bulkItemsAPage } from '../../src/requests/bulk/list-bulk.ts';
import { aView, now, type Outside, ordinary, sampleItems, sampleRequests, uuid } from './card-samples.ts';

const admin = (outside: Outside): PersonRef => ({ id: uuid(1), name: outside.name });

export function aBulk(changes: Partial<Bulk> = {}): Bulk {
  return {
    source: { type: 'group', name: 'Sales Munich' },
    counts: { found: 46, notFound: 2, leftOut: 3, remaining: 43, notSignedOut: 9 },
    duringMaintenance: false,
    pause: null,
    tolerated: null,
    stopped: null,
    retriedBy: null,
    ...changes,
  };
}

/** How far the waves are: those before `current` have ended, and `tally` is what the current one counts. */
export function someWaves(sizes: readonly number[], current: number, tally: Tally): Wave[] {
  return sizes.map((size, index) => {
    const number = index + 1;
    const isBefore = number < current;
    return {
      requestId: uuid(42),
      number,
      size,
      tally: isBefore ? { ready: size } : number === current ? tally : { queued: size },
      beganAt: number <= current ? now - (current - number + 1) * hour : null,
      endedAt: isBefore ? now - (current - number) * hour : null,
      dueAt: null,
    };
  });
}

export function aBulkView(
  waves: readonly Wave[],
  outside: Outside = ordinary,
  changes: Partial<BulkView> = {},
): BulkView {
  const tally = sumTallies(waves.map((wave) => wave.tally));
  const troubled = sampleItems(outside)
    .filter(({ state }) => state === 'failed' || state === 'needsOperator' || state === 'timedOut')
    .slice(0, 5)
    .map((item) => ({ ...item, owner: { id: uuid(5), name: outside.owner } }));
  const hasTrouble = (tally.failed ?? 0) + (tally.needsOperator ?? 0) + (tally.timedOut ?? 0) > 0;
  return {
    waves,
    tally,
    troubled: hasTrouble ? troubled : [],
    unreached: 0,
    attempts: 4,
    startedAt: waves[0]?.beganAt ?? null,
    ...changes,
  };
}

export function aBulkRequestView(
  {
    request = {},
    bulk = {},
    view = {},
  }: { request?: Partial<Request>; bulk?: Partial<Bulk>; view?: Partial<RequestView> },
  outside: Outside = ordinary,
): RequestView {
  const plain = aView({}, outside);
  const person = admin(outside);
  return {
    ...plain,
    item: null,
    request: {
      ...plain.request,
      requester: person,
      owner: person,
      state: 'running',
      bulk: aBulk(bulk),
      approvedAt: now - 2 * hour,
      expiresAt: null,
      ...request,
    },
    ...view,
  };
}

const midway: Tally = { ready: 14, readyWithWarnings: 1, building: 4, starting: 1, failed: 2, checking: 2, skipped: 1 };

/** One after the other: the plan, how far it is, and the states that a request can be in then. */
function progresses(): { waves: Wave[]; states: RequestState[] }[] {
  const small = planWaves(43, { canary: 1, waveSize: 25 });
  const huge = planWaves(5000, { canary: 1, waveSize: 25 });
  const open: RequestState[] = ['awaitingApproval', 'approved', 'declined', 'expired', 'cancelled'];
  const active: RequestState[] = ['approved', 'running'];
  const people: Tally = { ready: 20, needsOperator: 3, timedOut: 2 };
  return [
    { waves: [], states: ['draft'] },
    { waves: someWaves(small, 0, {}), states: open },
    { waves: someWaves([20], 0, {}), states: open },
    { waves: someWaves(huge, 0, {}), states: open },
    { waves: someWaves(small, 1, { building: 1 }), states: active },
    { waves: someWaves(small, 2, midway), states: active },
    { waves: someWaves(small, 2, { ...midway, needsOperator: 2, building: 2 }), states: active },
    { waves: allBegun(someWaves(small, 3, people)), states: active },
    { waves: betweenTwo(someWaves(small, 2, midway)), states: active },
    { waves: someWaves([20], 1, { building: 20 }), states: active },
    { waves: someWaves(huge, 100, midway), states: active },
    { waves: someWaves(huge, 201, { ...midway, needsOperator: 3 }), states: active },
    ...ends(small),
    ...ends(huge),
  ];
}

const allBegun = (waves: Wave[]) => waves.filter(({ beganAt }) => beganAt !== null);
const betweenTwo = (waves: Wave[]) => waves.map((wave) => ({ ...wave, endedAt: wave.beganAt && now - minute }));

function ends(sizes: readonly number[]): { waves: Wave[]; states: RequestState[] }[] {
  const ended = (tallyOf: (size: number) => Tally) =>
    someWaves(sizes, sizes.length + 1, {}).map((wave) => ({ ...wave, tally: tallyOf(wave.size) }));
  return [
    { waves: ended((size) => ({ ready: size })), states: ['succeeded'] },
    { waves: ended((size) => ({ ready: size - 1, failed: 1 })), states: ['partlySucceeded'] },
    { waves: ended((size) => ({ readyWithWarnings: size - 1, skipped: 1 })), states: ['partlySucceeded'] },
    { waves: ended((size) => ({ failed: size })), states: ['failed'] },
    { waves: ended((size) => ({ cancelled: size })), states: ['failed', 'cancelled'] },
  ];
}

export const pauses = (outside: Outside = ordinary): (BulkPause | null)[] => [
  null,
  { reason: 'failures', wave: 2, failed: 3, of: 25, at: now - minute },
  { reason: 'byAdmin', by: admin(outside), at: now - minute },
  { reason: 'wayGone', at: now - minute },
];

/** What changes the face, one at a time. */
function bulkChanges(outside: Outside): Partial<Bulk>[] {
  return [
    ...pauses(outside).map((pause) => ({ pause })),
    { stopped: { by: admin(outside), at: now - minute } },
    { retriedBy: { requestId: uuid(43), code: 'R-1060' } },
    { duringMaintenance: true, source: { type: 'policy', policyId: uuid(6), name: outside.plan } },
  ];
}

const viewChanges: readonly Partial<RequestView>[] = [{ startsPaused: true }, { hasChannel: false, usual: null }];

/** Every situation for both sides. */
export function* bulkRequestViews(outside: Outside = ordinary): Generator<CardView & { card: 'request' }> {
  const changes = [
    ...bulkChanges(outside).map((bulk) => ({ bulk, view: {} })),
    ...viewChanges.map((view) => ({ bulk: {}, view })),
  ];
  const requests = sampleRequests(outside).filter(({ owner, requester }) => owner.id === requester.id);
  for (const { waves, states } of progresses()) {
    const remaining = sizeOf(sumTallies(waves.map(({ tally }) => tally)));
    const bulk = { ...aBulk(), counts: { ...aBulk().counts, remaining } };
    for (const request of requests.filter(({ state }) => states.includes(state))) {
      // A great number changes how long the card is, not which face it has.
      for (const change of waves.length > 3 ? changes.slice(0, 1) : changes) {
        const unreached = 'retriedBy' in change.bulk ? 3 : 0;
        const view: RequestView = {
          ...aView({}, outside),
          item: null,
          request: { ...request, bulk: { ...bulk, ...change.bulk } },
          bulk: aBulkView(waves, outside, { unreached }),
          ...change.view,
        };
        for (const audience of ['requester', 'channel'] as const) yield { card: 'request', audience, view };
      }
    }
  }
}

/** An item that is one of many, for its owner; also after an admin has stopped the rest. */
export function* bulkItemViews(outside: Outside = ordinary): Generator<CardView & { card: 'request' }> {
  const owner = { id: uuid(2), name: outside.owner };
  for (const item of sampleItems(outside)) {
    const isOver = item.state === 'cancelled' || item.state === 'ready';
    const state = item.state === 'queued' ? 'approved' : isOver ? 'partlySucceeded' : 'running';
    const stopped = item.state === 'cancelled' ? { by: admin(outside), at: now } : null;
    const view = aBulkRequestView({ request: { state, owner }, bulk: { stopped }, view: { item } }, outside);
    yield { card: 'request', audience: 'owner', view };
  }
}

export const sources = (outside: Outside = ordinary): BulkSource[] => [
  { type: 'list' },
  { type: 'file', name: outside.words },
  { type: 'group', name: outside.plan },
  { type: 'policy', policyId: uuid(6), name: outside.plan },
  { type: 'failed' },
  { type: 'retry', requestId: uuid(41), code: 'R-1041' },
];

export const leftOutReasons: readonly LeftOutReason[] = [
  ...(['notFound', 'noCloudPc', 'noOwner', 'several'] as const).map((reason) => ({ reason })),
  ...(['grace', 'busy', 'actionRunning', 'notOffered', 'notPersonal', 'vip'] as const).map((reason) => ({ reason })),
  { reason: 'running', code: 'R-1040' },
  { reason: 'cooldown', endedAt: now - 20 * hour, from: now + 4 * hour },
];

/** A line for every reason, every state and both kinds that wait; long ones first. */
export function bulkLines(outside: Outside = ordinary): BulkLine[] {
  const line: BulkLine = {
    owner: { id: uuid(2), name: outside.owner },
    words: outside.words,
    cloudPcName: outside.pc,
    leftOut: null,
    item: null,
    wasSignedOut: true,
  };
  const items = sampleItems(outside).map((item) => ({
    ...line,
    item: { ...item, wave: 200, newName: item.endedAt === null ? null : outside.pc },
  }));
  return [
    ...leftOutReasons.map((leftOut) => ({ ...line, leftOut })),
    { ...line, owner: null, cloudPcName: null, leftOut: { reason: 'notFound' } },
    line,
    { ...line, wasSignedOut: false },
    ...items,
  ];
}

export const bulkNoticeKinds: readonly NoticeKind[] = ['bulkPaused', 'bulkWayGone', 'bulkEnded', 'bulkUnsettled'];
const aboutMany: readonly NoticeKind[] = [
  ...bulkNoticeKinds,
  'declined',
  'expired',
  'cancelled',
  'noChannel',
  'approvalReminder',
  'approvalEscalation',
];

/** Every card of a bulk request besides the one that follows it. */
export function* bulkFormViews(outside: Outside = ordinary): Generator<CardView> {
  yield* chooseViews(outside);
  yield* previewViews(outside);
  yield* listViews(outside);
  const unsettled = someWaves([1, 25], 2, { ready: 20, needsOperator: 3, timedOut: 2 });
  for (const waves of [unsettled, someWaves([25], 1, { ready: 24, timedOut: 1 })]) {
    const view = aBulkRequestView({ view: { bulk: aBulkView(waves, outside) } }, outside);
    yield { card: 'bulkSettle', view };
    yield { card: 'bulkResend', view };
    yield { card: 'decline', view };
  }
  yield* noticeViews(outside);
  yield* historyViews(outside);
}

function* chooseViews(outside: Outside): Generator<CardView> {
  const nothing: BulkChoice = { people: '', group: '', policyId: null, failed: false, several: false };
  const policies = Array.from({ length: 120 }, (_, n) => ({ id: uuid(n), name: outside.plan }));
  const problems: Text[] = [
    { text: 'error.bulkMax', values: { max: 500, found: 812 } },
    { text: 'error.bulkEmpty', values: {} },
    { text: 'error.groupNotFound', values: { name: outside.words } },
  ];
  const long = `${outside.words}\n`.repeat(2000).slice(0, 20_000);
  const addresses = Array.from({ length: 300 }, (_, n) => `ben.bauer.${n}@contoso.com`).join('\n');
  const choices: BulkChoice[] = [
    nothing,
    { people: outside.words, group: outside.plan, policyId: uuid(3), failed: true, several: true },
    { ...nothing, people: long, policyId: uuid(999) },
    { ...nothing, people: addresses },
  ];
  for (const choice of choices) {
    for (const problem of [null, ...problems]) {
      yield { card: 'bulkChoose', choice, policies: [], problem, takesFiles: false };
      yield { card: 'bulkChoose', choice, policies, problem, takesFiles: true };
    }
  }
}

type PreviewView = Extract<CardView, { card: 'bulkPreview' }>;

function* previewViews(outside: Outside): Generator<CardView> {
  const leftOut = bulkLines(outside).filter((line) => line.leftOut !== null);
  const preview: PreviewView = {
    card: 'bulkPreview',
    requestId: uuid(42),
    revision: 1,
    source: { type: 'group', name: outside.plan },
    counts: { found: 46, notFound: 0, leftOut: 3, remaining: 43, notSignedOut: 9 },
    leftOut: leftOut.slice(0, 3),
    waves: [1, 25, 17],
    usual: { fromMinutes: 38, toMinutes: 62, count: 20 },
    stopWhenFailedPercent: 10,
    approvals: 0,
    choices: { osVersions: [], accountTypes: [] },
    offersMaintenance: false,
    mail: { offered: true, preset: true, mayWriteText: false },
    now,
  };
  yield preview;
  yield {
    ...preview,
    approvals: 2,
    offersMaintenance: true,
    mail: { offered: true, preset: false, mayWriteText: true },
  };
  yield {
    ...preview,
    counts: { found: 5012, notFound: 40, leftOut: 12, remaining: 5000, notSignedOut: 1200 },
    waves: planWaves(5000, { canary: 1, waveSize: 25 }),
    choices: { osVersions: ['windows10', 'windows11'], accountTypes: ['standardUser', 'administrator'] },
    offersMaintenance: true,
    approvals: 1,
    usual: null,
  };
  yield {
    ...preview,
    waves: [1],
    counts: { ...preview.counts, remaining: 1, notSignedOut: 1 },
    mail: { ...preview.mail, offered: false },
  };
  yield {
    ...preview,
    waves: [25, 25, 7],
    counts: { ...preview.counts, remaining: 57, notSignedOut: 0, leftOut: 0 },
    leftOut: [],
  };
  for (let first = 0; first < leftOut.length; first += 5) {
    yield {
      ...preview,
      leftOut: leftOut.slice(first, first + 5),
      counts: { ...preview.counts, notFound: 9, leftOut: 12 },
    };
  }
  for (const source of sources(outside)) yield { ...preview, source };
  const none = { ...preview.counts, remaining: 0, notSignedOut: 0 };
  yield { ...preview, waves: [], counts: { ...none, found: 12, leftOut: 12 }, leftOut: leftOut.slice(0, 5) };
  yield { ...preview, waves: [], counts: { ...none, found: 0, notFound: 3, leftOut: 0 }, leftOut: leftOut.slice(0, 3) };
  yield { ...preview, waves: [], counts: { ...none, found: 0, leftOut: 0 }, leftOut: [] };
}

function* listViews(outside: Outside): Generator<CardView> {
  const filters: BulkFilter[] = ['all', 'toRebuild', 'leftOut', 'waiting', 'running', 'ready', 'failed', 'unsettled'];
  const lines = bulkLines(outside);
  const of = { card: 'bulkItems' as const, requestId: uuid(42), revision: 3, pages: 417, total: 5000, now };
  for (let page = 1; (page - 1) * bulkItemsAPage < lines.length; page++) {
    const shown = lines.slice((page - 1) * bulkItemsAPage, page * bulkItemsAPage);
    yield { ...of, code: page % 2 === 0 ? null : 'R-1042', lines: shown, filter: 'all', page };
  }
  // The longest of all on a page of its own.
  for (const line of lines) {
    yield {
      ...of,
      code: 'R-1042',
      lines: Array.from({ length: bulkItemsAPage }, () => line),
      filter: 'all',
      page: 200,
    };
  }
  for (const filter of filters) {
    yield { ...of, code: null, lines: [], filter, page: 1, pages: 1, total: 0 };
    yield { ...of, code: 'R-1042', lines: lines.slice(0, 1), filter, page: 1, pages: 1, total: 1 };
  }
}

function* noticeViews(outside: Outside): Generator<CardView> {
  const waves = someWaves([1, 25, 17], 2, { ...midway, needsOperator: 1 });
  const states = ['awaitingApproval', 'succeeded', 'partlySucceeded', 'failed'] as const;
  const cases = [
    ...pauses(outside).map((pause) => ({ state: 'running' as const, pause })),
    ...states.map((state) => ({ state, pause: null })),
  ];
  for (const notice of aboutMany) {
    for (const { state, pause } of cases) {
      const view = aBulkRequestView(
        { request: { state }, bulk: { pause }, view: { bulk: aBulkView(waves, outside), ownerUnreached: true } },
        outside,
      );
      for (const audience of ['requester', 'channel'] as const) yield { card: 'notice', notice, audience, view };
    }
  }
}

function* historyViews(outside: Outside): Generator<CardView> {
  const view = aBulkRequestView({ view: { bulk: aBulkView(someWaves([1, 25, 17], 2, midway), outside) } }, outside);
  const actions = [
    'request.submitted',
    'request.waveBegan',
    'request.settled',
    ...itemStates.map((state) => `item.${state}`),
  ];
  const entries: HistoryEntry[] = actions.map((action, n) => ({
    at: now - n * hour,
    actor: n % 2 === 0 ? admin(outside) : null,
    action,
    words: null,
    values: { pc: n < 1 ? '' : outside.pc },
  }));
  yield { card: 'history', view, entries, page: 1, pages: 1, total: entries.length };
}
