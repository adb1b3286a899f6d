// Service principals, and the application permissions that an administrator grants to them.
import { type GraphCall, type GraphReply, isObject } from '../graph-call.ts';
import { badRequest, directoryObjectNotFound } from '../graph-problem.ts';
import { isSameId } from '../ids.ts';
import { answerCollection } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { ServicePrincipal } from '../service-principals.ts';
import type { Tenant } from '../tenant.ts';
import type { Route } from './route.ts';

const principalType = plainType('microsoft.graph.servicePrincipal', 'servicePrincipals', [
  'id',
  'appId',
  'displayName',
  'servicePrincipalType',
  'appRoles',
]);
const assignmentType = plainType('microsoft.graph.appRoleAssignment', 'appRoleAssignments', [
  'id',
  'createdDateTime',
  'appRoleId',
  'principalDisplayName',
  'principalId',
  'principalType',
  'resourceDisplayName',
  'resourceId',
]);

/** https://learn.microsoft.com/graph/api/serviceprincipal-list, -list-approleassignments, -post-approleassignedto. */
export const servicePrincipalRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/servicePrincipals',
    answer: (call, tenant) =>
      answerCollection(principalType, call, tenant.servicePrincipals.all, tenant.paging, ['$filter']),
  },
  {
    method: 'GET',
    pattern: '/servicePrincipals/{principalId}/appRoleAssignments',
    answer: (call, tenant, parameter) => {
      const { id } = principalOf(tenant, parameter('principalId'));
      const own = tenant.servicePrincipals.assignments.filter(({ principalId }) => principalId === id);
      return answerCollection(assignmentType, call, own, tenant.paging, []);
    },
  },
  {
    method: 'POST',
    pattern: '/servicePrincipals/{resourceId}/appRoleAssignedTo',
    answer: (call, tenant, parameter) => assign(call, tenant, principalOf(tenant, parameter('resourceId'))),
  },
];

function assign(call: GraphCall, tenant: Tenant, resource: ServicePrincipal): GraphReply {
  const { principalId, resourceId, appRoleId } = isObject(call.body) ? call.body : {};
  if (typeof principalId !== 'string' || typeof resourceId !== 'string' || typeof appRoleId !== 'string')
    throw badRequest('principalId, resourceId and appRoleId are required.', 'Request_BadRequest');
  const role = resource.appRoles.find(({ id }) => isSameId(id, appRoleId));
  if (!role || !isSameId(resource.id, resourceId))
    throw badRequest('Permission being assigned was not found on application.', 'Request_BadRequest');
  const principal = principalOf(tenant, principalId);
  if (tenant.servicePrincipals.isAssigned(principal.id, resource.id, role.id)) {
    // The words that were seen; the page names no error: Azure/azure-cli#11473, hashicorp/terraform-provider-azuread.
    throw badRequest('Permission being assigned already exists on the object', 'Request_BadRequest');
  }
  const assignment = tenant.servicePrincipals.assign(principal, resource, role.id);
  const context = `${call.root}/$metadata#appRoleAssignments/$entity`;
  return { status: 201, body: { '@odata.context': context, ...assignment } };
}

function principalOf(tenant: Tenant, id: string): ServicePrincipal {
  const found = tenant.servicePrincipals.find(id);
  if (!found) throw directoryObjectNotFound(id);
  return found;
}

function plainType(name: string, collection: string, usual: readonly string[]): ResourceType {
  const properties = { usual, onSelect: [] };
  return { name, collection, properties: { 'v1.0': properties, beta: properties }, navigation: [], newerMembers: {} };
}
