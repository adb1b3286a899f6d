// Every view of a request about somebody's Windows 365: each situation, for oneself and for another, and its forms and notices.

import type { MailKind } from '../../src/domain/mail-views.ts';
import type {
  MembershipChange,
  PersonFailure,
  PersonItem,
  PersonOutcomeCode,
  PersonRefusal,
  PersonStep,
  PinnedGroup,
} from '../../src/domain/person-item.ts';
import type { TicketState } from '../../src/domain/person-views.ts';
import { day, hour, minute } from '../../src/domain/time.ts';
import type { CardView, HistoryEntry, NoticeKind, RequestView } from '../../src/domain/views.ts';
import {
  aFrontlineSize,
  aLicence,
  aPersonItem,
  aPersonOrder,
  licenceGroup,
  provisioningGroup,
  settingsGroup,
} from '../fakes/person-things.ts';
import { audiences, aView, now, type Outside, ordinary, samplePc, sampleRequests, uuid } from './card-samples.ts';

export const refusals: readonly PersonRefusal[] = [
  'notAllowedAnyMore',
  'approvalGone',
  'policyChanged',
  'personGone',
  'personDisabled',
  'noUsageLocation',
  'groupGone',
  'groupRenamed',
  'groupAmbiguous',
  'groupNotWritable',
  'noSku',
  'severalSkus',
  'alreadyHas',
  'hasNone',
  'outOfSeats',
  'otherGroup',
  'cloudPcOfPlan',
  'cloudPcChanged',
  'cloudPcBusy',
  'graphUnavailable',
];

export const failures: readonly PersonFailure[] = [
  'groupRefused',
  'notVisible',
  'licenceRefused',
  'outOfSeatsLate',
  'noLicence',
  'noCloudPc',
  'buildFailed',
  'buildTooLong',
  'graceNotSeen',
  'graceNotEnded',
];

const assignSteps: readonly PersonStep[] = [
  'joinProvisioning',
  'joinSettings',
  'leaveOthers',
  'awaitMembership',
  'joinEntitlement',
  'awaitLicence',
  'awaitCloudPc',
  'awaitBuild',
];
const unassignSteps: readonly PersonStep[] = ['leaveEntitlement', 'awaitGrace', 'endGrace', 'awaitEnd', 'leaveOthers'];

const began = { startedAt: now - 17 * minute, stepSince: now - 12 * minute };
const over = { ...began, endedAt: now - minute };

/** Group names are written by people too. */
function named(group: PinnedGroup, outside: Outside): PinnedGroup {
  return outside === ordinary ? group : { ...group, name: outside.name };
}

function changesOf(states: readonly MembershipChange['state'][], outside: Outside): MembershipChange[] {
  const groups = [provisioningGroup, settingsGroup, licenceGroup].map((group) => named(group, outside));
  return states.map((state, n) => ({
    group: groups[n % groups.length] ?? licenceGroup,
    direction: n === 1 ? 'leave' : 'join',
    state,
  }));
}

function sampleItem(changes: Partial<PersonItem>, outside: Outside): PersonItem {
  const entitlement = { ...aLicence, group: named(aLicence.group, outside) };
  const order = aPersonOrder({
    entitlement,
    provisioning: named(provisioningGroup, outside),
    settings: named(settingsGroup, outside),
    leaves: [named({ ...provisioningGroup, name: 'cfg - Windows 365 - Provisioning - Win10' }, outside)],
    ticket: true,
  });
  const upn = outside === ordinary ? 'cleo@contoso.com' : outside.words;
  const person = { id: uuid(2), name: outside.owner };
  return aPersonItem({ id: uuid(8), requestId: uuid(42), person, upn, order, queuedAt: now - hour, ...changes });
}

