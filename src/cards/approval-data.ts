// What `approval` shows in the channel: who asks for what and why, what was seen, and what deciding does.
import { type CloudPc, faceOf as faceOfCloudPc, wasSignedOutSince } from '../domain/cloud-pc.ts';
import { isForAnother } from '../domain/notices.ts';
import { approvalsOf } from '../domain/request.ts';
import type { RequestView } from '../domain/views.ts';
import { pcNameOf, type RequestValues } from '../locales/request-values.ts';
import { dotted, moment, type Sentence, say } from '../locales/sentence.ts';
import { builtFrom, type Fact, factData, planOf, spoken, updated } from './card-parts.ts';
import type { Face } from './request-faces.ts';
import { looks, type Tone } from './tone.ts';
import type { Writer } from './writer.ts';

export function approvalData(writer: Writer, view: RequestView, face: Face, values: RequestValues) {
  const { request, item, now } = view;
  const isOpen = request.state === 'awaitingApproval';
  const state = say(face.title, values);
  const summary = isOpen
    ? say('approval.summary', values)
    : say('approval.summaryDone', { code: request.code ?? '', state });
  const reason = { reason: request.reason ?? '' };
  return {
    title: writer.markdown(say(isOpen ? 'approval.title' : 'approval.titleDone', values)),
    // Names can be made to look like others; the address cannot.
    subtitle: writer.markdown(say('approval.subOf', { ...values, upn: request.ownerUpn })),
    facts: factData(writer, isOpen ? openFacts(view) : decidedFacts(view)),
    reason: request.reason ? writer.text(request.reason) : null,
    checkedTitle: writer.markdown(say('approval.checked', values)),
    checks: isOpen && item ? checks(view, item.cloudPc).map((check) => checkData(writer, check)) : [],
    effect: isOpen ? writer.markdown(say(effectOf(view))) : null,
    footer: writer.markdown(updated(writer, now)),
    ...spoken(writer, summary, isOpen ? say('approval.speak', { ...values, ...reason }) : summary),
  };
}

function decidedFacts(view: RequestView): Fact[] {
  const { request } = view;
  const who = request.requester.name;
  const isOwn = !isForAnother(request);
  return [
    { label: say('label.askedBy'), value: isOwn ? say('approval.own', { who }) : who },
    ...(isOwn ? [] : [{ label: say('label.owner'), value: request.owner.name }]),
    { label: say('label.cloudPc'), value: pcNameOf(view) },
  ];
}

function openFacts(view: RequestView): Fact[] {
  const { item, request } = view;
  const { osVersion, accountType } = request.options;
  const chosen = [osVersion && say(`os.${osVersion}`), accountType && say(`account.${accountType}`)].filter(
    (one) => one !== null,
  );
  const [first, ...rest] = chosen;
  return [
    ...decidedFacts(view),
    ...(item ? [{ label: say('label.plan'), value: planOf(item.cloudPc) }] : []),
    ...(item ? [{ label: say('label.builtFrom'), value: builtFrom(item.cloudPc) }] : []),
    ...(first ? [{ label: say('label.options'), value: dotted(first, ...rest) }] : []),
  ];
}

export interface Check {
  tone: Tone;
  text: Sentence;
}

/** What was read when it was asked. Graph does not tell whether somebody is connected now. */
function checks({ request }: RequestView, pc: CloudPc): Check[] {
  const state = faceOfCloudPc(pc.status);
  return [
    signInCheck(pc),
    { tone: 'info', text: say('approval.built', { when: moment(pc.provisionedAt, 'smart', 'common.unknown') }) },
    { tone: state === 'ready' ? 'good' : 'warn', text: say('approval.state', { state: say(`pc.${state}`) }) },
    { tone: 'good', text: say('approval.saved', { who: request.requester.name }) },
  ];
}

function signInCheck(pc: CloudPc): Check {
  if (pc.lastSignInAt === null) return { tone: 'good', text: say('approval.neverSignedIn') };
  const when = moment(pc.lastSignInAt, 'smart');
  return wasSignedOutSince(pc)
    ? { tone: 'good', text: say('approval.signedOut', { when }) }
    : { tone: 'warn', text: say('approval.connected', { when }) };
}

export function checkData(writer: Writer, { tone, text }: Check) {
  const { icon, color, glyph } = looks[tone];
  return { icon, color, glyph, text: writer.markdown(text) };
}

function effectOf({ request, startsPaused }: RequestView): string {
  if (startsPaused) return 'approval.effectPaused';
  const isLast = request.approval.needed - approvalsOf(request).length <= 1;
  return isLast ? 'approval.effect' : 'approval.effectPart';
}
