// Microsoft Graph's application permissions: which of them the bot needs, and for what.
import { offersWindows365, type Policy } from './policy.ts';

/** The ones that the guide asks an administrator to grant; names are Graph's. */
export type Permission =
  | 'CloudPC.ReadWrite.All'
  | 'User.Read.All'
  | 'GroupMember.Read.All'
  | 'GroupMember.ReadWrite.All'
  | 'LicenseAssignment.Read.All'
  | 'Mail.Send'
  | 'AppCatalog.Read.All'
  | 'TeamsAppInstallation.ReadWriteSelfForUser.All'
  | 'TeamsActivity.Send';

/** Wider ones that are documented for everything that the narrow one is needed for. */
const wider: Readonly<Record<Permission, readonly string[]>> = {
  'CloudPC.ReadWrite.All': [],
  'User.Read.All': ['User.ReadWrite.All', 'Directory.Read.All'],
  'GroupMember.Read.All': ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All'],
  'GroupMember.ReadWrite.All': [],
  'LicenseAssignment.Read.All': ['Directory.Read.All', 'Directory.ReadWrite.All'],
  'Mail.Send': [],
  'AppCatalog.Read.All': ['AppCatalog.ReadWrite.All'],
  'TeamsAppInstallation.ReadWriteSelfForUser.All': ['TeamsAppInstallation.ReadWriteForUser.All'],
  'TeamsActivity.Send': ['TeamsActivity.Send.User'],
};

/** @param granted application permissions as they stand in a token's `roles` */
export function isGranted(permission: Permission, granted: readonly string[]): boolean {
  return granted.includes(permission) || wider[permission].some((one) => granted.includes(one));
}

export interface PermissionUse {
  permission: Permission;
  /** False: the bot works without it, and only cannot tell as much. */
  isNeeded: boolean;
}

/** What the bot needs under this policy and these settings, in the order in which it is told. */
export function permissionsFor(policy: Policy, settings: { teamsAppId: string | null }): PermissionUse[] {
  const needed: Permission[] = ['CloudPC.ReadWrite.All', 'User.Read.All', 'GroupMember.Read.All'];
  const assigns = offersWindows365(policy);
  // The pages of what only reads groups do not name the permission to change members, so both are asked for.
  if (assigns) needed.push('GroupMember.ReadWrite.All', 'LicenseAssignment.Read.All');
  if (policy.mail.from !== null) needed.push('Mail.Send');
  if (settings.teamsAppId !== null) needed.push('AppCatalog.Read.All', 'TeamsAppInstallation.ReadWriteSelfForUser.All');
  const uses = needed.map((permission) => ({ permission, isNeeded: true }));
  return assigns ? uses : [...uses, { permission: 'LicenseAssignment.Read.All', isNeeded: false }];
}
