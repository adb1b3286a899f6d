// Why the bot needs each permission, for the administrator who grants it.
import type { Permission } from '../domain/permissions.ts';

/** docs/install.md says the same. */
export const reasons: Readonly<Record<Permission, string>> = {
  'CloudPC.ReadWrite.All':
    'finds Cloud PCs, starts a reprovision and follows it; it reaches every Cloud PC of the tenant',
  'User.Read.All': 'knows who asks, who owns a Cloud PC, and whether an account is enabled',
  'GroupMember.Read.All': 'reads live at every press who is in the groups of the policy',
  'GroupMember.ReadWrite.All': 'puts people into the groups that give Windows 365, and takes them out',
  'LicenseAssignment.Read.All': 'sees free seats, and whether a licence has arrived',
  'Mail.Send': 'sends from the one mailbox of the policy; limit it to that one in Exchange',
  'AppCatalog.Read.All': 'finds its own app in the catalog',
  'TeamsAppInstallation.ReadWriteSelfForUser.All':
    'installs itself, and nothing else, for people to whom it must write first',
  'TeamsActivity.Send': 'writes to the activity feed',
};
