// What the form said, checked field by field; each is checked here again, whatever the client checked.
import { InputError } from '../domain/errors.ts';
import type { Choices, Policy } from '../domain/policy.ts';
import { longestMailText, longestReason, type MailWish, type Options } from '../domain/request.ts';

/** The words that every form asks for. */
export interface SubmittedWords {
  reason: string;
  mail: boolean;
  mailText: string | null;
}

/** What the form said; each field is checked here again, whatever the client checked. */
export interface SubmittedForm extends SubmittedWords {
  cloudPcId: string;
  saved: boolean;
  osVersion: string | null;
  accountType: string | null;
}

export interface CheckedForm {
  reason: string;
  mail: MailWish;
}

export function checkForm(form: SubmittedForm, policy: Policy): CheckedForm {
  const checked = checkWords(form, policy);
  if (!form.saved) throw new InputError('tickMissing');
  return checked;
}

export function checkWords(form: SubmittedWords, policy: Policy): CheckedForm {
  const reason = form.reason.trim();
  if (reason === '') throw new InputError('reasonMissing');
  if (reason.length > longestReason) throw new InputError('reasonTooLong', { max: longestReason });
  const isOffered = policy.mail.from !== null;
  const text = form.mailText?.trim() ? form.mailText.trim() : null;
  if (text !== null && !(isOffered && policy.mail.customText)) throw new InputError('mailTextNotAllowed');
  if (text !== null && text.length > longestMailText) throw new InputError('mailTextTooLong', { max: longestMailText });
  return { reason, mail: { wanted: isOffered && form.mail, text } };
}

export function checkChoices(form: SubmittedForm, choices: Choices): Options {
  return {
    osVersion: checkChoice(form.osVersion, choices.osVersions),
    accountType: checkChoice(form.accountType, choices.accountTypes),
  };
}

/** For many Cloud PCs nothing need be chosen: then each is rebuilt as its policy says. */
export function checkBulkChoices(
  form: Pick<SubmittedForm, 'osVersion' | 'accountType'>,
  { osVersions, accountTypes }: Choices,
): Options {
  return {
    osVersion: form.osVersion === null ? null : checkChoice(form.osVersion, osVersions),
    accountType: form.accountType === null ? null : checkChoice(form.accountType, accountTypes),
  };
}

/** Nothing is sent that was not offered and chosen. */
function checkChoice<T extends string>(given: string | null, offered: readonly T[]): T | null {
  if (offered.length === 0) {
    if (given !== null) throw new InputError('choiceNotOffered');
    return null;
  }
  if (given === null) throw new InputError('choiceMissing');
  const chosen = offered.find((value) => value === given);
  if (!chosen) throw new InputError('choiceNotOffered');
  return chosen;
}
