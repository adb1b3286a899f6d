// What `progress` shows: the state, what happened and what helps, and the steps.
import { faceOf as faceOfCloudPc } from '../domain/cloud-pc.ts';
import type { RequestView } from '../domain/views.ts';
import { explainOutcome, referenceOf } from '../locales/outcome.ts';
import { pcNameOf, type RequestValues } from '../locales/request-values.ts';
import { dotted, moment, type Sentence, say } from '../locales/sentence.ts';
import { type Fact, factData, spoken, updated } from './card-parts.ts';
import type { Face, Side } from './request-faces.ts';
import { stepData, stepsOf } from './request-steps.ts';
import type { Writer } from './writer.ts';

export function progressData(writer: Writer, view: RequestView, side: Side, face: Face, values: RequestValues) {
  const { request, item, now } = view;
  const subtitle = { self: 'subYou', requester: 'subChannel', owner: 'subOther', channel: 'subChannel' }[side];
  const stamp = updated(writer, now);
  const reference = referenceOf(item);
  const state = say(face.title, values);
  const pc = pcNameOf(view);
  const speak = say('progress.speak', { code: request.code ?? '', pc, state, text: say(face.text, values) });
  return {
    headIcon: 'DesktopSync',
    title: writer.markdown(say('progress.title', values)),
    subtitle: writer.markdown(request.code === null ? say('common.windows365') : say(`progress.${subtitle}`, values)),
    facts: factData(writer, progressFacts(view, values)),
    explain: explanations(view, side).map(({ label, text }) => ({
      label: writer.markdown(say(label)),
      text: writer.markdown(text),
    })),
    steps: stepsOf(view).map((step) => stepData(writer, step)),
    footer: writer.markdown(reference ? dotted(reference, stamp) : stamp),
    ...spoken(writer, say('progress.summary', { pc, state, code: request.code ?? '' }), speak),
  };
}

function progressFacts({ item }: RequestView, { span, newPc }: RequestValues): Fact[] {
  if (item?.state !== 'ready' && item?.state !== 'readyWithWarnings') return [];
  return [
    ...(item.newName === null ? [] : [{ label: say('label.newName'), value: newPc }]),
    { label: say('label.took'), value: span },
  ];
}

interface Explained {
  label: string;
  text: Sentence;
}

function explanations(view: RequestView, side: Side): Explained[] {
  const { item } = view;
  if (item?.state === 'needsOperator' && side === 'channel') {
    return [
      { label: 'progress.seen', text: seenText(view) },
      { label: 'progress.choices', text: say('progress.choicesText') },
    ];
  }
  const explained = explainOutcome(item);
  if (!explained) return [];
  const helps = { label: 'progress.whatToTry', text: explained.helps };
  // The reason of a skip stands in the sentence above already.
  if (item?.state === 'skipped') return [helps];
  return [{ label: 'progress.whatHappened', text: explained.happened }, helps];
}

function seenText({ item }: RequestView): Sentence {
  if (item?.missingSince) return say('progress.seenGone', { when: moment(item.missingSince, 'smart') });
  if (!item?.lastSeen) return say('progress.seenNothing');
  const { status, provisionedAt, isActionRunning } = item.lastSeen;
  return say(isActionRunning ? 'progress.seenBusy' : 'progress.seenIdle', {
    state: say(`pc.${faceOfCloudPc(status)}`),
    when: moment(provisionedAt, 'smart'),
  });
}
