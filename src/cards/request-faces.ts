// One table: what a request's card shows, by situation (request state, item state and its flags) and side (who reads it).
import { type Item, isFinished } from '../domain/item.ts';
import { isForAnother } from '../domain/notices.ts';
import { approvalsOf, type Request } from '../domain/request.ts';
import type { Audience, RequestView } from '../domain/views.ts';
import type { Tone } from './tone.ts';

/** The requester reads as `self` when it is the own Cloud PC. */
export type Side = 'self' | 'requester' | 'owner' | 'channel';
export const sides: readonly Side[] = ['self', 'requester', 'owner', 'channel'];

export function sideOf(audience: Audience, request: Pick<Request, 'requester' | 'owner' | 'bulk'>): Side {
  return audience === 'requester' && !isForAnother(request) ? 'self' : audience;
}

export type FaceButton =
  | 'approve'
  | 'decline'
  | 'cancel'
  | 'open'
  | 'history'
  | 'again'
  | 'askAgain'
  | 'check'
  | 'close'
  | 'treatAsStarted'
  | 'resend'
  | 'signIn'
  /** Of requests about a person. */
  | 'lookAgain'
  | 'endAgain'
  | 'closePerson';

export interface Face {
  template: 'approval' | 'progress';
  tone: Tone;
  /** Keys of texts, filled from `requestValues`. */
  title: string;
  text: string;
  buttons: readonly FaceButton[];
}

export type Row = Readonly<Record<Side, Face>>;

/** Text and buttons of one side, where they differ from one's own card. */
type Differing = readonly [text: string | null, ...buttons: FaceButton[]];

function row(
  tone: Tone,
  title: string,
  [text, ...buttons]: readonly [string, ...FaceButton[]],
  other: Partial<Record<Exclude<Side, 'self'>, Differing>> & { approval?: Face } = {},
): Row {
  const self: Face = { template: 'progress', tone, title: `progress.${title}`, text: `progress.${text}`, buttons };
  const differ = (differing: Differing | undefined): Face => {
    if (!differing) return self;
    const [otherText, ...otherButtons] = differing;
    return { ...self, text: otherText === null ? self.text : `progress.${otherText}`, buttons: otherButtons };
  };
  return {
    self,
    requester: differ(other.requester),
    owner: differ(other.owner),
    channel: other.approval ?? differ(other.channel),
  };
}

function approval(tone: Tone, title: string, text: string, ...buttons: FaceButton[]): Face {
  return { template: 'approval', tone, title: `approval.${title}`, text: `approval.${text}`, buttons };
}

const open = (text: string) => approval('ask', 'open', text, 'approve', 'decline', 'history');
const waiting = (selfText: string, channelText: string) =>
  row('wait', 'waiting', [selfText, 'cancel'], { owner: ['waitingOwnerText'], approval: open(channelText) });

export const requestFaces = {
  draft: row('wait', 'draft', ['draftText']),
  waiting: waiting('waitingText', 'openText'),
  waitingPart: waiting('waitingPartText', 'openPartText'),
  waitingVip: waiting('waitingText', 'openVipText'),
  waitingVipPart: waiting('waitingPartText', 'openVipPartText'),
  noChannel: row('warn', 'noChannel', ['noChannelText', 'cancel'], {
    owner: ['waitingOwnerText'],
    approval: open('openText'),
  }),
  queued: row('wait', 'queued', ['queuedText', 'cancel'], {
    owner: ['queuedTextOwner'],
    approval: approval('good', 'approved', 'approvedText', 'history'),
  }),
  queuedDirect: row('wait', 'queued', ['queuedText', 'cancel'], {
    owner: ['queuedTextOwner'],
    approval: approval('wait', 'direct', 'directText', 'history'),
  }),
  /** One of many, before its wave. */
  queuedBulk: row('wait', 'queuedBulk', ['queuedBulkText'], {
    owner: ['queuedBulkTextOwner'],
    channel: ['queuedBulkText', 'history'],
  }),
  queuedPaused: row('wait', 'paused', ['pausedTextYou', 'cancel'], {
    owner: ['pausedText'],
    approval: { ...approval('wait', '', '', 'history'), title: 'progress.paused', text: 'progress.pausedText' },
  }),
  checking: row('go', 'checking', ['checkingText', 'cancel'], {
    owner: ['checkingTextOwner'],
    channel: ['checkingTextChannel', 'history'],
  }),
  checkingAgain: row('go', 'checking', ['checkingAgainText'], { channel: [null, 'history'] }),
  paused: row('wait', 'paused', ['pausedTextYou', 'cancel'], {
    owner: ['pausedText'],
    channel: ['pausedText', 'history'],
  }),
  heldQuota: row('wait', 'heldQuota', ['heldQuotaText', 'cancel'], { owner: [null], channel: [null, 'history'] }),
  heldGraph: row('wait', 'heldGraph', ['heldGraphText', 'cancel'], { owner: [null], channel: [null, 'history'] }),
  heldGraphAgain: row('wait', 'heldGraph', ['heldGraphAgainText'], { channel: [null, 'history'] }),
  heldBulk: row('wait', 'heldBulk', ['heldBulkText'], { channel: [null, 'history'] }),
  heldBulkAgain: row('wait', 'heldBulk', ['heldBulkAgainText'], { channel: [null, 'history'] }),
  needsSignIn: row('ask', 'signIn', ['signInText', 'signIn', 'cancel'], {
    channel: ['signInTextChannel', 'history'],
  }),
  needsSignInAgain: row('ask', 'signIn', ['signInAgainText', 'signIn'], {
    channel: ['signInTextChannel', 'close', 'history'],
  }),
  starting: row('go', 'starting', ['startingText'], { channel: [null, 'history'] }),
  unclear: row('warn', 'unclear', ['unclearText'], { channel: ['unclearTextChannel', 'history'] }),
  building: row('go', 'building', ['buildingText'], {
    requester: ['buildingTextChannel', 'history'],
    owner: ['buildingTextOwner'],
    channel: ['buildingTextChannel', 'history'],
  }),
  slow: row('warn', 'slow', ['slowText', 'history'], { owner: [null], channel: ['slowTextChannel', 'history'] }),
  ready: row('good', 'ready', ['readyText', 'open'], {
    requester: ['readyTextRequester', 'history'],
    channel: ['readyTextChannel', 'history'],
  }),
  readyWithWarnings: row('warn', 'readyWithWarnings', ['readyWithWarningsText', 'open'], {
    requester: ['readyWithWarningsTextRequester', 'history'],
    channel: ['readyWithWarningsTextChannel', 'history'],
  }),
  failed: row('bad', 'failed', ['failedText', 'again', 'history'], {
    owner: [null],
    channel: ['failedTextChannel', 'history'],
  }),
  notStarted: row('bad', 'notStarted', ['notStartedText', 'again', 'history'], {
    owner: [null],
    channel: [null, 'history'],
  }),
  notStartedAgain: row('bad', 'notStarted', ['notStartedAgainText', 'history'], { owner: [null] }),
  skipped: row('off', 'skipped', ['skippedText', 'askAgain', 'history'], { owner: [null], channel: [null, 'history'] }),
  skippedAgain: row('warn', 'skipped', ['skippedAgainText', 'history'], { owner: [null] }),
  closedByAdmin: row('bad', 'closedByAdmin', ['closedByAdminText', 'history'], {
    owner: [null],
    channel: ['closedByAdminTextChannel', 'history'],
  }),
  timedOut: row('warn', 'timedOut', ['timedOutText', 'history'], {
    owner: [null],
    channel: ['timedOutTextChannel', 'check', 'close', 'history'],
  }),
  needsOperator: row('warn', 'needsOperator', ['needsOperatorText'], {
    channel: ['needsOperatorTextChannel', 'check', 'close', 'treatAsStarted', 'resend'],
  }),
  needsOperatorGone: row('warn', 'needsOperator', ['needsOperatorGoneText'], {
    channel: ['needsOperatorGoneTextChannel', 'check', 'close', 'treatAsStarted', 'resend'],
  }),
  declined: row('off', 'declined', ['declinedText', 'askAgain'], {
    owner: [null],
    approval: approval('off', 'declined', 'declinedText'),
  }),
  expired: row('off', 'expired', ['expiredText', 'askAgain'], {
    owner: ['expiredTextOwner'],
    approval: approval('off', 'expired', 'expiredText'),
  }),
  cancelled: row('off', 'cancelled', ['cancelledText'], { approval: approval('off', 'cancelled', 'cancelledText') }),
} satisfies Record<string, Row>;

