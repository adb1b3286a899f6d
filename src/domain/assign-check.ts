// What must be true before Windows 365 is assigned or taken back, asked at the form, at submit, and again right before
// anything is changed. In this order: the person · the groups · the licence · what the person has already · seats · groups
// of the same prefix. Who has it already is told so before seats are looked at.
import type { CloudPc, StatusDetail } from './cloud-pc.ts';
import { type FrontlinePlan, type Group, isSameGroupName, type LicenceState, type SubscribedSku } from './directory.ts';
import type { Person } from './people.ts';
import type { Entitlement, PersonOrder, PersonRefusal, PinnedGroup, Seats } from './person-item.ts';
import type { Policy } from './policy.ts';

export interface AssignReading {
  person: Person | null;
  /** By the name of each group of the order: every group that has it now. */
  groupsNamed: ReadonlyMap<string, readonly Group[]>;
  /** Every group that was read, by id. */
  groupsById: ReadonlyMap<string, Group>;
  skus: readonly SubscribedSku[];
  frontlinePlans: readonly FrontlinePlan[];
  licenceStates: readonly LicenceState[];
  /** Every Cloud PC under the person's UPN. */
  cloudPcs: readonly CloudPc[];
  /** Groups of the prefixes of the policy. */
  prefixed: Readonly<Record<'provisioning' | 'settings', readonly Group[]>>;
  /** Ids of the groups above, and of the order, that the person is in, directly or through another group. */
  memberOf: ReadonlySet<string>;
}

export interface Refused {
  code: PersonRefusal;
  detail: StatusDetail | null;
}

const refused = (code: PersonRefusal, about: string | null = null): Refused => ({
  code,
  detail: about === null ? null : { code: about, message: null },
});

export function findAssignRefusal(order: PersonOrder, reading: AssignReading): Refused | null {
  return (
    whyNotPerson(reading.person) ??
    firstOf(groupsOf(order), (group) =>
      whyNotGroup(group, called(group.name, reading), isStaying(group, order, reading)),
    ) ??
    whyNotLicence(order.entitlement, reading) ??
    whyHasAlready(order.entitlement, reading) ??
    whyNoSeat(order.entitlement, reading) ??
    whyOtherGroup(order, reading) ??
    whyNotLeft(order, reading)
  );
}

export function findUnassignRefusal(order: PersonOrder, reading: AssignReading): Refused | null {
  if (!reading.person) return refused('personGone');
  const { group } = order.entitlement;
  const about = whyNotGroup(group, called(group.name, reading));
  return about ?? (reading.memberOf.has(group.id) ? null : refused('hasNone'));
}

/** The licence group that the person is in, though it cannot be used as it is, and why; null: they are in none. */
export function findUnusable({ windows365 }: Policy, { groupsNamed, memberOf }: AssignReading): Refused | null {
  return firstOf(windows365.licenceGroups, (name) => {
    const named = groupsNamed.get(name) ?? [];
    const own = named.find(({ id }) => memberOf.has(id));
    if (!own) return null;
    const skus = new Set(own.assignedLicences.map(({ skuId }) => skuId));
    return whyNotGroup(pin('licence', own), named) ?? refused(skus.size > 1 ? 'severalSkus' : 'noSku', name);
  });
}

/** Every group that has this name now. */
function called(name: string, { groupsNamed, groupsById }: AssignReading): readonly Group[] {
  return groupsNamed.get(name) ?? [...groupsById.values()].filter((group) => isSameGroupName(group.name, name));
}

export function groupsOf({ entitlement, provisioning, settings, leaves }: PersonOrder): PinnedGroup[] {
  return [provisioning, settings, entitlement.group, ...leaves].filter((group) => group !== null);
}

function firstOf<T>(list: readonly T[], find: (one: T) => Refused | null): Refused | null {
  for (const one of list) {
    const found = find(one);
    if (found) return found;
  }
  return null;
}

function whyNotPerson(person: Person | null): Refused | null {
  if (!person) return refused('personGone');
  if (!person.accountEnabled) return refused('personDisabled');
  return person.usageLocation === null ? refused('noUsageLocation') : null;
}

/** Nothing is written to a group that the person is in and stays in. */
function isStaying(
  { id, part }: PinnedGroup,
  { leaves }: PersonOrder,
  { memberOf, groupsById }: AssignReading,
): boolean {
  const hasRule = groupsById.get(id)?.isDynamic ?? false;
  const isLasting = leaves.length === 0 || hasRule;
  return (part === 'provisioning' || part === 'settings') && isLasting && memberOf.has(id);
}

/** A name can be taken by anyone who may create groups: the id that was pinned counts, and a second group of the name stops it. */
function whyNotGroup(pinned: PinnedGroup, named: readonly Group[], isLeftAsItIs = false): Refused | null {
  if (named.length === 0) return refused('groupGone', pinned.name);
  if (named.length > 1) return refused('groupAmbiguous', pinned.name);
  const [group] = named;
  if (group?.id !== pinned.id) return refused('groupRenamed', pinned.name);
  return isLeftAsItIs || isWritable(group) ? null : refused('groupNotWritable', pinned.name);
}

/** Members of these can be changed by hand, and by an application without rights over roles. */
export function isWritable({ isDynamic, isSynced, isMailOnly, isAssignableToRole }: Group): boolean {
  return !isDynamic && !isSynced && !isMailOnly && !isAssignableToRole;
}

