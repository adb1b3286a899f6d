// Around a missing sign-in: what was wanted is kept, and goes on by itself once the person has signed in.
import { ConflictError } from '../domain/errors.ts';
import type { SignInView } from '../domain/message-views.ts';
import type { PersonRef } from '../domain/people.ts';
import { draftLivesMs } from '../domain/request.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import type { RequestKey } from './find-request.ts';
import { type Shown, showRequest } from './look-up.ts';
import { changeItem } from './save.ts';

type KeepDeps = Pick<Deps, 'unitOfWork' | 'clock'>;

/** Keeps the turn (plain JSON, as for `later`) until the person has signed in; the newest one only. */
export async function keepUntilSignedIn(
  deps: KeepDeps,
  personId: string,
  turn: Record<string, unknown>,
  origin: Origin,
): Promise<void> {
  await deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    await tx.pendingTurns.put(personId, turn, deps.clock.now());
  });
}

/** The person has signed in: approved requests that waited for it start, and what they wanted last goes on. */
export async function goOnAfterSignIn(
  deps: Pick<Deps, 'unitOfWork' | 'clock' | 'ids' | 'policy'>,
  person: PersonRef,
): Promise<void> {
  const waiting = await deps.unitOfWork.run((tx) => tx.items.waitingForSignIn(person.id));
  for (const { id, requestId } of waiting) {
    await deps.unitOfWork.run(async (tx) => {
      const request = await tx.requests.lock(requestId);
      const item = await tx.items.get(id);
      if (request && item) await changeItem(tx, deps, request, item, { type: 'signedIn' }, { actor: person });
    });
  }
  await deps.unitOfWork.run(async (tx) => {
    const turn = await tx.pendingTurns.take(person.id, deps.clock.now() - draftLivesMs);
    if (turn) tx.wake({ queue: 'later', id: deps.ids.next(), turn });
  });
}

/**
 * "Sign in" on the card of a request that waits for it.
 * @returns the sign-in card; the present card when it no longer waits, or has just begun to go on
 * @throws NotFoundError `unknownRequest`; ConflictError `notYourSignIn` for somebody else
 */
export async function signInFor(
  deps: Deps,
  presser: PersonRef,
  key: RequestKey,
  origin: Origin,
  deadline: Deadline,
): Promise<SignInView | Shown> {
  const shown = await showRequest(deps, presser, key, null, deadline);
  const { request, item } = shown.view;
  if (item?.state !== 'needsSignIn') return claimed(deps, origin, shown);
  if (presser.id !== request.requester.id) throw new ConflictError('notYourSignIn');
  const isMissing = deps.signIns !== null && !(await deps.signIns.of(presser.id, { withinMs: deadline.left() }));
  if (isMissing) return claimed(deps, origin, { signIn: { code: request.code } });
  await goOnAfterSignIn(deps, presser);
  return showRequest(deps, presser, key, origin, deadline);
}

/** Only once nothing can fail any more: who was told to wait comes again with the same press. */
async function claimed<T>(deps: KeepDeps, origin: Origin, answer: T): Promise<T> {
  await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
  return answer;
}