export type Situation = keyof typeof requestFaces;

/** Which row it is. Every state of the request has one with every state of the item. */
export function situationOf(view: RequestView): Situation {
  const { request, item } = view;
  switch (request.state) {
    case 'draft':
    case 'declined':
    case 'expired':
    case 'cancelled':
      return request.state;
    case 'awaitingApproval':
      return view.hasChannel ? waitingFor(request) : 'noChannel';
    case 'approved':
    case 'running':
      return item ? ofItem(item, view) : queued(view);
    case 'succeeded':
    case 'partlySucceeded':
      return item && isFinished(item.state) ? ofItem(item, view) : 'ready';
    case 'failed':
      return item && isFinished(item.state) ? ofItem(item, view) : 'closedByAdmin';
  }
}

function waitingFor(request: Request): Situation {
  const isPart = approvalsOf(request).length > 0;
  if (request.approval.byAdmin) return isPart ? 'waitingVipPart' : 'waitingVip';
  return isPart ? 'waitingPart' : 'waiting';
}

function queued({ request, startsPaused }: RequestView): Situation {
  if (startsPaused) return 'queuedPaused';
  if (request.bulk) return 'queuedBulk';
  return request.approval.needed > 0 ? 'queued' : 'queuedDirect';
}

/** A call that may have arrived earlier (attempt > 0) forbids to say that nothing was changed. */
function ofItem(item: Item, view: RequestView): Situation {
  const isAgain = item.attempt > 0;
  switch (item.state) {
    case 'queued':
      return queued(view);
    case 'checking':
      return ofChecking(item, isAgain);
    case 'needsSignIn':
      return isAgain ? 'needsSignInAgain' : 'needsSignIn';
    case 'starting':
      return item.unknownSince === null ? 'starting' : 'unclear';
    case 'building':
      return item.isSlow ? 'slow' : 'building';
    case 'needsOperator':
      return item.missingSince === null ? 'needsOperator' : 'needsOperatorGone';
    case 'skipped':
      return isAgain ? 'skippedAgain' : 'skipped';
    case 'failed':
      if (item.outcome?.code === 'closedByAdmin') return 'closedByAdmin';
      if (item.outcome?.code !== 'notStarted') return 'failed';
      return isAgain ? 'notStartedAgain' : 'notStarted';
    default:
      return item.state;
  }
}

function ofChecking(item: Item, isAgain: boolean): Situation {
  switch (item.hold) {
    case 'paused':
      return 'paused';
    case 'quota':
      return 'heldQuota';
    case 'graph':
      return isAgain ? 'heldGraphAgain' : 'heldGraph';
    case 'bulk':
      return isAgain ? 'heldBulkAgain' : 'heldBulk';
    case null:
      return isAgain ? 'checkingAgain' : 'checking';
  }
}

export function faceOf(view: RequestView, audience: Audience): Face {
  return requestFaces[situationOf(view)][sideOf(audience, view.request)];
}
