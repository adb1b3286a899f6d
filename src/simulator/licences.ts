// Group-based licences, worked out from the groups when somebody looks. A group whose licence is used up takes members all
// the same; the shortage shows in the person's states alone.
// https://learn.microsoft.com/graph/api/resources/licenseassignmentstate
import type { Json } from './graph-call.ts';
import { isSameId } from './ids.ts';
import type { Tenant } from './tenant.ts';
import type { Group, Person, Sku } from './tenant-types.ts';

interface Holding {
  person: Person;
  group: Group;
  disabledPlans: readonly string[];
  error: 'None' | 'CountViolation' | 'ProhibitedInUsageLocationViolation';
}

/** licenseAssignmentStates of a person. */
export function licenceStatesOf(tenant: Tenant, person: Person): Json[] {
  const at = `${new Date(tenant.now()).toISOString().slice(0, 19)}Z`;
  return tenant.skus.flatMap((sku) =>
    holdingsOf(tenant, sku)
      .filter((holding) => holding.person === person)
      .map(({ group, disabledPlans, error }) => ({
        skuId: sku.skuId,
        disabledPlans,
        assignedByGroup: group.id,
        state: error === 'None' ? 'Active' : 'Error',
        error,
        lastUpdatedDateTime: at,
      })),
  );
}

/** How many seats of a licence are in use. */
export function consumedUnits(tenant: Tenant, sku: Sku): number {
  const holders = holdingsOf(tenant, sku).filter(({ error }) => error === 'None');
  return sku.usedElsewhere + new Set(holders.map(({ person }) => person.id)).size;
}

/** Who gets the licence from which group, first come, first served. Groups in a group pass nothing on: so it is in Entra. */
function holdingsOf(tenant: Tenant, sku: Sku): Holding[] {
  const seated = new Set<string>();
  return tenant.groups.flatMap((group) =>
    (group.assignedLicenses ?? [])
      .filter(({ skuId }) => isSameId(skuId, sku.skuId))
      .flatMap(({ disabledPlans }) =>
        group.memberIds
          .map((id) => tenant.findPerson(id))
          .filter((person) => person !== undefined)
          .map((person): Holding => {
            const holding = { person, group, disabledPlans };
            if (person.usageLocation === null) return { ...holding, error: 'ProhibitedInUsageLocationViolation' };
            const isFull = sku.usedElsewhere + seated.size >= sku.enabledUnits;
            if (isFull && !seated.has(person.id)) return { ...holding, error: 'CountViolation' };
            seated.add(person.id);
            return { ...holding, error: 'None' };
          }),
      ),
  );
}
