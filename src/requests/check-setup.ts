// Looks at everything the bot needs: permissions, groups, channel, mailbox, policies, licence. Changes nothing.

import { isSameGroupName, type ProvisioningPolicy } from '../domain/directory.ts';
import { ConciergeError, TemporaryError } from '../domain/errors.ts';
import type { PersonRef, RoleGroups } from '../domain/people.ts';
import type { Policy } from '../domain/policy.ts';
import type { AnswerTo, Clock, GraphSelf, Query, Seen, Tenant, Tx } from '../domain/ports.ts';
import type {
  FrontlineFinding,
  GraphFindings,
  NamedGroupFinding,
  RoleGroupFinding,
  StoreFindings,
} from '../domain/setup-findings.ts';
import { licenceGroupsKey } from '../domain/setup-groups.ts';
import { toRows } from '../domain/setup-rows.ts';
import { day, type Instant, second } from '../domain/time.ts';
import type { CardView } from '../domain/views.ts';
import { claimOrigin, type Deadline, type Origin, type TurnDeps } from './deps.ts';
import { readAdmin } from './settings.ts';

export interface SetupParts {
  policy: Policy;
  clock: Clock;
  tenant: Tenant;
  graphSelf: GraphSelf;
}

const longestMs = 20 * second;
/** With less time than this it is a turn that asks, and a job would have more. */
const hurryMs = 5 * second;

/**
 * For admins only.
 * @throws NotAllowedError `notAdmin`; TemporaryError when Graph was too slow for a turn, so that a job does it again
 */
export async function checkSetup(
  deps: TurnDeps,
  person: PersonRef,
  origin: Origin,
  deadline: Deadline,
): Promise<Extract<CardView, { card: 'check' }>> {
  await readAdmin(deps, person, deadline);
  const leftMs = deadline.left();
  const graph = await readGraphFindings(deps, person.id, Math.min(leftMs, longestMs));
  const slow = leftMs < hurryMs ? faultsIn(graph).find((fault) => fault instanceof TemporaryError) : undefined;
  if (slow) throw slow;
  deadline.left();
  const startedAt = deps.clock.monotonic();
  const store = await deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    return readStoreFindings(tx, deps.clock.now(), () => deps.clock.monotonic() - startedAt);
  });
  return { card: 'check', rows: toRows({ graph, store }, deps.policy), now: deps.clock.now() };
}

export async function readStoreFindings(
  tx: Pick<Tx, 'settings' | 'conversations' | 'notices'>,
  now: Instant,
  elapsedMs: () => number,
): Promise<StoreFindings> {
  const conversationId = await tx.settings.approvalsChannel();
  const channel = conversationId === null ? null : await tx.conversations.get(conversationId);
  const startsPaused = await tx.settings.startsPaused();
  const mailsLost = await tx.notices.countMailsLost(now - day);
  return { kind: 'asked', channel, startsPaused, mailsLost, ms: Math.ceil(elapsedMs()) };
}

/**
 * Everything that Graph can tell; what cannot be asked is a finding of its own. Never throws a ConciergeError.
 * @param personId somebody who uses Teams; null: one of the admins
 */
export async function readGraphFindings(
  parts: SetupParts,
  personId: string | null,
  withinMs: number,
): Promise<GraphFindings> {
  const { policy, tenant, graphSelf, clock } = parts;
  const endsAt = clock.monotonic() + withinMs;
  const limits = () => ({ withinMs: Math.max(1, endsAt - clock.monotonic()) });
  const lookAt = async <Q extends Query>(query: Q): Promise<Seen<AnswerTo<Q>>> =>
    onlyOf(await tenant.look([query], limits()));
  const roles = await seen(graphSelf.readRoles(limits().withinMs));
  const [probed, roleGroups, namedGroups, policies, plans, userSettings, skus, sender] = await Promise.all([
    personId === null ? null : graphSelf.probe(personId, limits()),
    Promise.all(listRoleGroups(policy.roles).map((one) => findRoleGroup(one, lookAt))),
    Promise.all(listNamedGroups(policy).map((one) => findNamedGroup(one, lookAt))),
    lookAt({ ask: 'provisioningPolicies' }),
    policy.windows365.frontlinePolicies.length === 0 ? null : lookAt({ ask: 'frontlinePlans' }),
    lookAt({ ask: 'userSettings' }),
    lookAt({ ask: 'skus' }),
    policy.mail.from === null ? null : lookAt({ ask: 'person', personId: policy.mail.from }),
  ]);
  const probes = probed ?? (await graphSelf.probe(anAdmin(roleGroups), limits()));
  return {
    roles,
    teamsAppId: graphSelf.teamsAppId,
    probes,
    roleGroups,
    namedGroups,
    frontline: plans === null ? [] : listFrontline(policy, policies, plans),
    provisioningPolicies: counted(policies),
    userSettings: counted(userSettings),
    skus,
    sender,
    troubleSince: graphSelf.troubleSince(),
  };
}

