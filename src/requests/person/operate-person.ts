// What only an admin may choose when nobody knows whether a grace period was ended; and looking again for a free seat.
import { nameOf } from '../../domain/assign-form.ts';
import { NotAllowedError } from '../../domain/errors.ts';
import type { PersonRef } from '../../domain/people.ts';
import type { CardView } from '../../domain/views.ts';
import { readAsker, toRef } from '../asker.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import { findRequest, noSuchRequest, type RequestKey } from '../find-request.ts';
import { audienceOf, type Shown } from '../look-up.ts';
import { readView } from '../view.ts';
import { askAssign } from './ask-assign.ts';
import { changePersonItem } from './change-person-item.ts';

/** A press for another attempt, or one that comes too late, changes nothing. @throws NotFoundError, NotAllowedError `notAdmin` */
export async function operatePerson(
  deps: Deps,
  presser: PersonRef,
  key: RequestKey,
  event: { type: 'startAgain' | 'close'; attempt: number },
  origin: Origin,
  deadline: Deadline,
): Promise<Shown> {
  const known = await findRequest(deps, key);
  const { person, roles } = await readAsker(deps, presser.id, deadline);
  if (!roles.admin) throw new NotAllowedError('notAdmin');
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.lock(known.id);
    if (!request) throw noSuchRequest(key);
    const item = await tx.personItems.ofRequest(request.id);
    const changed = item && (await changePersonItem(tx, deps, request, item, event, { actor: toRef(person) }));
    const view = await readView(tx, changed?.request ?? request, deps.clock.now());
    return { view, audience: audienceOf(person.id, roles, request), roles };
  });
}

/** A new form for the same person and licence. @throws as `askAssign` */
export async function assignAgain(
  deps: Deps,
  presser: PersonRef,
  key: RequestKey,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const known = await findRequest(deps, key);
  const item = await deps.unitOfWork.run((tx) => tx.personItems.ofRequest(known.id));
  if (!item || known.operation !== 'assign') throw noSuchRequest(key);
  const target = { type: 'id' as const, personId: item.person.id };
  return askAssign(deps, presser, target, nameOf(item.order.entitlement), origin, deadline);
}
