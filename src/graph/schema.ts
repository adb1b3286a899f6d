// The shapes of Graph's answers. Unknown properties are ignored; an optional value of a wrong type or an impossible
// date becomes null (the documented samples have such defects); a missing id fails its element.
import { z } from 'zod/v4';
import type { Instant } from '../domain/time.ts';
import { readElements } from './read-answer.ts';

const text = z.string().nullable().catch(null);
const flag = z.boolean().nullable().catch(null);
const time = z.string().transform(readInstant).nullable().catch(null);
const id = z.string().min(1);

/** A list inside a resource: what cannot be read in it is left out, and no list at all is an empty one. */
function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((values) => readElements(values, schema));
}

/**
 * ISO 8601 in UTC (Graph gives up to 7 digits of a second) as milliseconds; null for an impossible date and for
 * 0001-01-01, which stands for "none".
 */
export function readInstant(value: string): Instant | null {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/.exec(value);
  if (!found) return null;
  const [, date = '', clock = '', fraction = '0', zone = 'Z'] = found;
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  const utc = Date.parse(`${date}T${clock}.${millis}Z`);
  // The 30th of February is taken by Date.parse as a day in March.
  if (Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(`${date}T${clock}`)) return null;
  const instant = Date.parse(`${date}T${clock}.${millis}${zone}`);
  return Number.isNaN(instant) || Number(date.slice(0, 4)) < 1900 ? null : instant;
}

const statusDetail = z
  .object({ code: z.string().min(1), message: text })
  .nullable()
  .catch(null);

/** https://learn.microsoft.com/graph/api/resources/cloudpc (beta); status words stay as they are. */
export const cloudPcSchema = z.object({
  id,
  displayName: text,
  managedDeviceId: text,
  managedDeviceName: text,
  status: text,
  statusDetail,
  /** The older name, still printed in every sample. */
  statusDetails: statusDetail,
  servicePlanId: text,
  servicePlanName: text,
  provisioningPolicyId: text,
  provisioningPolicyName: text,
  provisioningType: text,
  userExperienceType: text,
  productType: text,
  imageDisplayName: text,
  userPrincipalName: text,
  provisionedDateTime: time,
  lastModifiedDateTime: time,
  gracePeriodEndDateTime: time,
  lastRemoteActionResult: z
    .object({ actionName: z.string(), actionState: text, startDateTime: time })
    .nullable()
    .catch(null),
  lastLoginResult: z.object({ time }).nullable().catch(null),
  lastLogoffDateTime: time,
});

/** cloudPcRemoteActionCapability */
export const capabilitySchema = z.object({ actionName: z.string().min(1), actionCapability: text });

/** https://learn.microsoft.com/graph/api/resources/user */
export const userSchema = z.object({
  id,
  displayName: text,
  userPrincipalName: z.string().min(1),
  mail: text,
  accountEnabled: flag,
  usageLocation: text,
  userType: text,
});

/** Answer of checkMemberGroups: ids of groups. */
export const groupIdsSchema = z.object({ value: z.array(z.string()) });

const ids = listOf(id);

/** https://learn.microsoft.com/graph/api/resources/group */
export const groupSchema = z.object({
  id,
  displayName: text,
  groupTypes: ids,
  mailEnabled: flag,
  onPremisesSyncEnabled: flag,
  isAssignableToRole: flag,
  assignedLicenses: listOf(z.object({ skuId: id, disabledPlans: ids })),
});

/** A member of a group: a user, a group, or something else. Its kind says so, since it is more than a directoryObject. */
export const memberSchema = z.object({ id, '@odata.type': text, displayName: text });

/** https://learn.microsoft.com/graph/api/resources/licenseassignmentstate of a user. */
export const licensedUserSchema = z.object({
  licenseAssignmentStates: listOf(
    z.object({ skuId: id, assignedByGroup: text, state: text, error: text, disabledPlans: ids }),
  ),
});

const count = z.number().int().catch(0);

/** https://learn.microsoft.com/graph/api/resources/subscribedsku */
export const skuSchema = z.object({
  skuId: id,
  skuPartNumber: text,
  capabilityStatus: text,
  appliesTo: text,
  consumedUnits: count,
  prepaidUnits: z.object({ enabled: count }).catch({ enabled: 0 }),
  servicePlans: listOf(z.object({ servicePlanId: id, servicePlanName: text })),
});

/** https://learn.microsoft.com/graph/api/resources/cloudpcfrontlineserviceplan (beta) */
export const frontlinePlanSchema = z.object({ id, displayName: text, totalCount: count, usedCount: count });

const assignments = listOf(z.object({ target: z.object({ groupId: id, servicePlanId: text }) }));

/** https://learn.microsoft.com/graph/api/resources/cloudpcprovisioningpolicy with its assignments. */
export const provisioningPolicySchema = z.object({
  id,
  displayName: text,
  provisioningType: text,
  imageDisplayName: text,
  assignments,
});

/** https://learn.microsoft.com/graph/api/resources/cloudpcusersetting with its assignments. */
export const userSettingSchema = z.object({
  id,
  displayName: text,
  resetEnabled: flag,
  localAdminEnabled: flag,
  assignments,
});

const bulkAction = z.object({
  id,
  /** A mixed outcome has no documented word. */
  status: text,
  actionSummary: z
    .object({
      successfulCount: count,
      failedCount: count,
      inProgressCount: count,
      pendingCount: count,
      notSupportedCount: count,
    })
    .nullable()
    .catch(null),
});

const wrapped = z.object({ value: z.record(z.string(), z.unknown()) });

/** What the metadata calls the answer itself, the samples put into `value`. */
function alsoInValue<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((body) => wrapped.safeParse(body).data?.value ?? body, schema);
}

/** https://learn.microsoft.com/graph/api/resources/cloudpcbulkaction (beta) */
export const bulkActionSchema = alsoInValue(bulkAction);

const someIds = z.array(z.unknown()).transform((values) => readElements(values, id));

/** https://learn.microsoft.com/graph/api/resources/cloudpcbulkremoteactionresult (beta): at least one of the lists is there. */
export const bulkResultSchema = alsoInValue(
  z
    .object({
      successfulDeviceIds: someIds.nullish().catch(null),
      failedDeviceIds: someIds.nullish().catch(null),
      notFoundDeviceIds: someIds.nullish().catch(null),
      notSupportedDeviceIds: someIds.nullish().catch(null),
    })
    .refine((lists) => Object.values(lists).some((list) => list)),
);

/** A teamsApp, an installation, a chat: only the id matters. */
export const entitySchema = z.object({ id });

/** A page of anything; its elements are read one by one, so that a faulty one does not hide the others. */
export const pageSchema = z.object({
  value: z.array(z.unknown()),
  '@odata.nextLink': text,
  '@odata.count': z.number().int().nonnegative().nullable().catch(null),
});

/** Answer of `$batch`; the parts come in any order. */
export const batchSchema = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.unknown()).nullable().catch(null),
      body: z.unknown(),
    }),
  ),
});
