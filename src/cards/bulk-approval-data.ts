// What `approval` shows of a bulk request in the channel: who asks for how many and why, and what deciding does.
import type { BulkSource } from '../domain/bulk.ts';
import { approvalsOf } from '../domain/request.ts';
import type { RequestView } from '../domain/views.ts';
import type { BulkValues } from '../locales/bulk-values.ts';
import { sourceOf } from '../locales/bulk-words.ts';
import { pcNameOf, type RequestValues } from '../locales/request-values.ts';
import { dotted, type Sentence, say } from '../locales/sentence.ts';
import type { BulkFace } from './bulk-faces.ts';
import { breakable, type Fact, factData, spoken, updated } from './card-parts.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

export function bulkApprovalData(
  writer: Writer,
  view: RequestView,
  face: BulkFace,
  values: RequestValues & BulkValues,
) {
  const { request, now } = view;
  const isOpen = request.state === 'awaitingApproval';
  const state = say(face.title, values);
  const summary = isOpen
    ? say('approval.summary', values)
    : say('approval.summaryDone', { code: request.code ?? '', state });
  const reason = { reason: request.reason ?? '' };
  return {
    title: writer.markdown(say(isOpen ? 'bulk.approvalTitle' : 'progress.title', values)),
    subtitle: writer.markdown(say('approval.sub', values)),
    facts: factData(writer, factsOf(view, isOpen)),
    reason: request.reason ? writer.text(request.reason) : null,
    checkedTitle: writer.markdown(say('approval.checked', values)),
    checks: isOpen ? checksOf(view).map(({ tone, text }) => ({ ...looks[tone], text: writer.markdown(text) })) : [],
    note: null,
    effect: isOpen ? writer.markdown(say(effectOf(view))) : null,
    footer: writer.markdown(updated(writer, now)),
    ...spoken(writer, summary, isOpen ? say('bulk.approvalSpeak', { ...values, ...reason }) : summary),
  };
}

function factsOf(view: RequestView, isOpen: boolean): Fact[] {
  const { request, bulk } = view;
  const waves = bulk?.waves ?? [];
  return [
    { label: say('label.askedBy'), value: request.requester.name },
    ...(request.bulk ? [{ label: say('label.chosen'), value: sourceOf(breakableSource(request.bulk.source)) }] : []),
    { label: say('label.cloudPcs'), value: pcNameOf(view) },
    ...(isOpen && waves.length > 1
      ? [{ label: say('label.waves'), value: say('bulk.wavesFact', { n: waves.length, first: waves[0]?.size ?? 0 }) }]
      : []),
    ...(isOpen ? optionFacts(view) : []),
  ];
}

function breakableSource(source: BulkSource): BulkSource {
  return 'name' in source ? { ...source, name: breakable(source.name) } : source;
}

function optionFacts({ request }: RequestView): Fact[] {
  const { osVersion, accountType } = request.options;
  const [first, ...rest] = [
    osVersion && say(`os.${osVersion}`),
    accountType && say(`account.${accountType}`),
    request.bulk?.duringMaintenance ? say('bulk.inMaintenance') : null,
  ].filter((one) => one !== null);
  return first ? [{ label: say('label.options'), value: dotted(first, ...rest) }] : [];
}

function checksOf({ request }: RequestView): { tone: Tone; text: Sentence }[] {
  const { notSignedOut = 0, leftOut = 0 } = request.bulk?.counts ?? {};
  return [
    notSignedOut > 0
      ? { tone: 'warn', text: say('bulk.notSignedOut', { n: notSignedOut }) }
      : { tone: 'good', text: say('bulk.allSignedOut') },
    ...(leftOut > 0 ? [{ tone: 'info' as const, text: say('bulk.someLeftOut', { n: leftOut }) }] : []),
  ];
}

function effectOf({ request, bulk, startsPaused }: RequestView): string {
  if (startsPaused) return 'bulk.effectPaused';
  if (request.bulk?.duringMaintenance) return 'bulk.effectMaintenance';
  if (request.approval.needed - approvalsOf(request).length > 1) return 'bulk.effectPart';
  return (bulk?.waves.length ?? 0) > 1 ? 'bulk.effect' : 'bulk.effectOne';
}
