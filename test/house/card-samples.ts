// Every card view there is, with realistic times and, on demand, with hostile words in every place that people fill.
import type { CloudPc, whyNotNow } from '../../src/domain/cloud-pc.ts';
import { type Item, itemStates, type OutcomeCode } from '../../src/domain/item.ts';
import type { MailKind } from '../../src/domain/mail-views.ts';
import type { PersonRef } from '../../src/domain/people.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Decision, Request, RequestState } from '../../src/domain/request.ts';
import type { SetupFindings } from '../../src/domain/setup-findings.ts';
import { toRows } from '../../src/domain/setup-rows.ts';
import { day, hour, minute } from '../../src/domain/time.ts';
import type { Audience, CannotReason, CardView, NoticeKind, RequestView } from '../../src/domain/views.ts';
import { aChannel, aGroup, aRoleGroup, graphFindings, refusedFor, setupFindings } from '../fakes/setup.ts';
import { aCloudPc, anItem, aPolicy, aRequest } from '../fakes/things.ts';

export const now = Date.parse('2026-11-23T14:20:00+01:00');
export const uuid = (n: number) => `0b9f6a0e-3a52-4c63-9d6d-${String(n).padStart(12, '0')}`;

/** What people and Graph may write. */
export interface Outside {
  name: string;
  owner: string;
  pc: string;
  words: string;
  plan: string;
  code: string;
}

export const ordinary: Outside = {
  name: 'Ada Arendt',
  owner: 'Ben Bauer',
  pc: 'CPC-ada-7F3KQ',
  words: 'Since the last update Outlook crashes right after the start; a restart did not help.',
  plan: 'Cloud PC Enterprise 4vCPU/16GB/256GB',
  code: 'intuneEnrollFailed',
};

const nasty =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what somebody may type
  '**bold** [click](https://evil.example) ${1+1} {n, plural, other {#}} <at>Adam</at> <img src=x> `x` _i_ # 1. $t(x) {{y}}';

export const hostile: readonly (readonly [string, Outside])[] = [
  ['Markdown, templates and HTML', all(nasty)],
  ['line breaks and lists', all('\r\n- one\n- two\n# three\n> four\n1. five\u2028six\u0007')],
  ['right to left and overrides', all('\u202Eمحمد\u202C \u2066אברהם\u2069 \u200Bx')],
  ['emoji', all('👩‍👩‍👧‍👦🏳️‍🌈'.repeat(40))],
  ['300 wide characters', all('漢字'.repeat(150))],
  ['3000 characters', all('W*'.repeat(1500))],
  ['a broken surrogate', all('a\uD800b\uDC00')],
  ['nothing that can be seen', all('\u200B\u2060 \u0007')],
];

function all(words: string): Outside {
  return { name: words, owner: words, pc: words, words, plan: words, code: words };
}

export function aView(changes: Partial<RequestView> = {}, outside: Outside = ordinary): RequestView {
  const person: PersonRef = { id: uuid(1), name: outside.name };
  return {
    request: aRequest({
      id: uuid(42),
      requester: person,
      owner: person,
      reason: outside.words,
      options: { osVersion: 'windows11', accountType: 'standardUser' },
      createdAt: now - 23 * minute,
      submittedAt: now - 22 * minute,
      expiresAt: now + 3 * day,
    }),
    item: sampleItem({}, outside),
    bulk: null,
    person: null,
    usual: { fromMinutes: 38, toMinutes: 62, count: 20 },
    ownerUnreached: false,
    hasChannel: true,
    startsPaused: false,
    now,
    ...changes,
  };
}

export function samplePc(outside: Outside = ordinary, changes: Partial<CloudPc> = {}): CloudPc {
  return aCloudPc({
    id: 'b0a9cde2-e170-4dd9-97c3-ad1d3328a711',
    name: outside.pc,
    servicePlanName: outside.plan,
    policyName: outside.plan,
    imageName: outside.plan,
    provisionedAt: now - 200 * day,
    lastSignInAt: now - 5 * hour,
    lastSignOutAt: now - 4 * hour,
    ...changes,
  });
}

