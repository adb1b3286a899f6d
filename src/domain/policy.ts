// The organisation's rules, and the questions asked of them. Every rule here, in the order it is asked:
//   whyNoRequest   self-service off · not an admin for somebody else's Cloud PC · account disabled · not the owner's
//   approvalRule   direct or approval · a VIP owner always needs approval, and an admin's among them
//   bulkRule       direct or approval; a VIP's Cloud PC is never part of a bulk request
//   whyNoAssign    self-service off · not an admin for somebody else; the same for taking Windows 365 back
//   assignRule     as approvalRule, under rules of its own
//   mayDecide      approvers (never the requester) · admins for VIP owners
//   mayCancel      the requester · admins
//   choices        offered only when there are two or more
import type { AccountType, OsVersion } from './cloud-pc.ts';
import type { Language, RoleGroups, Roles } from './people.ts';

export interface Policy {
  roles: RoleGroups;
  selfService: {
    reprovision: 'approval' | 'direct' | 'off';
    /** Asking for Windows 365, and giving it back. */
    assign: 'approval' | 'off';
    respectResetEnabled: boolean;
    osVersions: readonly OsVersion[];
    accountTypes: readonly AccountType[];
  };
  admin: {
    single: 'approval' | 'direct';
    bulk: 'approval' | 'direct';
    assign: 'approval' | 'direct';
    osVersions: readonly OsVersion[];
    accountTypes: readonly AccountType[];
  };
  approval: {
    needed: number;
    neededForBulk: number;
    expiresAfterMs: number;
    remindEveryMs: number;
    escalateAfterMs: number;
  };
  channel: { language: Language; timeZone: string };
  limits: Limits;
  mail: { from: string | null; whenStarted: boolean; whenFinished: boolean; customText: boolean };
  windows365: Windows365Rules;
  /** Mails to a queue when licences or seats run out; null: the policy names none. */
  ticket: { enabled: boolean; queue: string | null; customerId: string | null };
}

/** What is assigned, and the groups that do it, by name as the runbooks of Windows 365 call them; null: none is named. */
export interface Windows365Rules {
  licenceGroups: readonly string[];
  /** Of all groups whose names begin so, a person is in one at most. */
  provisioningGroupPrefix: string | null;
  /** The one that is joined when nobody chooses. */
  provisioningGroup: string | null;
  userSettingsGroupPrefix: string | null;
  userSettingsGroup: string | null;
  /** Provisioning policies of Frontline, by name. */
  frontlinePolicies: readonly string[];
  /** Ending the grace period at once is offered: it destroys the Cloud PC and what is on it. */
  endGracePeriod: boolean;
}

export interface Limits {
  /** Counts successes only. */
  perCloudPcCooldownMs: number;
  startsPerHour: number;
  /** Cloud PCs in one bulk request. */
  bulkMax: number;
  /** Size of the first wave. */
  canary: number;
  /** Size of the others. */
  waveSize: number;
  /** A wave of which more than this fail stops a bulk request until an admin decides. */
  stopWhenFailedPercent: number;
  /** How long Graph is looked at after a call without a clear answer. */
  unknownAfterMs: number;
  slowAfterMs: number;
  giveUpAfterMs: number;
  /** How long a change of a group's members may take to be seen. */
  membershipWithinMs: number;
  /** How long a licence may take to come through its group. */
  licenceWithinMs: number;
  /** How long a new Cloud PC may take to show. */
  cloudPcWithinMs: number;
}

/** Who asks for whose Cloud PC. */
export interface Standing {
  isOwner: boolean;
  roles: Roles;
}

export type RequestRefusal = 'selfServiceOff' | 'notAdminForOthers';

/** Why this person may not ask for this Cloud PC, or null when they may. */
export function whyNoRequest(policy: Policy, asker: Standing): RequestRefusal | null {
  if (asker.roles.admin) return null;
  if (!asker.isOwner) return 'notAdminForOthers';
  return policy.selfService.reprovision === 'off' ? 'selfServiceOff' : null;
}

export interface ApprovalRule {
  /** Approvals needed; 0 means that it starts at once. */
  needed: number;
  /** One of them must come from an admin. */
  byAdmin: boolean;
  /** The rule's name, for the audit. */
  name: string;
}

