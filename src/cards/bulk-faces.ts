// One table: what the card of a bulk request as a whole shows, by situation and side. Owners have the card of their own item.
import { approvalsOf } from '../domain/request.ts';
import type { Audience, RequestView } from '../domain/views.ts';
import { countIn, waitingIn } from '../domain/waves.ts';
import { currentWave, numbersOf } from '../locales/bulk-values.ts';
import type { Tone } from './tone.ts';

type BulkSide = 'requester' | 'channel';
export const bulkSides: readonly BulkSide[] = ['requester', 'channel'];

export type BulkButton =
  | 'approve'
  | 'decline'
  | 'cancel'
  | 'history'
  | 'pause'
  | 'resume'
  | 'stop'
  | 'items'
  | 'settle'
  | 'retry'
  | 'export';

export interface BulkFace {
  template: 'approval' | 'bulkProgress';
  tone: Tone;
  /** Keys of texts, filled from `requestValues` and `bulkValues`. */
  title: string;
  text: string;
  /** In the order of their weight: the first four that make sense are shown. */
  buttons: readonly BulkButton[];
}

type Row = Readonly<Record<BulkSide, BulkFace>>;

function progress(tone: Tone, title: string, text: string, ...buttons: BulkButton[]): BulkFace {
  return { template: 'bulkProgress', tone, title, text, buttons };
}

function approval(tone: Tone, title: string, text: string, ...buttons: BulkButton[]): BulkFace {
  return { template: 'approval', tone, title: `approval.${title}`, text: `approval.${text}`, buttons };
}

const both = (face: BulkFace): Row => ({ requester: face, channel: face });
const open = (text: string) => approval('ask', 'open', text, 'approve', 'decline', 'items', 'history');
const waiting = (text: string, channelText: string): Row => ({
  requester: progress('wait', 'progress.waiting', `progress.${text}`, 'cancel', 'items', 'history'),
  channel: open(channelText),
});
const running = (tone: Tone, title: string, text: string) =>
  both(progress(tone, title, text, 'settle', 'pause', 'stop', 'items', 'history'));
const paused = (tone: Tone, title: string, text: string) =>
  both(progress(tone, title, text, 'settle', 'resume', 'stop', 'items', 'history'));
const ended = (tone: Tone, title: string, text: string) =>
  both(progress(tone, title, text, 'retry', 'items', 'export', 'history'));

export const bulkFaces = {
  draft: both(progress('wait', 'progress.draft', 'progress.draftText')),
  waiting: waiting('waitingText', 'openText'),
  waitingPart: waiting('waitingPartText', 'openPartText'),
  noChannel: {
    requester: progress('warn', 'progress.noChannel', 'progress.noChannelText', 'cancel', 'items', 'history'),
    channel: open('openText'),
  },
  queued: {
    requester: progress('wait', 'progress.queued', 'bulk.queuedText', 'cancel', 'pause', 'items', 'history'),
    channel: approval('good', 'approved', 'approvedText', 'pause', 'items', 'history'),
  },
  queuedDirect: {
    requester: progress('wait', 'progress.queued', 'bulk.queuedText', 'cancel', 'pause', 'items', 'history'),
    channel: approval('wait', 'direct', 'directText', 'pause', 'items', 'history'),
  },
  running: running('go', 'bulk.running', 'bulk.runningText'),
  runningOne: running('go', 'bulk.runningOne', 'bulk.runningText'),
  runningMaintenance: running('go', 'bulk.running', 'bulk.runningMaintenanceText'),
  between: running('go', 'bulk.between', 'bulk.betweenText'),
  startsPaused: running('wait', 'progress.paused', 'bulk.startsPausedText'),
  pausedFailures: paused('warn', 'bulk.pausedFailures', 'bulk.pausedFailuresText'),
  pausedByAdmin: paused('wait', 'bulk.pausedByAdmin', 'bulk.pausedByAdminText'),
  wayGone: paused('warn', 'bulk.wayGone', 'bulk.wayGoneText'),
  stopped: running('off', 'bulk.stopped', 'bulk.stoppedText'),
  onlyPeople: running('warn', 'bulk.onlyPeople', 'bulk.onlyPeopleText'),
  allReady: ended('good', 'bulk.allReady', 'bulk.allReadyText'),
  partlyReady: ended('warn', 'bulk.partlyReady', 'bulk.endedText'),
  partlyReadyRetry: ended('warn', 'bulk.partlyReady', 'bulk.endedRetryText'),
  noneReady: ended('bad', 'bulk.noneReady', 'bulk.endedText'),
  noneReadyRetry: ended('bad', 'bulk.noneReady', 'bulk.endedRetryText'),
  noneStarted: ended('off', 'bulk.noneStarted', 'bulk.noneStartedText'),
  declined: {
    requester: progress('off', 'progress.declined', 'bulk.declinedText', 'items', 'history'),
    channel: approval('off', 'declined', 'declinedText'),
  },
  expired: {
    requester: progress('off', 'progress.expired', 'progress.expiredText', 'items', 'history'),
    channel: approval('off', 'expired', 'expiredText'),
  },
  cancelled: {
    requester: progress('off', 'progress.cancelled', 'bulk.cancelledText', 'items', 'history'),
    channel: approval('off', 'cancelled', 'cancelledText'),
  },
} satisfies Record<string, Row>;

