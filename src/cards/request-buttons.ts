// The buttons of a request's card. Each carries the request's id and revision, and the attempt where a person must decide.
import { mayStillCancel } from '../domain/item.ts';
import type { PersonItem } from '../domain/person-item.ts';
import type { RequestView } from '../domain/views.ts';
import { say } from '../locales/sentence.ts';
import type { Verb } from './button-data.ts';
import { type ButtonSpec, onRequest } from './card-parts.ts';
import type { FaceButton } from './request-faces.ts';

interface ButtonFace {
  title: string;
  verb: Verb;
  style?: ButtonSpec['style'];
  ofAttempt?: true;
}

const buttons: Readonly<Record<Exclude<FaceButton, 'open'>, ButtonFace>> = {
  approve: { title: 'approval.approve', verb: 'request.approve', style: 'positive' },
  decline: { title: 'approval.decline', verb: 'request.decline.ask' },
  cancel: { title: 'progress.act.cancel', verb: 'request.cancel' },
  history: { title: 'progress.act.history', verb: 'request.history' },
  again: { title: 'progress.act.again', verb: 'request.again', style: 'positive' },
  askAgain: { title: 'progress.act.askAgain', verb: 'request.again' },
  check: { title: 'progress.act.check', verb: 'request.check', style: 'positive', ofAttempt: true },
  close: { title: 'progress.act.close', verb: 'request.close', ofAttempt: true },
  treatAsStarted: { title: 'progress.act.treatAsStarted', verb: 'request.treatAsStarted', ofAttempt: true },
  signIn: { title: 'progress.act.signIn', verb: 'request.signIn', style: 'positive' },
  resend: { title: 'progress.act.resend', verb: 'request.resend.ask', style: 'destructive', ofAttempt: true },
  lookAgain: { title: 'personCard.act.lookAgain', verb: 'assign.retry', style: 'positive' },
  endAgain: { title: 'personCard.act.endAgain', verb: 'assign.resend.ask', style: 'destructive', ofAttempt: true },
  closePerson: { title: 'progress.act.close', verb: 'assign.close', ofAttempt: true },
};

/** @returns null when it makes no sense (any more): a wipe that may have arrived cannot be cancelled */
export function requestButton(name: FaceButton, { request, item, person }: RequestView): ButtonSpec | null {
  if (name === 'open') return null;
  // It would decide on all the others too; those who asked for them have the card of the whole.
  if (request.bulk && name !== 'history') return null;
  if (name === 'cancel' && item && !mayStillCancel(item)) return null;
  if (name === 'cancel' && person && hasBegun(person.item)) return null;
  const { title, verb, style, ofAttempt } = buttons[name];
  const attempt = ofAttempt ? { attempt: (item ?? person?.item)?.attempt ?? 0 } : {};
  return { title: say(title), verb, style, data: { ...onRequest(request), ...attempt }, inputs: 'none' };
}

/** From the first change of a group on it is not cancelled any more: it ends, or what was changed is taken back. */
function hasBegun({ state }: PersonItem): boolean {
  return state !== 'queued' && state !== 'checking';
}
