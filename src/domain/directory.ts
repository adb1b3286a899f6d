// Groups, licences and the Windows 365 settings that hang on groups, as Graph tells them now.
import { ConflictError, NotFoundError } from './errors.ts';
import type { Person } from './people.ts';

/** https://learn.microsoft.com/graph/api/resources/group. Ids in lower case. */
export interface Group {
  id: string;
  name: string;
  /** Members follow from a rule (`DynamicMembership` in groupTypes): none can be added or removed by hand. */
  isDynamic: boolean;
  /** Kept on premises: cannot be written through Graph. */
  isSynced: boolean;
  /** Mail-enabled and no Microsoft 365 group (`Unified`): cannot be written through Graph. */
  isMailOnly: boolean;
  /** Could give its members a role in Entra: writing it needs RoleManagement.ReadWrite.Directory, which no bot must have. */
  isAssignableToRole: boolean;
  /** What members get by being in it. */
  assignedLicences: AssignedLicence[];
}

export interface AssignedLicence {
  skuId: string;
  /** Service plans of it that are switched off. */
  disabledPlans: string[];
}

/** Direct members, told apart. */
export interface GroupMembers {
  people: Person[];
  /** Groups in the group; whose members they have is another question. */
  groups: GroupRef[];
  /** Devices, applications, contacts, and whatever Graph tells without a name (a right is missing, or hidden membership). */
  others: number;
}

export interface GroupRef {
  id: string;
  name: string;
}

/** https://learn.microsoft.com/graph/api/resources/licenseassignmentstate: one way in which a person has (or lacks) a licence. */
export interface LicenceState {
  skuId: string;
  /** null: assigned to the person directly. */
  assignedByGroup: string | null;
  /** `Active`, `ActiveWithError`, `Disabled`, `Error`; other words may come. */
  state: string;
  /** `CountViolation` (no seat left), `ProhibitedInUsageLocationViolation`, …; null: all is well. */
  error: string | null;
  disabledPlans: string[];
}

/** https://learn.microsoft.com/graph/api/resources/subscribedsku: what the tenant has bought. */
export interface SubscribedSku {
  skuId: string;
  /** `CPC_E_2C_4GB_128GB` */
  partNumber: string;
  /** `Enabled`, `Warning`, `Suspended`, `Deleted`, `LockedOut`. */
  capabilityStatus: string;
  /** `User` or `Company`; only those for users can be assigned. */
  appliesTo: string;
  enabledSeats: number;
  consumedSeats: number;
  /** Below 0: more are assigned than the tenant still has. */
  freeSeats: number;
  servicePlans: { id: string; name: string }[];
}

/** https://learn.microsoft.com/graph/api/resources/cloudpcfrontlineserviceplan: Frontline has no licence per person. */
export interface FrontlinePlan {
  id: string;
  name: string;
  totalCount: number;
  usedCount: number;
}

/** Whom a policy or a setting reaches. */
export interface Assignment {
  groupId: string;
  /** The size that members get; of Frontline alone, null for dedicated Cloud PCs. */
  servicePlanId: string | null;
}

/** https://learn.microsoft.com/graph/api/resources/cloudpcprovisioningpolicy */
export interface ProvisioningPolicy {
  id: string;
  name: string;
  /** `dedicated`, `sharedByUser`, …; other words may come. */
  provisioningType: string;
  imageName: string | null;
  assignments: Assignment[];
}

/** https://learn.microsoft.com/graph/api/resources/cloudpcusersetting */
export interface UserSetting {
  id: string;
  name: string;
  resetEnabled: boolean;
  localAdminEnabled: boolean;
  assignments: Assignment[];
}

/**
 * The one group of a name. Names of groups are not unique and can be taken by anyone who may create groups, so several
 * are an error that names them, never a choice.
 * @throws NotFoundError `groupNotFound`, ConflictError `groupAmbiguous`
 */
export function onlyGroup(name: string, found: readonly Group[]): Group {
  const [group, ...others] = found;
  if (!group) throw new NotFoundError('groupNotFound', { name });
  if (others.length === 0) return group;
  const groups = found.map((one) => `${one.name} (${one.id})`).join(', ');
  throw new ConflictError('groupAmbiguous', { name, count: found.length, groups });
}

export type NotWritableReason = 'dynamic' | 'synced' | 'mailOnly' | 'roles';

/** Why nobody can be added to this group, or taken out of it, through Graph; null: it can be done. */
export function whyNotWritable(group: Group): NotWritableReason | null {
  if (group.isDynamic) return 'dynamic';
  if (group.isSynced) return 'synced';
  if (group.isMailOnly) return 'mailOnly';
  return group.isAssignableToRole ? 'roles' : null;
}

/** Windows 365 Enterprise and Business (`CPC_`), Frontline (`Windows_365_S_`), alone or inside another licence. */
const ofWindows365 = /^(CPC_|Windows_365)/i;

/** Names of licences have changed before; those of their service plans are asked as well. */
export function hasWindows365Plan({ partNumber, servicePlans }: SubscribedSku): boolean {
  return ofWindows365.test(partNumber) || servicePlans.some(({ name }) => ofWindows365.test(name));
}

/** The licences through which members of the group get Windows 365; a plan that is switched off there gives none. */
export function windows365SkusOf(group: Group, skus: readonly SubscribedSku[]): SubscribedSku[] {
  return skus.filter((sku) => {
    const assigned = group.assignedLicences.find(({ skuId }) => skuId === sku.skuId);
    if (!assigned) return false;
    const plans = sku.servicePlans.filter(({ name }) => ofWindows365.test(name));
    if (plans.length === 0) return hasWindows365Plan(sku);
    return plans.some(({ id }) => !assigned.disabledPlans.includes(id));
  });
}

/**
 * Whether each member of its groups gets a Cloud PC of their own, out of seats that are counted for the tenant. In the other
 * Frontline mode (`sharedByEntraGroup`) nobody has one. `shared`, which ends in 2027, is the older word for both.
 */
export function isFrontlinePolicy({ provisioningType }: ProvisioningPolicy): boolean {
  return ['sharedbyuser', 'shared'].includes(provisioningType.toLowerCase());
}

/** The sizes that can be had of a Frontline policy, and the group whose members get each. */
export function sizesOf({ assignments }: ProvisioningPolicy): { groupId: string; planId: string }[] {
  return assignments.flatMap(({ groupId, servicePlanId }) =>
    servicePlanId === null ? [] : [{ groupId, planId: servicePlanId }],
  );
}

/** Names of groups are compared as Graph compares them, without case; letters that only look alike are not equal. */
export function isSameGroupName(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

/** Whether a name begins so, without case. A blank at the end of the prefix is part of it. */
export function hasGroupPrefix(name: string, prefix: string): boolean {
  return name.normalize('NFC').toLowerCase().startsWith(prefix.normalize('NFC').toLowerCase());
}

function plain(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}