/** Every state of somebody who gets Windows 365, with the steps, changes and outcomes that belong to it. */
export function assignItems(outside: Outside = ordinary): PersonItem[] {
  const changes = changesOf(['wasSo', 'done', 'done'], outside);
  const cloudPc = samplePc(outside);
  const detail = { code: outside.code, message: outside.words };
  const ends = (code: PersonOutcomeCode) => ({ ...over, outcome: { code, detail } });
  const undone = changesOf(['undone', 'undone', 'wasSo'], outside);
  const partly = changesOf(['undone', 'notUndone', 'notUndone', 'intended'], outside);
  const seats = { total: 25, used: 25 };
  const frontline = {
    ...aPersonOrder({ entitlement: outside === ordinary ? aFrontlineSize : hostileSize(outside) }),
    provisioning: null,
    settings: null,
  };
  const failed = failures.map((code) => ({ state: 'failed' as const, changes: undone, seats, ...ends(code) }));
  return [
    {},
    { state: 'checking' as const },
    ...(['paused', 'graph'] as const).map((hold) => ({ state: 'checking' as const, hold })),
    ...assignSteps.map((step) => ({ state: 'starting' as const, step, changes, seats, ...began })),
    { state: 'building' as const, step: 'awaitBuild' as const, changes, ...began, buildingAt: now - 12 * minute },
    { state: 'starting' as const, step: 'joinEntitlement' as const, order: frontline, changes, ...began },
    { state: 'building' as const, step: 'awaitCloudPc' as const, order: frontline, changes, ...began },
    { state: 'starting' as const, step: 'awaitLicence' as const, hold: 'graph' as const, changes, ...began },
    ...(['awaitCloudPc', 'awaitBuild'] as const).map((step) => ({
      state: 'building' as const,
      step,
      isSlow: true,
      changes,
      ...began,
      buildingAt: now - 16 * minute,
    })),
    {
      state: 'starting' as const,
      step: 'undo' as const,
      changes,
      failing: { code: 'noLicence' as const, detail },
      ...began,
    },
    { state: 'ready' as const, changes, cloudPc, buildingAt: now - 16 * minute, ...ends('ready') },
    {
      state: 'readyWithWarnings' as const,
      changes,
      cloudPc,
      buildingAt: now - 16 * minute,
      ...ends('readyWithWarnings'),
    },
    ...refusals.map((code) => ({ state: 'skipped' as const, seats, ...ends(code) })),
    ...failed,
    { ...failed[3], state: 'failed' as const, changes: partly },
    { ...failed[2], state: 'failed' as const, changes: partly },
    { ...failed[2], state: 'failed' as const, changes: changesOf(['wasSo'], outside) },
    { state: 'cancelled' as const, ...ends('cancelled') },
    { state: 'needsOperator' as const, ...began, attempt: 1 },
  ].map((one) => sampleItem(one, outside));
}

function hostileSize({ name, plan }: Outside): typeof aFrontlineSize {
  return { ...aFrontlineSize, policyName: name, planName: plan };
}

/** Every state of somebody who loses it. */
export function unassignItems(outside: Outside = ordinary): PersonItem[] {
  const grace = samplePc(outside, { status: 'inGracePeriod', graceEndsAt: now + 6 * day });
  const order = { ...sampleItem({}, outside).order, leaves: [], ticket: false };
  const ending = { ...order, endsGrace: true };
  const detail = { code: outside.code, message: outside.words };
  const ends = (code: PersonOutcomeCode) => ({ ...over, outcome: { code, detail } });
  const left = changesOf(['done', 'wasSo', 'done'], outside).map((one) => ({ ...one, direction: 'leave' as const }));
  const stuck = left.map((one, n) => (n === 0 ? { ...one, state: 'notUndone' as const } : one));
  const unknownSince = now - 20 * minute;
  return [
    {},
    { order: ending },
    { state: 'checking' as const },
    ...[order, ending].flatMap((one) =>
      unassignSteps.map((step) => ({ state: 'starting' as const, step, order: one, changes: left, ...began })),
    ),
    { state: 'building' as const, step: 'awaitEnd' as const, order: ending, unknownSince, changes: left, ...began },
    { state: 'ready' as const, changes: left, ...ends('unassigned') },
    { state: 'ready' as const, changes: left, cloudPc: { ...grace, graceEndsAt: null }, ...ends('unassigned') },
    { state: 'ready' as const, changes: left, order: ending, ...ends('unassigned') },
    { state: 'ready' as const, changes: left, cloudPc: null, ...ends('unassigned') },
    ...(['readyWithWarnings', 'graceNotSeen', 'graceNotEnded'] as const).map((code) => ({
      state: 'readyWithWarnings' as const,
      changes: stuck,
      order: ending,
      ...ends(code),
    })),
    ...(['hasNone', 'otherGroup'] as const).map((code) => ({ state: 'skipped' as const, ...ends(code) })),
    { state: 'failed' as const, changes: stuck, ...ends('groupRefused') },
    { state: 'failed' as const, changes: [], ...ends('groupRefused') },
    { state: 'failed' as const, changes: left, order: ending, attempt: 1, ...ends('closedByAdmin') },
    { state: 'needsOperator' as const, step: 'awaitEnd' as const, order: ending, attempt: 1, unknownSince, ...began },
    { state: 'cancelled' as const, ...ends('cancelled') },
  ].map((one) => sampleItem({ operation: 'unassign', order, cloudPc: grace, ...one }, outside));
}

