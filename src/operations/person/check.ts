// Right before anything is changed everything is read again: who asked still may, who approved still counts, and the
// person, the groups and the seats are as they were when it was confirmed.
import {
  findAssignRefusal,
  findGoing,
  findRevivable,
  findUnassignRefusal,
  type Refused,
  seatsOf,
} from '../../domain/assign-check.ts';
import { isSameGroupName, type ProvisioningPolicy } from '../../domain/directory.ts';
import type { Entitlement, PersonOrder, PersonRefusal } from '../../domain/person-item.ts';
import type { Policy } from '../../domain/policy.ts';
import { minute } from '../../domain/time.ts';
import { findBusy } from '../../requests/person/find-busy.ts';
import { type PersonReading, readPerson } from '../../requests/person/read-person.ts';
import { readWithinMs } from './change-group.ts';
import { peopleOf, whyNotAllowed } from './rights.ts';
import type { PersonDeps, PersonStepRun } from './step.ts';

export const checkPerson: PersonStepRun = async ({ deps, request, item }) => {
  const now = deps.clock.now();
  if (await deps.unitOfWork.run((tx) => tx.settings.startsPaused()))
    return { type: 'hold', reason: 'paused', until: now + minute };
  const { order } = item;
  const reading = await readPerson(deps, item, peopleOf(request), readWithinMs);
  const seats = seatsOf(order.entitlement, reading);
  const refused =
    toRefused(whyNotAllowed(deps.policy, request, reading.standings)) ??
    toRefused(whyNotOffered(deps.policy, order, reading)) ??
    (item.operation === 'assign'
      ? findAssignRefusal(order, reading)
      : (findUnassignRefusal(order, reading) ?? (await findBusy(deps, order))));
  if (refused) return { type: 'refuse', ...refused, seats };
  // What is in its grace period comes back with the licence: it is the one to wait for.
  const revivable = findRevivable(order.entitlement, reading.cloudPcs);
  const knownCloudPcIds = reading.cloudPcs.map(({ id }) => id).filter((id) => id !== revivable?.id);
  const [going, ...others] = item.operation === 'assign' ? [] : findGoing(order.entitlement, reading.cloudPcs);
  const cloudPc = going && others.length === 0 ? going : null;
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

const toRefused = (code: PersonRefusal | null): Refused | null => (code === null ? null : { code, detail: null });

/** The group of a Frontline size may have been given another size, or none, since it was chosen. */
function leadsThere(entitlement: Entitlement, { provisioningPolicies }: PersonReading): boolean {
  if (entitlement.kind !== 'frontline') return true;
  const policy = provisioningPolicies.find(({ id }) => id.toLowerCase() === entitlement.policyId);
  const isMeant = (one: ProvisioningPolicy['assignments'][number]) =>
    one.groupId === entitlement.group.id && one.servicePlanId === entitlement.planId;
  return policy?.assignments.some(isMeant) ?? false;
}

/** What the policy no longer offers, and what is to be destroyed when it is not what was confirmed. */
function whyNotOffered(policy: Policy, order: PersonOrder, reading: PersonReading): PersonRefusal | null {
  const { entitlement, endsGrace, cloudPcs } = order;
  const { licenceGroups, frontlinePolicies, endGracePeriod } = policy.windows365;
  const isOffered =
    entitlement.kind === 'licence'
      ? licenceGroups.some((name) => isSameGroupName(name, entitlement.group.name))
      : frontlinePolicies.some((name) => isSameGroupName(name, entitlement.policyName));
  if (!isOffered || !leadsThere(entitlement, reading) || (endsGrace && !endGracePeriod)) return 'policyChanged';
  if (!endsGrace) return null;
  const going = findGoing(entitlement, reading.cloudPcs);
  return going.length === 1 && going[0]?.id === cloudPcs[0]?.id ? null : 'cloudPcChanged';
}