/** The approval that a request needs. An admin's own Cloud PC counts as self-service unless that is off. */
export function approvalRule(policy: Policy, asker: Standing, ownerIsVip: boolean): ApprovalRule {
  const isSelfService = asker.isOwner && policy.selfService.reprovision !== 'off';
  const name = isSelfService ? 'selfService.reprovision' : 'admin.single';
  const mode = isSelfService ? policy.selfService.reprovision : policy.admin.single;
  return ownerIsVip
    ? vipRule(policy)
    : { needed: mode === 'direct' ? 0 : policy.approval.needed, byAdmin: false, name };
}

function vipRule({ approval }: Policy): ApprovalRule {
  return { needed: Math.max(1, approval.needed), byAdmin: true, name: 'roles.vip' };
}

/** The approval that a bulk request needs. */
export function bulkRule({ admin, approval }: Policy): ApprovalRule {
  return { needed: admin.bulk === 'direct' ? 0 : approval.neededForBulk, byAdmin: false, name: 'admin.bulk' };
}

/** Who asks for Windows 365, for whom. */
export interface AssignStanding {
  isSelf: boolean;
  roles: Roles;
}

/** Why this person may not ask for it, or null when they may. */
export function whyNoAssign(policy: Policy, asker: AssignStanding): RequestRefusal | null {
  if (asker.roles.admin) return null;
  if (!asker.isSelf) return 'notAdminForOthers';
  return policy.selfService.assign === 'off' ? 'selfServiceOff' : null;
}

/** The approval that a request to assign Windows 365, or to take it back, needs; as `approvalRule`. */
export function assignRule(policy: Policy, asker: AssignStanding, personIsVip: boolean): ApprovalRule {
  const isSelfService = asker.isSelf && policy.selfService.assign !== 'off';
  const name = isSelfService ? 'selfService.assign' : 'admin.assign';
  const mode = isSelfService ? policy.selfService.assign : policy.admin.assign;
  return personIsVip
    ? vipRule(policy)
    : { needed: mode === 'direct' ? 0 : policy.approval.needed, byAdmin: false, name };
}

/** Whether the policy names anything that can be assigned. */
export function offersWindows365({ windows365 }: Policy): boolean {
  return windows365.licenceGroups.length > 0 || windows365.frontlinePolicies.length > 0;
}

export interface Choices {
  osVersions: readonly OsVersion[];
  accountTypes: readonly AccountType[];
}

/** What the person may choose from. One value means no question, and nothing is sent. */
export function choicesFor(policy: Policy, asker: Standing): Choices {
  const rules = asker.roles.admin ? policy.admin : policy.selfService;
  return {
    osVersions: rules.osVersions.length > 1 ? rules.osVersions : [],
    accountTypes: rules.accountTypes.length > 1 ? rules.accountTypes : [],
  };
}

/** Approval is demanded somewhere, and the policy names nobody who could give it. */
export function lacksApprovers(policy: Policy): boolean {
  return demandsApproval(policy) && policy.roles.approvers.length === 0;
}

/** Somebody may have to approve: then there must be a place where they are asked. */
export function mayNeedApproval(policy: Policy): boolean {
  return demandsApproval(policy) || policy.roles.vip.length > 0;
}

function demandsApproval(policy: Policy): boolean {
  const { selfService, admin } = policy;
  const ofAssign = offersWindows365(policy) ? [selfService.assign, admin.assign] : [];
  return [selfService.reprovision, admin.single, admin.bulk, ...ofAssign].includes('approval');
}

export type DecisionRefusal = 'ownRequest' | 'notApprover';

/** Why this person may not decide, or null when they may. */
export function whyNoDecision(
  deciderId: string,
  roles: Roles,
  requesterId: string,
  byAdmin: boolean,
): DecisionRefusal | null {
  if (deciderId === requesterId) return 'ownRequest';
  return roles.approver || (byAdmin && roles.admin) ? null : 'notApprover';
}

export function mayCancel(personId: string, roles: Roles, requesterId: string): boolean {
  return personId === requesterId || roles.admin;
}

/** Who may look at a request that is not their own. */
export function maySee(
  personId: string,
  roles: Roles,
  request: { requester: { id: string }; owner: { id: string } },
): boolean {
  return roles.admin || roles.approver || personId === request.requester.id || personId === request.owner.id;
}