function whyNotLicence(entitlement: Entitlement, reading: AssignReading): Refused | null {
  if (entitlement.kind !== 'licence') return null;
  const [group] = called(entitlement.group.name, reading);
  const skuIds = new Set((group?.assignedLicences ?? []).map(({ skuId }) => skuId));
  if (skuIds.size === 0) return refused('noSku', entitlement.group.name);
  if (skuIds.size > 1) return refused('severalSkus', entitlement.group.name);
  return skuIds.has(entitlement.skuId) ? null : refused('policyChanged', entitlement.group.name);
}

function whyHasAlready(entitlement: Entitlement, reading: AssignReading): Refused | null {
  if (reading.memberOf.has(entitlement.group.id)) return refused('alreadyHas', entitlement.group.name);
  if (entitlement.kind === 'licence' && hasLicence(entitlement, reading))
    return refused('alreadyHas', entitlement.partNumber);
  const own = cloudPcsFor(entitlement, reading.cloudPcs);
  return own[0] && findRevivable(entitlement, reading.cloudPcs) === null ? refused('cloudPcOfPlan', own[0].name) : null;
}

/** By whatever way it came. */
export function hasLicence(entitlement: Entitlement, { licenceStates }: Pick<AssignReading, 'licenceStates'>): boolean {
  if (entitlement.kind !== 'licence') return false;
  return licenceStates.some(({ skuId, state }) => skuId === entitlement.skuId && state === 'Active');
}

/** The one Cloud PC of the plan that is in its grace period: the licence brings it back. null: there is none, or others too. */
export function findRevivable(entitlement: Entitlement, cloudPcs: readonly CloudPc[]): CloudPc | null {
  const [pc, ...others] = cloudPcsFor(entitlement, cloudPcs);
  return pc && others.length === 0 && pc.status === 'inGracePeriod' ? pc : null;
}

/** The Cloud PCs that would go without the licence; those that go already are none of them. */
export function findGoing(entitlement: Entitlement, cloudPcs: readonly CloudPc[]): CloudPc[] {
  return cloudPcsFor(entitlement, cloudPcs).filter(({ status }) => !isGoing(status));
}

const isGoing = (status: string): boolean => status === 'inGracePeriod' || status === 'deprovisioning';

/** The Cloud PCs that this licence or this Frontline size led to. */
export function cloudPcsFor(entitlement: Entitlement, cloudPcs: readonly CloudPc[]): CloudPc[] {
  if (entitlement.kind === 'licence')
    return cloudPcs.filter(
      ({ kind, servicePlanId }) =>
        kind === 'dedicated' && servicePlanId !== null && entitlement.planIds.includes(servicePlanId.toLowerCase()),
    );
  return cloudPcs.filter(
    ({ policyId, servicePlanId }) =>
      policyId?.toLowerCase() === entitlement.policyId && servicePlanId?.toLowerCase() === entitlement.planId,
  );
}

/** null: it is not known. */
export function seatsOf(
  entitlement: Entitlement,
  { skus, frontlinePlans }: Pick<AssignReading, 'skus' | 'frontlinePlans'>,
): Seats | null {
  if (entitlement.kind === 'frontline') {
    const plan = frontlinePlans.find(({ id }) => id === entitlement.planId);
    return plan ? { total: plan.totalCount, used: plan.usedCount } : null;
  }
  const sku = skus.find(({ skuId }) => skuId === entitlement.skuId);
  return sku ? { total: sku.enabledSeats, used: sku.consumedSeats } : null;
}

function whyNoSeat(entitlement: Entitlement, reading: AssignReading): Refused | null {
  const seats = seatsOf(entitlement, reading);
  if (!seats) return refused('noSku', entitlement.group.name);
  return seats.used >= seats.total ? refused('outOfSeats') : null;
}

/** Never silently skipped: whoever is in another group of the prefix chose at the form to stay in it, or to leave it. */
function whyOtherGroup(order: PersonOrder, reading: AssignReading): Refused | null {
  for (const part of ['provisioning', 'settings'] as const) {
    const wanted = order[part];
    const others = currentGroups(part, reading).filter(({ id }) => id !== wanted?.id);
    const unforeseen = others.find(({ id }) => !order.leaves.some((group) => group.id === id));
    // Who must stay stays in all of them.
    const isKept = part === 'provisioning' && wanted !== null && reading.memberOf.has(wanted.id) && mustStay(reading);
    if (wanted && unforeseen && !isKept) return refused('otherGroup', unforeseen.name);
  }
  return null;
}

/** A Cloud PC that there is meanwhile would lose its ground. */
function whyNotLeft({ leaves }: PersonOrder, reading: AssignReading): Refused | null {
  const left = leaves.find(({ part }) => part === 'provisioning');
  return left && mustStay(reading) ? refused('otherGroup', left.name) : null;
}

/** Leaving the group of a Cloud PC that there is puts it into its grace period. */
export function mustStay({ cloudPcs }: Pick<AssignReading, 'cloudPcs'>): boolean {
  return needGroups(cloudPcs).length > 0;
}

/** The groups of this prefix that the person is in. */
export function currentGroups(
  part: 'provisioning' | 'settings',
  { prefixed, memberOf }: Pick<AssignReading, 'prefixed' | 'memberOf'>,
): Group[] {
  return prefixed[part].filter(({ id }) => memberOf.has(id));
}

/** Cloud PCs of the person's own that would go into their grace period if the person left their policy's group. */
export function needGroups(cloudPcs: readonly CloudPc[]): CloudPc[] {
  return cloudPcs.filter(({ kind, status }) => (kind === 'dedicated' || kind === 'frontline') && !isGoing(status));
}

/** The group of a name among those found, for a pin. */
export function pin(part: PinnedGroup['part'], { id, name }: Pick<Group, 'id' | 'name'>): PinnedGroup {
  return { part, id, name };
}
