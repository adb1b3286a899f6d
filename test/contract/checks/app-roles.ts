// What an administrator asks of Graph to grant permissions, in OpenAPI's words, to be added to the slice of v1.0. Source: the pages
// serviceprincipal-list, serviceprincipal-list-approleassignments, serviceprincipal-post-approleassignedto and the resources
// servicePrincipal, appRole and appRoleAssignment (microsoftgraph/microsoft-graph-docs-contrib).

const text = { type: 'string', nullable: true };
const guid = { type: 'string', format: 'uuid' };
const refTo = (schema: string) => ({ $ref: `#/components/schemas/${schema}` });
const json = (schema: string) => ({ content: { 'application/json': { schema: refTo(schema) } } });
const faults = { '4XX': { $ref: '#/components/responses/error' }, '5XX': { $ref: '#/components/responses/error' } };

function entity(title: string, properties: Record<string, object>, required: readonly string[] = []) {
  const own = { title, type: 'object', properties: { ...properties, '@odata.type': { type: 'string' } }, required };
  return { title, allOf: [refTo('microsoft.graph.entity'), own] };
}

function pageOf(title: string, element: string) {
  const own = { title, type: 'object', properties: { value: { type: 'array', items: refTo(element) } } };
  return { title, allOf: [refTo('microsoft.graph.baseCollectionPaginationCountResponse'), own] };
}

export const appRoles = {
  paths: {
    '/servicePrincipals': {
      get: {
        responses: { '200': json('microsoft.graph.servicePrincipalCollectionResponse'), ...faults },
        'x-documented-query-options': ['$count', '$expand', '$filter', '$orderby', '$search', '$select', '$top'],
      },
    },
    '/servicePrincipals/{servicePrincipal-id}/appRoleAssignments': {
      get: {
        responses: { '200': json('microsoft.graph.appRoleAssignmentCollectionResponse'), ...faults },
        // "Supports the OData query parameters", which are not named.
        'x-documented-query-options': [],
      },
    },
    '/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo': {
      post: {
        requestBody: { required: true, ...json('microsoft.graph.appRoleAssignment') },
        responses: { '201': json('microsoft.graph.appRoleAssignment'), ...faults },
      },
    },
  },
  schemas: {
    'microsoft.graph.appRole': {
      title: 'appRole',
      type: 'object',
      properties: {
        id: guid,
        value: text,
        displayName: text,
        description: text,
        origin: text,
        isEnabled: { type: 'boolean' },
        allowedMemberTypes: { type: 'array', items: { type: 'string' } },
      },
    },
    'microsoft.graph.servicePrincipal': entity('servicePrincipal', {
      appId: { ...text, description: 'Supports $filter (eq, ne, not, in, startsWith).' },
      displayName: { ...text, description: 'Supports $filter (eq, ne, not, ge, le, in, startsWith).' },
      servicePrincipalType: text,
      appRoles: { type: 'array', items: refTo('microsoft.graph.appRole') },
    }),
    'microsoft.graph.appRoleAssignment': entity(
      'appRoleAssignment',
      {
        createdDateTime: { type: 'string', format: 'date-time', nullable: true },
        appRoleId: guid,
        principalId: guid,
        principalDisplayName: text,
        principalType: text,
        resourceId: guid,
        resourceDisplayName: text,
      },
      // "Required on create."
      ['appRoleId', 'principalId', 'resourceId'],
    ),
    'microsoft.graph.servicePrincipalCollectionResponse': pageOf(
      'servicePrincipalCollectionResponse',
      'microsoft.graph.servicePrincipal',
    ),
    'microsoft.graph.appRoleAssignmentCollectionResponse': pageOf(
      'appRoleAssignmentCollectionResponse',
      'microsoft.graph.appRoleAssignment',
    ),
  },
};
