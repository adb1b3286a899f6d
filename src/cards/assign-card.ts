// The form that assigns Windows 365: what the person has, which licence or size, which groups, mail and ticket.
import type { CardView, EntitlementChoice, GroupChoices, MailOffer, Text } from '../domain/views.ts';
import { listed } from '../locales/person-values.ts';
import { type Sentence, say, type Words } from '../locales/sentence.ts';
import { breakable, buttonData, choiceData, type Fact, factData, spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'assign' }>;

/** What is left of a card's 24 KB for each list; some fifty names of usual length. */
const roomForLicences = 5500;
const roomForGroups = 4000;
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
    policyGroup: groupData(writer, view.provisioning),
    settingsGroup: groupData(writer, view.settings),
    reasonError: writer.plain(say(needsApproval ? 'confirm.reasonError' : 'confirm.reasonErrorDirect')),
    mail: mailData(writer, view.mail, say(isSelf ? 'confirm.mailToggle' : 'assign.mailToggle')),
    ticket: view.offersTicket,
    next: writer.markdown(say(needsApproval ? 'confirm.nextApproval' : 'assign.nextDirect')),
    actions: actionsOf(writer, view),
    ...spoken(writer, say('assign.summary', { owner })),
  };
}

/** What must be changed first; it stands on top, since the rest of the form is as it was. */
export function problemData(writer: Writer, problem: Text | null) {
  return problem && stateData(writer, 'ask', say('bulk.choose.problem'), say(problem.text, problem.values));
}

export function mailData(writer: Writer, { offered, preset, mayWriteText }: MailOffer, title: Sentence) {
  return offered ? { title: writer.plain(title), value: String(preset), mayWriteText } : null;
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

function licenceData(writer: Writer, { entitlements, chosen }: View) {
  const titleOf = ({ kind, name, free }: EntitlementChoice) =>
    choiceTitle(writer, say(`assign.${kind}Choice`, { name, n: Math.max(0, free) }));
  const first = chosen ?? (entitlements.length === 1 ? (entitlements[0]?.value ?? null) : null);
  return listData(writer, withFirst(entitlements, first), first, roomForLicences, titleOf);
}

function groupData(writer: Writer, groups: GroupChoices | null) {
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
    ...listData(writer, withFirst(offered, value), value, roomForGroups, titleOf),
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
