// What makes a sound: short, and the card beside it tells the rest. One table: kind × side.
import { isForAnother } from '../domain/notices.ts';
import type { Audience, NoticeKind, RequestView } from '../domain/views.ts';
import { bulkValues } from '../locales/bulk-values.ts';
import { fateOf } from '../locales/person-outcome.ts';
import { isAboutPerson, personValues } from '../locales/person-values.ts';
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
const assigned = (tone: Tone, title: string, text: string): Row => {
  const other: Differing = { title: `${title}Other`, text: `${text}Other`, button: null };
  const self: Differing = { text, button: 'open' };
  return row(tone, title, 'open', { self, requester: other, owner: self, channel: other });
};
/** Which text it is, depends on what becomes of the Cloud PC. */
const unassigned = (tone: Tone, text: string): Row => {
  const other: Differing = { title: 'unassignedOther', text: `${text}Other` };
  return row(tone, 'unassigned', null, { self: { text }, requester: other, owner: { text }, channel: other });
};

export const noticeFaces: Readonly<Record<NoticeKind, Row>> = {
  bulkPaused: row('warn', 'bulkPaused'),
  bulkWayGone: row('warn', 'bulkWayGone'),
  bulkEnded: row('good', 'bulkEnded'),
  bulkUnsettled: row('warn', 'bulkUnsettled'),
  started: row('go', 'started', null, {
    requester: { text: 'startedTextChannel' },
    channel: { text: 'startedTextChannel' },
  }),
  assigned: assigned('good', 'ready', 'assignedText'),
  assignedWithWarnings: assigned('warn', 'readyWithWarnings', 'readyWithWarningsText'),
  assignFailed: row('bad', 'assignFailed'),
  assignSkipped: row('off', 'assignFailed', 'askAgain', { self: { text: 'assignSkippedText' } }),
  outOfSeats: row('warn', 'outOfSeats', 'lookAgain', {
    self: { title: 'outOfSeatsSelf' },
    requester: { title: 'outOfSeats' },
    channel: { title: 'outOfSeats', button: 'lookAgain' },
  }),
  unassigned: unassigned('good', 'unassignedKept'),
  unassignedWithWarnings: row('warn', 'unassigned', null, {
    self: { text: 'unassignedWithWarningsText' },
    requester: { title: 'unassignedOther' },
    channel: { title: 'unassignedOther' },
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

/** The same kinds in other words, where it is about a person's Windows 365. */
const personNotices: Partial<Record<NoticeKind, Row>> = {
  cancelled: row('off', 'cancelled', null, { self: { text: 'cancelledTextBulk' } }),
  needsOperator: row('warn', 'person.needsOperator', null, { channel: { text: 'needsOperatorTextChannel' } }),
  slow: row('warn', 'person.slow'),
  noChannel: row('warn', 'noChannel', null, { channel: { text: 'person.noChannelTextAdmin' } }),
  approvalReminder: row('ask', 'approvalReminder', null, { self: { text: 'person.approvalReminderText' } }),
};

export function noticeCard(
  writer: Writer,
  view: RequestView,
  notice: NoticeKind,
  audience: Audience,
  openUrl: string | null,
) {
  const { request } = view;
  const face = rowOf(notice, view)[sideOf(audience, request)];
  const values = isAboutPerson(request) ? personValues(view) : requestValues(view);
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

function rowOf(notice: NoticeKind, { request }: RequestView): Row {
  return (isAboutPerson(request) ? personNotices[notice] : undefined) ?? noticeFaces[notice];
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
function textOf({ text }: NoticeFace, { request, usual, item, person }: RequestView): string {
  if (text.startsWith('unassignedKept')) return keptText(text, person);
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

function keptText(text: string, person: RequestView['person']): string {
  switch (person ? fateOf(person.item) : 'noPc') {
    case 'kept':
      return text;
    case 'keptUnknown':
      return text.replace('unassignedKept', 'unassignedKeptUnknown');
    case 'ended':
      return 'unassignedEnded';
    case 'noPc':
      return 'unassignedNoPc';
  }
}

function isGone(item: RequestView['item']): boolean {
  return item !== null && item.missingSince !== null;
}
