// The form of assign is sent: everything is read again, checked, and stored as a request with its item.
import { findAssignRefusal, seatsOf } from '../../domain/assign-check.ts';
import { choiceValue, findEntitlements, toOrder } from '../../domain/assign-form.ts';
import { InputError } from '../../domain/errors.ts';
import type { PersonRef } from '../../domain/people.ts';
import type { CardView } from '../../domain/views.ts';
import type { Deadline, Deps, Origin } from '../deps.ts';
import { claimOrigin } from '../deps.ts';
import type { FormMessage } from '../submit-reprovision.ts';
import { checkWords } from '../submitted-form.ts';
import { type AssignForm, assignForm } from './ask-assign.ts';
import { problemOf } from './problem-of.ts';
import { readPerson } from './read-person.ts';
import { readDraft, standingOf, storePerson } from './store-person.ts';

const readWithinMs = 25_000;

/**
 * Where no seat is free the request is stored and ends at once, so that its ticket has a code.
 * @returns the card of the new state; the form again with what is in the way; the present card when it was sent before
 * @throws InputError for the fields, NotFoundError `draftGone`, NotAllowedError
 */
export async function submitAssign(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  form: AssignForm,
  message: FormMessage,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const found = await readDraft(deps, presser, { requestId, operation: 'assign' }, origin);
  if ('card' in found) return found;
  const { draft } = found;
  const words = checkWords(form, deps.policy);
  if (form.licence === null) throw new InputError('choiceMissing');
  const about = { person: draft.owner, upn: draft.ownerUpn, order: null };
  const withinMs = Math.min(readWithinMs, deadline.left());
  const reading = await readPerson(deps, about, [draft.requester.id, draft.owner.id], withinMs);
  const standing = standingOf(deps.policy, draft, reading);
  const entitlement = findEntitlements(deps.policy, reading).find((one) => choiceValue(one) === form.licence);
  if (!entitlement) throw new InputError('choiceNotOffered');
  const ticket = form.ticket && deps.policy.ticket.enabled;
  const choice = { entitlement, provisioning: form.provisioning, settings: form.settings, ticket };
  const order = toOrder(choice, deps.policy, reading);
  if (!order) throw new InputError('choiceNotOffered');
  const refused = findAssignRefusal(order, reading);
  const isOut = refused?.code === 'outOfSeats';
  if (refused && !isOut) {
    await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
    return assignForm(deps, draft, reading, { chosen: form.licence, problem: problemOf(refused), form });
  }
  const refusal = isOut ? { ...refused, seats: seatsOf(entitlement, reading) } : null;
  return storePerson(deps, { requestId, order, words, rule: standing, refusal, message, origin });
}
