// Who asked still may, and who approved still counts: asked again, live, before anything is changed and before anything is
// destroyed.
import { whyApprovalsFallShort } from '../../domain/check.ts';
import { isForAnother } from '../../domain/notices.ts';
import { mayAct } from '../../domain/people.ts';
import type { PersonRefusal } from '../../domain/person-item.ts';
import { assignRule, type Policy, whyNoAssign } from '../../domain/policy.ts';
import { approvalsOf, type Request } from '../../domain/request.ts';
import { readStandings, type Standing, type Standings } from '../../requests/person/read-person.ts';
import { readWithinMs } from './change-group.ts';
import type { PersonDeps } from './step.ts';

/** One Graph request. @throws as `Tenant.read` */
export async function readRights(deps: PersonDeps, request: Request): Promise<PersonRefusal | null> {
  const standings = await readStandings(deps, peopleOf(request), readWithinMs);
  return whyNotAllowed(deps.policy, request, standings);
}

/** Whose rights a request rests on. */
export function peopleOf(request: Request): string[] {
  return [...new Set([request.requester.id, request.owner.id, ...approvalsOf(request).map(({ by }) => by.id)])];
}

export function whyNotAllowed(policy: Policy, request: Request, standings: Standings): PersonRefusal | null {
  const of = (id: string): Standing => standings.get(id) ?? nobody;
  const requester = of(request.requester.id);
  if (!mayAct(requester.person)) return 'notAllowedAnyMore';
  const standing = { isSelf: !isForAnother(request), roles: requester.roles };
  if (whyNoAssign(policy, standing)) return 'notAllowedAnyMore';
  const rule = assignRule(policy, standing, of(request.owner.id).roles.vip);
  const approvers = approvalsOf(request).map(({ by }) => of(by.id));
  return whyApprovalsFallShort(request, approvers, rule);
}

const nobody: Standing = { person: null, roles: { admin: false, approver: false, vip: false } };
