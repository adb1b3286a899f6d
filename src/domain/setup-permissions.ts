// Whether the bot has the application permissions that it needs. What its token says is compared with what Graph does; where the two
// differ, Graph's answer counts, and the row says so. For sending mails there is no call without effect: there the token alone tells.
import type { ConciergeError } from './errors.ts';
import { isGranted, type Permission, type PermissionUse, permissionsFor } from './permissions.ts';
import type { Policy } from './policy.ts';
import type { GraphFindings } from './setup-findings.ts';
import { missing, notable, present, referenceOf, type SetupRow, text, unknown } from './setup-row.ts';

const names: Readonly<Record<Permission, string>> = {
  'CloudPC.ReadWrite.All': 'check.permission.cloudPcs',
  'User.Read.All': 'check.permission.people',
  'GroupMember.Read.All': 'check.permission.groups',
  'GroupMember.ReadWrite.All': 'check.permission.members',
  'LicenseAssignment.Read.All': 'check.permission.licences',
  'Mail.Send': 'check.permission.mail',
  'AppCatalog.Read.All': 'check.permission.catalog',
  'TeamsAppInstallation.ReadWriteSelfForUser.All': 'check.permission.install',
  'TeamsActivity.Send': 'check.permission.activity',
};

export function checkPermissions(graph: GraphFindings, policy: Policy): SetupRow[] {
  if ('fault' in graph.roles || isSignInRefused(graph)) return [missing('check.signIn', {}, text('refusal.signIn'))];
  const granted = graph.roles.value;
  return permissionsFor(policy, graph).map((use) => {
    const row = checkPermission(use, granted, graph);
    if (use.isNeeded) return row;
    const mend = row.state === 'missing' ? [text('check.optional', { permission: use.permission })] : row.mend;
    return { ...row, mend, isNeeded: false };
  });
}

function checkPermission(
  { permission }: PermissionUse,
  granted: readonly string[] | null,
  { probes }: GraphFindings,
): SetupRow {
  const name = names[permission];
  const taken = probes.taken[permission];
  const isInToken = granted === null ? null : isGranted(permission, granted);
  const refused = taken && 'fault' in taken && taken.fault.trace?.refusal ? taken.fault : null;
  const isTaken = taken !== undefined && 'value' in taken;
  if (refused && isInToken === true) return missing(name, {}, ...whyAllTheSame(permission, refused));
  if (refused || (isInToken === false && !isTaken))
    return missing(name, {}, text('check.permissionFix', { permission }));
  if (isInToken === false) return notable(name, {}, text('check.takenAllTheSame', { permission }));
  if (isInToken === true || isTaken) return present(name);
  const why = taken === undefined ? text('check.unreadableToken', { permission }) : text('check.noAnswer');
  return unknown(name, {}, why);
}

/** In the token, and refused. */
function whyAllTheSame(permission: string, refused: ConciergeError) {
  const key = permission.startsWith('CloudPC.') ? 'refusal.grantedCloudPc' : 'refusal.granted';
  return [text(key, { permissions: permission }), ...referenceOf(refused)];
}

function isSignInRefused({ probes }: GraphFindings): boolean {
  const answers = Object.values(probes.taken);
  return answers.some((one) => 'fault' in one && one.fault.trace?.refusal?.because === 'signIn');
}
