// "reprovision my Cloud PC": who asks, what there is, and then the card that shows what would be lost. Nothing is
// reserved; the draft only gives the form an id, and the choices are stored on submit.
import type { CloudPc } from '../domain/cloud-pc.ts';
import { ConflictError, NotAllowedError, NotFoundError } from '../domain/errors.ts';
import { mostForUsual, usualDuration } from '../domain/estimates.ts';
import { isForAnother } from '../domain/notices.ts';
import { isSameUpn, type Person, type PersonRef, type Roles, roleGroupIds, rolesOf } from '../domain/people.ts';
import { approvalRule, choicesFor, type Policy, type Standing, whyNoRequest } from '../domain/policy.ts';
import type { Tx } from '../domain/ports.ts';
import { draftLivesMs, type Request } from '../domain/request.ts';
import type { CannotReason, CardView } from '../domain/views.ts';
import { type Asker, personal, readAsker, readAskerWithCloudPcs, readCloudPcsOf, toRef } from './asker.ts';
import { type Availability, readAvailability } from './availability.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from './deps.ts';
import { findTarget, type Target } from './find-target.ts';
import { newDraft } from './new-request.ts';
import { onlyOfLicence } from './of-licence.ts';
import { onlyProven } from './prove-ownership.ts';

/**
 * @param licence words of a licence group: only the Cloud PCs that it led to are meant; null: all
 * @throws NotAllowedError `selfServiceOff`, `notAdminForOthers`; NotFoundError `personNotFound`, and as `onlyOfLicence`
 */
export async function askReprovision(
  deps: Deps,
  asker: PersonRef,
  target: Target,
  origin: Origin,
  deadline: Deadline,
  licence: string | null = null,
): Promise<CardView> {
  const meant = (cloudPcs: readonly CloudPc[]) =>
    licence === null ? cloudPcs : onlyOfLicence(deps, cloudPcs, licence, deadline);
  const isSelf = target.type === 'self' || (target.type === 'id' && target.personId === asker.id);
  if (isSelf) {
    const self = await readAskerWithCloudPcs(deps, asker.id, deadline);
    return offer(deps, self, self.person, self.roles, await meant(self.cloudPcs), null, origin, deadline);
  }
  const admin = await readAsker(deps, asker.id, deadline);
  if (!admin.roles.admin) throw new NotAllowedError('notAdminForOthers');
  const found = await findTarget(deps, target, 'reprovision', deadline);
  if ('card' in found) {
    await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
    return found;
  }
  const cloudPcs = await meant(await readCloudPcsOf(deps, found.userPrincipalName, deadline));
  if (found.id === admin.person.id) return offer(deps, admin, found, admin.roles, cloudPcs, null, origin, deadline);
  const ownerRoles = await readRoles(deps, found.id, deadline);
  return offer(deps, admin, found, ownerRoles, cloudPcs, toRef(found), origin, deadline);
}

async function readRoles(deps: Deps, personId: string, deadline: Deadline): Promise<Roles> {
  const groupIds = roleGroupIds(deps.policy.roles);
  const answers = await deps.tenant.read(
    { memberOf: { ask: 'memberOf', personId, groupIds } },
    { withinMs: deadline.left() },
  );
  return rolesOf(answers.memberOf, deps.policy.roles);
}

async function offer(
  deps: Deps,
  asker: Asker,
  owner: Person,
  ownerRoles: Roles,
  listed: readonly CloudPc[],
  forOwner: PersonRef | null,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const standing: Standing = { isOwner: forOwner === null, roles: asker.roles };
  const refused = whyNoRequest(deps.policy, standing);
  if (refused) throw new NotAllowedError(refused);
  const cloudPcs = forOwner === null ? await onlyProven(deps, owner.id, listed, deadline) : listed;
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const now = deps.clock.now();
    if (cloudPcs.length === 0) return { card: 'cannotReprovision', reason: { type: 'none', owner: forOwner }, now };
    const available = await readAvailability(tx, deps, cloudPcs, asker);
    const possible = available.filter((one) => one.not === null);
    const [first] = available;
    const [only] = possible;
    if (!only && first?.not) return { card: 'cannotReprovision', reason: first.not, now };
    const draft = newDraft(deps, {
      operation: 'reprovision',
      requester: toRef(asker.person),
      owner: toRef(owner),
      ownerUpn: owner.userPrincipalName,
      bulk: null,
    });
    await tx.requests.insert(draft);
    await tx.timers.set({ requestId: draft.id, kind: 'expire', dueAt: now + draftLivesMs });
    if (only && available.length === 1) return confirmation(tx, deps, draft, only.pc, standing, ownerRoles);
    return chooser(draft, available, forOwner, now);
  });
}

