// Withdrawing a request while nothing has been started, and closing a form that was not sent.
import { NotAllowedError } from '../domain/errors.ts';
import type { PersonRef } from '../domain/people.ts';
import { mayCancel, maySee } from '../domain/policy.ts';
import { decideRequest, type RequestEvent } from '../domain/request.ts';
import { readAsker, toRef } from './asker.ts';
import { cancelWaiting, isCancellable } from './cancel-waiting.ts';
import type { Decided } from './decide.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import { findRequest, noSuchRequest, type RequestKey } from './find-request.ts';
import { saveRequest } from './save.ts';
import { readView } from './view.ts';

/** @throws NotFoundError `noSuchRequest`, NotAllowedError `notRequester` */
export async function cancelRequest(
  deps: Deps,
  presser: PersonRef,
  key: RequestKey,
  origin: Origin,
  deadline: Deadline,
): Promise<Decided> {
  const known = await findRequest(deps, key);
  const asker = await readAsker(deps, presser.id, deadline);
  if (!maySee(asker.person.id, asker.roles, known)) throw noSuchRequest(key);
  if (!mayCancel(asker.person.id, asker.roles, known.requester.id)) throw new NotAllowedError('notRequester');
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.lock(known.id);
    if (!request) throw noSuchRequest(key);
    const by = toRef(asker.person);
    const mayCancelAll = await isCancellable(tx, request);
    // What has started of a bulk request is followed; the rest can still be cancelled.
    const event: RequestEvent =
      request.bulk && !mayCancelAll ? { type: 'stopBulk', by } : { type: 'cancel', by, isCancellable: mayCancelAll };
    const outcome = decideRequest(request, event, deps.clock.now(), deps.policy.approval);
    if ('refused' in outcome) return { view: await readView(tx, request, deps.clock.now()), refused: outcome.refused };
    const counted = await cancelWaiting(tx, deps, outcome.request, { actor: by });
    const saved = await saveRequest(tx, deps, counted, outcome.news, { actor: by });
    await tx.timers.clear(saved.id);
    return { view: await readView(tx, saved, deps.clock.now()), refused: null };
  });
}

/** "Cancel" on a form: closes the draft, if it is the presser's and still one. Nothing was asked, nothing is told. */
export async function closeDraft(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  origin: Origin,
): Promise<'closed' | 'submitted'> {
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const draft = await tx.requests.lock(requestId);
    if (!draft || draft.requester.id !== presser.id) return 'closed';
    if (draft.state !== 'draft') return draft.code === null ? 'closed' : 'submitted';
    const event = { type: 'cancel' as const, by: presser, isCancellable: true };
    const outcome = decideRequest(draft, event, deps.clock.now(), deps.policy.approval);
    if ('refused' in outcome) return 'closed';
    await saveRequest(tx, deps, outcome.request, outcome.news, { actor: presser });
    await tx.timers.clear(requestId);
    return 'closed';
  });
}
