// The form that assigns Windows 365: what the person has, which licence or size, which groups, mail and ticket.

import type { MailOffer, Written } from '../domain/form-views.ts';
import type { EntitlementChoice, GroupChoices } from '../domain/person-views.ts';
import { longestMailText, longestReason } from '../domain/request.ts';
import type { TextView } from '../domain/text-views.ts';
import type { CardView } from '../domain/views.ts';
import { listed } from '../locales/person-values.ts';
import { type Sentence, say, type Words } from '../locales/sentence.ts';
import { breakable, buttonData, choiceData, type Fact, factData, spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'assign' }>;

/** What is left of a card's 24 KB for the lists: some fifty names of usual length in each, fewer beside a long text. */
const roomForLists = 13_500;
const shares = { licences: 0.4, groups: 0.3 } as const;
const usualTextBytes = 800;
/** Names of what the person has; more do not help to decide. */
const mostHas = 5;

export function assignCard(writer: Writer, view: View) {
  const { person, isSelf, problem, needsApproval } = view;
  const owner = person.name;
  const t = (key: string) => say(isSelf ? `assign.${key}Self` : `assign.${key}`, { owner });
  return {
    title: writer.markdown(isSelf ? say('assign.titleSelf') : say('personCard.title', { operation: 'assign' })),
    subtitle: writer.markdown(say('assign.sub', { upn: person.upn })),
    problem: problemData(writer, problem),
    state: stateData(writer, 'info', t('strip'), t('stripText')),
    facts: factData(writer, factsOf(view)),
    licence: licenceData(writer, view),
    policyGroup: groupData(writer, view.provisioning, view.written),
    settingsGroup: groupData(writer, view.settings, view.written),
    reasonError: writer.plain(say(needsApproval ? 'confirm.reasonError' : 'confirm.reasonErrorDirect')),
    reason: reasonData(writer, view.written),
    mail: mailData(writer, view.mail, say(isSelf ? 'confirm.mailToggle' : 'assign.mailToggle'), view.written),
    ticket: view.offersTicket ? { value: String(view.written?.ticket ?? true) } : null,
    next: writer.markdown(say(needsApproval ? 'confirm.nextApproval' : 'assign.nextDirect')),
    actions: actionsOf(writer, view),
    ...spoken(writer, say('assign.summary', { owner })),
  };
}

/** What must be changed first; it stands on top, since the rest of the form is as it was. */
export function problemData(writer: Writer, problem: TextView | null) {
  return problem && stateData(writer, 'ask', say('bulk.choose.problem'), sentencesIn(problem));
}

export function sentencesIn({ text, values, more = [] }: TextView): Sentence {
  return more.reduce((a, one) => say('common.and', { a, b: say(one.text, one.values) }), say(text, values));
}

export function mailData(
  writer: Writer,
  { offered, preset, mayWriteText }: MailOffer,
  title: Sentence,
  written: Written | null,
) {
  if (!offered) return null;
  const text = written?.mailText ?? '';
  return {
    title: writer.plain(title),
    value: String(written?.mail ?? preset),
    mayWriteText,
    text: text === '' ? '' : writer.text(text, longestMailText),
  };
}

export function reasonData(writer: Writer, written: Written | null): string {
  return written ? writer.text(written.reason, longestReason) : '';
}

function factsOf({ person, has }: View): Fact[] {
  const more = has.length - mostHas;
  const names: Words[] = [
    ...has.slice(0, mostHas).map(breakable),
    ...(more > 0 ? [say('common.more', { n: more })] : []),
  ];
  return [
    { label: say('label.person'), value: person.name },
    { label: say('label.has'), value: listed(names) ?? say('assign.hasNone') },
  ];
}

function roomFor(list: keyof typeof shares, written: Written | null): number {
  const textBytes = written ? Buffer.byteLength(JSON.stringify([written.reason, written.mailText])) : 0;
  return (roomForLists - Math.max(0, textBytes - usualTextBytes)) * shares[list];
}

function licenceData(writer: Writer, { entitlements, chosen, written }: View) {
  const titleOf = ({ kind, name, free }: EntitlementChoice) =>
    choiceTitle(writer, say(`assign.${kind}Choice`, { name, n: Math.max(0, free) }));
  const first = chosen ?? (entitlements.length === 1 ? (entitlements[0]?.value ?? null) : null);
  return listData(writer, withFirst(entitlements, first), first, roomFor('licences', written), titleOf);
}

function groupData(writer: Writer, groups: GroupChoices | null, written: Written | null) {
  if (!groups) return null;
  const { choices, preset, mustKeep } = groups;
  const current = choices.filter(({ isCurrent }) => isCurrent);
  const isKept = mustKeep && current.length > 0;
  const offered = isKept ? current : choices;
  const value = isKept ? (current[0]?.value ?? null) : preset;
  const note = isKept ? 'assign.mustKeep' : current.length > 0 && offered.length > 1 ? 'assign.moves' : null;
  const titleOf = ({ name, isCurrent }: (typeof choices)[number]) =>
    choiceTitle(writer, isCurrent ? say('assign.nowIn', { name }) : name);
  return {
    ...listData(writer, withFirst(offered, value), value, roomFor('groups', written), titleOf),
    note: note && writer.markdown(say(note)),
  };
}

interface Choice {
  value: string;
}

/** What is chosen already must not be cut away. */
function withFirst<T extends Choice>(choices: readonly T[], value: string | null): T[] {
  return [...choices.filter((one) => one.value === value), ...choices.filter((one) => one.value !== value)];
}

/** As many as fit; how many do not is said below. An empty value lets the client show its placeholder. */
function listData<T extends Choice>(
  writer: Writer,
  choices: readonly T[],
  value: string | null,
  room: number,
  titleOf: (choice: T) => string,
) {
  const shown: { value: string; title: string }[] = [];
  let left = room;
  for (const choice of choices) {
    const data = { value: choice.value, title: titleOf(choice) };
    left -= Buffer.byteLength(JSON.stringify(data)) + 1;
    if (left < 0) break;
    shown.push(data);
  }
  const more = choices.length - shown.length;
  return {
    value: shown.some((one) => one.value === value) ? value : '',
    choices: shown,
    more: more > 0 ? writer.markdown(say('common.more', { n: more })) : null,
  };
}

function choiceTitle(writer: Writer, title: Words): string {
  return choiceData(writer, '', title).title;
}

function actionsOf(writer: Writer, { requestId, revision, needsApproval }: View) {
  const data = { request: requestId, revision };
  const title = say(needsApproval ? 'assign.request' : 'assign.do');
  return [
    buttonData(writer, { title, verb: 'assign.submit', style: 'positive', data }),
    buttonData(writer, { title: say('common.cancel'), verb: 'card.cancel', data, inputs: 'none' }),
  ];
}
