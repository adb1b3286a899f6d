// The last check before a wipe: everything read again now, and the one obstacle that stands first. In this order:
//   the person still may · the approvals still count · the Cloud PC is there and still this owner's · it can be
//   reprovisioned now · nothing forbids it by time
import { type CloudPc, type RemoteActionCapability, whyNotNow } from './cloud-pc.ts';
import type { SkipReason } from './item.ts';
import { isForAnother } from './notices.ts';
import { isSameUpn, mayAct, type Person, type Roles } from './people.ts';
import { type ApprovalRule, approvalRule, bulkRule, type Policy, whyNoDecision, whyNoRequest } from './policy.ts';
import { approvalsOf, type Options, type Request } from './request.ts';

/** What was read, all of it live. */
export interface CheckReading {
  requester: { person: Person | null; roles: Roles };
  owner: { person: Person | null; roles: Roles };
  /** The people whose approvals are on the request, in the order of `approvalsOf`. */
  approvers: { person: Person | null; roles: Roles }[];
  pc: CloudPc | null;
  capabilities: readonly RemoteActionCapability[] | null;
  /** null: the policy does not ask. */
  isResetEnabled: boolean | null;
  /** A successful rebuild of this Cloud PC within the cool-down, by another request. */
  isCoolingDown: boolean;
}

export function findObstacle(request: Request, reading: CheckReading, policy: Policy): SkipReason | null {
  return (
    whyNotAllowed(request, reading, policy) ??
    whyNotApproved(request, reading, policy) ??
    whyNotOwners(reading) ??
    (request.bulk && reading.owner.roles.vip ? 'vip' : null) ??
    (reading.pc ? whyNotNow(reading.pc, reading.capabilities) : 'gone') ??
    (reading.isResetEnabled === false ? 'resetDisabled' : null) ??
    (reading.isCoolingDown ? 'cooldown' : null)
  );
}

function whyNotAllowed(request: Request, { requester }: CheckReading, policy: Policy): SkipReason | null {
  if (!mayAct(requester.person)) return 'notAllowedAnyMore';
  const standing = { isOwner: !isForAnother(request), roles: requester.roles };
  if (whyNoRequest(policy, standing)) return 'notAllowedAnyMore';
  return areOptionsAllowed(request.options, policy, requester.roles) ? null : 'policyChanged';
}

function areOptionsAllowed(options: Options, policy: Policy, roles: Roles): boolean {
  const rules = roles.admin ? policy.admin : policy.selfService;
  if (options.osVersion !== null && !rules.osVersions.includes(options.osVersion)) return false;
  return options.accountType === null || rules.accountTypes.includes(options.accountType);
}

/** The rule is asked again with today's roles: who has become a VIP needs an admin, who left the approvers does not count. */
function whyNotApproved(request: Request, reading: CheckReading, policy: Policy): SkipReason | null {
  const standing = { isOwner: !isForAnother(request), roles: reading.requester.roles };
  const rule = request.bulk ? bulkRule(policy) : approvalRule(policy, standing, reading.owner.roles.vip);
  return whyApprovalsFallShort(request, reading.approvers, rule);
}

/** @param approvers the people whose approvals are on the request as they are now, in the order of `approvalsOf` */
export function whyApprovalsFallShort(
  request: Request,
  approvers: CheckReading['approvers'],
  rule: ApprovalRule,
): 'approvalGone' | 'policyChanged' | null {
  const byAdmin = rule.byAdmin || request.approval.byAdmin;
  const needed = Math.max(rule.needed, request.approval.needed);
  const standingApprovals = approvalsOf(request).filter((decision, index) => {
    const now = approvers[index];
    if (!now || !mayAct(now.person)) return false;
    return whyNoDecision(decision.by.id, now.roles, request.requester.id, byAdmin) === null;
  });
  const admins = approvalsOf(request).filter((_, index) => {
    const now = approvers[index];
    return Boolean(now?.roles.admin && mayAct(now.person));
  });
  if (standingApprovals.length >= needed && (!byAdmin || admins.length > 0)) return null;
  // Where nobody who approved has lost a role, it is the rule that asks for more than was given.
  const hasLostAdmin = admins.length < approvalsOf(request).filter((decision) => decision.asAdmin).length;
  return standingApprovals.length < approvalsOf(request).length || hasLostAdmin ? 'approvalGone' : 'policyChanged';
}

function whyNotOwners({ owner, pc }: CheckReading): SkipReason | null {
  if (!pc) return 'gone';
  if (!owner.person) return 'ownerChanged';
  return isSameUpn(pc.ownerUpn, owner.person.userPrincipalName) ? null : 'ownerChanged';
}
