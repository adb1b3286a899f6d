// Provisioning policies of Windows 365 with the groups they are assigned to. Reads only; all may be repeated.
import type { z } from 'zod/v4';
import type { Assignment, ProvisioningPolicy } from '../domain/directory.ts';
import type { Ask } from './asker.ts';
import type { GraphClient } from './graph-client.ts';
import { readPages } from './pages.ts';
import { readElements } from './read-answer.ts';
import { provisioningPolicySchema } from './schema.ts';

const path = '/deviceManagement/virtualEndpoint/provisioningPolicies?$expand=assignments';

/** GET …/provisioningPolicies?$expand=assignments, every page. */
export async function readProvisioningPolicies(client: GraphClient, ask: Ask): Promise<ProvisioningPolicy[]> {
  const values = await readPages(client, ask, path);
  return readElements(values, provisioningPolicySchema).map((policy) => ({
    id: policy.id.toLowerCase(),
    name: policy.displayName ?? policy.id,
    provisioningType: policy.provisioningType ?? 'unknownFutureValue',
    imageName: policy.imageDisplayName || null,
    assignments: toAssignments(policy.assignments),
  }));
}

/** Of a policy or a user setting: the groups that it reaches. */
export function toAssignments(assignments: z.output<typeof provisioningPolicySchema>['assignments']): Assignment[] {
  return assignments.map(({ target }) => ({
    groupId: target.groupId.toLowerCase(),
    servicePlanId: target.servicePlanId?.toLowerCase() || null,
  }));
}
