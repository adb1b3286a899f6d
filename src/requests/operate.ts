// What only an admin may choose when nobody knows whether the wipe began: start again, treat as started, close.
// And "check again", which only looks.
import { NotAllowedError } from '../domain/errors.ts';
import type { PersonRef } from '../domain/people.ts';
import { maySee } from '../domain/policy.ts';
import type { Tx } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import { type Asker, personal, readAsker, toRef } from './asker.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import { findRequest, noSuchRequest, type RequestKey } from './find-request.ts';
import { audienceOf, type Shown } from './look-up.ts';
import { changeItem, saveRequest } from './save.ts';
import { readView } from './view.ts';

export type OperatorChoice = 'startAgain' | 'treatAsStarted' | 'close';

/**
 * A press that belongs to another attempt, or that comes too late, changes nothing and gets the present card.
 * @throws NotFoundError `noSuchRequest`, NotAllowedError `notAdmin`
 */
export async function operate(
  deps: Deps,
  presser: PersonRef,
  key: RequestKey,
  choice: OperatorChoice,
  attempt: number,
  origin: Origin,
  deadline: Deadline,
): Promise<Shown> {
  const known = await findRequest(deps, key);
  const asker = await readAsker(deps, presser.id, deadline);
  if (!asker.roles.admin) throw new NotAllowedError('notAdmin');
  const actor = toRef(asker.person);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.lock(known.id);
    if (!request) throw noSuchRequest(key);
    const item = request.bulk ? null : await tx.items.first(request.id);
    const changed = item && (await changeItem(tx, deps, request, item, { type: choice, attempt }, { actor }));
    return toShown(tx, deps, asker, changed?.request ?? request);
  });
}

async function toShown(tx: Tx, deps: Deps, { person, roles }: Asker, request: Request): Promise<Shown> {
  return {
    view: await readView(tx, request, deps.clock.now()),
    audience: audienceOf(person.id, roles, request),
    roles,
  };
}

/** Looks at Graph now instead of at the next tick. One Graph request besides the presser's roles. */
export async function checkAgain(
  deps: Deps,
  presser: PersonRef,
  key: RequestKey,
  origin: Origin,
  deadline: Deadline,
): Promise<Shown> {
  const known = await findRequest(deps, key);
  const asker = await readAsker(deps, presser.id, deadline);
  if (!maySee(asker.person.id, asker.roles, known)) throw noSuchRequest(key);
  const item = known.bulk ? null : await deps.unitOfWork.run((tx) => tx.items.first(known.id));
  const looked = item
    ? await deps.tenant.read(
        { pc: { ask: 'cloudPc', cloudPcId: item.cloudPc.id }, owners: { ask: 'cloudPcsOf', upn: known.ownerUpn } },
        { withinMs: deadline.left() },
      )
    : null;
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.lock(known.id);
    if (!request) throw noSuchRequest(key);
    // What was looked at must still be what is followed.
    const fresh = item && (await tx.items.get(item.id));
    if (!fresh || !looked || fresh.cloudPc.id !== item.cloudPc.id) return toShown(tx, deps, asker, request);
    const event = looked.pc
      ? { type: 'seen' as const, pc: looked.pc }
      : { type: 'gone' as const, ownersCloudPcs: personal(looked.owners) };
    const changed = await changeItem(tx, deps, request, fresh, event, { actor: toRef(asker.person) });
    // What Windows 365 shows now stands on the card, also when it decides nothing.
    const isOnlySeen = changed !== null && changed.change.news === null;
    const latest = isOnlySeen ? await saveRequest(tx, deps, changed.request, null) : (changed?.request ?? request);
    return toShown(tx, deps, asker, latest);
  });
}
