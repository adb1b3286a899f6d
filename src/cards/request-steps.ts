// The steps of a request with the times that were seen; what has not happened is only "to come".
import type { Item } from '../domain/item.ts';
import { approvalsOf } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import type { RequestView } from '../domain/views.ts';
import { usualSpan } from '../locales/request-values.ts';
import { moment, type Sentence, say } from '../locales/sentence.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

type StepTone = Extract<Tone, 'good' | 'wait' | 'go' | 'warn' | 'bad' | 'off'> | 'toCome';

export interface Step {
  tone: StepTone;
  title: Sentence;
  /** Done at; or, for what goes on, since. */
  at: Instant | null;
  isOngoing: boolean;
  detail: Sentence | null;
}

export const step = (tone: StepTone, title: Sentence, at: Instant | null, more: Partial<Step> = {}): Step => ({
  tone,
  title,
  at,
  isOngoing: false,
  detail: null,
  ...more,
});
export const done = (key: string, at: Instant | null) => step('good', say(`progress.step.${key}`), at);
export const toCome = (key: string) => step('toCome', say(`progress.step.${key}`), null);
export const ongoing = (tone: StepTone, key: string, at: Instant | null, detail: Sentence | null = null) =>
  step(tone, say(`progress.step.${key}`), at, { isOngoing: true, detail });
export const ended = (tone: StepTone, key: string, at: Instant | null) => step(tone, say(`progress.step.${key}`), at);

/** Approvers shown by name; more than this only make the card long. */
const mostApprovals = 5;

export function stepsOf(view: RequestView): Step[] {
  const { item } = view;
  return afterDecision(view, ['wipe', 'build', 'ready'], () =>
    item ? itemSteps(item, view) : ['check', 'wipe', 'build', 'ready'].map(toCome),
  );
}

/**
 * Asked, approved or not, and what comes then.
 * @param toFollow names of the steps that follow an approval that is still open
 */
export function afterDecision(view: RequestView, toFollow: readonly string[], work: () => Step[]): Step[] {
  const { request } = view;
  if (request.submittedAt === null) return [];
  const before = [done('asked', request.submittedAt), ...approvalSteps(view)];
  const over = overBeforeStart(view);
  if (over) return [...before, over];
  if (request.state !== 'awaitingApproval') return [...before, ...work()];
  return [...before, ongoing('wait', 'approval', request.submittedAt), ...toFollow.map(toCome)];
}

function approvalSteps({ request }: RequestView): Step[] {
  if (request.approval.needed === 0) return [done('noApproval', request.approvedAt)];
  return approvalsOf(request)
    .slice(0, mostApprovals)
    .map(({ by, at }) => step('good', say('progress.step.approvedBy', { who: by.name }), at));
}

function overBeforeStart({ request }: RequestView): Step | null {
  const declined = request.decisions.find((decision) => decision.verdict === 'decline');
  if (request.state === 'declined') {
    const who = declined?.by.name ?? say('history.system');
    return step('off', say('progress.step.declinedBy', { who }), declined?.at ?? request.endedAt);
  }
  if (request.state === 'expired') return ended('off', 'expired', request.endedAt);
  if (request.state !== 'cancelled') return null;
  const who = request.cancelledBy?.name ?? say('history.system');
  return step('off', say('progress.step.cancelledBy', { who }), request.endedAt);
}

function itemSteps(item: Item, view: RequestView): Step[] {
  switch (item.state) {
    case 'queued':
      return [ongoing('wait', 'waits', view.request.approvedAt), ...['wipe', 'build', 'ready'].map(toCome)];
    case 'checking':
      return [
        item.hold ? ongoing('wait', 'waits', item.checkingAt) : ongoing('go', 'checking', item.checkingAt),
        ...['wipe', 'build', 'ready'].map(toCome),
      ];
    case 'needsSignIn':
      return [ongoing('wait', 'signIn', item.signInSince), ...['wipe', 'build', 'ready'].map(toCome)];
    case 'skipped':
    case 'cancelled':
      return [ended('off', 'notStarted', item.endedAt)];
    default:
      return [done('checked', item.startingAt ?? item.checkingAt), ...afterCheck(item, view)];
  }
}

function afterCheck(item: Item, view: RequestView): Step[] {
  const wiped = done('wiped', item.startingAt ?? item.buildingAt);
  const unclear = ongoing('warn', 'unclear', item.startingAt);
  const usual = view.usual && say('progress.usual', { usual: usualSpan(view.usual), n: view.usual.count });
  switch (item.state) {
    case 'starting':
      return item.unknownSince === null
        ? [ongoing('go', 'sending', item.startingAt), ...['build', 'ready'].map(toCome)]
        : [unclear];
    case 'building':
      return [wiped, ongoing('go', 'building', item.buildingAt, usual), toCome('ready')];
    case 'timedOut':
      return [wiped, ongoing('warn', 'noEnd', item.buildingAt, usual)];
    case 'ready':
      return [wiped, done('built', item.endedAt), done('ready', item.endedAt)];
    case 'readyWithWarnings':
      return [wiped, ended('warn', 'built', item.endedAt), done('ready', item.endedAt)];
    case 'failed':
      return failedSteps(item, wiped, unclear);
    default:
      return item.buildingAt === null ? [unclear] : [wiped, ongoing('warn', 'noEnd', item.buildingAt)];
  }
}

function failedSteps(item: Item, wiped: Step, unclear: Step): Step[] {
  switch (item.outcome?.code) {
    case 'notStarted':
      return [ended('bad', 'notStarted', item.endedAt)];
    case 'closedByAdmin':
      return [item.buildingAt === null ? unclear : wiped, ended('bad', 'closed', item.endedAt)];
    default:
      return [wiped, ended('bad', 'failed', item.endedAt)];
  }
}

const toComeLook = { icon: 'Circle', color: 'Default', style: 'Regular', glyph: '○' };

export function stepData(writer: Writer, { tone, title, at, isOngoing, detail }: Step) {
  const { icon, color, style, glyph } = tone === 'toCome' ? toComeLook : looks[tone];
  const clock = moment(at, 'clock', 'common.unknown');
  const time = tone === 'toCome' ? say('progress.toCome') : isOngoing ? say('progress.since', { when: clock }) : clock;
  const isLast = isOngoing || (tone !== 'good' && tone !== 'toCome');
  return {
    icon,
    color,
    style,
    glyph,
    weight: isLast ? 'Bolder' : 'Default',
    subtle: tone === 'toCome',
    title: writer.markdown(title),
    time: writer.markdown(time),
    detail: detail && writer.markdown(detail),
  };
}