const tickets: readonly (TicketState | null)[] = [
  null,
  { state: 'pending', to: 'it@contoso.com', at: null, code: 'R-1042' },
  { state: 'sent', to: 'it@contoso.com', at: now - hour, code: 'R-1042' },
  { state: 'sentBefore', to: 'it@contoso.com', at: now - hour, code: 'R-1040' },
  { state: 'failed', to: 'it@contoso.com', at: null, code: 'R-1042' },
];

export function aPersonView(
  item: PersonItem | null,
  changes: Partial<RequestView> = {},
  outside = ordinary,
): RequestView {
  const { request, ...rest } = aView({ item: null, ...changes }, outside);
  const operation = item?.operation ?? (request.operation === 'unassign' ? 'unassign' : 'assign');
  return {
    ...rest,
    request: { ...request, operation, options: { osVersion: null, accountType: null } },
    person: item && { item, ticket: null, mail: request.mail.wanted ? 'failed' : null },
  };
}

/** Each request state × person × audience, possible or not: all must have a face. */
export function* personRequestViews(outside: Outside = ordinary): Generator<CardView & { card: 'request' }> {
  const items = [...assignItems(outside), ...unassignItems(outside)];
  for (const request of sampleRequests(outside)) {
    const mail = { wanted: request.owner.id !== request.requester.id, text: request.code && outside.words };
    for (const operation of ['assign', 'unassign'] as const) {
      const none = aPersonView(null, { request: { ...request, operation } }, outside);
      yield* each(none);
    }
    for (const item of items) yield* each(aPersonView(item, { request: { ...request, mail } }, outside));
    for (const item of [items[0], items.at(-1)]) {
      for (const changes of [{ hasChannel: false }, { startsPaused: true }, { ownerUnreached: true }]) {
        yield* each(aPersonView(item ?? null, { request, ...changes }, outside));
      }
    }
  }
  yield* outOfSeatViews(outside);
}

function* each(view: RequestView): Generator<CardView & { card: 'request' }> {
  for (const audience of audiences) yield { card: 'request', audience, view };
}

function* outOfSeatViews(outside: Outside): Generator<CardView & { card: 'request' }> {
  const request = sampleRequests(outside).find(({ state }) => state === 'failed');
  const item = assignItems(outside).find(({ outcome }) => outcome?.code === 'outOfSeats');
  for (const ticket of tickets) {
    const told = ticket && outside !== ordinary ? { ...ticket, to: outside.words } : ticket;
    if (item) yield* each({ ...aPersonView(item, { request }, outside), person: { item, ticket: told, mail: null } });
  }
}

export const personNoticeKinds: readonly NoticeKind[] = [
  'assigned',
  'assignedWithWarnings',
  'assignFailed',
  'assignSkipped',
  'outOfSeats',
  'unassigned',
  'unassignedWithWarnings',
  'closed',
  'declined',
  'expired',
  'cancelled',
  'slow',
  'needsOperator',
  'noChannel',
  'approvalReminder',
  'approvalEscalation',
];
export const personMailKinds: readonly MailKind[] = ['assigned', 'assignFailed', 'unassigned', 'closed'];

