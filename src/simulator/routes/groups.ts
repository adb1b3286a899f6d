// Groups of the directory and their members.
import type { GraphCall, GraphReply, Json } from '../graph-call.ts';
import { directoryObjectNotFound } from '../graph-problem.ts';
import { answerCollection, answerEntity } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { Tenant } from '../tenant.ts';
import type { Group } from '../tenant-types.ts';
import { personEntity, personType } from './directory.ts';
import type { Route } from './route.ts';

const ofGroup = {
  usual: [
    'id',
    'displayName',
    'description',
    'groupTypes',
    'mail',
    'mailEnabled',
    'mailNickname',
    'membershipRule',
    'onPremisesSyncEnabled',
    'securityEnabled',
    'visibility',
    'isAssignableToRole',
  ],
  onSelect: ['assignedLicenses', 'licenseProcessingState', 'hasMembersWithLicenseErrors'],
};

const groupType: ResourceType = {
  name: 'microsoft.graph.group',
  collection: 'groups',
  properties: { 'v1.0': ofGroup, beta: ofGroup },
  navigation: [],
  newerMembers: {},
};

// A member may be selected by what users and groups have; each shows what is its own.
const memberType: ResourceType = {
  name: 'microsoft.graph.directoryObject',
  collection: 'directoryObjects',
  properties: { 'v1.0': ofMember('v1.0'), beta: ofMember('beta') },
  navigation: [],
  newerMembers: {},
};

function ofMember(version: 'v1.0' | 'beta') {
  const person = personType.properties[version];
  const usual = [...new Set([...person.usual, ...ofGroup.usual])];
  return { usual, onSelect: [...person.onSelect, ...ofGroup.onSelect] };
}

/** https://learn.microsoft.com/graph/api/group-get, group-list, group-list-members, group-list-transitivemembers. */
export const groupRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/groups',
    answer: (call, tenant) =>
      answerCollection(groupType, call, tenant.groups.map(groupEntity), tenant.paging, ['$filter', '$top', '$count']),
  },
  {
    method: 'GET',
    pattern: '/groups/{groupId}',
    answer: (call, tenant, parameter) =>
      answerEntity(groupType, call, groupEntity(groupOf(tenant, parameter('groupId')))),
  },
  {
    method: 'GET',
    pattern: '/groups/{groupId}/members',
    answer: (call, tenant, parameter) =>
      listMembers(call, tenant, tenant.memberIdsOf(groupOf(tenant, parameter('groupId')))),
  },
  {
    method: 'GET',
    pattern: '/groups/{groupId}/transitiveMembers',
    answer: (call, tenant, parameter) =>
      listMembers(call, tenant, tenant.transitiveMemberIdsOf(groupOf(tenant, parameter('groupId')))),
  },
];

/** The group behind an object id in a path; 404 when there is none. */
export function groupOf(tenant: Tenant, groupId: string): Group {
  const group = tenant.findGroup(groupId);
  if (!group) throw directoryObjectNotFound(groupId);
  return group;
}

function listMembers(call: GraphCall, tenant: Tenant, memberIds: readonly string[]): GraphReply {
  const members = memberIds.map((id) => memberEntity(tenant, id));
  return answerCollection(memberType, call, members, tenant.paging, ['$filter', '$top', '$count']);
}

function memberEntity(tenant: Tenant, id: string): Json {
  const person = tenant.findPerson(id);
  if (person) return Object.setPrototypeOf({ '@odata.type': '#microsoft.graph.user' }, personEntity(tenant, person));
  const group = tenant.findGroup(id);
  if (group) return { '@odata.type': '#microsoft.graph.group', ...groupEntity(group) };
  return { '@odata.type': '#microsoft.graph.device', id, displayName: `Device ${id}` };
}

function groupEntity({ memberIds: _, ...group }: Group): Json {
  return {
    groupTypes: [],
    mailEnabled: false,
    mailNickname: group.displayName.replaceAll(' ', ''),
    securityEnabled: true,
    onPremisesSyncEnabled: null,
    isAssignableToRole: null,
    assignedLicenses: [],
    hasMembersWithLicenseErrors: false,
    ...group,
  };
}