function sampleItem(changes: Partial<Item>, outside: Outside): Item {
  return anItem({
    id: uuid(7),
    requestId: uuid(42),
    cloudPc: samplePc(outside),
    queuedAt: now - 22 * minute,
    ...changes,
  });
}

const requestStates: readonly RequestState[] = [
  'draft',
  'awaitingApproval',
  'approved',
  'running',
  'succeeded',
  'partlySucceeded',
  'failed',
  'declined',
  'expired',
  'cancelled',
];

const skips: readonly OutcomeCode[] = [
  'gone',
  'ownerChanged',
  'grace',
  'busy',
  'actionRunning',
  'notOffered',
  'notPersonal',
  'cooldown',
  'notAllowedAnyMore',
  'approvalGone',
  'policyChanged',
  'resetDisabled',
  'graphUnavailable',
  'vip',
  'notInIntune',
];

/** Every state of the item with its flags, with the times and outcomes that belong to it. */
export function sampleItems(outside: Outside = ordinary): Item[] {
  const begun = { checkingAt: now - 18 * minute, startingAt: now - 17 * minute, intentId: uuid(9) };
  const built = { ...begun, buildingAt: now - 17 * minute };
  const over = { endedAt: now - minute };
  const detail = { code: outside.code, message: outside.words };
  const ends = (code: OutcomeCode) => ({ ...over, outcome: { code, detail } });
  const seen = { status: 'provisioned', provisionedAt: now - 200 * day, isActionRunning: false };
  const of: Record<(typeof itemStates)[number], Partial<Item>[]> = {
    queued: [{}],
    checking: [
      { checkingAt: begun.checkingAt },
      ...(['paused', 'quota', 'graph', 'bulk'] as const).map((hold) => ({ checkingAt: begun.checkingAt, hold })),
    ],
    needsSignIn: [{ checkingAt: begun.checkingAt, signInSince: now - 16 * minute }],
    starting: [begun, { ...begun, unknownSince: now - 16 * minute }],
    building: [built, { ...built, isSlow: true }],
    ready: [
      { ...built, ...ends('ready') },
      { ...built, ...ends('ready'), newName: outside.pc },
    ],
    readyWithWarnings: [{ ...built, ...ends('readyWithWarnings') }],
    failed: [
      { ...built, ...ends('buildFailed') },
      { ...built, ...ends('closedByAdmin') },
      { ...begun, ...ends('closedByAdmin') },
      { ...begun, ...ends('notStarted') },
    ],
    timedOut: [{ ...built, isSlow: true, attempt: 1 }],
    skipped: skips.map((code) => ({ checkingAt: begun.checkingAt, ...ends(code) })),
    cancelled: [{ ...ends('cancelled') }],
    needsOperator: [
      { ...begun, unknownSince: now - 16 * minute, lastSeen: seen, attempt: 1 },
      { ...begun, unknownSince: now - 16 * minute, lastSeen: { ...seen, isActionRunning: true }, attempt: 1 },
      { ...built, unknownSince: now - 16 * minute, missingSince: now - 20 * minute, attempt: 1 },
    ],
  };
  const items = itemStates.flatMap((state) => of[state].map((changes) => sampleItem({ ...changes, state }, outside)));
  return [...items, ...items.map((item) => ({ ...item, attempt: item.attempt + 1 }))];
}

