// The form that takes Windows 365 back: which licence, which Cloud PC goes with it, and how long it is kept.
import type { CardView } from '../domain/views.ts';
import { type Sentence, say } from '../locales/sentence.ts';
import { mailData, problemData, reasonData } from './assign-card.ts';
import { breakable, buttonData, choiceData, type Fact, factData, spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'unassign' }>;

/** Nobody has more; a card has no room for more. */
const mostChoices = 20;
const hoursADay = 24;

export function unassignCard(writer: Writer, view: View) {
  const { person, graceHours, offersEndGrace, problem, needsApproval } = view;
  const owner = person.name;
  return {
    title: writer.markdown(say('personCard.title', { operation: 'unassign' })),
    subtitle: writer.markdown(say('assign.sub', { upn: person.upn })),
    problem: problemData(writer, problem),
    state: stateData(writer, 'danger', say('unassign.strip', { owner }), say('unassign.stripText')),
    graceText: writer.markdown(graceText(graceHours)),
    facts: factData(writer, factsOf(view)),
    licence: licenceData(writer, view),
    endGrace: offersEndGrace,
    reasonError: writer.plain(say(needsApproval ? 'confirm.reasonError' : 'confirm.reasonErrorDirect')),
    reason: reasonData(writer, view.written),
    mail: mailData(writer, view.mail, say('unassign.mailToggle'), view.written),
    next: writer.markdown(say(needsApproval ? 'confirm.nextApproval' : 'assign.nextDirect')),
    actions: actionsOf(writer, view),
    ...spoken(writer, say('unassign.summary', { owner })),
  };
}

function licenceData(writer: Writer, { choices, written }: View) {
  if (choices.length < 2) return null;
  const shown = choices.slice(0, mostChoices);
  const value = shown.find((one) => one.value === written?.licence)?.value ?? '';
  return { value, choices: shown.map((one) => choiceOf(writer, one)) };
}

/** A choice of one is none: it is told. */
function factsOf({ person, choices }: View): Fact[] {
  const [only, another] = choices;
  const name = { label: say('label.person'), value: person.name };
  if (!only || another) return [name];
  return [
    name,
    { label: say('label.licence'), value: breakable(only.name) },
    { label: say('label.cloudPc'), value: only.cloudPcName ?? say('unassign.noCloudPc') },
  ];
}

function choiceOf(writer: Writer, { value, name, cloudPcName }: View['choices'][number]) {
  const title =
    cloudPcName === null ? say('unassign.choiceNone', { name }) : say('unassign.choice', { name, pc: cloudPcName });
  return choiceData(writer, value, title);
}

function graceText(hours: number | null): Sentence {
  if (hours === null) return say('unassign.graceTextUnknown');
  const length =
    hours % hoursADay === 0 ? say('unassign.days', { n: hours / hoursADay }) : say('unassign.hours', { n: hours });
  return say('unassign.graceText', { length });
}

function actionsOf(writer: Writer, { requestId, revision, needsApproval }: View) {
  const data = { request: requestId, revision };
  return [
    buttonData(writer, {
      title: say(needsApproval ? 'unassign.request' : 'unassign.do'),
      verb: 'unassign.submit',
      style: needsApproval ? 'positive' : 'destructive',
      data,
    }),
    buttonData(writer, { title: say('common.cancel'), verb: 'card.cancel', data, inputs: 'none' }),
  ];
}
