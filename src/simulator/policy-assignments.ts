// To whom a provisioning policy is assigned, and what these people get of it.
import type { ProvisioningPolicy } from './tenant-types.ts';

/** `servicePlanId`: of Frontline, the size that the group gets; null where people bring a licence of their own. */
export interface PolicyAssignment {
  groupId: string;
  servicePlanId: string | null;
}

export function assignmentsOf({ assignedGroupIds, servicePlanId, sizes = [] }: ProvisioningPolicy): PolicyAssignment[] {
  return [...assignedGroupIds.map((groupId) => ({ groupId, servicePlanId: servicePlanId ?? null })), ...sizes];
}

/** What is not said follows from the assignments: with a service plan it is Frontline, a Cloud PC for each person. */
export function provisioningTypeOf(policy: ProvisioningPolicy): NonNullable<ProvisioningPolicy['provisioningType']> {
  if (policy.provisioningType) return policy.provisioningType;
  return assignmentsOf(policy).some(({ servicePlanId }) => servicePlanId !== null) ? 'sharedByUser' : 'dedicated';
}