function chooser(
  draft: Request,
  available: readonly Availability[],
  forOwner: PersonRef | null,
  now: number,
): CardView {
  const notNow = available.flatMap(({ pc, not }) => (not ? [leftOut(pc, not)] : []));
  const choices = available.filter((one) => one.not === null).map((one) => one.pc);
  return { card: 'chooseCloudPc', requestId: draft.id, revision: draft.revision, forOwner, choices, notNow, now };
}

type LeftOut = Extract<CardView, { card: 'chooseCloudPc' }>['notNow'][number];

function leftOut(pc: CloudPc, not: CannotReason): LeftOut {
  const code = 'code' in not ? not.code : null;
  if (not.type === 'running' || not.type === 'runningUnknown') return { pc, code, reason: 'running' };
  return not.type === 'notNow' ? { pc, code, reason: not.reason } : { pc, code, reason: 'cooldown' };
}

async function confirmation(
  tx: Tx,
  deps: Deps,
  draft: Request,
  pc: CloudPc,
  standing: Standing,
  ownerRoles: Roles,
): Promise<CardView> {
  const forOwner = isForAnother(draft) ? draft.owner : null;
  return {
    card: 'confirmReprovision',
    requestId: draft.id,
    revision: draft.revision,
    pc,
    forOwner,
    needsApproval: approvalRule(deps.policy, standing, ownerRoles.vip).needed > 0,
    choices: choicesFor(deps.policy, standing),
    usual: usualDuration(await tx.items.buildDurations(mostForUsual)),
    mail: mailOffer(deps.policy),
    isInOwnName: deps.signIns !== null && forOwner === null,
    now: deps.clock.now(),
  };
}

export function mailOffer({ mail }: Policy): Extract<CardView, { card: 'confirmReprovision' }>['mail'] {
  const offered = mail.from !== null;
  return { offered, preset: offered && mail.whenFinished, mayWriteText: offered && mail.customText };
}

/** A Cloud PC was chosen for a draft: looked up again among the owner's, then the confirmation. One Graph request. */
export async function chooseCloudPc(
  deps: Deps,
  asker: PersonRef,
  requestId: string,
  cloudPcId: string,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const draft = await deps.unitOfWork.run((tx) => tx.requests.get(requestId));
  if (!draft || draft.requester.id !== asker.id) throw new NotFoundError('draftGone');
  if (draft.state !== 'draft') throw new ConflictError('draftGone');
  const groupIds = roleGroupIds(deps.policy.roles);
  const answers = await deps.tenant.read(
    {
      memberOf: { ask: 'memberOf', personId: asker.id, groupIds },
      owner: { ask: 'person', personId: draft.owner.id },
      ownersGroups: { ask: 'memberOf', personId: draft.owner.id, groupIds },
      cloudPcs: { ask: 'cloudPcsOf', upn: draft.ownerUpn },
    },
    { withinMs: deadline.left() },
  );
  // The list of a UPN that has passed to another person is none of the owner's.
  if (!isSameUpn(answers.owner?.userPrincipalName ?? null, draft.ownerUpn)) throw new NotFoundError('cloudPcNotFound');
  const standing: Standing = { isOwner: !isForAnother(draft), roles: rolesOf(answers.memberOf, deps.policy.roles) };
  const refused = whyNoRequest(deps.policy, standing);
  if (refused) throw new NotAllowedError(refused);
  const listed = personal(answers.cloudPcs).filter((one) => one.id === cloudPcId);
  const [pc] = standing.isOwner ? await onlyProven(deps, asker.id, listed, deadline) : listed;
  if (!pc) throw new NotFoundError('cloudPcNotFound');
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const [availability] = await readAvailability(tx, deps, [pc], { person: asker, roles: standing.roles });
    if (availability?.not) return { card: 'cannotReprovision', reason: availability.not, now: deps.clock.now() };
    return confirmation(tx, deps, draft, pc, standing, rolesOf(answers.ownersGroups, deps.policy.roles));
  });
}

/** "Reprovision…" on a line of one's own Cloud PCs: the same as choosing it after asking. */
export async function askForCloudPc(
  deps: Deps,
  asker: PersonRef,
  cloudPcId: string,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const self = await readAskerWithCloudPcs(deps, asker.id, deadline);
  const pc = self.cloudPcs.find((one) => one.id === cloudPcId);
  if (!pc) throw new NotFoundError('cloudPcNotFound');
  return offer(deps, self, self.person, self.roles, [pc], null, origin, deadline);
}
