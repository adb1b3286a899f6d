// What the bot asks of Graph beyond what the indexed reference pages promise, each with the reason why it may.
// Whoever adds a line here names a source.

interface MoreOptions {
  method: string;
  path: string;
  options: readonly string[];
  source: string;
}

/** Query options of operations whose page was not in the index, or names them elsewhere. */
export const moreOptions: readonly MoreOptions[] = [
  {
    method: 'GET',
    path: '/deviceManagement/virtualEndpoint/cloudPCs/{cloudPC-id}',
    options: ['$select'],
    source: 'cloudpc-get, example 2: the properties that are not returned by default come only with $select',
  },
  {
    method: 'GET',
    path: '/users/{user-id}',
    options: ['$select'],
    source: 'user-get, the example that selects properties of a user',
  },
  {
    method: 'GET',
    path: '/users/{user-id}/teamwork/installedApps',
    options: ['$expand', '$filter'],
    source: 'graph-proactive-bots-and-messages (MicrosoftDocs/msteams-docs 0031569), step "is the app installed"',
  },
];

interface MoreFilters {
  path: string;
  property: string;
  operators: readonly string[];
  source: string;
}

const inUse = 'no operators on the page; in use in realmjoin-runbooks, PSCloudPC, PSWindowsCloudPC 1cffe51 (beta)';

/** Filters whose property does not say "Supports $filter (…)" itself. */
export const moreFilters: readonly MoreFilters[] = [
  {
    path: '/deviceManagement/virtualEndpoint/cloudPCs',
    property: 'userPrincipalName',
    operators: ['eq'],
    source: inUse,
  },
  {
    path: '/deviceManagement/virtualEndpoint/cloudPCs',
    property: 'provisioningPolicyId',
    operators: ['eq'],
    source: inUse,
  },
  {
    path: '/deviceManagement/virtualEndpoint/cloudPCs',
    property: 'status',
    operators: ['eq'],
    source: inUse,
  },
  {
    path: '/appCatalogs/teamsApps',
    property: 'externalId',
    operators: ['eq'],
    source: 'appcatalogs-list-teamsapps, example "Find application based on the Teams app manifest ID"',
  },
  {
    path: '/users/{user-id}/teamwork/installedApps',
    property: 'teamsApp/id',
    operators: ['eq'],
    source: 'graph-proactive-bots-and-messages (MicrosoftDocs/msteams-docs 0031569)',
  },
];

/** Elements of these collections are more than the type that is declared: their own properties can be selected. */
export const derivedElements: Readonly<Record<string, readonly string[]>> = {
  // group-list-members: users, groups and others, each with its properties.
  '/groups/{group-id}/members': ['microsoft.graph.user', 'microsoft.graph.group'],
  // group-list-transitivemembers: the same.
  '/groups/{group-id}/transitiveMembers': ['microsoft.graph.user', 'microsoft.graph.group'],
};

/** Kinds of directory objects that the slices leave out; whatever they have is theirs. */
export const prunedTypes = ['microsoft.graph.device', 'microsoft.graph.orgContact', 'microsoft.graph.servicePrincipal'];

/** Documented members that the slices leave out. */
export const prunedProperties: Readonly<Record<string, readonly string[]>> = {
  // The errors page and the samples of throttling: an inner error may nest codes.
  'microsoft.graph.ODataErrors.InnerError': ['code', 'message', 'status', 'innerError'],
  // They come without $select.
  'microsoft.graph.user': ['businessPhones', 'mobilePhone'],
};

const deviceIds = { type: 'array', items: { type: 'string' } };
const json = (schema: string) => ({
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
});

/**
 * An operation that Microsoft has taken out of its description of beta, and that some tenants may still have; in OpenAPI's words, to
 * be added to the slice. Source: manageddevice-bulkreprovisioncloudpc (its request, permissions and its sample of an answer, in which the
 * result stands in `value`) and cloudpcbulkremoteactionresult; in beta until msgraph-beta-sdk-python c20c8b1 (2025-06-17).
 */
export const removedFromBeta = {
  paths: {
    '/deviceManagement/managedDevices/bulkReprovisionCloudPc': {
      post: {
        requestBody: { required: true, ...json('removed.bulkReprovisionCloudPcRequestBody') },
        responses: {
          '200': json('removed.bulkReprovisionCloudPcResponse'),
          '4XX': { $ref: '#/components/responses/error' },
          '5XX': { $ref: '#/components/responses/error' },
        },
      },
    },
  },
  schemas: {
    'removed.bulkReprovisionCloudPcRequestBody': {
      type: 'object',
      required: ['managedDeviceIds'],
      properties: { managedDeviceIds: deviceIds },
    },
    'removed.bulkReprovisionCloudPcResponse': {
      type: 'object',
      required: ['value'],
      properties: { value: { $ref: '#/components/schemas/removed.cloudPcBulkRemoteActionResult' } },
    },
    'removed.cloudPcBulkRemoteActionResult': {
      type: 'object',
      properties: {
        successfulDeviceIds: deviceIds,
        failedDeviceIds: deviceIds,
        notFoundDeviceIds: deviceIds,
        notSupportedDeviceIds: deviceIds,
        '@odata.type': { type: 'string' },
      },
    },
  },
};

/** Answers of Graph to what no operation of the slices is: the simulator gives them so that a forgotten `/$ref` shows. */
export const answersOutsideTheSlices = [
  {
    method: 'DELETE',
    path: /^\/groups\/[^/]+\/members\/[^/]+$/,
    status: 204,
    source: 'group-delete-members warns: without /$ref the user itself is deleted, when the permissions allow it',
  },
] as const;