/** Every view besides those that follow a request. */
export function* personFormViews(outside: Outside = ordinary): Generator<CardView> {
  yield* assignForms(outside);
  yield* unassignForms(outside);
  yield* endGraceForms(outside);
  yield* cannotForms(outside);
  yield* personNotices(outside);
  yield* personLists(outside);
}

const person = (outside: Outside) => ({
  id: uuid(2),
  name: outside.owner,
  upn: outside === ordinary ? 'cleo@contoso.com' : outside.words,
});

function* assignForms(outside: Outside): Generator<CardView> {
  const groupName = (n: number) =>
    outside === ordinary ? `cfg - Windows 365 - Provisioning - Win ${n}` : outside.name;
  const groups = (count: number, current: number | null) => ({
    choices: Array.from({ length: count }, (_, n) => ({
      value: uuid(100 + n),
      name: groupName(n),
      isCurrent: n === current,
    })),
    preset: current === null ? null : uuid(100 + current),
    mustKeep: false,
  });
  const licences = Array.from({ length: 80 }, (_, n) => ({
    value: n % 2 === 0 ? uuid(n) : `${uuid(n)}:${uuid(500 + n)}`,
    kind: n % 2 === 0 ? ('licence' as const) : ('frontline' as const),
    name: outside === ordinary ? `lic - Windows 365 Enterprise - size ${n}` : outside.plan,
    free: n % 3,
    total: 25,
  }));
  const form: Extract<CardView, { card: 'assign' }> = {
    card: 'assign',
    requestId: uuid(42),
    revision: 1,
    person: person(outside),
    isSelf: false,
    has: [],
    entitlements: licences.slice(0, 2),
    chosen: null,
    provisioning: groups(2, null),
    settings: groups(2, 1),
    mail: { offered: true, preset: true, mayWriteText: true },
    offersTicket: true,
    needsApproval: false,
    problem: null,
    written: null,
    now,
  };
  yield form;
  yield { ...form, isSelf: true, needsApproval: true, offersTicket: false, has: [outside.pc, outside.plan] };
  yield { ...form, entitlements: licences.slice(0, 1), provisioning: null, settings: null };
  yield { ...form, mail: { ...form.mail, mayWriteText: false }, settings: { ...groups(3, 2), mustKeep: true } };
  yield {
    ...form,
    has: Array.from({ length: 9 }, () => outside.pc),
    entitlements: licences,
    chosen: licences.at(-1)?.value ?? null,
    provisioning: groups(90, 80),
    settings: groups(90, null),
    mail: { ...form.mail, offered: false },
    problem: { text: 'error.groupNotFound', values: { name: outside.words } },
    written: { reason: outside.words, mail: true, mailText: outside.words, ticket: false },
  };
}

function* endGraceForms(outside: Outside): Generator<CardView> {
  const item = unassignItems(outside).find(({ state }) => state === 'needsOperator');
  if (item) yield { card: 'confirmEndGrace', view: aPersonView(item, {}, outside) };
}

function* unassignForms(outside: Outside): Generator<CardView> {
  const choice = (n: number) => ({ value: uuid(n), name: outside.plan, cloudPcName: n % 2 === 0 ? outside.pc : null });
  const form: Extract<CardView, { card: 'unassign' }> = {
    card: 'unassign',
    requestId: uuid(42),
    revision: 1,
    person: person(outside),
    choices: [choice(2)],
    graceHours: 168,
    offersEndGrace: true,
    mail: { offered: true, preset: true, mayWriteText: true },
    needsApproval: false,
    problem: null,
    written: null,
    now,
  };
  yield form;
  yield { ...form, choices: [choice(1)], graceHours: null, offersEndGrace: false, needsApproval: true };
  yield {
    ...form,
    choices: Array.from({ length: 25 }, (_, n) => choice(n)),
    graceHours: 25,
    mail: { offered: true, preset: false, mayWriteText: false },
    problem: { text: 'error.groupNotFound', values: { name: outside.words } },
    written: { reason: outside.words, mail: false, mailText: outside.words, licence: uuid(3) },
  };
  yield { ...form, mail: { ...form.mail, offered: false } };
}

