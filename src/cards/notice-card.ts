// What makes a sound: short, and the card beside it tells the rest. One table: kind × side.
import { isForAnother } from '../domain/notices.ts';
import type { Audience, NoticeKind, RequestView } from '../domain/views.ts';
import { bulkValues } from '../locales/bulk-values.ts';
import { requestValues } from '../locales/request-values.ts';
import { dotted, say } from '../locales/sentence.ts';
import { buttonData, onRequest, spoken } from './card-parts.ts';
import { requestButton } from './request-buttons.ts';
import { type FaceButton, type Side, sideOf } from './request-faces.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

interface NoticeFace {
  tone: Tone;
  /** Keys below `notice`. */
  title: string;
  text: string;
  button: FaceButton | null;
}

type Row = Readonly<Record<Side, NoticeFace>>;
type Differing = Partial<NoticeFace>;

function row(
  tone: Tone,
  title: string,
  button: FaceButton | null = null,
  other: Partial<Record<Side, Differing>> = {},
): Row {
  const self: NoticeFace = { tone, title, text: `${title}Text`, button, ...other.self };
  const quiet: NoticeFace = { ...self, button: null };
  return {
    self,
    requester: { ...self, ...other.requester },
    owner: { ...quiet, ...other.owner },
    channel: { ...quiet, ...other.channel },
  };
}

const someoneElse = (kind: string): Differing => ({ title: `${kind}Other`, text: `${kind}TextOther`, button: null });

export const noticeFaces: Readonly<Record<NoticeKind, Row>> = {
  bulkPaused: row('warn', 'bulkPaused'),
  bulkWayGone: row('warn', 'bulkWayGone'),
  bulkEnded: row('good', 'bulkEnded'),
  bulkUnsettled: row('warn', 'bulkUnsettled'),
  started: row('go', 'started', null, {
    requester: { text: 'startedTextChannel' },
    channel: { text: 'startedTextChannel' },
  }),
  ready: row('good', 'ready', 'open', {
    requester: someoneElse('ready'),
    owner: { button: 'open' },
    channel: someoneElse('ready'),
  }),
  readyWithWarnings: row('warn', 'readyWithWarnings', 'open', {
    requester: someoneElse('readyWithWarnings'),
    owner: { button: 'open' },
    channel: someoneElse('readyWithWarnings'),
  }),
  failed: row('bad', 'failed', 'again', { owner: { text: 'failedTextOwner' }, channel: { text: 'failedTextChannel' } }),
  notStarted: row('bad', 'notStarted', 'again'),
  skipped: row('off', 'skipped', 'askAgain'),
  closed: row('bad', 'closed', null, { channel: { text: 'closedTextChannel' } }),
  declined: row('off', 'declined', 'askAgain'),
  expired: row('off', 'expired', 'askAgain'),
  cancelled: row('off', 'cancelled'),
  // Teams' own sign-in card says it; this one stands in where that cannot be made.
  signIn: row('ask', 'signIn', 'signIn'),
  slow: row('warn', 'slow'),
  timedOut: row('warn', 'timedOut', null, { channel: { text: 'timedOutTextChannel' } }),
  needsOperator: row('warn', 'needsOperator', null, { channel: { text: 'needsOperatorTextChannel' } }),
  noChannel: row('warn', 'noChannel', null, { channel: { text: 'noChannelTextAdmin' } }),
  approvalReminder: row('ask', 'approvalReminder'),
  approvalEscalation: row('ask', 'approvalEscalation'),
};

export function noticeCard(
  writer: Writer,
  view: RequestView,
  notice: NoticeKind,
  audience: Audience,
  openUrl: string | null,
) {
  const { request } = view;
  const face = noticeFaces[notice][sideOf(audience, request)];
  const values = requestValues(view);
  const named = { ...values, ...bulkValues(view), pc: values.newPc };
  const title = say(`notice.${titleOf(face, view)}`, named);
  const text = say(`notice.${textOf(face, view)}`, named);
  const unreached = view.ownerUnreached && !view.bulk && isForAnother(request) && audience !== 'owner';
  const parts = [
    request.code ?? say('common.windows365'),
    ...(unreached ? [say('reach.ownerUnreached', values)] : []),
  ] as const;
  const [first, ...rest] = parts;
  const button = face.button && requestButton(face.button, view);
  return {
    state: { ...looks[toneOf(face, view)], title: writer.markdown(title), text: writer.markdown(text) },
    footer: writer.markdown(dotted(first, ...rest)),
    openUrl: face.button === 'open' ? openUrl : null,
    actions: [
      ...(button && mayAskAgain(view) ? [buttonData(writer, button)] : []),
      buttonData(writer, { title: say('notice.details'), verb: 'request.show', data: onRequest(request) }),
    ],
    ...spoken(writer, dotted(title, request.code ?? ''), dotted(title, text)),
  };
}

/** After a wipe whose outcome is not certain, IT looks first. */
function mayAskAgain({ item }: RequestView): boolean {
  const isUncertain = item !== null && item.attempt > 0 && item.outcome?.code !== 'buildFailed';
  return !isUncertain;
}

/** Many end well, partly or not at all. */
function toneOf({ tone, title }: NoticeFace, { request }: RequestView): Tone {
  if (title !== 'bulkEnded' || request.state === 'succeeded') return tone;
  return request.state === 'failed' ? 'bad' : 'warn';
}

function titleOf({ title }: NoticeFace, { item }: RequestView): string {
  return title === 'needsOperator' && isGone(item) ? 'needsOperatorGone' : title;
}

/** The same notice in other words: without a usual duration, with a new name, after a start that is not certain. */
function textOf({ text }: NoticeFace, { request, usual, item }: RequestView): string {
  if (text === 'startedText' && !usual) return 'startedTextNone';
  if (text === 'readyText' && item?.newName) return 'readyTextNewName';
  if (text === 'needsOperatorText' && isGone(item)) return 'needsOperatorGoneText';
  if (text === 'cancelledText' && request.bulk && item === null) return 'cancelledTextBulk';
  if (text === 'bulkPausedText' && request.bulk?.pause?.reason === 'byAdmin') return 'bulkPausedByText';
  const isUncertain = (item?.attempt ?? 0) > 0;
  if (isUncertain && text === 'skippedText') return 'skippedAgainText';
  if (isUncertain && text === 'notStartedText') return 'notStartedAgainText';
  return text;
}

function isGone(item: RequestView['item']): boolean {
  return item !== null && item.missingSince !== null;
}
