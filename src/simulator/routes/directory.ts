// People of the directory, and the groups they are in.
import { type GraphCall, type GraphReply, isObject, type Json } from '../graph-call.ts';
import { badRequest, directoryObjectNotFound } from '../graph-problem.ts';
import { licenceStatesOf } from '../licences.ts';
import { answerCollection, answerEntity, answerValues } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import { searched } from '../odata/search.ts';
import type { Tenant } from '../tenant.ts';
import type { Person } from '../tenant-types.ts';
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
const licencesOfPerson = ['assignedLicenses', 'licenseAssignmentStates'];
const searchableOfPerson = ['displayName', 'givenName', 'surname', 'mail', 'userPrincipalName'];

// In v1.0 accountEnabled and usageLocation must be asked for; beta gives everything but licences.
export const personType: ResourceType = {
  name: 'microsoft.graph.user',
  collection: 'users',
  properties: {
    'v1.0': { usual: usualOfPerson, onSelect: [...otherOfPerson, ...licencesOfPerson] },
    beta: { usual: [...usualOfPerson, ...otherOfPerson], onSelect: licencesOfPerson },
  },
  navigation: [],
  newerMembers: {},
};

/**
 * https://learn.microsoft.com/graph/api/user-get, user-list, directoryobject-checkmembergroups.
 */
export const directoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/users',
    answer: (call, tenant) => listPeople(call, tenant),
  },
  {
    method: 'GET',
    pattern: '/users/{userId}',
    answer: (call, tenant, parameter) =>
      answerEntity(personType, call, personEntity(tenant, personOf(tenant, parameter('userId')))),
  },
  {
    method: 'POST',
    pattern: '/users/{userId}/checkMemberGroups',
    answer: (call, tenant, parameter) => checkMemberGroups(call, tenant, parameter('userId')),
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

function listPeople(call: GraphCall, tenant: Tenant): GraphReply {
  const isSearch = call.query.has('$search');
  const people = tenant.people.filter(({ id }) => !isSearch || !tenant.notYetIndexed.has(id));
  const entities = searched(
    call,
    people.map((person) => personEntity(tenant, person)),
    searchableOfPerson,
  );
  return answerCollection(personType, call, entities, tenant.paging, ['$filter', '$top', '$count', '$search']);
}

const entities = new WeakMap<Person, Json>();

/**
 * What the person is whenever it is looked at. Made once, for directories are large; and licences are worked out for whoever selects
 * them only, for every group has to be looked at.
 */
export function personEntity(tenant: Tenant, person: Person): Json {
  const entity = entities.get(person) ?? Object.setPrototypeOf(besidesPerson(tenant, person), person);
  entities.set(person, entity);
  return entity;
}

function besidesPerson(tenant: Tenant, person: Person): Json {
  return {
    businessPhones: [],
    get userType() {
      return person.userType ?? 'Member';
    },
    get licenseAssignmentStates() {
      return licenceStatesOf(tenant, person);
    },
    get assignedLicenses() {
      return licenceStatesOf(tenant, person)
        .filter(({ state }) => state === 'Active')
        .map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans }));
    },
  };
}
