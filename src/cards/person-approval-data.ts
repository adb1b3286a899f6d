// What `approval` shows in the channel about somebody's Windows 365: who asks for whom, what they get or lose, and why.
import { isForAnother } from '../domain/notices.ts';
import type { PersonItem } from '../domain/person-item.ts';
import { approvalsOf } from '../domain/request.ts';
import type { RequestView } from '../domain/views.ts';
import { listed, type PersonValues } from '../locales/person-values.ts';
import { type Sentence, say } from '../locales/sentence.ts';
import { type Check, checkData } from './approval-data.ts';
import { breakable, type Fact, factData, spoken, updated } from './card-parts.ts';
import type { Face } from './request-faces.ts';
import type { Writer } from './writer.ts';

export function personApprovalData(writer: Writer, view: RequestView, face: Face, values: PersonValues) {
  const { request, person, now } = view;
  const isOpen = request.state === 'awaitingApproval';
  const state = say(face.title, values);
  const summary = isOpen
    ? say('personCard.approvalSummary', values)
    : say('approval.summaryDone', { code: request.code ?? '', state });
  const speak = say('personCard.approvalSpeak', { ...values, reason: request.reason ?? '' });
  const checks = isOpen && person ? checksOf(view, person.item, values) : [];
  return {
    title: writer.markdown(say(isOpen ? 'personCard.approvalTitle' : 'personCard.approvalTitleDone', values)),
    subtitle: writer.markdown(say('personCard.approvalSub', values)),
    facts: factData(writer, [...whoFacts(view), ...orderFacts(person?.item ?? null, values)]),
    reason: request.reason ? writer.text(request.reason) : null,
    checkedTitle: writer.markdown(say('personCard.also')),
    checks: checks.map((check) => checkData(writer, check)),
    effect: isOpen ? writer.markdown(effectOf(view, values)) : null,
    footer: writer.markdown(updated(writer, now)),
    ...spoken(writer, summary, isOpen ? speak : summary),
  };
}

export function whoFacts({ request }: RequestView): Fact[] {
  const who = request.requester.name;
  if (!isForAnother(request)) return [{ label: say('label.askedBy'), value: say('personCard.own', { who }) }];
  return [
    { label: say('label.askedBy'), value: who },
    { label: say('label.person'), value: request.owner.name },
  ];
}

/** The licence and the groups that go with it; unassign: which Cloud PC goes. */
export function orderFacts(item: PersonItem | null, { licence }: PersonValues): Fact[] {
  if (!item) return [];
  const { provisioning, settings, leaves, cloudPcs } = item.order;
  const left = listed(leaves.map(({ name }) => name));
  const isAssign = item.operation === 'assign';
  return [
    { label: say('label.licence'), value: typeof licence === 'string' ? breakable(licence) : licence },
    ...(!isAssign && cloudPcs.length > 0
      ? [{ label: say('label.cloudPc'), value: cloudPcs.map(({ name }) => name).join(', ') }]
      : []),
    ...(isAssign && provisioning ? [{ label: say('label.provisioning'), value: provisioning.name }] : []),
    ...(isAssign && settings ? [{ label: say('label.settings'), value: settings.name }] : []),
    ...(left ? [{ label: say('label.leaves'), value: left }] : []),
  ];
}

function checksOf({ request }: RequestView, item: PersonItem, values: PersonValues): Check[] {
  const mail = !request.mail.wanted ? 'mailNo' : request.mail.text ? 'mailText' : 'mailYes';
  const more: Check[] = [{ tone: 'info', text: say(`personCard.${mail}`, values) }];
  if (item.operation === 'unassign') return [graceCheck(item), ...more];
  if (item.order.ticket) more.push({ tone: 'info', text: say('personCard.ticketYes') });
  return more;
}

function graceCheck({ order }: PersonItem): Check {
  return order.endsGrace
    ? { tone: 'danger', text: say('personCard.graceEnds') }
    : { tone: 'good', text: say('personCard.graceKept') };
}

function effectOf({ request, startsPaused, person }: RequestView, values: PersonValues): Sentence {
  if (startsPaused) return say('approval.effectPaused');
  const isLast = request.approval.needed - approvalsOf(request).length <= 1;
  const kind = person?.item.order.endsGrace ? 'effectDestroys' : 'effect';
  return say(`personCard.${isLast ? kind : `${kind}Part`}`, values);
}