/** Every state of a request with the approvals, decisions and times that belong to it; for oneself and for another. */
export function sampleRequests(outside: Outside = ordinary): Request[] {
  const { request } = aView({}, outside);
  const ivan: PersonRef = { id: uuid(3), name: outside.name };
  const decision: Decision = {
    by: ivan,
    verdict: 'approve',
    comment: outside.words,
    asApprover: true,
    asAdmin: false,
    revision: 1,
    at: now - 18 * minute,
  };
  const of: Partial<Record<RequestState, Partial<Request>[]>> = {
    draft: [{ code: null, submittedAt: null, reason: null }],
    awaitingApproval: [
      {},
      { approval: { needed: 2, byAdmin: false, rule: 'x' }, decisions: [decision] },
      { approval: { needed: 1, byAdmin: true, rule: 'x' } },
      { approval: { needed: 2, byAdmin: true, rule: 'x' }, decisions: [decision] },
    ],
    approved: [
      { decisions: [decision], approvedAt: decision.at, expiresAt: null },
      { approval: { needed: 0, byAdmin: false, rule: 'x' }, approvedAt: now - 22 * minute, expiresAt: null },
    ],
    declined: [{ decisions: [{ ...decision, verdict: 'decline' }], endedAt: decision.at, expiresAt: null }],
    cancelled: [{ cancelledBy: ivan, endedAt: decision.at }, { endedAt: decision.at }],
    expired: [{ endedAt: now, expiresAt: null }],
  };
  const ended = { decisions: [decision], approvedAt: decision.at, endedAt: now - minute };
  const own = requestStates.flatMap((state) =>
    (of[state] ?? [ended]).map((changes) => ({ ...request, ...changes, state })),
  );
  const owner = { id: uuid(2), name: outside.owner };
  return [...own, ...own.map((one) => ({ ...one, owner }))];
}

export const audiences: readonly Audience[] = ['requester', 'owner', 'channel'];

/** Each request state × item state with flags × audience, possible or not: all must have a face. */
export function* requestViews(outside: Outside = ordinary): Generator<CardView & { card: 'request' }> {
  const items = [...sampleItems(outside), null];
  for (const request of sampleRequests(outside)) {
    for (const item of items) {
      for (const audience of audiences) {
        yield { card: 'request', audience, view: aView({ request, item }, outside) };
      }
    }
    for (const changes of [{ hasChannel: false }, { startsPaused: true }, { usual: null, ownerUnreached: true }]) {
      for (const audience of audiences) {
        yield { card: 'request', audience, view: aView({ request, ...changes }, outside) };
      }
    }
  }
}

export const noticeKinds: readonly NoticeKind[] = [
  'started',
  'ready',
  'readyWithWarnings',
  'failed',
  'notStarted',
  'skipped',
  'closed',
  'declined',
  'expired',
  'cancelled',
  'slow',
  'timedOut',
  'needsOperator',
  'noChannel',
  'approvalReminder',
  'approvalEscalation',
];
export const mailKinds = [
  'started',
  'ready',
  'readyWithWarnings',
  'failed',
  'notStarted',
  'closed',
] as const satisfies readonly MailKind[];

/** Every view besides those that follow a request. */
export function* formViews(outside: Outside = ordinary): Generator<CardView> {
  yield* confirmViews(outside);
  yield* chooseViews(outside);
  yield* cannotViews(outside);
  yield* listViews(outside);
  yield* noticeViews(outside);
  const view = aView({ item: sampleItems(outside).find((item) => item.state === 'needsOperator') ?? null }, outside);
  yield { card: 'confirmResend', view };
  yield { card: 'confirmResend', view: { ...view, item: view.item && { ...view.item, lastSeen: null } } };
  for (const request of sampleRequests(outside)) yield { card: 'decline', view: aView({ request }, outside) };
  for (const admin of [true, false]) {
    for (const approver of [true, false]) yield { card: 'help', roles: { admin, approver, vip: false } };
  }
  yield* checkViews(outside);
  yield { card: 'welcome', place: 'personal' };
  yield { card: 'welcome', place: 'team' };
  for (const text of ['cancelled', 'expired', 'started'] as const) yield { card: 'closed', text };
}

