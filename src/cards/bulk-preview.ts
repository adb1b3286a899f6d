// What a bulk request would do, before anything happens: how many, which not and why, in which waves; and the form to send it.
import type { BulkLine } from '../domain/bulk-views.ts';
import type { CardView } from '../domain/views.ts';
import { sourceOf, whoOf, whyLeftOut } from '../locales/bulk-words.ts';
import { dotted, type Sentence, say } from '../locales/sentence.ts';
import { usualOfWaves } from './bulk-time.ts';
import { plannedWaves } from './bulk-waves.ts';
import { noChoice } from './button-data.ts';
import { buttonData, type Count, choiceData, countData, factData, spoken, stateData } from './card-parts.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'bulkPreview' }>;

export function bulkPreview(writer: Writer, view: View) {
  const { source, counts, leftOut, waves, stopWhenFailedPercent } = view;
  const isEmpty = waves.length === 0;
  const summary = say('bulk.summaryPreview', { n: counts.remaining });
  const more = counts.leftOut + counts.notFound - leftOut.length;
  return {
    title: writer.markdown(say('bulk.title')),
    subtitle: writer.markdown(dotted(say('bulk.preview'), sourceOf(source))),
    state: stripOf(writer, view),
    countRows: countData(writer, countsOf(view)),
    lines: isEmpty ? [] : linesOf(view).map(({ tone, text }) => ({ ...looks[tone], text: writer.markdown(text) })),
    leftOut: leftOut.map((line) => ({ who: writer.markdown(whoOf(line)), why: writer.markdown(whyOf(line)) })),
    more: leftOut.length > 0 && more > 0 ? writer.markdown(say('common.more', { n: more })) : null,
    waves: factData(writer, plannedWaves(waves)),
    rule: waves.length > 1 ? writer.markdown(say('bulk.waveRule', { percent: stopWhenFailedPercent })) : null,
    forms: isEmpty ? [] : [formOf(writer, view)],
    actions: actionsOf(writer, view),
    ...spoken(writer, summary, dotted(summary, say('bulk.stripText'))),
  };
}

function whyOf({ leftOut }: BulkLine): Sentence {
  return leftOut ? whyLeftOut(leftOut) : say('bulk.is.toRebuild');
}

function stripOf(writer: Writer, { counts, waves }: View) {
  if (waves.length > 0) {
    return stateData(writer, 'danger', say('bulk.strip', { n: counts.remaining }), say('bulk.stripText'));
  }
  const why = counts.found > 0 ? 'bulk.allLeftOutText' : 'bulk.noneFoundText';
  return stateData(writer, 'off', say('bulk.nothing'), say(why));
}

function countsOf({ counts }: View): Count[] {
  return [
    { count: counts.found, label: 'bulk.count.found' },
    { count: counts.remaining, label: 'bulk.count.toRebuild' },
    { count: counts.leftOut, label: 'bulk.count.leftOut' },
    ...(counts.notFound > 0 ? [{ count: counts.notFound, label: 'bulk.count.notFound' }] : []),
  ];
}

interface Line {
  tone: Tone;
  text: Sentence;
}

function linesOf({ counts, usual, waves, approvals }: View): Line[] {
  const signedOut: Line =
    counts.notSignedOut > 0
      ? { tone: 'warn', text: say('bulk.notSignedOut', { n: counts.notSignedOut }) }
      : { tone: 'good', text: say('bulk.allSignedOut') };
  const next = waves.length > 1 ? 'bulk.nextDirect' : 'bulk.nextDirectOne';
  return [
    signedOut,
    { tone: 'wait', text: usualOfWaves(usual, waves.length) },
    { tone: 'info', text: approvals > 0 ? say('bulk.nextApproval', { n: approvals }) : say(next) },
  ];
}

function formOf(writer: Writer, view: View) {
  const { counts, approvals, choices, offersMaintenance, mail } = view;
  const { remaining: count } = counts;
  return {
    reasonError: writer.plain(say(approvals > 0 ? 'confirm.reasonError' : 'confirm.reasonErrorDirect')),
    os: choiceSet(writer, choices.osVersions, 'os'),
    account: choiceSet(writer, choices.accountTypes, 'account'),
    optionsNote: optionsNote(writer, view),
    maintenance: offersMaintenance ? writer.plain(say('bulk.maintenance')) : null,
    mail: mail.offered ? { value: String(mail.preset), mayWriteText: mail.mayWriteText } : null,
    numberPattern: `^\\s*${count}\\s*$`,
    numberError: writer.plain(say('bulk.numberError', { count })),
  };
}

/** The bulk action of Windows 365, which alone knows maintenance windows, takes no options. */
function optionsNote(writer: Writer, { choices, offersMaintenance }: View): string | null {
  if (choices.osVersions.length < 2 && choices.accountTypes.length < 2) return null;
  return writer.markdown(say(offersMaintenance ? 'bulk.optionsNoteMaintenance' : 'bulk.optionsNote'));
}

/** The first choice is none: what the policy says stays as it is. */
function choiceSet(writer: Writer, values: readonly string[], texts: 'os' | 'account') {
  if (values.length < 2) return null;
  const asPolicy = choiceData(writer, noChoice, say('bulk.asPolicy'));
  return {
    none: noChoice,
    choices: [asPolicy, ...values.map((value) => choiceData(writer, value, say(`${texts}.${value}`)))],
  };
}

function actionsOf(writer: Writer, { requestId, revision, counts, waves, approvals }: View) {
  const data = { request: requestId, revision };
  const needsApproval = approvals > 0;
  const start = buttonData(writer, {
    title: say(needsApproval ? 'bulk.act.request' : 'bulk.act.start', { count: counts.remaining }),
    verb: 'bulk.submit',
    style: needsApproval ? 'positive' : 'destructive',
    data,
  });
  const isListed = counts.found + counts.notFound > 0;
  return [
    ...(waves.length > 0 ? [start] : []),
    ...(isListed
      ? [buttonData(writer, { title: say('bulk.act.items'), verb: 'bulk.items', data, inputs: 'none' })]
      : []),
    buttonData(writer, { title: say('bulk.act.change'), verb: 'bulk.change', data, inputs: 'none' }),
    buttonData(writer, { title: say('common.cancel'), verb: 'card.cancel', data, inputs: 'none' }),
  ];
}