export type BulkSituation = keyof typeof bulkFaces;

/** Which row it is. Every state of the request has one, whatever its items and waves are. */
export function bulkSituationOf(view: RequestView): BulkSituation {
  const { request, hasChannel } = view;
  switch (request.state) {
    case 'draft':
    case 'declined':
    case 'expired':
    case 'cancelled':
      return request.state;
    case 'awaitingApproval':
      if (!hasChannel) return 'noChannel';
      return approvalsOf(request).length > 0 ? 'waitingPart' : 'waiting';
    case 'approved':
    case 'running':
      return ofActive(view);
    case 'succeeded':
      return 'allReady';
    case 'partlySucceeded':
      return mayRetry(view) ? 'partlyReadyRetry' : 'partlyReady';
    case 'failed':
      return ofFailed(view);
  }
}

function ofActive(view: RequestView): BulkSituation {
  const { request, bulk } = view;
  const tally = bulk?.tally ?? {};
  const hasMore = waitingIn(tally) > 0;
  if (!hasMore && numbersOf(tally).building === 0 && numbersOf(tally).people > 0) return 'onlyPeople';
  if (request.bulk?.stopped) return 'stopped';
  if (hasMore && request.bulk?.pause) return whyPaused[request.bulk.pause.reason];
  if (hasMore && view.startsPaused) return 'startsPaused';
  return ofWaves(view);
}

const whyPaused = { failures: 'pausedFailures', byAdmin: 'pausedByAdmin', wayGone: 'wayGone' } as const;

function ofWaves({ request, bulk }: RequestView): BulkSituation {
  const waves = bulk?.waves ?? [];
  const hasBegun = waves.some(({ beganAt }) => beganAt !== null);
  if (!hasBegun) return request.approval.needed > 0 ? 'queued' : 'queuedDirect';
  if (currentWave(waves)?.beganAt === null) return 'between';
  if (request.bulk?.duringMaintenance) return 'runningMaintenance';
  return waves.length > 1 ? 'running' : 'runningOne';
}

function ofFailed(view: RequestView): BulkSituation {
  if (countIn(view.bulk?.tally ?? {}, ['failed']) === 0) return 'noneStarted';
  return mayRetry(view) ? 'noneReadyRetry' : 'noneReady';
}

/** What failed can be taken on once, by a new request. */
export function mayRetry({ request, bulk }: RequestView): boolean {
  return (bulk?.tally.failed ?? 0) > 0 && request.bulk?.retriedBy === null;
}

export function bulkSideOf(audience: Audience): BulkSide {
  return audience === 'channel' ? 'channel' : 'requester';
}

export function bulkFaceOf(view: RequestView, audience: Audience): BulkFace {
  return bulkFaces[bulkSituationOf(view)][bulkSideOf(audience)];
}
