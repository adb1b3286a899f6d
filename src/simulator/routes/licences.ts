// What the tenant has bought: licences for people, and Frontline.
import type { Json } from '../graph-call.ts';
import { consumedUnits } from '../licences.ts';
import { answerCollection } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { Tenant } from '../tenant.ts';
import type { Sku } from '../tenant-types.ts';
import type { Route } from './route.ts';

const ofSku = {
  usual: [
    'id',
    'accountId',
    'accountName',
    'appliesTo',
    'capabilityStatus',
    'consumedUnits',
    'prepaidUnits',
    'servicePlans',
    'skuId',
    'skuPartNumber',
    'subscriptionIds',
  ],
  onSelect: [],
};

const skuType: ResourceType = {
  name: 'microsoft.graph.subscribedSku',
  collection: 'subscribedSkus',
  properties: { 'v1.0': ofSku, beta: ofSku },
  navigation: [],
  newerMembers: {},
};

const ofFrontlinePlan = { usual: ['id', 'displayName', 'totalCount', 'usedCount'], onSelect: [] };

const frontlinePlanType: ResourceType = {
  name: 'microsoft.graph.cloudPcFrontLineServicePlan',
  collection: 'deviceManagement/virtualEndpoint/frontLineServicePlans',
  properties: { 'v1.0': { usual: [], onSelect: [] }, beta: ofFrontlinePlan },
  navigation: [],
  newerMembers: {},
};

/** https://learn.microsoft.com/graph/api/subscribedsku-list, virtualendpoint-list-frontlineserviceplans (beta). */
export const licenceRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/subscribedSkus',
    // The page documents $select and nothing else.
    answer: (call, tenant) =>
      answerCollection(
        skuType,
        call,
        tenant.skus.map((sku) => skuEntity(tenant, sku)),
        tenant.paging,
        [],
      ),
  },
  {
    method: 'GET',
    pattern: '/deviceManagement/virtualEndpoint/frontLineServicePlans',
    only: 'beta',
    answer: (call, tenant) =>
      answerCollection(frontlinePlanType, call, tenant.frontlinePlans, tenant.paging, ['$filter']),
  },
];

function skuEntity(tenant: Tenant, sku: Sku): Json {
  return {
    id: `${tenant.id}_${sku.skuId}`,
    accountId: tenant.id,
    accountName: 'Contoso',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: consumedUnits(tenant, sku),
    prepaidUnits: { enabled: sku.enabledUnits, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: sku.servicePlans.map((plan) => ({ ...plan, provisioningStatus: 'Success', appliesTo: 'User' })),
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [],
  };
}