/** A licence group with two licences, another that cannot be written, and Frontline: free, full, wrong. */
function ofWindows365({ name, words }: Outside): Partial<SetupFindings['graph']> {
  const key = 'windows365.licenceGroups';
  const { skus } = graphFindings();
  const sku = 'value' in skus ? skus.value : [];
  const assignedLicences = ['sku-1', 'sku-2'].map((skuId) => ({ skuId, disabledPlans: [] }));
  const group = { ...aGroup(uuid(1), name), assignedLicences };
  const assignments = [1, 2, 3].map((n) => ({ groupId: uuid(n), servicePlanId: `${words}${n}` }));
  const policy = { id: words, name: words, provisioningType: 'sharedByUser', imageName: null, assignments };
  const plans = [1, 2].map((n) => ({ id: `${words}${n}`, name: words, totalCount: 2, usedCount: n }));
  const finding = { name: words, policies: { value: [policy] }, plans: { value: plans } };
  return {
    skus: { value: sku.flatMap((one) => [one, { ...one, skuId: 'sku-2', partNumber: `CPC_${words}` }]) },
    namedGroups: [
      { key, name: words, groups: { value: [group] } },
      { key, name: words, groups: { value: [{ ...group, assignedLicences: assignedLicences.slice(1) }] } },
      { key, name: words, groups: { value: [{ ...group, isDynamic: true }] } },
    ],
    frontline: [finding, { ...finding, policies: { value: [policy, policy] } }],
  };
}

/** All is well; each thing missing; nothing to be known; and more of everything than fits. */
function* checkViews(outside: Outside): Generator<CardView> {
  const { name, words } = outside;
  const policy: Policy = { ...aPolicy, mail: { ...aPolicy.mail, from: words } };
  const card = (findings: SetupFindings): CardView => ({ card: 'check', rows: toRows(findings, policy), now });
  const role = { ...aRoleGroup('admins', name), groupId: words };
  const named = (count: number) => {
    const groups = { value: Array.from({ length: count }, (_, n) => aGroup(uuid(n), name)) };
    return { key: 'windows365.provisioningGroup', name: words, groups };
  };
  const many = <T>(one: T, count: number): T[] => Array.from({ length: count }, () => one);
  const { probes } = graphFindings();
  yield card(setupFindings());
  yield card(
    setupFindings(
      {
        roles: { value: [] },
        probes: { ...probes, inCatalog: { value: false }, clockAheadMs: 90_000 },
        sender: { value: null },
        troubleSince: now,
      },
      {
        kind: 'asked',
        channel: { ...aChannel, channelName: name, blockedAt: now },
        startsPaused: true,
        mailsLost: 1,
        ms: 4,
      },
    ),
  );
  const none = { ...probes, taken: {} };
  yield card(setupFindings({ roles: { value: null }, probes: none }, { kind: 'notAsked', why: 'held' }));
  yield card(setupFindings({ roles: refusedFor(words) }, { kind: 'notAsked', why: 'away' }));
  const gone = { ...role, group: { value: null } };
  const groups = [...many(gone, 20), ...many({ ...role, group: refusedFor('GroupMember.Read.All') }, 20)];
  yield card(setupFindings(ofWindows365(outside)));
  yield card(
    setupFindings({ roleGroups: groups, namedGroups: [...many(named(0), 3), named(2), ...many(named(1), 40)] }),
  );
}

