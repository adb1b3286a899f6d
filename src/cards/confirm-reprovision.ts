// The form before anything happens: what will be lost, what stays, how long it takes, and what the policy lets one choose.
import { faceOf } from '../domain/cloud-pc.ts';
import type { CardView } from '../domain/views.ts';
import { usualSpan } from '../locales/request-values.ts';
import { moment, say } from '../locales/sentence.ts';
import { builtFrom, buttonData, choiceData, type Fact, factData, planOf, spoken, stateData } from './card-parts.ts';
import type { Writer } from './writer.ts';

type View = Extract<CardView, { card: 'confirmReprovision' }>;

export function confirmReprovision(writer: Writer, view: View) {
  const { pc, forOwner, needsApproval, usual, choices } = view;
  const t = (own: string, forOther: string) =>
    say(forOwner ? `confirm.${forOther}` : `confirm.${own}`, { name: forOwner?.name ?? '' });
  const values = { pc: pc.name, upn: pc.ownerUpn ?? '' };
  return {
    title: writer.markdown(t('title', 'titleFor')),
    // Names can be made to look like others; the address cannot.
    subtitle: writer.markdown(say(forOwner && pc.ownerUpn ? 'confirm.subFor' : 'confirm.sub', values)),
    state: stateData(writer, 'danger', say('confirm.strip'), t('stripText', 'stripTextFor')),
    staysText: writer.markdown(t('staysText', 'staysTextFor')),
    durationText: writer.markdown(
      usual ? say('confirm.durationText', { usual: usualSpan(usual), n: usual.count }) : say('confirm.durationNone'),
    ),
    facts: factData(writer, factsOf(view)),
    reasonError: writer.plain(say(needsApproval ? 'confirm.reasonError' : 'confirm.reasonErrorDirect')),
    // Nothing is chosen beforehand: an account type that nobody chose could take somebody's rights away.
    os: choiceSet(writer, choices.osVersions, 'os'),
    account: choiceSet(writer, choices.accountTypes, 'account'),
    mail: mailData(writer, view),
    inOwnName: ownName(writer, view),
    tickTitle: writer.plain(t('tick', 'tickFor')),
    next: writer.markdown(say(needsApproval ? 'confirm.nextApproval' : 'confirm.nextDirect')),
    actions: actionsOf(writer, view),
    ...spoken(writer, say('confirm.summary', values), say('confirm.speak', values)),
  };
}

function factsOf({ pc }: View): Fact[] {
  return [
    { label: say('label.state'), value: say(`pc.${faceOf(pc.status)}`) },
    { label: say('label.lastSignIn'), value: moment(pc.lastSignInAt, 'smart') },
    { label: say('label.plan'), value: planOf(pc) },
    { label: say('label.builtFrom'), value: builtFrom(pc) },
    ...(pc.kind === 'dedicated' ? [] : [{ label: say('label.kind'), value: say(`kind.${pc.kind}`) }]),
  ];
}

function choiceSet(writer: Writer, values: readonly string[], texts: 'os' | 'account') {
  if (values.length === 0) return null;
  return { choices: values.map((value) => choiceData(writer, value, say(`${texts}.${value}`))) };
}

/** A choice cannot be sent with the person's own token. */
function ownName(writer: Writer, { isInOwnName, choices }: View): string | null {
  if (!isInOwnName) return null;
  const hasChoice = choices.osVersions.length > 0 || choices.accountTypes.length > 0;
  return writer.markdown(say(hasChoice ? 'confirm.inOwnName' : 'confirm.inOwnNameNoChoice'));
}

function mailData(writer: Writer, { mail, forOwner }: View) {
  if (!mail.offered) return null;
  return {
    title: writer.plain(say(forOwner ? 'confirm.mailToggleFor' : 'confirm.mailToggle')),
    value: mail.preset ? 'true' : 'false',
    mayWriteText: mail.mayWriteText,
  };
}

function actionsOf(writer: Writer, { requestId, revision, pc, needsApproval }: View) {
  const ids = { request: requestId, revision };
  return [
    buttonData(writer, {
      title: say(needsApproval ? 'confirm.request' : 'confirm.direct'),
      verb: 'request.submit',
      style: needsApproval ? 'positive' : 'destructive',
      data: { ...ids, cloudPc: pc.id },
    }),
    buttonData(writer, { title: say('common.cancel'), verb: 'card.cancel', data: ids, inputs: 'none' }),
  ];
}
