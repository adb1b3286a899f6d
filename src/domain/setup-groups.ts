// The groups that the policy names: by object id for roles, by name for Windows 365.
import type { GraphFindings, NamedGroupFinding, RoleGroupFinding } from './setup-findings.ts';
import { missing, present, type SetupRow, text, unasked } from './setup-row.ts';

export function checkGroups({ roleGroups, namedGroups }: GraphFindings): SetupRow[] {
  return [...roleGroups.map(checkRoleGroup), ...namedGroups.map(checkNamedGroup)];
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

function checkNamedGroup({ key, name, groups }: NamedGroupFinding): SetupRow {
  const row = 'check.group.windows365';
  if ('fault' in groups) return unasked(row, { name }, groups.fault);
  if (groups.value.length === 1) return present(row, { name });
  if (groups.value.length === 0) return missing(row, { name }, text('check.namedNone', { key }));
  const ids = groups.value.map(({ id }) => id).join(', ');
  return missing(row, { name }, text('check.namedSeveral', { count: groups.value.length, ids }));
}