function* confirmViews(outside: Outside): Generator<CardView> {
  const confirm: Extract<CardView, { card: 'confirmReprovision' }> = {
    card: 'confirmReprovision',
    requestId: uuid(42),
    revision: 1,
    pc: samplePc(outside),
    forOwner: null,
    needsApproval: true,
    choices: { osVersions: [], accountTypes: [] },
    usual: { fromMinutes: 38, toMinutes: 62, count: 20 },
    mail: { offered: true, preset: true, mayWriteText: false },
    isInOwnName: false,
    now,
  };
  yield confirm;
  yield {
    ...confirm,
    forOwner: { id: uuid(2), name: outside.owner },
    needsApproval: false,
    usual: null,
    choices: { osVersions: ['windows10', 'windows11'], accountTypes: ['standardUser', 'administrator'] },
    mail: { offered: true, preset: false, mayWriteText: true },
  };
  yield { ...confirm, mail: { offered: false, preset: true, mayWriteText: true }, pc: samplePc(outside, nothingKnown) };
  yield { ...confirm, pc: samplePc(outside, { kind: 'frontline' }) };
  yield { ...confirm, pc: samplePc(outside, { kind: 'reserve' }) };
  yield { ...confirm, isInOwnName: true };
  yield { ...confirm, isInOwnName: true, choices: { osVersions: ['windows10', 'windows11'], accountTypes: [] } };
}

const nothingKnown: Partial<CloudPc> = {
  servicePlanName: null,
  policyName: null,
  imageName: null,
  provisionedAt: null,
  lastSignInAt: null,
  lastSignOutAt: null,
};

function* chooseViews(outside: Outside): Generator<CardView> {
  const reasons = ['grace', 'busy', 'actionRunning', 'notOffered', 'notPersonal', 'running', 'cooldown'] as const;
  const notNow = reasons.map((reason) => ({ pc: samplePc(outside), code: null, reason }));
  const choose = { card: 'chooseCloudPc' as const, requestId: uuid(42), revision: 1, forOwner: null, now };
  yield { ...choose, choices: [samplePc(outside), samplePc(outside, nothingKnown)], notNow };
  yield { ...choose, choices: [], notNow: [{ pc: samplePc(outside), code: 'R-1040', reason: 'running' }] };
  yield { ...choose, forOwner: { id: uuid(2), name: outside.owner }, choices: [samplePc(outside)], notNow: [] };
  const people = Array.from({ length: 20 }, (_, n) => ({ id: uuid(n), name: outside.name, upn: outside.words }));
  yield { card: 'choosePerson', operation: 'reprovision', people, hasMore: true };
  yield { card: 'choosePerson', operation: 'reprovision', people: people.slice(0, 1), hasMore: false };
}

function* cannotViews(outside: Outside): Generator<CardView> {
  const { pc } = outside;
  const of = { requestId: uuid(42), revision: 1, code: 'R-1042', pc };
  const who = { id: uuid(1), name: outside.name };
  const notNow = ['grace', 'busy', 'actionRunning', 'notOffered', 'notPersonal'] as const satisfies ReturnType<
    typeof whyNotNow
  >[];
  const reasons: CannotReason[] = [
    { type: 'none', owner: null },
    { type: 'none', owner: who },
    { type: 'running', ...of, who, since: now - hour },
    { type: 'runningUnknown', pc },
    { type: 'cooldown', ...of, endedAt: now - hour, from: now + 23 * hour, hours: 24 },
    ...notNow.map((reason) => ({ type: 'notNow' as const, pc, reason, until: reason === 'grace' ? now + day : null })),
    { type: 'resetDisabled', pc },
  ];
  for (const reason of reasons) yield { card: 'cannotReprovision', reason, now };
}

