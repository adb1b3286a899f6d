// The forms of assign and unassign, and what an admin decides where it is unclear.
import { showRequest } from '../../requests/look-up.ts';
import { assignAgain, operatePerson } from '../../requests/person/operate-person.ts';
import { submitAssign } from '../../requests/person/submit-assign.ts';
import { submitUnassign } from '../../requests/person/submit-unassign.ts';
import { type Answer, here, say, type Turn } from '../turn.ts';
import type { Action } from './action.ts';
import { formMessage } from './form-message.ts';

export const submit: Action<'assign.submit'> = async ({ deps, incoming, person, origin, deadline }, button) => {
  const form = {
    licence: button.licence,
    provisioning: button.policyGroup,
    settings: button.settingsGroup,
    reason: button.reason,
    mail: button.mail === true,
    mailText: button.mailText === '' ? null : button.mailText,
    ticket: button.ticket === true,
  };
  return here(await submitAssign(deps, person, button.request, form, formMessage(incoming), origin, deadline));
};

export const submitBack: Action<'unassign.submit'> = async ({ deps, incoming, person, origin, deadline }, button) => {
  const form = {
    licence: button.licence,
    endGrace: button.endGrace === true,
    confirmEndGrace: button.confirmEndGrace === true,
    reason: button.reason,
    mail: button.mail === true,
    mailText: button.mailText === '' ? null : button.mailText,
  };
  return here(await submitUnassign(deps, person, button.request, form, formMessage(incoming), origin, deadline));
};

export const retry: Action<'assign.retry'> = async ({ deps, person, origin, deadline }, button) =>
  here(await assignAgain(deps, person, { id: button.request }, origin, deadline));

const decideUnclear = async (
  turn: Turn,
  request: string,
  type: 'startAgain' | 'close',
  attempt: number,
): Promise<Answer> => {
  const { deps, incoming, person, origin, deadline } = turn;
  const shown = await operatePerson(deps, person, { id: request }, { type, attempt }, origin, deadline);
  const audience = incoming.place === 'channel' ? 'channel' : shown.audience;
  return here({ card: 'request', audience, view: shown.view });
};

export const askResend: Action<'assign.resend.ask'> = async (turn, { request, attempt }) => {
  const { deps, incoming, person, origin, deadline } = turn;
  const { view, audience, roles } = await showRequest(deps, person, { id: request }, origin, deadline);
  const item = view.person?.item;
  const isOpen = item?.state === 'needsOperator' && item.attempt === attempt;
  if (isOpen) return roles.admin ? here({ card: 'confirmEndGrace', view }) : say('error.notAdmin');
  return here({ card: 'request', audience: incoming.place === 'channel' ? 'channel' : audience, view });
};

export const resend: Action<'assign.resend'> = (turn, { request, attempt }) =>
  decideUnclear(turn, request, 'startAgain', attempt);

export const close: Action<'assign.close'> = (turn, { request, attempt }) =>
  decideUnclear(turn, request, 'close', attempt);
