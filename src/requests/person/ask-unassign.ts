// "unassign <person>": what the person has through the groups of the policy, and then the form.
import { findUnusable } from '../../domain/assign-check.ts';
import { choiceValue, findHeld, nameOf } from '../../domain/assign-form.ts';
import type { PersonRef } from '../../domain/people.ts';
import type { Request } from '../../domain/request.ts';
import type { TextView } from '../../domain/text-views.ts';
import type { CardView } from '../../domain/views.ts';
import { mailOffer } from '../ask-reprovision.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import type { Target } from '../find-target.ts';
import type { SubmittedWords } from '../submitted-form.ts';
import { aboutPerson, findPerson, insertDraft, needsApproval, whyCannot, writtenOn } from './ask-assign.ts';
import { problemOf } from './problem-of.ts';
import { type PersonReading, readPerson } from './read-person.ts';

/** @throws NotAllowedError `selfServiceOff`, `notAdminForOthers`; NotFoundError `personNotFound` */
export async function askUnassign(
  deps: Deps,
  asker: PersonRef,
  target: Target,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const wished = await findPerson(deps, asker, target, 'unassign', origin, deadline);
  if ('card' in wished) return wished;
  const { admin, person } = wished;
  const reading = await readPerson(deps, aboutPerson(person), [admin.person.id, person.id], deadline.left());
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const hasNone = findHeld(deps.policy, reading).length === 0;
    const unusable = hasNone ? findUnusable(deps.policy, reading) : null;
    const none = unusable ? { type: 'unusable' as const, why: problemOf(unusable) } : { type: 'hasNone' as const };
    const cannot = await whyCannot(tx, deps, admin, person, hasNone ? none : null);
    if (cannot) return cannot;
    const draft = await insertDraft(tx, deps, 'unassign', admin, person);
    return unassignForm(deps, draft, reading, null, null);
  });
}

/** What the form of unassign said. */
export interface UnassignForm extends SubmittedWords {
  /** null: there was nothing to choose. */
  licence: string | null;
  endGrace: boolean;
  confirmEndGrace: boolean;
}

/** @param form as it was sent, where it comes back; what destroys is confirmed anew */
export function unassignForm(
  deps: Deps,
  draft: Request,
  reading: PersonReading,
  problem: TextView | null,
  form: UnassignForm | null,
): CardView {
  const { policy } = deps;
  return {
    card: 'unassign',
    requestId: draft.id,
    revision: draft.revision,
    person: { ...draft.owner, upn: draft.ownerUpn },
    choices: findHeld(policy, reading).map(({ entitlement, cloudPcs }) => ({
      value: choiceValue(entitlement),
      name: nameOf(entitlement),
      cloudPcName: cloudPcs.length === 0 ? null : cloudPcs.map(({ name }) => name).join(', '),
    })),
    // Read-only in Windows 365, and 7 days in every tenant so far; the card says "for its grace period" without it.
    graceHours: null,
    offersEndGrace: policy.windows365.endGracePeriod,
    mail: mailOffer(policy),
    needsApproval: needsApproval(deps, draft, reading),
    problem,
    written: form && { ...writtenOn(form), licence: form.licence },
    now: deps.clock.now(),
  };
}
