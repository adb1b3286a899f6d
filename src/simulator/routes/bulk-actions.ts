// Bulk actions under /deviceManagement/virtualEndpoint, and the older bulk action of Intune's managed devices.
import { type BulkAction, type BulkPart, summarize } from '../cloud-pcs/bulk-action.ts';
import { type GraphCall, type GraphReply, isObject, type Json } from '../graph-call.ts';
import { badRequest, GraphProblem } from '../graph-problem.ts';
import { answerCollection, answerEntity } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { Tenant } from '../tenant.ts';
import type { Route } from './route.ts';

const collection = '/deviceManagement/virtualEndpoint/bulkActions';
const ofDevices = '/deviceManagement/managedDevices/bulkReprovisionCloudPc';
const typeOfReprovision = '#microsoft.graph.cloudPcBulkReprovision';

const bulkActionType: ResourceType = {
  name: 'microsoft.graph.cloudPcBulkAction',
  collection: 'deviceManagement/virtualEndpoint/bulkActions',
  properties: {
    'v1.0': { usual: [], onSelect: [] },
    beta: {
      usual: [
        'id',
        'displayName',
        'cloudPcIds',
        'scheduledDuringMaintenanceWindow',
        'createdDateTime',
        'status',
        'initiatedByUserPrincipalName',
        'actionSummary',
      ],
      onSelect: [],
    },
  },
  navigation: [],
  newerMembers: {},
};

/**
 * https://learn.microsoft.com/graph/api/virtualendpoint-post-bulkactions, virtualendpoint-list-bulkactions, cloudpcbulkaction-get,
 * manageddevice-bulkreprovisioncloudpc. The samples of the first three put each entity into a further `value`; the metadata does not.
 */
export const bulkActionRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: collection,
    only: 'beta',
    answer: (call, tenant) => {
      const entities = tenant.bulkActions.map((action) => toEntity(tenant, action));
      return answerCollection(bulkActionType, call, entities, tenant.paging, ['$filter', '$top']);
    },
  },
  {
    method: 'POST',
    pattern: collection,
    only: 'beta',
    answer: create,
    arrived: (tenant, _, { body }) => {
      for (const id of idsIn(body, 'cloudPcIds')) tenant.countReprovisionPost(id);
    },
  },
  {
    method: 'GET',
    pattern: `${collection}/{bulkActionId}`,
    only: 'beta',
    answer: (call, tenant, parameter) => {
      const action = tenant.findBulkAction(parameter('bulkActionId'));
      if (!action) throw new GraphProblem(404, `The bulk action '${parameter('bulkActionId')}' was not found.`);
      return answerEntity(bulkActionType, call, toEntity(tenant, action));
    },
  },
  {
    method: 'POST',
    pattern: ofDevices,
    only: 'beta',
    answer: reprovisionDevices,
    arrived: (tenant, _, { body }) => {
      const idOf = cloudPcIdByDevice(tenant);
      for (const deviceId of idsIn(body, 'managedDeviceIds'))
        tenant.countReprovisionPost(idOf.get(deviceId.toLowerCase()) ?? deviceId);
    },
  },
];

function create(call: GraphCall, tenant: Tenant): GraphReply {
  const { cloudPcIds, displayName, duringMaintenance } = readOrder(call.body);
  const parts = startAll(tenant, cloudPcIds, duringMaintenance ? tenant.maintenanceWaitMs : 0);
  const entity = toEntity(tenant, tenant.addBulkAction(displayName, duringMaintenance, parts));
  const context = `${call.root}/$metadata#${bulkActionType.collection}/$entity`;
  return { status: 201, body: { '@odata.context': context, ...entity } };
}

/** Each is started like with a POST of its own. Who is unknown counts as failed; that much is undocumented. */
function startAll(tenant: Tenant, cloudPcIds: readonly string[], delayMs: number): BulkPart[] {
  return once(cloudPcIds).map((cloudPcId): BulkPart => {
    if (!tenant.findCloudPc(cloudPcId)) return { cloudPcId, refused: 'failed' };
    const started = tenant.reprovisionLater(cloudPcId, delayMs);
    if ('build' in started) return { cloudPcId, build: started.build };
    return { cloudPcId, refused: started.refusal.reason === 'busy' ? 'failed' : 'notSupported' };
  });
}

