// Everything about one person that assign and unassign decide by, read now: in two Graph requests, since who is in the
// groups of a prefix can be asked only when they are known.
import { type AssignReading, groupsOf } from '../../domain/assign-check.ts';
import { type FrontlinePlan, type Group, isSameGroupName, type ProvisioningPolicy } from '../../domain/directory.ts';
import { isSameUpn, type Person, type Roles, roleGroupIds, rolesOf } from '../../domain/people.ts';
import type { PersonItem, PersonOrder } from '../../domain/person-item.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Query, Tenant } from '../../domain/ports.ts';

export interface Standing {
  person: Person | null;
  roles: Roles;
}

export interface PersonReading extends AssignReading {
  /** Licence groups and Frontline groups of the policy, besides that of the order, that the person is in. */
  otherEntitlements: readonly string[];
  provisioningPolicies: readonly ProvisioningPolicy[];
  /** Of those that were asked for, by id. */
  standings: Standings;
}

/** By object id. */
export type Standings = ReadonlyMap<string, Standing>;

type ReadDeps = { tenant: Tenant; policy: Policy };
type About = Pick<PersonItem, 'person' | 'upn'> & { order: PersonOrder | null };

/**
 * @param others whose rights are asked besides
 * @throws as `Tenant.read`
 */
export async function readPerson(
  deps: ReadDeps,
  about: About,
  others: readonly string[],
  withinMs: number,
): Promise<PersonReading> {
  const { tenant, policy } = deps;
  const { licenceGroups, frontlinePolicies } = policy.windows365;
  const names = [
    ...new Set([...(about.order ? groupsOf(about.order).map(({ name }) => name) : []), ...namesIn(policy)]),
  ];
  const answers = new Answers(await tenant.read(queriesFor(policy, about, names, others), { withinMs }));
  const named = new Map(names.map((name) => [name, answers.of<Group[]>(`named:${name}`) ?? []]));
  const person = answers.of<Person | null>('person') ?? null;
  const { provisioningGroup, userSettingsGroup } = policy.windows365;
  // The usual group counts with those of the prefix, whatever it is called.
  const withUsual = (groups: readonly Group[], usual: string | null): Group[] => [
    ...new Map([...groups, ...(named.get(usual ?? '') ?? [])].map((group) => [group.id, group])).values(),
  ];
  const prefixed = {
    provisioning: withUsual(answers.of<Group[]>('provisioning') ?? [], provisioningGroup),
    settings: withUsual(answers.of<Group[]>('settings') ?? [], userSettingsGroup),
  };
  const provisioningPolicies = answers.of<ProvisioningPolicy[]>('policies') ?? [];
  const frontlineGroups = provisioningPolicies
    .filter(({ name }) => frontlinePolicies.some((one) => isSameGroupName(one, name)))
    .flatMap(({ assignments }) => assignments.map(({ groupId }) => groupId));
  const frontlineOnes = frontlineGroups.length > 0 ? await readGroups(tenant, frontlineGroups, withinMs) : [];
  const licenceIds = licenceGroups.flatMap((name) => (named.get(name) ?? []).map(({ id }) => id));
  const entitlements = [...licenceIds, ...frontlineGroups];
  const all = [...prefixed.provisioning, ...prefixed.settings, ...[...named.values()].flat()].map(({ id }) => id);
  const personId = about.person.id;
  const isRenamed = person !== null && !isSameUpn(person.userPrincipalName, about.upn);
  const second = await tenant.read(
    {
      memberOf: { ask: 'memberOf', personId, groupIds: [...new Set([...all, ...entitlements])] },
      ...(isRenamed ? { renamed: { ask: 'cloudPcsOf', upn: person.userPrincipalName } as const } : {}),
    },
    { withinMs },
  );
  const later = new Answers(second);
  const memberOf = new Set(later.of<string[]>('memberOf'));
  const own = about.order?.entitlement.group.id;
  return {
    person,
    groupsNamed: named,
    groupsById: new Map(
      [...prefixed.provisioning, ...prefixed.settings, ...[...named.values()].flat(), ...frontlineOnes].map((group) => [
        group.id,
        group,
      ]),
    ),
    skus: answers.of('skus') ?? [],
    frontlinePlans: answers.of<FrontlinePlan[]>('plans') ?? [],
    licenceStates: answers.of('states') ?? [],
    cloudPcs: later.of('renamed') ?? answers.of('cloudPcs') ?? [],
    prefixed,
    memberOf,
    otherEntitlements: entitlements.filter((id) => id !== own && memberOf.has(id)),
    provisioningPolicies,
    standings: new Map(others.map((id) => [id, toStanding(policy, answers, id)])),
  };
}

