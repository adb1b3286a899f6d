// What `bulkProgress` shows: how many are how far, the waves, and the ones that went wrong.
import type { RequestView } from '../domain/views.ts';
import { type BulkNumbers, type BulkValues, numbersOf } from '../locales/bulk-values.ts';
import { sourceOf, troubleOf, whoOf } from '../locales/bulk-words.ts';
import { pcNameOf, type RequestValues } from '../locales/request-values.ts';
import { dotted, type Sentence, say, type Words } from '../locales/sentence.ts';
import { type BulkFace, bulkSituationOf } from './bulk-faces.ts';
import { timeSoFar } from './bulk-time.ts';
import { waveData } from './bulk-waves.ts';
import { type Count, countData, spoken, updated } from './card-parts.ts';
import type { Writer } from './writer.ts';

/** The bar and the big numbers say something only once there is something to count. */
const counted: readonly string[] = ['running', 'succeeded', 'partlySucceeded', 'failed'];
const moving: readonly string[] = ['running', 'runningOne', 'between'];

export function bulkProgressData(
  writer: Writer,
  view: RequestView,
  face: BulkFace,
  values: RequestValues & BulkValues,
) {
  const { request, bulk, now } = view;
  const numbers = numbersOf(bulk?.tally ?? {});
  const isCounted = counted.includes(request.state);
  const isRunning = request.state === 'running';
  const time = timeSoFar(view, moving.includes(bulkSituationOf(view)));
  const state = say(face.title, values);
  const summary = say('progress.summary', { pc: pcNameOf(view), state, code: request.code ?? '' });
  return {
    title: writer.markdown(say('progress.title', values)),
    subtitle: writer.markdown(subtitleOf(view, values)),
    bar: isRunning ? barData(face, numbers) : null,
    barText: isRunning
      ? writer.markdown(say('bulk.finishedOf', { done: numbers.finished, total: numbers.total }))
      : null,
    timeText: time && writer.markdown(time),
    countRows: isCounted ? countData(writer, countsOf(view, numbers)) : [],
    waves: waveData(writer, bulk?.waves ?? []),
    ...troubles(writer, view, numbers),
    notes: notesOf(view, values).map((note) => ({ text: writer.markdown(note) })),
    footer: writer.markdown(updated(writer, now)),
    ...spoken(writer, summary, dotted(summary, say(face.text, values))),
  };
}

function subtitleOf({ request }: RequestView, { code, who, asked }: RequestValues): Words {
  const by = say('bulk.askedBy', { who, asked });
  const source = request.bulk ? [sourceOf(request.bulk.source)] : [];
  return request.code === null ? say('common.windows365') : dotted(code, ...source, by);
}

function barData({ tone }: BulkFace, { finished, total }: BulkNumbers) {
  return { value: finished, max: Math.max(total, 1), color: tone === 'warn' ? 'Warning' : 'Accent' };
}

/** The rare ones stand there only when there are some. */
function countsOf({ request }: RequestView, numbers: BulkNumbers): Count[] {
  const rare = (['warned', 'skipped', 'cancelled', 'people'] as const).filter((name) => numbers[name] > 0);
  const main = request.state === 'running' ? (['ready', 'building', 'toCome'] as const) : (['ready'] as const);
  const leftOut = request.bulk?.counts.leftOut ?? 0;
  return [
    ...[...main, 'failed' as const, ...rare].map((name) => ({ count: numbers[name], label: `bulk.count.${name}` })),
    ...(leftOut > 0 ? [{ count: leftOut, label: 'bulk.count.leftOut' }] : []),
  ];
}

function troubles(writer: Writer, { bulk }: RequestView, { failed, people }: BulkNumbers) {
  const troubled = bulk?.troubled ?? [];
  const more = failed + people - troubled.length;
  return {
    troubledHead: writer.markdown(say(people > 0 ? 'bulk.troubledHead' : 'bulk.failedHead')),
    troubled: troubled.map((item) => ({
      who: writer.markdown(whoOf({ owner: item.owner, words: '', cloudPcName: item.cloudPc.name })),
      why: writer.markdown(troubleOf(item)),
    })),
    more: troubled.length > 0 && more > 0 ? writer.markdown(say('common.more', { n: more })) : null,
  };
}

function notesOf({ request }: RequestView, values: BulkValues): Sentence[] {
  return [
    ...(request.bulk?.retriedBy ? [say('bulk.retriedBy', values)] : []),
    ...(values.unreached > 0 ? [say('bulk.unreached', { n: values.unreached })] : []),
  ];
}
