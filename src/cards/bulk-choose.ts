// Choosing the Cloud PCs of a bulk request: several ways at once, and nothing happens by it but a preview.
import type { BulkChoice } from '../domain/bulk.ts';
import type { CardView } from '../domain/views.ts';
import { say } from '../locales/sentence.ts';
import { noChoice } from './button-data.ts';
import { buttonData, spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'bulkChoose' }>;

/** More policies than this would not fit beside a long list of people. */
const mostPolicies = 40;
const mostOfAPolicy = 60;
const mostOfAGroup = 256;

/** What is left of a card's 24 KB beside the words and inputs of this one. */
const roomForChoices = 19_000;

export function bulkChoose(writer: Writer, { choice, policies, problem, takesFiles }: View) {
  const offered = policyData(writer, policies);
  const people = peopleThatFit(writer, choice, roomForChoices - bytesOf(offered));
  const isChosen = policies.slice(0, mostPolicies).some(({ id }) => id === choice.policyId);
  return {
    title: writer.markdown(say('bulk.title')),
    subtitle: writer.markdown(say('bulk.choose.sub')),
    state: problem && stateData(writer, 'ask', say('bulk.choose.problem'), say(problem.text, problem.values)),
    people: people ?? '',
    peopleLong: people === null ? writer.markdown(say('bulk.choose.peopleLong')) : null,
    group: choice.group.trim() === '' ? '' : writer.plain(choice.group, mostOfAGroup),
    policies: offered.length === 0 ? null : offered,
    policyId: isChosen && choice.policyId ? choice.policyId : noChoice,
    failed: String(choice.failed),
    several: String(choice.several),
    file: takesFiles ? writer.markdown(say('bulk.choose.file')) : null,
    actions: [
      buttonData(writer, { title: say('bulk.choose.preview'), verb: 'bulk.choose', style: 'positive', data: {} }),
      buttonData(writer, { title: say('common.cancel'), verb: 'card.cancel', data: {}, inputs: 'none' }),
    ],
    ...spoken(writer, say('bulk.choose.summary')),
  };
}

function policyData(writer: Writer, policies: View['policies']) {
  if (policies.length === 0) return [];
  return [
    { value: noChoice, title: writer.plain(say('bulk.choose.policyNone')) },
    ...policies.slice(0, mostPolicies).map(({ id, name }) => ({ value: id, title: writer.plain(name, mostOfAPolicy) })),
  ];
}

/** A list that was cut would choose fewer people than it seems to: whole or not at all, and then null. */
function peopleThatFit(writer: Writer, { people }: BulkChoice, room: number): string | null {
  if (people.trim() === '') return '';
  if (people.length > room) return null;
  const whole = writer.text(people, people.length);
  return bytesOf(whole) <= room ? whole : null;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