/** Whether they are there, and their roles; one Graph request. @throws as `Tenant.read` */
export async function readStandings(deps: ReadDeps, ids: readonly string[], withinMs: number): Promise<Standings> {
  const answers = new Answers(await deps.tenant.read(standingQueries(deps.policy, ids), { withinMs }));
  return new Map(ids.map((id) => [id, toStanding(deps.policy, answers, id)]));
}

function standingQueries(policy: Policy, ids: readonly string[]): Record<string, Query> {
  const groupIds = roleGroupIds(policy.roles);
  const queries = ids.flatMap((personId): [string, Query][] => [
    [`person:${personId}`, { ask: 'person', personId }],
    [`roles:${personId}`, { ask: 'memberOf', personId, groupIds }],
  ]);
  return Object.fromEntries(queries);
}

async function readGroups(tenant: Tenant, ids: readonly string[], withinMs: number): Promise<Group[]> {
  const queries = Object.fromEntries([...new Set(ids)].map((id) => [id, { ask: 'group', groupId: id } as const]));
  const found = await tenant.read(queries, { withinMs });
  return Object.values(found).filter((group) => group !== null);
}

function namesIn({ windows365 }: Policy): string[] {
  const { licenceGroups, provisioningGroup, userSettingsGroup } = windows365;
  return [...licenceGroups, provisioningGroup, userSettingsGroup].filter((name) => name !== null);
}

function queriesFor(
  policy: Policy,
  { person, upn, order }: About,
  names: readonly string[],
  others: readonly string[],
) {
  const { provisioningGroupPrefix, userSettingsGroupPrefix, frontlinePolicies } = policy.windows365;
  const queries: Record<string, Query> = {
    person: { ask: 'person', personId: person.id },
    states: { ask: 'licenceStates', personId: person.id },
    skus: { ask: 'skus' },
    cloudPcs: { ask: 'cloudPcsOf', upn },
  };
  if (provisioningGroupPrefix) queries.provisioning = { ask: 'groupsPrefixed', prefix: provisioningGroupPrefix };
  if (userSettingsGroupPrefix) queries.settings = { ask: 'groupsPrefixed', prefix: userSettingsGroupPrefix };
  for (const name of names) queries[`named:${name}`] = { ask: 'groupsNamed', name };
  if (frontlinePolicies.length > 0 || order?.entitlement.kind === 'frontline') {
    queries.plans = { ask: 'frontlinePlans' };
    queries.policies = { ask: 'provisioningPolicies' };
  }
  return Object.assign(queries, standingQueries(policy, others));
}

/** Answers by the name of their query; which type each has, the query says. */
class Answers {
  readonly #answers: Readonly<Record<string, unknown>>;

  constructor(answers: Readonly<Record<string, unknown>>) {
    this.#answers = answers;
  }

  of<T>(name: string): T | undefined {
    return this.#answers[name] as T | undefined;
  }
}

function toStanding(policy: Policy, answers: Answers, personId: string): Standing {
  return {
    person: answers.of<Person | null>(`person:${personId}`) ?? null,
    roles: rolesOf(answers.of<string[]>(`roles:${personId}`) ?? [], policy.roles),
  };
}
