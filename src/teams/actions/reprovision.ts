// The way to a request: start, choose, submit, close.
import { InputError } from '../../domain/errors.ts';
import { askForCloudPc, askReprovision, chooseCloudPc } from '../../requests/ask-reprovision.ts';
import { closeDraft } from '../../requests/cancel.ts';
import { askAssign } from '../../requests/person/ask-assign.ts';
import { askUnassign } from '../../requests/person/ask-unassign.ts';
import { submitReprovision } from '../../requests/submit-reprovision.ts';
import { here } from '../turn.ts';
import type { Action } from './action.ts';
import { formMessage } from './form-message.ts';

export const start: Action<'reprovision.start'> = async ({ deps, person, origin, deadline }) =>
  here(await askReprovision(deps, person, { type: 'self' }, origin, deadline));

export const choosePerson: Action<'person.choose'> = async ({ deps, person, origin, deadline }, button) => {
  if (button.person === null) throw new InputError('choiceMissing');
  const target = { type: 'id' as const, personId: button.person };
  switch (button.choice) {
    case 'assign':
      return here(await askAssign(deps, person, target, '', origin, deadline));
    case 'unassign':
      return here(await askUnassign(deps, person, target, origin, deadline));
    default:
      return here(await askReprovision(deps, person, target, origin, deadline));
  }
};

export const choose: Action<'reprovision.choose'> = async ({ deps, person, origin, deadline }, button) => {
  if (button.cloudPc === null) throw new InputError('choiceMissing');
  if (button.request === null) return here(await askForCloudPc(deps, person, button.cloudPc, origin, deadline));
  return here(await chooseCloudPc(deps, person, button.request, button.cloudPc, origin, deadline));
};

export const submit: Action<'request.submit'> = async ({ deps, incoming, person, origin, deadline }, button) => {
  if (button.cloudPc === null) throw new InputError('choiceMissing');
  const form = {
    cloudPcId: button.cloudPc,
    reason: button.reason,
    saved: button.saved === true,
    osVersion: button.osVersion,
    accountType: button.accountType,
    mail: button.mail === true,
    mailText: button.mailText === '' ? null : button.mailText,
  };
  return here(await submitReprovision(deps, person, button.request, form, formMessage(incoming), origin, deadline));
};

export const close: Action<'card.cancel'> = async ({ deps, person, origin }, button) => {
  const became = button.request === null ? 'closed' : await closeDraft(deps, person, button.request, origin);
  return here({ card: 'closed', text: became === 'closed' ? 'cancelled' : 'started' });
};
