// People and groups of the directory.
import { type GraphCall, type GraphReply, isObject, type Json } from '../graph-call.ts';
import { badRequest, directoryObjectNotFound } from '../graph-problem.ts';
import { isSameId } from '../ids.ts';
import { answerCollection, answerEntity, answerValues } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { Tenant } from '../tenant.ts';
import type { Group, Person } from '../tenant-types.ts';
import type { Route } from './route.ts';

const mostGroupIds = 20;

const usualOfPerson = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
];
const otherOfPerson = ['accountEnabled', 'usageLocation', 'userType', 'department'];

// In v1.0 accountEnabled and usageLocation must be asked for; beta gives everything.
const personType: ResourceType = {
  name: 'microsoft.graph.user',
  collection: 'users',
  properties: {
    'v1.0': { usual: usualOfPerson, onSelect: otherOfPerson },
    beta: { usual: [...usualOfPerson, ...otherOfPerson], onSelect: [] },
  },
  navigation: [],
  newerMembers: {},
};

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

/**
 * https://learn.microsoft.com/graph/api/user-get, user-list, group-get, group-list;
 * directoryobject-checkmembergroups.
 */
export const directoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/users',
    answer: (call, tenant) =>
      answerCollection(personType, call, tenant.people.map(personEntity), tenant.paging, ['$filter', '$top', '$count']),
  },
  {
    method: 'GET',
    pattern: '/users/{userId}',
    answer: (call, tenant, parameter) =>
      answerEntity(personType, call, personEntity(personOf(tenant, parameter('userId')))),
  },
  {
    method: 'POST',
    pattern: '/users/{userId}/checkMemberGroups',
    answer: (call, tenant, parameter) => checkMemberGroups(call, tenant, parameter('userId')),
  },
  {
    method: 'GET',
    pattern: '/groups',
    answer: (call, tenant) =>
      answerCollection(groupType, call, tenant.groups.map(groupEntity), tenant.paging, ['$filter', '$top', '$count']),
  },
  {
    method: 'GET',
    pattern: '/groups/{groupId}',
    answer: (call, tenant, parameter) => {
      const groupId = parameter('groupId');
      const group = tenant.groups.find(({ id }) => isSameId(id, groupId));
      if (!group) throw directoryObjectNotFound(groupId);
      return answerEntity(groupType, call, groupEntity(group));
    },
  },
];

/** The person behind an object id or UPN in a path; 404 when there is none. */
export function personOf(tenant: Tenant, idOrUpn: string): Person {
  const person = tenant.findPerson(idOrUpn);
  if (!person) throw directoryObjectNotFound(idOrUpn);
  return person;
}

/** Transitive, at most 20 groups; ids of groups that do not exist are left out without an error. */
function checkMemberGroups(call: GraphCall, tenant: Tenant, idOrUpn: string): GraphReply {
  const person = personOf(tenant, idOrUpn);
  const groupIds = isObject(call.body) ? call.body.groupIds : undefined;
  if (!Array.isArray(groupIds) || !groupIds.every((id) => typeof id === 'string')) {
    throw badRequest("The parameter 'groupIds' must be a list of object ids.", 'Request_BadRequest');
  }
  if (groupIds.length > mostGroupIds) {
    throw badRequest(`Too many group ids: at most ${mostGroupIds} are allowed.`, 'Request_BadRequest');
  }
  const memberOf = groupIds.filter((groupId) => tenant.isMember(groupId, person.id));
  return answerValues(call, 'Collection(Edm.String)', memberOf);
}

function personEntity(person: Person): Json {
  return { businessPhones: [], userType: 'Member', ...person };
}

function groupEntity({ id, displayName, description }: Group): Json {
  return {
    id,
    displayName,
    description,
    groupTypes: [],
    mailEnabled: false,
    mailNickname: displayName.replaceAll(' ', ''),
    securityEnabled: true,
    assignedLicenses: [],
    hasMembersWithLicenseErrors: false,
  };
}