type LookAt = <Q extends Query>(query: Q) => Promise<Seen<AnswerTo<Q>>>;
type NamedRoleGroup = Pick<RoleGroupFinding, 'role' | 'groupId'>;
type NamedGroup = Pick<NamedGroupFinding, 'key' | 'name'>;

async function findRoleGroup(one: NamedRoleGroup, lookAt: LookAt): Promise<RoleGroupFinding> {
  const { groupId } = one;
  const [group, members] = await Promise.all([
    lookAt({ ask: 'group', groupId }),
    lookAt({ ask: 'groupMembers', groupId }),
  ]);
  return { ...one, group, members };
}

async function findNamedGroup(one: NamedGroup, lookAt: LookAt): Promise<NamedGroupFinding> {
  return { ...one, groups: await lookAt({ ask: 'groupsNamed', name: one.name }) };
}

function listRoleGroups(roles: RoleGroups): NamedRoleGroup[] {
  return (['admins', 'approvers', 'vip'] as const).flatMap((role) => roles[role].map((groupId) => ({ role, groupId })));
}

function listNamedGroups({ windows365 }: Policy): NamedGroup[] {
  const { licenceGroups, provisioningGroup, userSettingsGroup } = windows365;
  return [
    ...licenceGroups.map((name) => ({ key: licenceGroupsKey, name })),
    ...(provisioningGroup === null ? [] : [{ key: 'windows365.provisioningGroup', name: provisioningGroup }]),
    ...(userSettingsGroup === null ? [] : [{ key: 'windows365.userSettingsGroup', name: userSettingsGroup }]),
  ];
}

/** Names of policies are no more unique than those of groups. */
function listFrontline(
  { windows365 }: Policy,
  policies: Seen<ProvisioningPolicy[]>,
  plans: FrontlineFinding['plans'],
): FrontlineFinding[] {
  return windows365.frontlinePolicies.map((name) => ({
    name,
    policies:
      'fault' in policies ? policies : { value: policies.value.filter((one) => isSameGroupName(one.name, name)) },
    plans,
  }));
}

/** Somebody of whom Teams can be asked, where nobody asks in Teams. */
function anAdmin(roleGroups: readonly RoleGroupFinding[]): string | null {
  const admins = roleGroups.filter(({ role }) => role === 'admins');
  const people = admins.flatMap(({ members }) => ('value' in members ? (members.value?.people ?? []) : []));
  return people.find(({ accountEnabled }) => accountEnabled)?.id ?? null;
}

function onlyOf<T>(looks: readonly Seen<T>[]): Seen<T> {
  const [look] = looks;
  if (!look) throw new Error('A look without an answer');
  return look;
}

function counted(seen: Seen<readonly unknown[]>): Seen<number> {
  return 'fault' in seen ? seen : { value: seen.value.length };
}

async function seen<T>(asked: Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await asked };
  } catch (fault) {
    if (fault instanceof ConciergeError) return { fault };
    throw fault;
  }
}

function faultsIn({ roles, probes, roleGroups, namedGroups, ...rest }: GraphFindings): ConciergeError[] {
  const all = [
    roles,
    ...Object.values(probes.taken),
    ...roleGroups.flatMap(({ group, members }) => [group, members]),
    ...namedGroups.map(({ groups }) => groups),
    rest.provisioningPolicies,
    rest.userSettings,
    rest.skus,
    rest.sender,
  ];
  return all.flatMap((one) => (one && 'fault' in one ? [one.fault] : []));
}
