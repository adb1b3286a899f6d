// What `progress` shows about somebody's Windows 365: how far it is, what happened and helps, what was taken back and what not.
import type { PersonItem } from '../domain/person-item.ts';
import type { PersonView } from '../domain/person-views.ts';
import type { RequestView } from '../domain/views.ts';
import { explainPerson, fateOf, referenceOfPerson } from '../locales/person-outcome.ts';
import { changeLists, type PersonValues, ticketWords } from '../locales/person-values.ts';
import { dotted, say, type Words } from '../locales/sentence.ts';
import { type Fact, factData, spoken, updated } from './card-parts.ts';
import { orderFacts } from './person-approval-data.ts';
import { personStepsOf } from './person-steps.ts';
import type { Face, Side } from './request-faces.ts';
import { stepData } from './request-steps.ts';
import type { Writer } from './writer.ts';

export function personProgressData(writer: Writer, view: RequestView, side: Side, face: Face, values: PersonValues) {
  const { request, person, now } = view;
  const subtitle = {
    self: 'progress.subYou',
    requester: 'personCard.subOther',
    owner: 'progress.subOther',
    channel: 'personCard.subOther',
  }[side];
  const stamp = updated(writer, now);
  const reference = referenceOfPerson(person?.item ?? null);
  const state = say(face.title, values);
  const text = say(face.text, values);
  return {
    headIcon: request.operation === 'unassign' ? 'PersonSubtract' : 'PersonAdd',
    title: writer.markdown(say('personCard.title', values)),
    subtitle: writer.markdown(request.code === null ? say('common.windows365') : say(subtitle, values)),
    facts: factData(writer, person ? factsOf(person, values) : []),
    explain: explanations(person?.item ?? null, side).map(({ label, text }) => ({
      label: writer.markdown(say(label)),
      text: writer.markdown(text),
    })),
    steps: personStepsOf(view).map((step) => stepData(writer, step)),
    footer: writer.markdown(reference ? dotted(reference, stamp) : stamp),
    ...spoken(
      writer,
      say('personCard.summary', { ...values, state }),
      say('personCard.speak', { ...values, state, text }),
    ),
  };
}

function factsOf({ item, ticket, mail }: PersonView, values: PersonValues): Fact[] {
  const isSeatKnown = item.seats !== null && (isOutOfSeats(item) || item.step === 'awaitLicence');
  const isReady = item.operation === 'assign' && (item.state === 'ready' || item.state === 'readyWithWarnings');
  return [
    ...orderFacts(item, values),
    ...(isReady && item.cloudPc ? [{ label: say('label.cloudPc'), value: item.cloudPc.name }] : []),
    ...(isReady ? [{ label: say('label.took'), value: values.span }] : []),
    ...(isSeatKnown ? [{ label: say('label.seats'), value: values.seats }] : []),
    ...(ticket ? [{ label: say('label.ticket'), value: ticketWords(ticket) }] : []),
    ...(mail ? [{ label: say('label.mail'), value: say(mailWords[mail]) }] : []),
    ...(isKept(item) ? [{ label: say('label.keptUntil'), value: values.until }] : []),
  ];
}

const mailWords = {
  pending: 'personCard.mailPending',
  sent: 'personCard.mailSent',
  failed: 'personCard.mailFailed',
} as const;

function isOutOfSeats({ outcome, failing }: PersonItem): boolean {
  const code = (outcome ?? failing)?.code;
  return code === 'outOfSeats' || code === 'outOfSeatsLate';
}

/** Once the licence is gone; before, a grace period is another one's. */
function isKept(item: PersonItem): boolean {
  const isTakenBack = ['ready', 'readyWithWarnings', 'failed'].includes(item.state) || item.step === 'leaveOthers';
  return item.operation === 'unassign' && isTakenBack && fateOf(item) === 'kept';
}

interface Explained {
  label: string;
  text: Words;
}

function explanations(item: PersonItem | null, side: Side): Explained[] {
  if (!item) return [];
  if (item.state === 'needsOperator') {
    return side === 'channel' ? [{ label: 'progress.choices', text: say('personCard.choicesText') }] : [];
  }
  return [...causes(item), ...changesOf(item)];
}

function causes(item: PersonItem): Explained[] {
  const explained = explainPerson(item);
  // No free seat: the sentence above says what helps, too.
  if (!explained || item.outcome === null || item.outcome.code === 'outOfSeats') return [];
  const helps = { label: 'progress.whatToTry', text: explained.helps };
  // The reason of a refusal stands in the sentence above already.
  if (item.state === 'skipped' || item.outcome.code === 'outOfSeatsLate') return [helps];
  return [{ label: 'progress.whatHappened', text: explained.happened }, helps];
}

/** By name, wherever not all went as it should. */
function changesOf(item: PersonItem): Explained[] {
  const hasTrouble = item.state === 'failed' || (item.operation === 'unassign' && item.state === 'readyWithWarnings');
  if (!hasTrouble) return [];
  const { undone, done, notDone } = changeLists(item);
  const isUndoing = item.operation === 'assign';
  const lines: [label: string, text: Words | null][] = [
    ['personCard.undone', undone],
    ['personCard.done', done],
    [isUndoing ? 'personCard.notUndone' : 'personCard.notDone', notDone],
  ];
  return lines.flatMap(([label, text]) => (text === null ? [] : [{ label, text }]));
}