function* listViews(outside: Outside): Generator<CardView> {
  const statuses = ['provisioned', 'provisionedWithWarnings', 'failed', 'inGracePeriod', 'somethingNew'];
  const running = { requestId: uuid(42), code: 'R-1042', revision: 1, since: now - 26 * hour };
  const lines = statuses.map((status, n) => ({
    pc: samplePc(outside, { status }),
    running: n === 1 ? running : null,
    mayAsk: n % 2 === 0,
  }));
  yield { card: 'cloudPcs', lines: lines.slice(0, 3), page: 2, pages: 3, total: 7, now };
  yield { card: 'cloudPcs', lines: lines.slice(3), page: 1, pages: 1, total: 2, now };
  yield { card: 'cloudPcs', lines: [], page: 1, pages: 1, total: 0, now };
  const requests = requestStates.map((state, n) => ({
    requestId: uuid(n),
    code: `R-${1000 + n}`,
    revision: 2,
    cloudPcName: outside.pc,
    operation: 'reprovision' as const,
    bulkSize: n % 3 === 1 ? 43 : null,
    requester: { id: uuid(1), name: outside.name },
    owner: { id: uuid(2), name: outside.owner },
    submittedAt: now - n * 40 * hour,
    state,
    needsOperator: state === 'running',
  }));
  yield {
    card: 'requests',
    lines: requests.slice(0, 7),
    filter: 'all',
    page: 2,
    pages: 6,
    total: 43,
    warnings: ['startsPaused', 'noChannel'],
    now,
  };
  yield { card: 'requests', lines: requests.slice(3), filter: 'mine', page: 1, pages: 1, total: 7, warnings: [], now };
  yield { card: 'requests', lines: [], filter: 'failed', page: 1, pages: 1, total: 0, warnings: [], now };
  const entries = historyActions.map((action, n) => ({
    at: now - (historyActions.length - n) * 5 * hour,
    actor: n % 2 === 0 ? { id: uuid(1), name: outside.name } : null,
    action,
    words: n % 3 === 0 ? outside.words : null,
    values: { ...historyValues, pc: n % 2 === 0 ? outside.pc : '' },
  }));
  for (let page = 1; page * 15 <= entries.length + 14; page++) {
    const part = entries.slice((page - 1) * 15, page * 15).map((entry) => ({ ...entry, words: outside.words }));
    yield { card: 'history', view: aView({}, outside), entries: part, page, pages: 4, total: entries.length };
  }
}

const historyValues = { hold: 'bulk', wave: 2, size: 25, code: 'R-1060', choice: 'treatAsStarted', n: 3 };

export const historyActions: readonly string[] = [
  ...[
    'submitted',
    'approvalGiven',
    'approved',
    'declined',
    'expired',
    'cancelled',
    'draftClosed',
    'running',
    'ended',
    'noChannel',
    'bulkPaused',
    'bulkResumed',
    'bulkStopped',
    'bulkWayGone',
    'waveBegan',
    'waveEnded',
    'retried',
    'retries',
    'settled',
    'takenMeanwhile',
  ].map((news) => `request.${news}`),
  ...['checking', 'held', 'starting', 'building', 'givenBack', 'unknown', 'slow', 'missing', 'adopted', 'ready'].map(
    itemAction,
  ),
  ...['readyWithWarnings', 'failed', 'notStarted', 'skipped', 'timedOut', 'needsOperator', 'startAgain'].map(
    itemAction,
  ),
  ...['treatedAsStarted', 'closed', 'cancelled', 'needsSignIn', 'signedIn'].map(itemAction),
  'something.newer',
];

function itemAction(news: string): string {
  return `item.${news}`;
}

function* noticeViews(outside: Outside): Generator<CardView> {
  const requests = sampleRequests(outside).filter(({ state }) => state === 'running' || state === 'declined');
  for (const notice of noticeKinds) {
    for (const audience of audiences) {
      for (const request of requests) {
        for (const item of noticeItems(notice, outside)) {
          for (const usual of [null, { fromMinutes: 38, toMinutes: 62, count: 20 }]) {
            const view = aView({ request, item, usual, ownerUnreached: true }, outside);
            yield { card: 'notice', notice, audience, view };
          }
        }
      }
    }
  }
}

/** The items that such a notice may be about, and one that it never is. */
export function noticeItems(notice: NoticeKind, outside: Outside = ordinary): Item[] {
  const items = sampleItems(outside);
  const fitting = items.filter(({ state, outcome }) => state === notice || outcome?.code === notice);
  return [...(fitting.length > 6 ? [...fitting.slice(0, 2), ...fitting.slice(-1)] : fitting), ...items.slice(0, 1)];
}
