// The form is sent: everything is read again, checked against the policy, and stored as a request with its item.
import { type CloudPc, whyNotNow } from '../domain/cloud-pc.ts';
import { ConflictError, NotAllowedError, NotFoundError } from '../domain/errors.ts';
import type { Item } from '../domain/item.ts';
import { isForAnother } from '../domain/notices.ts';
import { isSameUpn, mayAct, type PersonRef, type Roles, roleGroupIds, rolesOf } from '../domain/people.ts';
import { approvalRule, choicesFor, type Standing, whyNoRequest } from '../domain/policy.ts';
import type { Tx } from '../domain/ports.ts';
import { decideRequest, type Options, type Request, type Submission } from '../domain/request.ts';
import type { CardView } from '../domain/views.ts';
import type { Wave } from '../domain/waves.ts';
import { personal } from './asker.ts';
import { notNow, readAvailability } from './availability.ts';
import { beginWave } from './begin-wave.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import { newItem } from './new-request.ts';
import { onlyProven } from './prove-ownership.ts';
import { addCard, audit, order, saveRequest } from './save.ts';
import { type CheckedForm, checkChoices, checkForm, type SubmittedForm } from './submitted-form.ts';
import { readView } from './view.ts';

/** The message that carried the form: it becomes the requester's card. */
export interface FormMessage {
  conversationId: string | null;
  activityId: string | null;
}

interface Reading {
  standing: Standing;
  ownerRoles: Roles;
  pc: CloudPc | null;
  isResetAllowed: boolean;
  offered: boolean;
}

/**
 * Stores the request. One Graph request.
 * @returns the card of the new state; the present card when it was submitted before; why it cannot be, otherwise
 * @throws InputError for the form's fields, NotFoundError `draftGone`, `cloudPcNotFound`, NotAllowedError
 */
export async function submitReprovision(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  form: SubmittedForm,
  message: FormMessage,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const draft = await deps.unitOfWork.run((tx) => tx.requests.get(requestId));
  if (!draft || draft.requester.id !== presser.id) throw new NotFoundError('draftGone');
  if (draft.state !== 'draft') return presentCard(deps, requestId, origin);
  const checked = checkForm(form, deps.policy);
  const reading = await readAgain(deps, draft, form.cloudPcId, deadline);
  const refused = whyNoRequest(deps.policy, reading.standing);
  if (refused) throw new NotAllowedError(refused);
  const listed = reading.pc ? [reading.pc] : [];
  const [pc] = reading.standing.isOwner ? await onlyProven(deps, presser.id, listed, deadline) : listed;
  if (!pc) throw new NotFoundError('cloudPcNotFound');
  const options = checkChoices(form, choicesFor(deps.policy, reading.standing));
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    return store(tx, deps, requestId, { ...checked, options }, pc, reading, message);
  });
}

async function presentCard(deps: Deps, requestId: string, origin: Origin): Promise<CardView> {
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.get(requestId);
    if (!request || request.code === null) throw new ConflictError('draftGone');
    return { card: 'request', audience: 'requester', view: await readView(tx, request, deps.clock.now()) };
  });
}

async function readAgain(deps: Deps, draft: Request, cloudPcId: string, deadline: Deadline): Promise<Reading> {
  const groupIds = roleGroupIds(deps.policy.roles);
  const respectsReset = deps.policy.selfService.respectResetEnabled && !isForAnother(draft);
  const answers = await deps.tenant.read(
    {
      requester: { ask: 'person', personId: draft.requester.id },
      memberOf: { ask: 'memberOf', personId: draft.requester.id, groupIds },
      owner: { ask: 'person', personId: draft.owner.id },
      ownersGroups: { ask: 'memberOf', personId: draft.owner.id, groupIds },
      cloudPcs: { ask: 'cloudPcsOf', upn: draft.ownerUpn },
      actions: { ask: 'remoteActions', cloudPcId },
    },
    { withinMs: deadline.left() },
  );
  if (!mayAct(answers.requester)) throw new NotAllowedError('accountDisabled');
  const isStillThisUpn = isSameUpn(answers.owner?.userPrincipalName ?? null, draft.ownerUpn);
  const pc = isStillThisUpn ? personal(answers.cloudPcs).find((one) => one.id === cloudPcId) : undefined;
  return {
    standing: { isOwner: !isForAnother(draft), roles: rolesOf(answers.memberOf, deps.policy.roles) },
    ownerRoles: rolesOf(answers.ownersGroups, deps.policy.roles),
    pc: pc ?? null,
    isResetAllowed: respectsReset ? await readResetAllowed(deps, draft.owner.id, deadline) : true,
    offered: pc !== undefined && whyNotNow(pc, answers.actions) !== 'notOffered',
  };
}

async function readResetAllowed(deps: Deps, personId: string, deadline: Deadline): Promise<boolean> {
  const answers = await deps.tenant.read({ reset: { ask: 'resetEnabled', personId } }, { withinMs: deadline.left() });
  return answers.reset;
}

