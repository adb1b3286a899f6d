// Groups of the directory and their members. Reads only; all may be repeated.
import type { z } from 'zod/v4';
import { type Group, type GroupMembers, hasGroupPrefix, isSameGroupName } from '../domain/directory.ts';
import { NotFoundError } from '../domain/errors.ts';
import type { Person } from '../domain/people.ts';
import type { Ask } from './asker.ts';
import type { GraphClient } from './graph-client.ts';
import { isNotFound } from './graph-error.ts';
import { toLiteral, toQuery, toSegment } from './graph-path.ts';
import { readPages } from './pages.ts';
import { personProperties, toPerson } from './people.ts';
import { readBody, readElements } from './read-answer.ts';
import { groupSchema, memberSchema, userSchema } from './schema.ts';

/** assignedLicenses comes only when selected. */
const groupProperties = [
  'id',
  'displayName',
  'groupTypes',
  'mailEnabled',
  'onPremisesSyncEnabled',
  'isAssignableToRole',
  'assignedLicenses',
] as const;
/** The most that one page of members holds. */
const membersAPage = 999;
/** No group has a longer name. */
const longestName = 256;

/** GET /groups/{id}. null: no such group. */
export async function readGroup(ask: Ask, groupId: string): Promise<Group | null> {
  const query = toQuery({ $select: groupProperties });
  const reply = await ask({ method: 'GET', path: `/groups/${toSegment(groupId)}${query}` });
  return isNotFound(reply) ? null : toGroup(readBody(reply, groupSchema));
}

/** GET /groups by displayName, every page; compared again, whatever the filter took for equal. */
export async function readGroupsNamed(client: GraphClient, ask: Ask, name: string): Promise<Group[]> {
  if (!mayBeName(name)) return [];
  const groups = await readGroups(client, ask, `displayName eq ${toLiteral(name)}`);
  return groups.filter((group) => isSameGroupName(group.name, name));
}

/** GET /groups whose displayName begins so, every page; compared again, whatever the filter did. */
export async function readGroupsPrefixed(client: GraphClient, ask: Ask, prefix: string): Promise<Group[]> {
  if (!mayBeName(prefix)) return [];
  const groups = await readGroups(client, ask, `startswith(displayName,${toLiteral(prefix)})`);
  return groups.filter((group) => hasGroupPrefix(group.name, prefix));
}

function mayBeName(text: string): boolean {
  return text.trim() !== '' && text.length <= longestName;
}

async function readGroups(client: GraphClient, ask: Ask, $filter: string): Promise<Group[]> {
  const values = await readPages(client, ask, `/groups${toQuery({ $select: groupProperties, $filter })}`);
  return readElements(values, groupSchema).map(toGroup);
}

/** GET /groups/{id}/members, every page; direct members. null: no such group. */
export function readGroupMembers(client: GraphClient, ask: Ask, groupId: string): Promise<GroupMembers | null> {
  return readMembers(client, ask, groupId, 'members');
}

/** GET /groups/{id}/transitiveMembers, every page: the people, once each. null: no such group. */
export async function readPeopleIn(client: GraphClient, ask: Ask, groupId: string): Promise<Person[] | null> {
  const members = await readMembers(client, ask, groupId, 'transitiveMembers');
  return members && [...new Map(members.people.map((person) => [person.id, person])).values()];
}

async function readMembers(
  client: GraphClient,
  ask: Ask,
  groupId: string,
  which: 'members' | 'transitiveMembers',
): Promise<GroupMembers | null> {
  const query = toQuery({ $select: personProperties, $top: membersAPage });
  try {
    return toMembers(await readPages(client, ask, `/groups/${toSegment(groupId)}/${which}${query}`));
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

function toMembers(values: readonly unknown[]): GroupMembers {
  const members: GroupMembers = { people: [], groups: [], others: 0 };
  for (const value of values) {
    const member = memberSchema.safeParse(value).data;
    const user = userSchema.safeParse(value).data;
    const kind = member?.['@odata.type']?.toLowerCase();
    if (kind === '#microsoft.graph.user' && user) members.people.push(toPerson(user));
    else if (kind === '#microsoft.graph.group' && member) {
      const groupId = member.id.toLowerCase();
      members.groups.push({ id: groupId, name: member.displayName || groupId });
    } else members.others += 1;
  }
  return members;
}

function toGroup(group: z.output<typeof groupSchema>): Group {
  const has = (type: string) => group.groupTypes.some((one) => one.toLowerCase() === type);
  return {
    id: group.id.toLowerCase(),
    name: group.displayName ?? '',
    isDynamic: has('dynamicmembership'),
    isSynced: group.onPremisesSyncEnabled ?? false,
    isMailOnly: (group.mailEnabled ?? false) && !has('unified'),
    isAssignableToRole: group.isAssignableToRole ?? false,
    assignedLicences: group.assignedLicenses.map(({ skuId, disabledPlans }) => ({
      skuId: skuId.toLowerCase(),
      disabledPlans: disabledPlans.map((plan) => plan.toLowerCase()),
    })),
  };
}
