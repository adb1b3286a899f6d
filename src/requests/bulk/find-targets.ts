// What a selection names in the tenant: the people, their Cloud PCs, and the words that named nobody. In as few requests as
// possible: many people's Cloud PCs are looked up in the list of all.
import type { Selection } from '../../domain/bulk.ts';
import type { CloudPc } from '../../domain/cloud-pc.ts';
import { onlyGroup } from '../../domain/directory.ts';
import { type ConciergeError, NotFoundError } from '../../domain/errors.ts';
import type { Person } from '../../domain/people.ts';
import type { FleetPart, Look, Query } from '../../domain/ports.ts';
import type { Deadline, Deps } from '../deps.ts';

/** More people than this are cheaper to find in the list of all Cloud PCs. */
const mostByPerson = 20;

export interface Targets {
  /** Who was named, in the order of naming; without those below. */
  people: Person[];
  /** Cloud PCs that were named themselves: by id, policy or state. */
  named: CloudPc[];
  /** Cloud PCs of the people, by UPN in lower case. */
  byUpn: ReadonlyMap<string, CloudPc[]>;
  /** Owners of the named ones, by UPN in lower case. */
  owners: ReadonlyMap<string, Person>;
  /** Addresses, ids and words that named nobody and nothing. */
  unknown: string[];
  /** What the policy that was chosen is called. */
  policy: { id: string; name: string } | null;
  group: string | null;
}

type FindDeps = Pick<Deps, 'tenant'>;

/** @throws NotFoundError `groupNotFound`, `policyNotFound`; ConflictError `groupAmbiguous`; whatever Graph says */
export async function findTargets(deps: FindDeps, selection: Selection, deadline: Deadline): Promise<Targets> {
  const { people, unknown, group } = await findPeople(deps, selection, deadline);
  const policy = await findPolicy(deps, selection, deadline);
  const byUpn = await readCloudPcsOfMany(deps, people, deadline);
  const { named, missing } = await findNamed(deps, selection, policy, deadline);
  const owners = await findOwners(deps, named, people, deadline);
  return { people, named, byUpn, owners, unknown: [...unknown, ...missing, ...selection.rest], policy, group };
}

async function findPeople(
  deps: FindDeps,
  selection: Selection,
  deadline: Deadline,
): Promise<{ people: Person[]; unknown: string[]; group: string | null }> {
  const mentioned = await lookAll(
    deps,
    selection.personIds.map((personId) => ({ ask: 'person' as const, personId })),
    deadline,
  );
  const { upns } = selection;
  const { byUpn } = await deps.tenant.read({ byUpn: { ask: 'peopleByUpn', upns } }, { withinMs: deadline.left() });
  const found = new Map(byUpn.map((person) => [keyOf(person.userPrincipalName), person]));
  const { group, members } = await readGroup(deps, selection.group, deadline);
  const listed = upns.flatMap((upn) => found.get(keyOf(upn)) ?? []);
  const people = [...mentioned.filter((person) => person !== null), ...listed, ...members];
  return {
    people: [...new Map(people.map((person) => [person.id, person])).values()],
    unknown: [
      ...selection.personIds.filter((_, index) => mentioned[index] === null),
      ...upns.filter((upn) => !found.has(keyOf(upn))),
    ],
    group,
  };
}

async function readGroup(
  deps: FindDeps,
  name: string | null,
  deadline: Deadline,
): Promise<{ group: string | null; members: Person[] }> {
  if (name === null) return { group: null, members: [] };
  const { groups } = await deps.tenant.read({ groups: { ask: 'groupsNamed', name } }, { withinMs: deadline.left() });
  const group = onlyGroup(name, groups);
  const { members } = await deps.tenant.read(
    { members: { ask: 'peopleIn', groupId: group.id } },
    { withinMs: deadline.left() },
  );
  return { group: group.name, members: members ?? [] };
}

