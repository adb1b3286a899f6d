// One table: what the card of a request that assigns Windows 365 or takes it back shows, by situation and side.
import { isFinishedPerson, type PersonItem, type PersonStep } from '../domain/person-item.ts';
import { approvalsOf } from '../domain/request.ts';
import type { Audience, RequestView } from '../domain/views.ts';
import { fateOf, undoOf } from '../locales/person-outcome.ts';
import { type Face, type FaceButton, type Row, sideOf } from './request-faces.ts';
import type { Tone } from './tone.ts';

/** Text and buttons of one side; `null`: the text of one's own card. */
type Looks = readonly [text: string | null, ...buttons: FaceButton[]];

/** Keys of texts are written whole. Sides that are left out see what `self` sees. */
function row(
  tone: Tone,
  title: string,
  self: readonly [string, ...FaceButton[]],
  other: { requester?: Looks; owner?: Looks; channel?: Looks | Face } = {},
): Row {
  const face = ([text, ...buttons]: Looks): Face => ({
    template: 'progress',
    tone,
    title,
    text: text ?? self[0],
    buttons,
  });
  const { requester = self, owner = self, channel = self } = other;
  return {
    self: face(self),
    requester: face(requester),
    owner: face(owner),
    channel: 'template' in channel ? channel : face(channel),
  };
}

function approval(tone: Tone, title: string, text: string, ...buttons: FaceButton[]): Face {
  return { template: 'approval', tone, title, text, buttons };
}

const open = (text: string) => approval('ask', 'approval.open', `approval.${text}`, 'approve', 'decline', 'history');
const waitingOwner: Looks = ['personCard.waitingTextOwner'];
const waiting = (text: string, channelText: string) =>
  row('wait', 'progress.waiting', [`personCard.${text}`, 'cancel'], {
    owner: waitingOwner,
    channel: open(channelText),
  });

/** On the way: the person and whoever asked only look on. */
const going = (title: string, text: string, tone: Tone = 'go') =>
  row(tone, `personCard.${title}`, [`personCard.${text}`], {
    requester: [null, 'history'],
    channel: [null, 'history'],
  });

/** Over, and not well: whoever asked can do so again. */
const over = (tone: Tone, title: string, text: string, ...buttons: FaceButton[]) =>
  row(tone, `personCard.${title}`, [`personCard.${text}`, ...buttons, 'history'], {
    owner: [null],
    channel: [null, 'history'],
  });

const outOfSeats = (text: string, ownText: string) =>
  row('warn', 'personCard.outOfSeats', [`personCard.${ownText}`, 'lookAgain', 'history'], {
    requester: [`personCard.${text}`, 'lookAgain', 'history'],
    owner: [`personCard.${ownText}`],
    channel: [`personCard.${text}`, 'lookAgain', 'history'],
  });

const takenBack = (text: string, ownerText = text) =>
  row('good', 'personCard.unassigned', [`personCard.${ownerText}`, 'history'], {
    requester: [`personCard.${text}`, 'history'],
    owner: [`personCard.${ownerText}`],
    channel: [`personCard.${text}`, 'history'],
  });

const queued = (channel: Face) =>
  row('wait', 'progress.queued', ['personCard.queuedText', 'cancel'], {
    owner: ['personCard.queuedTextOther'],
    channel,
  });

