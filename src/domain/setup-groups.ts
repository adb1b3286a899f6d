// The groups that the policy names: by object id for roles, by name for Windows 365, where the bot changes their members.
import { type Group, type SubscribedSku, whyNotWritable, windows365SkusOf } from './directory.ts';
import type { Seen } from './ports.ts';
import type { GraphFindings, NamedGroupFinding, RoleGroupFinding } from './setup-findings.ts';
import { missing, notable, present, type SetupRow, text, unasked } from './setup-row.ts';

/** The key whose groups give licences. */
export const licenceGroupsKey = 'windows365.licenceGroups';

export function checkGroups({ roleGroups, namedGroups, skus }: GraphFindings): SetupRow[] {
  return [...roleGroups.map(checkRoleGroup), ...namedGroups.map((one) => checkNamedGroup(one, skus))];
}

function checkRoleGroup({ role, groupId, group, members }: RoleGroupFinding): SetupRow {
  const key = `check.group.${role}`;
  const policyKey = `roles.${role}`;
  if ('fault' in group) return unasked(key, { name: groupId }, group.fault);
  if (group.value === null)
    return missing(key, { name: groupId }, text('check.groupGone', { key: policyKey, groupId }));
  const { name } = group.value;
  if ('fault' in members) return unasked(key, { name }, members.fault);
  const { people, groups } = members.value ?? { people: [], groups: [] };
  // Nobody has to be a VIP. Who is in a group of the group is another question, and has the right too.
  if (role === 'vip' || people.length + groups.length > 0) return present(key, { name });
  return missing(key, { name }, text('check.groupEmpty'));
}

function checkNamedGroup({ key, name, groups }: NamedGroupFinding, skus: GraphFindings['skus']): SetupRow {
  const row = 'check.group.windows365';
  if ('fault' in groups) return unasked(row, { name }, groups.fault);
  const [group, ...others] = groups.value;
  if (!group) return missing(row, { name }, text('check.namedNone', { key }));
  if (others.length === 0) {
    const why = whyNotWritable(group);
    if (why) return missing(row, { name }, text(`check.notWritable.${why}`));
    return key === licenceGroupsKey ? checkLicenceGroup(name, group, skus) : present(row, { name });
  }
  const ids = groups.value.map(({ id }) => id).join(', ');
  return missing(row, { name }, text('check.namedSeveral', { count: groups.value.length, ids }));
}

function checkLicenceGroup(name: string, group: Group, skus: Seen<SubscribedSku[]>): SetupRow {
  const row = 'check.group.windows365';
  if ('fault' in skus) return unasked(row, { name }, skus.fault);
  const [sku, ...others] = windows365SkusOf(group, skus.value);
  if (!sku) return missing(row, { name }, text('check.licenceGroupNone'));
  if (others.length > 0) {
    const licences = [sku, ...others].map(({ partNumber }) => partNumber).join(', ');
    return missing(row, { name }, text('check.licenceGroupSeveral', { licences }));
  }
  const seats = { name, licence: sku.partNumber, free: Math.max(0, sku.freeSeats), total: sku.enabledSeats };
  if (sku.freeSeats > 0) return present('check.seats', seats);
  return notable('check.seats', seats, text('check.seatsNone'));
}
