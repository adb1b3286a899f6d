// The form of unassign is sent. Ending the grace period destroys the Cloud PC: it has a confirmation of its own.
import { findUnassignRefusal } from '../../domain/assign-check.ts';
import { choiceValue, findHeld } from '../../domain/assign-form.ts';
import { InputError } from '../../domain/errors.ts';
import type { PersonRef } from '../../domain/people.ts';
import type { PersonOrder } from '../../domain/person-item.ts';
import { second } from '../../domain/time.ts';
import type { CardView } from '../../domain/views.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import type { FormMessage } from '../submit-reprovision.ts';
import { checkWords } from '../submitted-form.ts';
import { type UnassignForm, unassignForm } from './ask-unassign.ts';
import { findBusy } from './find-busy.ts';
import { problemOf } from './problem-of.ts';
import { readPerson } from './read-person.ts';
import { readDraft, standingOf, storePerson } from './store-person.ts';

const readWithinMs = 25 * second;

/** @returns as `submitAssign` @throws InputError for the fields (`endGraceUnconfirmed`, `endGraceUnclear`), NotFoundError `draftGone`, NotAllowedError */
export async function submitUnassign(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  form: UnassignForm,
  message: FormMessage,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const found = await readDraft(deps, presser, { requestId, operation: 'unassign' }, origin);
  if ('card' in found) return found;
  const { draft } = found;
  const words = checkWords(form, deps.policy);
  const endsGrace = form.endGrace && deps.policy.windows365.endGracePeriod;
  if (endsGrace && !form.confirmEndGrace) throw new InputError('endGraceUnconfirmed');
  const about = { person: draft.owner, upn: draft.ownerUpn, order: null };
  const withinMs = Math.min(readWithinMs, deadline.left());
  const reading = await readPerson(deps, about, [draft.requester.id, draft.owner.id], withinMs);
  const rule = standingOf(deps.policy, draft, reading);
  const held = findHeld(deps.policy, reading);
  const [only] = held.length === 1 ? held : [];
  const chosen = form.licence === null ? only : held.find((one) => choiceValue(one.entitlement) === form.licence);
  if (!chosen) throw new InputError(form.licence === null ? 'choiceMissing' : 'choiceNotOffered');
  const { entitlement, cloudPcs } = chosen;
  // What is destroyed is one Cloud PC, by its name.
  if (endsGrace && cloudPcs.length !== 1) throw new InputError('endGraceUnclear');
  const nothing = { provisioning: null, settings: null, leaves: [], ticket: false };
  const order: PersonOrder = { ...nothing, entitlement, cloudPcs, endsGrace };
  const refused = findUnassignRefusal(order, reading) ?? (await findBusy(deps, order));
  if (refused) {
    await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
    return unassignForm(deps, draft, reading, problemOf(refused), form);
  }
  return storePerson(deps, { requestId, order, words, rule, refusal: null, message, origin });
}