export const personFaces = {
  draft: row('wait', 'progress.draft', ['progress.draftText']),
  waiting: waiting('waitingText', 'openText'),
  waitingPart: waiting('waitingPartText', 'openPartText'),
  waitingVip: waiting('waitingText', 'openVipText'),
  waitingVipPart: waiting('waitingPartText', 'openVipPartText'),
  noChannel: row('warn', 'progress.noChannel', ['progress.noChannelText', 'cancel'], {
    owner: waitingOwner,
    channel: open('openText'),
  }),
  queued: queued(approval('good', 'approval.approved', 'personCard.approvedText', 'history')),
  queuedDirect: queued(approval('wait', 'approval.direct', 'personCard.directText', 'history')),
  queuedPaused: row('wait', 'progress.paused', ['progress.pausedTextYou', 'cancel'], {
    owner: ['progress.pausedText'],
    channel: approval('wait', 'progress.paused', 'progress.pausedText', 'history'),
  }),
  checking: row('go', 'progress.checking', ['personCard.checkingText', 'cancel'], {
    owner: ['personCard.checkingTextOther'],
    channel: ['personCard.checkingTextOther', 'history'],
  }),
  paused: row('wait', 'progress.paused', ['progress.pausedTextYou', 'cancel'], {
    owner: ['progress.pausedText'],
    channel: ['progress.pausedText', 'history'],
  }),
  heldGraph: row('wait', 'progress.heldGraph', ['personCard.heldGraphText', 'cancel'], {
    owner: [null],
    channel: [null, 'history'],
  }),
  /** Something was changed already. */
  heldGraphAgain: row('wait', 'progress.heldGraph', ['progress.heldGraphAgainText'], { channel: [null, 'history'] }),

  joining: row('go', 'personCard.joining', ['personCard.joiningText'], {
    requester: ['personCard.joiningTextOther', 'history'],
    channel: ['personCard.joiningTextOther', 'history'],
  }),
  awaitingMembership: going('awaitingMembership', 'awaitingMembershipText'),
  awaitingLicence: going('awaitingLicence', 'awaitingLicenceText'),
  awaitingCloudPc: going('awaitingCloudPc', 'awaitingCloudPcText'),
  slowToAppear: going('awaitingCloudPc', 'slowToAppearText', 'warn'),
  building: row('go', 'personCard.building', ['progress.buildingText'], {
    requester: ['progress.buildingTextChannel', 'history'],
    owner: ['progress.buildingTextOwner'],
    channel: ['progress.buildingTextChannel', 'history'],
  }),
  slow: row('warn', 'progress.slow', ['progress.slowText', 'history'], {
    owner: [null],
    channel: ['progress.slowTextChannel', 'history'],
  }),
  undoing: going('undoing', 'undoingText', 'warn'),
  ready: row('good', 'progress.ready', ['personCard.readyText', 'open'], {
    requester: ['personCard.readyTextOther', 'history'],
    channel: ['personCard.readyTextOther', 'history'],
  }),
  readyWithWarnings: row('warn', 'progress.readyWithWarnings', ['progress.readyWithWarningsText', 'open'], {
    requester: ['progress.readyWithWarningsTextRequester', 'history'],
    channel: ['progress.readyWithWarningsTextChannel', 'history'],
  }),

  skipped: over('off', 'skipped', 'skippedText', 'askAgain'),
  outOfSeats: outOfSeats('outOfSeatsText', 'outOfSeatsTextYou'),
  outOfSeatsLate: outOfSeats('outOfSeatsLateText', 'outOfSeatsLateText'),
  outOfSeatsLatePart: outOfSeats('outOfSeatsLatePartText', 'outOfSeatsLatePartText'),
  failed: over('bad', 'failed', 'failedText', 'again'),
  failedPart: over('bad', 'failed', 'failedPartText'),
  failedUnchanged: over('bad', 'failed', 'failedUnchangedText', 'again'),
  unassignFailed: over('bad', 'failed', 'unassignFailedText', 'again'),
  closedByAdmin: row('bad', 'progress.closedByAdmin', ['personCard.closedText', 'history'], {
    owner: [null],
    channel: ['progress.closedByAdminTextChannel', 'history'],
  }),

  leaving: going('leaving', 'leavingText'),
  awaitingGrace: going('awaitingGrace', 'awaitingGraceText'),
  endingGrace: going('endingGrace', 'endingGraceText'),
  graceUnclear: going('graceUnclear', 'graceUnclearText', 'warn'),
  awaitingEnd: going('awaitingEnd', 'awaitingEndText'),
  leavingGroups: going('leavingGroups', 'leavingGroupsText'),
  unassigned: takenBack('unassignedText', 'unassignedTextOwner'),
  unassignedUnknown: takenBack('unassignedUnknownText', 'unassignedUnknownTextOwner'),
  unassignedEnded: takenBack('unassignedEndedText'),
  unassignedNoPc: takenBack('unassignedNoPcText'),
  unassignedWithWarnings: row(
    'warn',
    'personCard.unassignedWithWarnings',
    ['personCard.unassignedWithWarningsText', 'history'],
    { owner: [null] },
  ),
  needsOperator: row('warn', 'progress.needsOperator', ['personCard.needsOperatorText'], {
    channel: ['personCard.needsOperatorTextChannel', 'closePerson', 'endAgain', 'history'],
  }),

  declined: row('off', 'progress.declined', ['bulk.declinedText', 'askAgain'], {
    owner: [null],
    channel: approval('off', 'approval.declined', 'approval.declinedText'),
  }),
  expired: row('off', 'progress.expired', ['progress.expiredText', 'askAgain'], {
    owner: ['progress.expiredTextOwner'],
    channel: approval('off', 'approval.expired', 'approval.expiredText'),
  }),
  cancelled: row('off', 'progress.cancelled', ['bulk.cancelledText'], {
    channel: approval('off', 'approval.cancelled', 'approval.cancelledText'),
  }),
} satisfies Record<string, Row>;

