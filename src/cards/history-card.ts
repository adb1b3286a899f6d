// What happened to a request, oldest first, fifteen entries a page.
import type { Request } from '../domain/request.ts';
import type { CardView, HistoryEntry, RequestView } from '../domain/views.ts';
import { isAboutPerson, personValues } from '../locales/person-values.ts';
import { pcNameOf } from '../locales/request-values.ts';
import { dotted, type Sentence, say, type Words } from '../locales/sentence.ts';
import { buttonData, onRequest, pageButtons, spoken, updated } from './card-parts.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'history' }>;

const tones: Readonly<Record<string, Tone>> = {
  'request.approved': 'good',
  'request.approvalGiven': 'good',
  'request.declined': 'off',
  'request.expired': 'off',
  'request.cancelled': 'off',
  'request.noChannel': 'warn',
  'request.bulkPaused': 'warn',
  'request.bulkWayGone': 'warn',
  'request.bulkResumed': 'go',
  'request.bulkStopped': 'off',
  'request.waveBegan': 'go',
  'request.waveEnded': 'good',
  'request.retried': 'go',
  'request.retries': 'go',
  'item.starting': 'go',
  'item.building': 'go',
  'item.unknown': 'warn',
  'item.slow': 'warn',
  'item.missing': 'warn',
  'item.ready': 'good',
  'item.readyWithWarnings': 'warn',
  'item.failed': 'bad',
  'item.notStarted': 'bad',
  'item.skipped': 'off',
  'item.timedOut': 'warn',
  'item.needsOperator': 'warn',
  'item.needsSignIn': 'ask',
  'item.startAgain': 'danger',
  'item.closed': 'bad',
};

/** Of the items of requests about a person; other words for the same news stand beside these. */
const personTones: ReadonlyMap<string, Tone> = new Map([
  ['checking', 'go'],
  ['held', 'wait'],
  ['joining', 'go'],
  ['joined', 'good'],
  ['left', 'good'],
  ['licensed', 'good'],
  ['building', 'go'],
  ['undoing', 'warn'],
  ['undone', 'off'],
  ['notUndone', 'bad'],
  ['outOfSeats', 'warn'],
  ['outOfSeatsLate', 'warn'],
  ['assigned', 'good'],
  ['unassigned', 'good'],
  ['graceEnding', 'danger'],
  ['graceEnded', 'danger'],
  ['needsOperator', 'warn'],
  ['ticketOrdered', 'info'],
  ['ticketSentBefore', 'info'],
  ['ticketFurtherCase', 'info'],
  ['skipped', 'off'],
  ['failed', 'bad'],
  ['closed', 'bad'],
  ['startAgain', 'danger'],
]);
export const personNews: readonly string[] = [...personTones.keys()];

/** Reasons and comments are shown whole, unless a page has so many long ones that the card would grow too big. */
const mostWords = [500, 250, 120, 80] as const;
const mostBytesOfWords = 5000;

export function historyCard(writer: Writer, view: View) {
  const { view: requestView, entries, total, page, pages } = view;
  const { request, now } = requestView;
  const ids = onRequest(request);
  const most = longestThatFits(writer, entries);
  const title = say('history.title', { code: request.code ?? '' });
  const events = say('history.events', { n: total });
  const where = pages > 1 ? dotted(events, say('common.page', { page, pages })) : events;
  return {
    title: writer.markdown(title),
    subtitle: writer.markdown(subtitleOf(requestView)),
    days: byDay(writer, entries, (entry) => entryData(writer, entry, view, most)),
    footer: writer.markdown(dotted(where, updated(writer, now))),
    actions: [
      ...pageButtons(writer, 'request.history', ids, view),
      buttonData(writer, { title: say('common.back'), verb: 'request.show', data: ids }),
    ],
    ...spoken(writer, title),
  };
}

function subtitleOf(view: RequestView): Words {
  const owner = view.request.owner.name;
  if (isAboutPerson(view.request)) return dotted(say('personCard.title', personValues(view)), owner);
  return say('history.sub', { pc: pcNameOf(view), owner });
}

function byDay<T>(writer: Writer, entries: readonly HistoryEntry[], toData: (entry: HistoryEntry) => T) {
  const days: { key: string; day: string; entries: T[] }[] = [];
  for (const entry of entries) {
    const key = writer.times.dayKey(entry.at);
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(toData(entry));
    else days.push({ key, day: writer.times.day(entry.at), entries: [toData(entry)] });
  }
  return days;
}

function entryData(writer: Writer, entry: HistoryEntry, { view }: View, most: number) {
  const { icon, color, style, glyph } = plainOr(toneOf(entry, view.request));
  return {
    icon,
    color,
    style,
    glyph,
    time: writer.times.time(entry.at),
    what: writer.markdown(whatOf(writer, entry, view)),
    who: writer.markdown(whoOf(entry, view)),
    words: entry.words ? writer.text(entry.words, most) : null,
  };
}

/** Among many Cloud PCs it must be said which one it was. */
function whoOf({ actor, values }: HistoryEntry, { request }: RequestView): Words {
  const who = actor?.name ?? say('history.system');
  return request.bulk && values.pc ? dotted(who, String(values.pc)) : who;
}

function longestThatFits(writer: Writer, entries: readonly HistoryEntry[]): number {
  const bytes = (most: number) =>
    entries.reduce((sum, { words }) => sum + (words ? Buffer.byteLength(writer.text(words, most)) : 0), 0);
  return mostWords.find((most) => bytes(most) <= mostBytesOfWords) ?? 80;
}

function plainOr(tone: Tone | undefined) {
  return tone ? looks[tone] : { icon: 'Circle', color: 'Default', style: 'Regular', glyph: '○' };
}

/** What older entries may lack. */
const noValues = { hold: '', wave: 0, size: 0, code: '', choice: '', n: 0, group: say('common.unknown') };

/** An action without a text of its own is shown by its word, so that nothing is hidden. */
function whatOf(writer: Writer, { action, values }: HistoryEntry, view: RequestView): Sentence {
  const own = isAboutPerson(view.request) ? `history.person.${newsOf(action)}` : null;
  const key = own && writer.texts.has(own) ? own : `history.${action}`;
  if (!writer.texts.has(key)) return say('history.other', { action });
  return say(key, { ...noValues, ...values, pc: values.pc || pcNameOf(view) });
}

function toneOf({ action }: HistoryEntry, request: Request): Tone | undefined {
  return (isAboutPerson(request) ? personTones.get(newsOf(action)) : undefined) ?? tones[action];
}

/** `joined` of `item.joined`; only items have such news. */
function newsOf(action: string): string {
  return action.startsWith('item.') ? action.slice('item.'.length) : '';
}
