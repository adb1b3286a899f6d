// Every Cloud PC of a bulk request in lines, by pages and state. Fifteen lines fit into 24 KB with the longest names in every
// language.

import type { BulkFilter, BulkLine } from '../domain/bulk-views.ts';
import type { ItemState } from '../domain/item.ts';
import type { CardView } from '../domain/views.ts';
import { standOf, whoOf } from '../locales/bulk-words.ts';
import { dotted, say } from '../locales/sentence.ts';
import { buttonData, pageButtons, spoken, updated } from './card-parts.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'bulkItems' }>;

const tones: Readonly<Record<ItemState, Tone>> = {
  queued: 'wait',
  checking: 'wait',
  needsSignIn: 'ask',
  starting: 'go',
  building: 'go',
  ready: 'good',
  readyWithWarnings: 'warn',
  failed: 'bad',
  timedOut: 'warn',
  skipped: 'off',
  cancelled: 'off',
  needsOperator: 'warn',
};

const ofPreview: readonly BulkFilter[] = ['all', 'toRebuild', 'leftOut'];
const ofRequest: readonly BulkFilter[] = ['all', 'waiting', 'running', 'ready', 'failed', 'unsettled', 'leftOut'];

export function bulkItems(writer: Writer, view: View) {
  const { requestId, revision, code, lines, filter, page, pages, total, now } = view;
  const data = { request: requestId, revision };
  const title = say('bulk.list.title');
  const sub = dotted(code ?? say('bulk.preview'), say('bulk.list.lines', { n: total }));
  return {
    title: writer.markdown(title),
    subtitle: writer.markdown(sub),
    rows: lines.map((line) => rowData(writer, line)),
    empty: lines.length === 0 ? writer.markdown(say('requests.empty')) : null,
    filter,
    filters: filtersOf(view).map((value) => ({ value, title: writer.plain(say(`bulk.filter.${value}`)) })),
    apply: [buttonData(writer, { title: say('requests.apply'), verb: 'bulk.items', data: { ...data, page: 1 } })],
    page: writer.markdown(dotted(say('common.page', { page, pages }), updated(writer, now))),
    actions: [
      ...pageButtons(writer, 'bulk.items', data, view),
      buttonData(writer, { title: say('bulk.act.export'), verb: 'bulk.export', data, inputs: 'none' }),
      ...(code === null
        ? []
        : [buttonData(writer, { title: say('common.back'), verb: 'request.show', data, inputs: 'none' })]),
    ],
    ...spoken(writer, dotted(title, sub)),
  };
}

function rowData(writer: Writer, line: BulkLine) {
  const { icon, color, style, glyph } = looks[toneOf(line)];
  return { icon, color, style, glyph, who: writer.markdown(whoOf(line)), stand: writer.markdown(standOf(line)) };
}

function toneOf({ leftOut, item, wasSignedOut }: BulkLine): Tone {
  if (leftOut) return 'off';
  if (item) return tones[item.state];
  return wasSignedOut ? 'wait' : 'warn';
}

/** Before it is sent there are no states yet. */
function filtersOf({ code, filter }: View): readonly BulkFilter[] {
  const offered = code === null ? ofPreview : ofRequest;
  return offered.includes(filter) ? offered : [...offered, filter];
}