function toEntity(tenant: Tenant, action: BulkAction): Json {
  return {
    '@odata.type': typeOfReprovision,
    id: action.id,
    displayName: action.displayName,
    cloudPcIds: action.parts.map(({ cloudPcId }) => cloudPcId),
    scheduledDuringMaintenanceWindow: action.scheduledDuringMaintenanceWindow,
    createdDateTime: new Date(action.createdAtMs).toISOString(),
    // An application has started it.
    initiatedByUserPrincipalName: null,
    ...summarize(action.parts.map((part) => tenant.progressOf(part))),
  };
}

function readOrder(body: unknown): { cloudPcIds: string[]; displayName: string; duringMaintenance: boolean } {
  if (!isObject(body)) throw badRequest('The request body must be an object.');
  const { '@odata.type': type, displayName, scheduledDuringMaintenanceWindow: waits = false, ...others } = body;
  const stranger = Object.keys(others).find((name) => name !== 'cloudPcIds');
  if (stranger !== undefined) throw badRequest(`The property '${stranger}' does not exist on type '${type}'.`);
  // The type that the page's sample names is abstract.
  if (type !== typeOfReprovision) throw badRequest(`Cannot create an instance of the type '${type}'.`);
  if (typeof displayName !== 'string' || displayName === '')
    throw badRequest("The property 'displayName' is required.");
  if (typeof waits !== 'boolean') throw badRequest("'scheduledDuringMaintenanceWindow' must be a Boolean.");
  return { cloudPcIds: readIds(body, 'cloudPcIds'), displayName, duringMaintenance: waits };
}

/** Graph's words for what is gone from its model. */
function reprovisionDevices(call: GraphCall, tenant: Tenant): GraphReply {
  if (!tenant.hasManagedDeviceBulk)
    throw badRequest("Resource not found for the segment 'bulkReprovisionCloudPc'.", 'BadRequest');
  if (!isObject(call.body)) throw badRequest('The request body must be an object.');
  const idOf = cloudPcIdByDevice(tenant);
  const lists = { successful: [], failed: [], notFound: [], notSupported: [] } as Record<string, string[]>;
  for (const deviceId of once(readIds(call.body, 'managedDeviceIds')))
    lists[startDevice(tenant, idOf.get(deviceId.toLowerCase()))]?.push(deviceId);
  const { successful, failed, notFound, notSupported } = lists;
  const type = 'microsoft.graph.cloudPcBulkRemoteActionResult';
  const value = {
    '@odata.type': type,
    successfulDeviceIds: successful,
    failedDeviceIds: failed,
    notFoundDeviceIds: notFound,
    notSupportedDeviceIds: notSupported,
  };
  return { status: 200, body: { '@odata.context': `${call.root}/$metadata#${type}`, value } };
}

function startDevice(tenant: Tenant, cloudPcId: string | undefined): string {
  if (cloudPcId === undefined) return 'notFound';
  const refusal = tenant.reprovision(cloudPcId, {});
  if (!refusal) return 'successful';
  return refusal.reason === 'busy' ? 'failed' : 'notSupported';
}

function cloudPcIdByDevice(tenant: Tenant): ReadonlyMap<string, string> {
  return new Map(tenant.cloudPcs().map(({ id, managedDeviceId }) => [managedDeviceId?.toLowerCase() ?? '', id]));
}

function readIds(body: Json, name: string): string[] {
  const ids = body[name];
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string' && id !== ''))
    throw badRequest(`The property '${name}' must be a list of ids.`);
  return ids;
}

/** Also of a request that is about to be refused. */
function idsIn(body: unknown, name: string): string[] {
  const ids = isObject(body) ? body[name] : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

function once(ids: readonly string[]): string[] {
  return [...new Map(ids.map((id) => [id.toLowerCase(), id])).values()];
}
