// A request about a person and its item, as a form made them.
import type { Refused } from '../../domain/assign-check.ts';
import { ConflictError, NotAllowedError, NotFoundError } from '../../domain/errors.ts';
import { isForAnother } from '../../domain/notices.ts';
import { mayAct, type PersonRef } from '../../domain/people.ts';
import type { PersonItem, PersonOperation, PersonOrder, Seats } from '../../domain/person-item.ts';
import { type ApprovalRule, assignRule, type Policy, whyNoAssign } from '../../domain/policy.ts';
import type { Tx } from '../../domain/ports.ts';
import { decideRequest, type Request } from '../../domain/request.ts';
import type { CardView } from '../../domain/views.ts';
import { claimOrigin, type Deps, type Origin } from '../deps.ts';
import { newPersonItem } from '../new-request.ts';
import { addCard, saveRequest } from '../save.ts';
import { addChannelCard, type FormMessage, freeMessage, setApprovalTimers } from '../submit-reprovision.ts';
import type { CheckedForm } from '../submitted-form.ts';
import { readView } from '../view.ts';
import { beginPerson } from './begin-person.ts';
import { changePersonItem } from './change-person-item.ts';
import type { PersonReading } from './read-person.ts';

/** The presser's draft; the present card when it was sent before. @throws NotFoundError, ConflictError `draftGone` */
export async function readDraft(
  deps: Deps,
  presser: PersonRef,
  { requestId, operation }: { requestId: string; operation: PersonOperation },
  origin: Origin,
): Promise<{ draft: Request } | CardView> {
  const draft = await deps.unitOfWork.run((tx) => tx.requests.get(requestId));
  if (!draft || draft.requester.id !== presser.id || draft.operation !== operation)
    throw new NotFoundError('draftGone');
  if (draft.state === 'draft') return { draft };
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    if (draft.code === null) throw new ConflictError('draftGone');
    return { card: 'request', audience: 'requester', view: await readView(tx, draft, deps.clock.now()) };
  });
}

/** The approval that it needs. @throws NotAllowedError when the requester may not ask for it (any more) */
export function standingOf(policy: Policy, { requester, owner }: Request, { standings }: PersonReading): ApprovalRule {
  const asker = standings.get(requester.id);
  if (!asker || !mayAct(asker.person)) throw new NotAllowedError('accountDisabled');
  const standing = { isSelf: requester.id === owner.id, roles: asker.roles };
  const refused = whyNoAssign(policy, standing);
  if (refused) throw new NotAllowedError(refused);
  return assignRule(policy, standing, standings.get(owner.id)?.roles.vip ?? false);
}

export interface PersonSubmission {
  requestId: string;
  order: PersonOrder;
  words: CheckedForm;
  rule: ApprovalRule;
  /** It is known already that nothing can be changed. */
  refusal: (Refused & { seats: Seats | null }) | null;
  message: FormMessage;
  origin: Origin;
}

export async function storePerson(deps: Deps, submission: PersonSubmission): Promise<CardView> {
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, submission.origin, deps.clock);
    return store(tx, deps, submission);
  });
}

async function store(tx: Tx, deps: Deps, submission: PersonSubmission): Promise<CardView> {
  const { requestId, order, words, rule, refusal } = submission;
  const now = deps.clock.now();
  const draft = await tx.requests.lock(requestId);
  if (!draft || draft.operation === 'reprovision') throw new ConflictError('draftGone');
  const { operation, owner: person, ownerUpn: upn } = draft;
  const approval = { needed: refusal ? 0 : rule.needed, byAdmin: rule.byAdmin, rule: rule.name };
  const event = {
    type: 'submit' as const,
    submission: { code: '', tally: { queued: 1 }, options: draft.options, ...words, approval },
  };
  const decided = decideRequest(draft, event, now, deps.policy.approval);
  if ('refused' in decided) {
    if (draft.code === null) throw new ConflictError('draftGone');
    return { card: 'request', audience: 'requester', view: await readView(tx, draft, now) };
  }
  const item = newPersonItem(deps, { requestId, operation, person, upn, order });
  if (!(await tx.personItems.insert(item))) return describeRunning(tx, deps, draft);
  const request = { ...decided.request, code: await tx.requests.nextCode() };
  return begin(tx, deps, request, item, submission);
}

/** Another request for this person was faster; the requester of this one learns its code only where it is theirs. */
async function describeRunning(tx: Tx, deps: Deps, draft: Request): Promise<CardView> {
  const running = await tx.personItems.unfinishedOf(draft.owner.id);
  const person = { ...draft.owner, upn: draft.ownerUpn };
  const card = { card: 'cannotAssign' as const, person, now: deps.clock.now() };
  const isKnown = running && (running.request.requester.id === draft.requester.id || isForAnother(draft));
  if (!isKnown) return { ...card, reason: { type: 'runningUnknown' } };
  const { id, revision, code } = running.request;
  return { ...card, reason: { type: 'running', requestId: id, revision, code: code ?? '' } };
}

async function begin(
  tx: Tx,
  deps: Deps,
  request: Request,
  item: PersonItem,
  { refusal, message }: PersonSubmission,
): Promise<CardView> {
  const { entitlement } = item.order;
  const details = {
    reason: request.reason,
    person: item.person.name,
    personId: item.person.id,
    licence: entitlement.group.name,
    rule: request.approval.rule,
  };
  const saved = await saveRequest(tx, deps, request, 'submitted', { actor: request.requester, details });
  await addCard(tx, deps, saved, 'requester', { person: saved.requester, ...(await freeMessage(tx, message)) });
  await addChannelCard(tx, deps, saved);
  await tx.timers.clear(saved.id);
  if (refusal) {
    const ended = await changePersonItem(tx, deps, saved, item, { type: 'refuse', ...refusal });
    return {
      card: 'request',
      audience: 'requester',
      view: await readView(tx, ended?.request ?? saved, deps.clock.now()),
    };
  }
  if (saved.state === 'approved') await beginPerson(tx, deps, saved);
  else await setApprovalTimers(tx, deps, saved);
  return { card: 'request', audience: 'requester', view: await readView(tx, saved, deps.clock.now()) };
}
