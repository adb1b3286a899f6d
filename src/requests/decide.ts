// Approve and decline: the same by button and by text. Rights are read live at every press.
import { InputError, NotAllowedError } from '../domain/errors.ts';
import type { PersonRef } from '../domain/people.ts';
import { maySee, whyNoDecision } from '../domain/policy.ts';
import type { Tx } from '../domain/ports.ts';
import {
  decideRequest,
  type Request,
  type RequestEvent,
  type RequestNews,
  type RequestRefusal,
  type Verdict,
} from '../domain/request.ts';
import type { RequestView } from '../domain/views.ts';
import { readAsker, toRef } from './asker.ts';
import { beginRequest } from './begin-request.ts';
import { cancelWaiting } from './cancel-waiting.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import { findRequest, noSuchRequest, type RequestKey } from './find-request.ts';
import { type Cause, saveRequest } from './save.ts';
import { readView } from './view.ts';

export const commentMax = 500;

export interface DecisionWish {
  verdict: Verdict;
  comment: string | null;
  /** The revision on the button; null by text: the present one. */
  revision: number | null;
}

export interface Decided {
  view: RequestView;
  /** null: it was done. Else why it was not, and the view shows how it stands. */
  refused: RequestRefusal | null;
}

/** @throws NotFoundError `noSuchRequest`, NotAllowedError `ownRequest`, `notApprover`, InputError for the words */
export async function decide(
  deps: Deps,
  decider: PersonRef,
  key: RequestKey,
  wish: DecisionWish,
  origin: Origin,
  deadline: Deadline,
): Promise<Decided> {
  const comment = checkComment(wish);
  const known = await findRequest(deps, key);
  const asker = await readAsker(deps, decider.id, deadline);
  const { byAdmin } = known.approval;
  // Codes can be guessed, the ids on buttons cannot: who may not see it learns nothing, not even that there is one.
  if ('code' in key && !maySee(asker.person.id, asker.roles, known)) throw noSuchRequest(key);
  const notAllowed = whyNoDecision(asker.person.id, asker.roles, known.requester.id, byAdmin);
  if (notAllowed) throw new NotAllowedError(notAllowed);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.lock(known.id);
    if (!request) throw new Error('a request that was found is gone');
    const given = { by: toRef(asker.person), comment, asApprover: asker.roles.approver, asAdmin: asker.roles.admin };
    const event: RequestEvent = { type: wish.verdict, decision: given, revision: wish.revision ?? request.revision };
    const outcome = decideRequest(request, event, deps.clock.now(), deps.policy.approval);
    if ('refused' in outcome) return { view: await readView(tx, request, deps.clock.now()), refused: outcome.refused };
    const cause = { actor: given.by, details: { comment } };
    const saved = await saveDecision(tx, deps, outcome.request, outcome.news, cause);
    return { view: await readView(tx, saved, deps.clock.now()), refused: null };
  });
}

async function saveDecision(
  tx: Tx,
  deps: Deps,
  decided: Request,
  news: RequestNews | null,
  cause: Cause,
): Promise<Request> {
  const isOver = decided.state === 'declined';
  const counted = isOver ? await cancelWaiting(tx, deps, decided, { actor: null }) : decided;
  const saved = await saveRequest(tx, deps, counted, news, cause);
  if (saved.state === 'awaitingApproval') return saved;
  await tx.timers.clear(saved.id);
  if (saved.state === 'approved') await beginRequest(tx, deps, saved);
  return saved;
}

function checkComment(wish: DecisionWish): string | null {
  const comment = wish.comment?.trim() ? wish.comment.trim() : null;
  if (comment !== null && comment.length > commentMax) throw new InputError('commentTooLong', { max: commentMax });
  if (wish.verdict === 'decline' && comment === null) throw new InputError('declineReasonMissing');
  return comment;
}