export type PersonSituation = keyof typeof personFaces;

/** Which row it is. Every state of the request has one with every state of its person, and with none. */
export function personSituationOf(view: RequestView): PersonSituation {
  const { request, person } = view;
  switch (request.state) {
    case 'draft':
    case 'declined':
    case 'expired':
    case 'cancelled':
      return request.state;
    case 'awaitingApproval':
      return view.hasChannel ? waitingFor(view) : 'noChannel';
    case 'approved':
    case 'running':
      return person ? ofItem(person.item, view) : queuedFor(view);
    case 'succeeded':
    case 'partlySucceeded':
      if (person && isFinishedPerson(person.item)) return ofItem(person.item, view);
      return request.operation === 'unassign' ? 'unassignedNoPc' : 'ready';
    case 'failed':
      return person && isFinishedPerson(person.item) ? ofItem(person.item, view) : 'closedByAdmin';
  }
}

function waitingFor({ request }: RequestView): PersonSituation {
  const isPart = approvalsOf(request).length > 0;
  if (request.approval.byAdmin) return isPart ? 'waitingVipPart' : 'waitingVip';
  return isPart ? 'waitingPart' : 'waiting';
}

function queuedFor({ request, startsPaused }: RequestView): PersonSituation {
  if (startsPaused) return 'queuedPaused';
  return request.approval.needed > 0 ? 'queued' : 'queuedDirect';
}

function ofItem(item: PersonItem, view: RequestView): PersonSituation {
  switch (item.state) {
    case 'queued':
      return queuedFor(view);
    case 'ready':
    case 'readyWithWarnings':
      return item.operation === 'assign' ? item.state : takenBackOf(item);
    case 'failed':
      return failedOf(item);
    case 'skipped':
      return item.outcome?.code === 'outOfSeats' ? 'outOfSeats' : 'skipped';
    case 'cancelled':
    case 'needsOperator':
      return item.state;
    default:
      return underWay(item);
  }
}

function underWay(item: PersonItem): PersonSituation {
  if (item.hold === 'paused') return 'paused';
  if (item.hold === 'graph') return undoOf(item) === 'unchanged' ? 'heldGraph' : 'heldGraphAgain';
  if (item.unknownSince !== null && item.step === 'awaitEnd') return 'graceUnclear';
  if (item.isSlow && item.step === 'awaitCloudPc') return 'slowToAppear';
  if (item.isSlow && item.step === 'awaitBuild') return 'slow';
  if (item.step === 'leaveOthers') return item.operation === 'assign' ? 'joining' : 'leavingGroups';
  return ofStep[item.step];
}

const ofStep: Readonly<Record<Exclude<PersonStep, 'leaveOthers'>, PersonSituation>> = {
  check: 'checking',
  joinProvisioning: 'joining',
  joinSettings: 'joining',
  awaitMembership: 'awaitingMembership',
  joinEntitlement: 'joining',
  awaitLicence: 'awaitingLicence',
  awaitCloudPc: 'awaitingCloudPc',
  awaitBuild: 'building',
  undo: 'undoing',
  leaveEntitlement: 'leaving',
  awaitGrace: 'awaitingGrace',
  endGrace: 'endingGrace',
  awaitEnd: 'awaitingEnd',
};

function takenBackOf(item: PersonItem): PersonSituation {
  if (item.state === 'readyWithWarnings') return 'unassignedWithWarnings';
  const fates = {
    kept: 'unassigned',
    keptUnknown: 'unassignedUnknown',
    ended: 'unassignedEnded',
    noPc: 'unassignedNoPc',
  } as const;
  return fates[fateOf(item)];
}

function failedOf(item: PersonItem): PersonSituation {
  const undone = undoOf(item);
  if (item.outcome?.code === 'closedByAdmin') return 'closedByAdmin';
  if (item.outcome?.code === 'outOfSeatsLate') return undone === 'some' ? 'outOfSeatsLatePart' : 'outOfSeatsLate';
  if (undone === 'unchanged') return 'failedUnchanged';
  if (item.operation === 'unassign') return 'unassignFailed';
  return undone === 'all' ? 'failed' : 'failedPart';
}

export function personFaceOf(view: RequestView, audience: Audience): Face {
  return personFaces[personSituationOf(view)][sideOf(audience, view.request)];
}