async function findPolicy(deps: FindDeps, { policy }: Selection, deadline: Deadline): Promise<Targets['policy']> {
  if (policy === null) return null;
  const { policies } = await deps.tenant.read(
    { policies: { ask: 'provisioningPolicies' } },
    { withinMs: deadline.left() },
  );
  const isMeant = (one: { id: string; name: string }) =>
    'id' in policy ? keyOf(one.id) === keyOf(policy.id) : keyOf(one.name) === keyOf(policy.name);
  const found = policies.find(isMeant);
  if (!found) throw new NotFoundError('policyNotFound', { name: 'name' in policy ? policy.name : '' });
  return { id: found.id, name: found.name };
}

async function readCloudPcsOfMany(
  deps: FindDeps,
  people: readonly Person[],
  deadline: Deadline,
): Promise<Map<string, CloudPc[]>> {
  const upns = people.map(({ userPrincipalName }) => userPrincipalName);
  const listed =
    upns.length > mostByPerson
      ? await readFleet(deps, 'all', deadline)
      : (
          await lookAll(
            deps,
            upns.map((upn) => ({ ask: 'cloudPcsOf' as const, upn })),
            deadline,
          )
        ).flat();
  const wanted = new Set(upns.map(keyOf));
  const ofPeople = listed.filter(({ ownerUpn }) => ownerUpn !== null && wanted.has(keyOf(ownerUpn)));
  return Map.groupBy(ofPeople, ({ ownerUpn }) => keyOf(ownerUpn ?? ''));
}

async function findNamed(
  deps: FindDeps,
  selection: Selection,
  policy: Targets['policy'],
  deadline: Deadline,
): Promise<{ named: CloudPc[]; missing: string[] }> {
  const { cloudPcIds } = selection;
  const byId =
    cloudPcIds.length > mostByPerson
      ? await readFleet(deps, 'all', deadline)
      : await lookAll(
          deps,
          cloudPcIds.map((cloudPcId) => ({ ask: 'cloudPc' as const, cloudPcId })),
          deadline,
        );
  const wanted = new Set(cloudPcIds.map(keyOf));
  const found = byId.flatMap((pc) => (pc !== null && wanted.has(keyOf(pc.id)) ? [pc] : []));
  const foundIds = new Set(found.map(({ id }) => keyOf(id)));
  const ofPolicy = policy ? await readFleet(deps, { policyId: policy.id }, deadline) : [];
  const failed = selection.failed ? await readFleet(deps, 'failed', deadline) : [];
  const all = new Map([...found, ...ofPolicy, ...failed].map((pc) => [pc.id, pc]));
  return { named: [...all.values()], missing: cloudPcIds.filter((id) => !foundIds.has(keyOf(id))) };
}

async function findOwners(
  deps: FindDeps,
  named: readonly CloudPc[],
  people: readonly Person[],
  deadline: Deadline,
): Promise<Map<string, Person>> {
  const known = new Map(people.map((person) => [keyOf(person.userPrincipalName), person]));
  const asked = new Set(named.flatMap(({ ownerUpn }) => (ownerUpn === null ? [] : [keyOf(ownerUpn)])));
  const upns = [...asked].filter((upn) => !known.has(upn));
  const { owners } = await deps.tenant.read({ owners: { ask: 'peopleByUpn', upns } }, { withinMs: deadline.left() });
  return new Map([...known, ...owners.map((person) => [keyOf(person.userPrincipalName), person] as const)]);
}

async function readFleet(deps: FindDeps, part: FleetPart, deadline: Deadline): Promise<CloudPc[]> {
  const { fleet } = await deps.tenant.read({ fleet: { ask: 'fleet', part } }, { withinMs: deadline.left() });
  return fleet;
}

/** @throws ConciergeError the first fault among the answers */
async function lookAll<Q extends Query>(
  deps: FindDeps,
  queries: readonly Q[],
  deadline: Deadline,
): Promise<Extract<Look<Q>, { value: unknown }>['value'][]> {
  if (queries.length === 0) return [];
  const looks = await deps.tenant.look(queries, { withinMs: deadline.left() });
  return looks.map((look) => {
    if ('fault' in look) throw look.fault satisfies ConciergeError;
    return look.value;
  });
}

/** UPNs, ids and names are compared without case. */
export function keyOf(words: string): string {
  return words.toLowerCase();
}
