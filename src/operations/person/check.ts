// Right before anything is changed everything is read again: who asked still may, who approved still counts, and the
// person, the groups and the seats are as they were when it was confirmed.
import {
  type AssignReading,
  cloudPcsFor,
  findAssignRefusal,
  findUnassignRefusal,
  type Refused,
  seatsOf,
} from '../../domain/assign-check.ts';
import { whyApprovalsFallShort } from '../../domain/check.ts';
import { isForAnother } from '../../domain/notices.ts';
import type { PersonOrder, PersonRefusal } from '../../domain/person-item.ts';
import { assignRule, type Policy, whyNoAssign } from '../../domain/policy.ts';
import { approvalsOf, type Request } from '../../domain/request.ts';
import { minute } from '../../domain/time.ts';
import { type PersonReading, readPerson, type Standing } from '../../requests/person/read-person.ts';
import { readWithinMs } from './change-group.ts';
import type { PersonDeps, PersonStepRun } from './step.ts';

export const checkPerson: PersonStepRun = async ({ deps, request, item }) => {
  const now = deps.clock.now();
  if (await deps.unitOfWork.run((tx) => tx.settings.startsPaused()))
    return { type: 'hold', reason: 'paused', until: now + minute };
  const { order } = item;
  const reading = await readPerson(deps, item, peopleOf(request), readWithinMs);
  const seats = seatsOf(order.entitlement, reading);
  const refused =
    toRefused(whyNotAllowed(deps.policy, request, reading)) ??
    (item.operation === 'assign' ? findAssignRefusal(order, reading) : findUnassignRefusal(order, reading));
  if (refused) return { type: 'refuse', ...refused, seats };
  const knownCloudPcIds = reading.cloudPcs.map(({ id }) => id);
  const cloudPc = item.operation === 'assign' ? null : findGoing(order, reading);
  const memberOf = await findLasting(deps, order, reading);
  return { type: 'checked', knownCloudPcIds, seats, cloudPc, memberOf };
};

/** Through a group that is about to be left, a person does not stay in another one: then only who is in it directly counts. */
async function findLasting(
  { tenant }: Pick<PersonDeps, 'tenant'>,
  { leaves, provisioning, settings }: PersonOrder,
  { person, memberOf }: PersonReading,
): Promise<string[]> {
  if (leaves.length === 0) return [...memberOf];
  const lasting: string[] = [];
  for (const group of [provisioning, settings]) {
    if (group === null || !memberOf.has(group.id)) continue;
    const { members } = await tenant.read(
      { members: { ask: 'groupMembers', groupId: group.id } },
      { withinMs: readWithinMs },
    );
    if (members?.people.some(({ id }) => id === person?.id)) lasting.push(group.id);
  }
  return lasting;
}

function peopleOf(request: Request): string[] {
  return [...new Set([request.requester.id, request.owner.id, ...approvalsOf(request).map(({ by }) => by.id)])];
}

const toRefused = (code: PersonRefusal | null): Refused | null => (code === null ? null : { code, detail: null });

/** The one that the licence led to; with several of its plans, none is known to go. */
function findGoing(order: PersonOrder, { cloudPcs }: AssignReading) {
  const [pc, ...others] = cloudPcsFor(order.entitlement, cloudPcs);
  return pc && others.length === 0 ? pc : null;
}

/** Every right is asked again, live. */
function whyNotAllowed(policy: Policy, request: Request, { standings }: PersonReading): PersonRefusal | null {
  const of = (id: string): Standing => standings.get(id) ?? nobody;
  const requester = of(request.requester.id);
  if (!requester.person?.accountEnabled) return 'notAllowedAnyMore';
  const standing = { isSelf: !isForAnother(request), roles: requester.roles };
  if (whyNoAssign(policy, standing)) return 'notAllowedAnyMore';
  const rule = assignRule(policy, standing, of(request.owner.id).roles.vip);
  const approvers = approvalsOf(request).map(({ by }) => of(by.id));
  return whyApprovalsFallShort(request, approvers, rule);
}

const nobody: Standing = { person: null, roles: { admin: false, approver: false, vip: false } };
