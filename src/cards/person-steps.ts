// The steps of assigning Windows 365 or taking it back, with the times that were seen.
import type { PersonItem, PersonStep } from '../domain/person-item.ts';
import type { RequestView } from '../domain/views.ts';
import { undoOf } from '../locales/person-outcome.ts';
import { afterDecision, done, ended, ongoing, type Step, toCome } from './request-steps.ts';

const ways: Readonly<Record<PersonItem['operation'], readonly string[]>> = {
  assign: ['groups', 'licence', 'pcBuild', 'ready'],
  unassign: ['takeBack', 'grace', 'leaveGroups', 'finished'],
};
/** Windows 365 gives the size by the group itself: there is no licence to wait for. */
const frontlineWay: readonly string[] = ['groups', 'pcBuild', 'ready'];
const endingWay: readonly string[] = ['takeBack', 'grace', 'endGrace', 'leaveGroups', 'finished'];

export function personStepsOf(view: RequestView): Step[] {
  const item = view.person?.item ?? null;
  const way = item ? wayOf(item) : ways[view.request.operation === 'unassign' ? 'unassign' : 'assign'];
  return afterDecision(view, way, () => (item ? itemSteps(item, way, view) : ['check', ...way].map(toCome)));
}

function wayOf({ operation, order }: PersonItem): readonly string[] {
  if (operation === 'unassign') return order.endsGrace ? endingWay : ways.unassign;
  return order.entitlement.kind === 'frontline' ? frontlineWay : ways.assign;
}

function itemSteps(item: PersonItem, way: readonly string[], view: RequestView): Step[] {
  const isBefore = item.state === 'queued' || item.step === 'check';
  const checked = done('checked', item.startedAt);
  switch (item.state) {
    case 'queued':
      return [ongoing('wait', 'waits', view.request.approvedAt), ...way.map(toCome)];
    case 'skipped':
      return [ended('off', item.outcome?.code === 'outOfSeats' ? 'noSeat' : 'nothingChanged', item.endedAt)];
    case 'cancelled':
      return [ended('off', 'nothingChanged', item.endedAt)];
    case 'ready':
    case 'readyWithWarnings':
      return [checked, ...finishedSteps(item)];
    case 'failed':
      return [checked, ...failedSteps(item)];
    case 'needsOperator':
      return [checked, done('tookBack', item.startedAt), ongoing('warn', 'endUnclear', item.unknownSince)];
    default:
      return isBefore ? [checking(item), ...way.map(toCome)] : [checked, ...runningSteps(item, way)];
  }
}

function checking({ hold, stepSince }: PersonItem): Step {
  return hold ? ongoing('wait', 'waits', stepSince) : ongoing('go', 'checking', stepSince);
}

function finishedSteps(item: PersonItem): Step[] {
  const { operation, order, startedAt, buildingAt, endedAt, state, cloudPc } = item;
  const hasWarning = state === 'readyWithWarnings';
  if (operation === 'assign') {
    const licensed = order.entitlement.kind === 'licence' ? [done('licensed', buildingAt)] : [];
    const built = hasWarning ? ended('warn', 'pcBuilt', endedAt) : done('pcBuilt', endedAt);
    return [done('changed', startedAt), ...licensed, built, done('ready', endedAt)];
  }
  const gone = order.endsGrace ? done('deleted', endedAt) : done('inGrace', endedAt);
  return [
    done('tookBack', startedAt),
    ...(cloudPc && !hasWarning ? [gone] : []),
    hasWarning ? ended('warn', 'finishedWarn', endedAt) : done('finished', endedAt),
  ];
}

function failedSteps(item: PersonItem): Step[] {
  if (item.outcome?.code === 'closedByAdmin') {
    return [done('tookBack', item.startedAt), ended('bad', 'closed', item.endedAt)];
  }
  if (item.operation === 'unassign') return [ended('bad', 'stopped', item.endedAt)];
  const stopped = ended('bad', item.outcome?.code === 'outOfSeatsLate' ? 'noSeat' : 'stopped', item.endedAt);
  switch (undoOf(item)) {
    case 'unchanged':
      return [stopped];
    case 'all':
      return [stopped, done('undone', item.endedAt)];
    case 'some':
      return [stopped, ended('bad', 'notUndone', item.endedAt)];
  }
}

/** Which step of the way each step belongs to, and what it is called while it goes on. */
const places: Readonly<Record<PersonStep, readonly [of: string, going: string]>> = {
  check: ['check', 'checking'],
  joinProvisioning: ['groups', 'changing'],
  joinSettings: ['groups', 'changing'],
  leaveOthers: ['groups', 'changing'],
  awaitMembership: ['groups', 'awaitMembership'],
  joinEntitlement: ['licence', 'awaitLicence'],
  awaitLicence: ['licence', 'awaitLicence'],
  awaitCloudPc: ['pcBuild', 'awaitCloudPc'],
  awaitBuild: ['pcBuild', 'pcBuilding'],
  undo: ['undo', 'undoing'],
  leaveEntitlement: ['takeBack', 'takingBack'],
  awaitGrace: ['grace', 'grace'],
  endGrace: ['endGrace', 'endingGrace'],
  awaitEnd: ['endGrace', 'deleting'],
};

const past: Readonly<Record<string, string>> = {
  groups: 'changed',
  licence: 'licensed',
  takeBack: 'tookBack',
  grace: 'inGrace',
  endGrace: 'deleted',
};

function runningSteps(item: PersonItem, way: readonly string[]): Step[] {
  if (item.step === 'undo') return [ongoing('warn', 'undoing', item.stepSince)];
  const [place, going] = placeOf(item, way);
  const at = way.indexOf(place);
  const isUnclear = item.operation === 'unassign' && item.unknownSince !== null;
  const now = isUnclear
    ? ongoing('warn', 'endUnclear', item.unknownSince)
    : ongoing(item.hold ? 'wait' : 'go', going, item.stepSince);
  const before = way.slice(0, at).map((name) => done(past[name] ?? name, timeOf(item, name)));
  return [...before, now, ...way.slice(at + 1).map(toCome)];
}

function placeOf({ step, operation }: PersonItem, way: readonly string[]): readonly [string, string] {
  if (step === 'leaveOthers' && operation === 'unassign') return ['leaveGroups', 'changing'];
  const place = places[step];
  // Frontline: the group is joined last, and there is no licence beside it.
  return way.includes(place[0]) ? place : [way[0] ?? 'groups', 'changing'];
}

/** Times between the first change and the build are not kept one by one: what is not known says when it began. */
function timeOf({ startedAt, buildingAt, stepSince }: PersonItem, name: string): number | null {
  if (name === 'licence') return buildingAt ?? stepSince;
  return name === 'grace' || name === 'endGrace' ? stepSince : startedAt;
}
