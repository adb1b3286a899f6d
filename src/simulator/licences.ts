// Licences as Graph shows them: https://learn.microsoft.com/graph/api/resources/licenseassignmentstate
import type { Json } from './graph-call.ts';
import type { Tenant } from './tenant.ts';
import type { Person, Sku } from './tenant-types.ts';

/** licenseAssignmentStates of a person. */
export function licenceStatesOf(tenant: Tenant, person: Person): Json[] {
  const at = `${new Date(tenant.now()).toISOString().slice(0, 19)}Z`;
  return tenant.licences.holdingsOf(person).map(({ sku, group, disabledPlans, error }) => ({
    skuId: sku.skuId,
    disabledPlans,
    assignedByGroup: group.id,
    state: error === 'None' ? 'Active' : 'Error',
    error,
    lastUpdatedDateTime: at,
  }));
}

/** How many seats of a licence are in use. */
export function consumedUnits(tenant: Tenant, sku: Sku): number {
  return sku.usedElsewhere + tenant.licences.seatsOf(sku).count;
}