function* cannotForms(outside: Outside): Generator<CardView> {
  const form = { card: 'cannotAssign' as const, person: person(outside), now };
  yield { ...form, reason: { type: 'running', requestId: uuid(42), revision: 1, code: 'R-1042' } };
  for (const type of ['runningUnknown', 'hasNone', 'nothingOffered'] as const) yield { ...form, reason: { type } };
}

/** The people that such a notice may be about. */
export function personNoticeItems(notice: NoticeKind, outside: Outside = ordinary): PersonItem[] {
  const all = [...assignItems(outside), ...unassignItems(outside)];
  const isOf: Partial<Record<NoticeKind, (item: PersonItem) => boolean>> = {
    assigned: ({ state, operation }) => state === 'ready' && operation === 'assign',
    assignedWithWarnings: ({ state, operation }) => state === 'readyWithWarnings' && operation === 'assign',
    assignFailed: ({ state }) => state === 'failed',
    assignSkipped: ({ state }) => state === 'skipped',
    outOfSeats: ({ outcome }) => /^outOfSeats/.test(outcome?.code ?? ''),
    unassigned: ({ state, operation }) => state === 'ready' && operation === 'unassign',
    unassignedWithWarnings: ({ state, operation }) => state === 'readyWithWarnings' && operation === 'unassign',
    closed: ({ outcome }) => outcome?.code === 'closedByAdmin',
    needsOperator: ({ state, operation }) => state === 'needsOperator' && operation === 'unassign',
  };
  return all.filter(isOf[notice] ?? (({ state }) => state === 'queued'));
}

function* personNotices(outside: Outside): Generator<CardView> {
  const requests = sampleRequests(outside).filter(({ state }) => state === 'running' || state === 'declined');
  for (const notice of personNoticeKinds) {
    for (const item of personNoticeItems(notice, outside)) {
      for (const request of requests) {
        const view = aPersonView(item, { request, ownerUnreached: true }, outside);
        for (const audience of audiences) yield { card: 'notice', notice, audience, view };
      }
    }
  }
}

export const personHistoryNews: readonly string[] = [
  'checking',
  'held',
  'joining',
  'joined',
  'left',
  'licensed',
  'building',
  'undoing',
  'undone',
  'notUndone',
  'outOfSeats',
  'outOfSeatsLate',
  'assigned',
  'unassigned',
  'graceEnding',
  'graceEnded',
  'needsOperator',
  'ticketOrdered',
  'ticketSentBefore',
  'ticketFurtherCase',
  'skipped',
  'failed',
  'closed',
  'startAgain',
];

function* personLists(outside: Outside): Generator<CardView> {
  const [item = null] = assignItems(outside);
  const view = aPersonView(item, {}, outside);
  const entries = [...personHistoryNews, 'cancelled', 'somethingNewer'].map(
    (news, n): HistoryEntry => ({
      at: now - n * minute,
      actor: n % 2 === 0 ? { id: uuid(1), name: outside.name } : null,
      action: `item.${news}`,
      words: outside.words,
      values: n % 4 === 0 ? {} : { group: outside.name, code: 'R-1040', hold: 'graph' },
    }),
  );
  for (const page of [1, 2]) {
    const part = entries.slice((page - 1) * 15, page * 15);
    yield { card: 'history', view, entries: part, page, pages: 2, total: entries.length };
  }
  yield { card: 'decline', view };
  yield { card: 'decline', view: aPersonView(unassignItems(outside)[1] ?? null, {}, outside) };
  const line = { requestId: uuid(42), revision: 1, cloudPcName: '', bulkSize: null, submittedAt: now - hour };
  const lines = (['assign', 'unassign'] as const).map((operation) => ({
    ...line,
    code: 'R-1042',
    operation,
    requester: { id: uuid(1), name: outside.name },
    owner: { id: uuid(2), name: outside.owner },
    state: 'running' as const,
    needsOperator: operation === 'unassign',
  }));
  yield { card: 'requests', lines, filter: 'all', page: 1, pages: 1, total: 2, warnings: [], now };
}
