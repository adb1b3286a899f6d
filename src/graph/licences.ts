// Licences: what the tenant has bought, what a person has of it, and Frontline, which is counted for the tenant alone.
// Reads only; all may be repeated.
import type { FrontlinePlan, LicenceState, SubscribedSku } from '../domain/directory.ts';
import type { Ask } from './asker.ts';
import type { GraphClient } from './graph-client.ts';
import { isNotFound } from './graph-error.ts';
import { toQuery, toSegment } from './graph-path.ts';
import { readPages } from './pages.ts';
import { readBody, readElements } from './read-answer.ts';
import { frontlinePlanSchema, licensedUserSchema, skuSchema } from './schema.ts';

const skuProperties = [
  'skuId',
  'skuPartNumber',
  'capabilityStatus',
  'appliesTo',
  'consumedUnits',
  'prepaidUnits',
  'servicePlans',
] as const;

/** GET /users/{id}, licenseAssignmentStates alone. null: no such person. */
export async function readLicenceStates(ask: Ask, personId: string): Promise<LicenceState[] | null> {
  const query = toQuery({ $select: ['id', 'licenseAssignmentStates'] });
  const reply = await ask({ method: 'GET', path: `/users/${toSegment(personId)}${query}` });
  if (isNotFound(reply)) return null;
  return readBody(reply, licensedUserSchema).licenseAssignmentStates.map((state) => ({
    skuId: state.skuId.toLowerCase(),
    assignedByGroup: state.assignedByGroup?.toLowerCase() || null,
    state: state.state ?? 'unknownFutureValue',
    // The page says null when all is well; the word comes too.
    error: state.error && state.error.toLowerCase() !== 'none' ? state.error : null,
    disabledPlans: state.disabledPlans.map((plan) => plan.toLowerCase()),
  }));
}

/** GET /subscribedSkus, which takes $select and no $filter. */
export async function readSkus(client: GraphClient, ask: Ask): Promise<SubscribedSku[]> {
  const values = await readPages(client, ask, `/subscribedSkus${toQuery({ $select: skuProperties })}`);
  return readElements(values, skuSchema).map((sku) => ({
    skuId: sku.skuId.toLowerCase(),
    partNumber: sku.skuPartNumber ?? sku.skuId,
    capabilityStatus: sku.capabilityStatus ?? 'unknownFutureValue',
    appliesTo: sku.appliesTo ?? 'User',
    enabledSeats: sku.prepaidUnits.enabled,
    consumedSeats: sku.consumedUnits,
    freeSeats: sku.prepaidUnits.enabled - sku.consumedUnits,
    servicePlans: sku.servicePlans.map(({ servicePlanId, servicePlanName }) => ({
      id: servicePlanId.toLowerCase(),
      name: servicePlanName ?? servicePlanId,
    })),
  }));
}

/** GET …/frontLineServicePlans (beta alone; its forerunner sharedUseServicePlans was removed in 2024). */
export async function readFrontlinePlans(client: GraphClient, ask: Ask): Promise<FrontlinePlan[]> {
  const values = await readPages(client, ask, '/deviceManagement/virtualEndpoint/frontLineServicePlans');
  return readElements(values, frontlinePlanSchema).map(({ id, displayName, totalCount, usedCount }) => ({
    id: id.toLowerCase(),
    name: displayName ?? id,
    totalCount,
    usedCount,
  }));
}
