// What the forms of assign and unassign offer, made from what was read just now; and the order that a choice makes.
import { type AssignReading, currentGroups, findGoing, isWritable, mustStay, pin, seatsOf } from './assign-check.ts';
import {
  type Group,
  hasWindows365Plan,
  isFrontlinePolicy,
  isSameGroupName,
  type ProvisioningPolicy,
  type SubscribedSku,
} from './directory.ts';
import type { Entitlement, PersonOrder, PinnedGroup } from './person-item.ts';
import type { EntitlementChoice, GroupChoices } from './person-views.ts';
import type { Policy } from './policy.ts';

export interface FormReading extends AssignReading {
  provisioningPolicies: readonly ProvisioningPolicy[];
}

/** Everything of the policy that can be assigned now: each licence group with one SKU, each size of each Frontline policy. */
export function findEntitlements({ windows365 }: Policy, reading: FormReading): Entitlement[] {
  const isUsable = (name: string) => (reading.groupsNamed.get(name) ?? []).every(isWritable);
  const licences = findLicences(windows365.licenceGroups.filter(isUsable), reading);
  const frontline = windows365.frontlinePolicies.flatMap((name) => toFrontline(name, reading));
  return [...licences, ...frontline];
}

type LicenceReading = Pick<AssignReading, 'groupsNamed' | 'skus'>;

/** The licence groups that there are once, with exactly one SKU. */
export function findLicences(names: readonly string[], reading: LicenceReading): Entitlement[] {
  return names.flatMap((name) => toLicence(name, reading));
}

function toLicence(name: string, { groupsNamed, skus }: LicenceReading): Entitlement[] {
  const [group, ...others] = groupsNamed.get(name) ?? [];
  const sku = group && onlySku(group, skus);
  if (!group || !sku || others.length > 0) return [];
  const planIds = sku.servicePlans.map(({ id }) => id);
  return [{ kind: 'licence', group: pin('licence', group), skuId: sku.skuId, partNumber: sku.partNumber, planIds }];
}

function onlySku({ assignedLicences }: Group, skus: readonly SubscribedSku[]): SubscribedSku | undefined {
  const ids = new Set(assignedLicences.map(({ skuId }) => skuId));
  return ids.size === 1 ? skus.find((sku) => ids.has(sku.skuId) && hasWindows365Plan(sku)) : undefined;
}

function toFrontline(name: string, { provisioningPolicies, frontlinePlans, groupsById }: FormReading): Entitlement[] {
  const policies = provisioningPolicies.filter((policy) => isSameGroupName(policy.name, name));
  const [policy, ...others] = policies;
  if (!policy || others.length > 0 || !isFrontlinePolicy(policy)) return [];
  return policy.assignments.flatMap(({ groupId, servicePlanId }): Entitlement[] => {
    const plan = frontlinePlans.find(({ id }) => id === servicePlanId);
    const group = groupsById.get(groupId);
    if (!plan || !group || !isWritable(group)) return [];
    const pinned = pin('frontline', group);
    return [
      {
        kind: 'frontline',
        group: pinned,
        policyId: policy.id.toLowerCase(),
        policyName: policy.name,
        planId: plan.id,
        planName: plan.name,
      },
    ];
  });
}

export function choiceValue(entitlement: Entitlement): string {
  const { group } = entitlement;
  return entitlement.kind === 'licence' ? group.id : `${group.id}:${entitlement.planId}`;
}

export function nameOf(entitlement: Entitlement): string {
  return entitlement.kind === 'licence' ? entitlement.group.name : `${entitlement.policyName}, ${entitlement.planName}`;
}

export function toChoice(entitlement: Entitlement, reading: AssignReading): EntitlementChoice {
  const seats = seatsOf(entitlement, reading) ?? { total: 0, used: 0 };
  return {
    value: choiceValue(entitlement),
    kind: entitlement.kind,
    name: nameOf(entitlement),
    free: Math.max(0, seats.total - seats.used),
    total: seats.total,
  };
}

/** The one that the words mean: all of them are in its name or its part number. null: none, or several. */
export function findMeant(entitlements: readonly Entitlement[], words: string): Entitlement | null {
  const exact = entitlements.find((one) => nameOf(one) === words || choiceValue(one) === words);
  if (exact) return exact;
  const wanted = meaningfulIn(words);
  if (wanted.length === 0) return null;
  const meant = entitlements.filter((one) => {
    const own = wordsIn(one.kind === 'licence' ? `${nameOf(one)} ${one.partNumber}` : nameOf(one));
    return wanted.every((word) => own.includes(word));
  });
  const licences = meant.filter(({ kind }) => kind === 'licence');
  // Frontline is named when it is meant.
  const [only, ...others] = licences.length > 0 ? licences : meant;
  return only && others.length === 0 ? only : null;
}