async function store(
  tx: Tx,
  deps: Deps,
  draftId: string,
  form: CheckedForm & { options: Options },
  pc: CloudPc,
  reading: Reading,
  message: FormMessage,
): Promise<CardView> {
  const now = deps.clock.now();
  const draft = await tx.requests.lock(draftId);
  if (!draft) throw new NotFoundError('draftGone');
  if (draft.state === 'draft') {
    const reader = { person: draft.requester, roles: reading.standing.roles };
    const [availability] = await readAvailability(tx, deps, [pc], reader);
    const not = availability?.not ?? (reading.offered ? null : notNow(pc, 'notOffered'));
    if (not) return { card: 'cannotReprovision', reason: not, now };
    if (!reading.isResetAllowed)
      return { card: 'cannotReprovision', reason: { type: 'resetDisabled', pc: pc.name }, now };
  }
  const { needed, byAdmin, name } = approvalRule(deps.policy, reading.standing, reading.ownerRoles.vip);
  const submission: Submission = { ...form, code: '', tally: { queued: 1 }, approval: { needed, byAdmin, rule: name } };
  const decided = decideRequest(draft, { type: 'submit', submission }, now, deps.policy.approval);
  if ('refused' in decided) {
    if (draft.code === null) throw new ConflictError('draftGone');
    return { card: 'request', audience: 'requester', view: await readView(tx, draft, now) };
  }
  const { id: requestId, owner, ownerUpn } = draft;
  const item = newItem(deps, { requestId, wave: 1, owner, ownerUpn, cloudPc: pc });
  const kept = await tx.items.insertMany([item]);
  if (kept.size === 0) return takenMeanwhile(tx, deps, pc, { person: draft.requester, roles: reading.standing.roles });
  const request = { ...decided.request, code: await tx.requests.nextCode() };
  return begin(tx, deps, request, item, message);
}

async function takenMeanwhile(
  tx: Tx,
  deps: Deps,
  pc: CloudPc,
  reader: { person: PersonRef; roles: Roles },
): Promise<CardView> {
  const [availability] = await readAvailability(tx, deps, [pc], reader);
  const reason = availability?.not ?? { type: 'runningUnknown' as const, pc: pc.name };
  return { card: 'cannotReprovision', reason, now: deps.clock.now() };
}

const firstWave: Omit<Wave, 'requestId'> = {
  number: 1,
  size: 1,
  tally: { queued: 1 },
  beganAt: null,
  endedAt: null,
  dueAt: null,
};

async function begin(tx: Tx, deps: Deps, request: Request, item: Item, message: FormMessage): Promise<CardView> {
  await tx.waves.insertMany([{ ...firstWave, requestId: request.id }]);
  const cause = { actor: request.requester };
  const saved = await saveRequest(tx, deps, request, 'submitted', {
    ...cause,
    details: {
      reason: request.reason,
      cloudPc: item.cloudPc.name,
      cloudPcId: item.cloudPc.id,
      rule: request.approval.rule,
    },
  });
  await addCard(tx, deps, saved, 'requester', { person: saved.requester, ...(await freeMessage(tx, message)) });
  await addChannelCard(tx, deps, saved);
  await tx.timers.clear(saved.id);
  if (saved.state === 'approved') await beginWave(tx, deps, saved, 1);
  else await setApprovalTimers(tx, deps, saved);
  return { card: 'request', audience: 'requester', view: await readView(tx, saved, deps.clock.now()) };
}

/** A form that was asked for on another request's card stands in that card's message, which stays what it is. */
export async function freeMessage(tx: Tx, { conversationId, activityId }: FormMessage): Promise<FormMessage> {
  if (conversationId === null || activityId === null) return { conversationId, activityId: null };
  return { conversationId, activityId: (await tx.cards.has(conversationId, activityId)) ? null : activityId };
}

/** Without a channel the card waits for one (`use this channel for approvals`), and admins are told. */
export async function addChannelCard(tx: Tx, deps: Deps, request: Request): Promise<void> {
  const channel = await tx.settings.approvalsChannel();
  if (channel === null && request.state !== 'awaitingApproval') return;
  await addCard(tx, deps, request, 'channel', { person: null, conversationId: channel });
  if (channel !== null) return;
  await audit(tx, deps, request, null, 'request.noChannel', { actor: null });
  await order(tx, deps, request, [{ via: 'chat', notice: 'noChannel', audience: 'channel' }], request.id);
}

export async function setApprovalTimers(tx: Tx, deps: Deps, request: Request): Promise<void> {
  const now = deps.clock.now();
  const { remindEveryMs, escalateAfterMs } = deps.policy.approval;
  if (request.expiresAt !== null)
    await tx.timers.set({ requestId: request.id, kind: 'expire', dueAt: request.expiresAt });
  await tx.timers.set({ requestId: request.id, kind: 'remind', dueAt: now + remindEveryMs });
  await tx.timers.set({ requestId: request.id, kind: 'escalate', dueAt: now + escalateAfterMs });
}