/** Whether any of the words can tell one licence from another. */
export function namesLicence(words: string): boolean {
  return meaningfulIn(words).length > 0;
}

const meaningfulIn = (words: string): string[] => wordsIn(words).filter((word) => !fillers.includes(word));

/** Said around the name of a licence, or for any of them. */
const fillers =
  'licence license licenses lizenz the a an my new die eine einen la une un windows 365 cloud pc pcs cloudpc'.split(
    ' ',
  );

/** A number stays with its unit: "8 vCPU" is not "2 vCPU 8 GB". */
function wordsIn(text: string): string[] {
  const joined = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(\d)\s*(vcpu|cpu|gb|tb)\b/gu, '$1$2');
  return joined.match(/[\p{L}\p{N}]+/gu) ?? [];
}

type Part = 'provisioning' | 'settings';

const named = { provisioning: 'provisioningGroup', settings: 'userSettingsGroup' } as const;

/** Groups of one prefix, and the one that the policy names. null: the policy knows none. */
export function offerGroups(part: Part, { windows365 }: Policy, reading: AssignReading): GroupChoices | null {
  const usual = usualGroup(windows365[named[part]], reading);
  const current = currentGroups(part, reading);
  const others = reading.prefixed[part].filter((group) => isWritable(group) || current.includes(group));
  const groups = unique([...others, ...(usual ? [usual] : [])]);
  if (groups.length === 0) return null;
  // Leaving the group of a Cloud PC that there is puts it into its grace period.
  const mustKeep = part === 'provisioning' && current.length > 0 && mustStay(reading);
  const offered = mustKeep ? current : groups;
  const choices = offered.map(({ id, name }) => ({ value: id, name, isCurrent: current.some((one) => one.id === id) }));
  const preset = current[0]?.id ?? usual?.id ?? null;
  return { choices, preset, mustKeep };
}

function usualGroup(name: string | null, { groupsNamed }: AssignReading): Group | null {
  const [group, ...others] = name === null ? [] : (groupsNamed.get(name) ?? []);
  return group && others.length === 0 && isWritable(group) ? group : null;
}

const unique = (groups: readonly Group[]): Group[] => [...new Map(groups.map((group) => [group.id, group])).values()];

/** What was chosen on the form; `null` where nothing was offered or chosen. */
export interface AssignChoice {
  entitlement: Entitlement;
  provisioning: string | null;
  settings: string | null;
  ticket: boolean;
}

/**
 * The order that a choice makes. Whoever moves to another group of a prefix leaves the one that they are in.
 * @returns null when a chosen group was not offered
 */
export function toOrder(choice: AssignChoice, policy: Policy, reading: AssignReading): PersonOrder | null {
  const isFrontline = choice.entitlement.kind === 'frontline';
  const provisioning = isFrontline ? null : findChosen('provisioning', choice.provisioning, policy, reading);
  const settings = findChosen('settings', choice.settings, policy, reading);
  if (provisioning === undefined || settings === undefined) return null;
  const moved = mustStay(reading) ? [] : leavesFor('provisioning', provisioning, reading);
  const leaves = [...moved, ...leavesFor('settings', settings, reading)];
  const { entitlement, ticket } = choice;
  return { entitlement, provisioning, settings, leaves, cloudPcs: [], ticket, endsGrace: false };
}

/** undefined: it was not offered; null: there is none to choose. */
function findChosen(
  part: Part,
  id: string | null,
  policy: Policy,
  reading: AssignReading,
): PinnedGroup | null | undefined {
  const offered = offerGroups(part, policy, reading);
  if (!offered) return null;
  const chosen = offered.choices.find(({ value }) => value === id);
  return chosen && pin(part, { id: chosen.value, name: chosen.name });
}

function leavesFor(part: Part, chosen: PinnedGroup | null, reading: AssignReading): PinnedGroup[] {
  if (!chosen) return [];
  return currentGroups(part, reading)
    .filter(({ id }) => id !== chosen.id)
    .map((group) => pin(part, group));
}

/** What can be taken back from this person, with the Cloud PC that would go. */
export function findHeld(
  policy: Policy,
  reading: FormReading,
): { entitlement: Entitlement; cloudPcs: { id: string; name: string }[] }[] {
  return findEntitlements(policy, reading)
    .filter(({ group }) => reading.memberOf.has(group.id))
    .map((entitlement) => ({
      entitlement,
      cloudPcs: findGoing(entitlement, reading.cloudPcs).map(({ id, name }) => ({ id, name })),
    }));
}

/** Names of what the person has now, for the form. */
export function whatPersonHas(reading: FormReading, policy: Policy): string[] {
  const cloudPcs = reading.cloudPcs.map(({ name }) => name);
  return [...cloudPcs, ...findHeld(policy, reading).map(({ entitlement }) => nameOf(entitlement))];
}
