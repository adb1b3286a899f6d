// Which application permission each call needs: the one table behind the words for a refusal and behind `check`. From the
// "Permissions" section of each reference page; of several that would do, the one that the guide asks for.
import type { Permission } from '../domain/permissions.ts';
import { isGranted } from '../domain/permissions.ts';

/** A call, as far as it decides about permissions. */
export interface Asked {
  method: string;
  /** Below the version; a query does not matter. */
  path: string;
}

interface Need {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  permissions: readonly Permission[];
}

const id = '[^/]+';

/** The first that fits counts. */
const needs: readonly Need[] = [
  need('POST', `/users/${id}/sendMail`, 'Mail.Send'),
  need('POST', `/users/${id}/checkMemberGroups`, 'User.Read.All', 'GroupMember.Read.All'),
  need('POST', `/users/${id}/teamwork/sendActivityNotification`, 'TeamsActivity.Send'),
  need('GET', `/users/${id}/teamwork/installedApps(?:/.*)?`, 'TeamsAppInstallation.ReadWriteSelfForUser.All'),
  need('POST', `/users/${id}/teamwork/installedApps`, 'TeamsAppInstallation.ReadWriteSelfForUser.All'),
  need('GET', `/users/${id}/licenseDetails`, 'LicenseAssignment.Read.All'),
  need('GET', '/users(?:/.*)?', 'User.Read.All'),
  need('GET', '/groups(?:/.*)?', 'GroupMember.Read.All'),
  need('POST', `/groups/${id}/members/\\$ref`, 'GroupMember.ReadWrite.All'),
  need('DELETE', `/groups/${id}/members/${id}/\\$ref`, 'GroupMember.ReadWrite.All'),
  need('GET', '/subscribedSkus', 'LicenseAssignment.Read.All'),
  need('GET', '/appCatalogs/teamsApps', 'AppCatalog.Read.All'),
  // Reading alone would do with CloudPC.Read.All; the bot needs the other one in any case, and it includes this.
  need('GET', '/deviceManagement/virtualEndpoint/.*', 'CloudPC.ReadWrite.All'),
  need('POST', '/deviceManagement/virtualEndpoint/.*', 'CloudPC.ReadWrite.All'),
  need('POST', '/deviceManagement/managedDevices/bulkReprovisionCloudPc', 'CloudPC.ReadWrite.All'),
];

/** The application permissions that a call needs; [] for one that is not in the table. */
export function permissionsOf({ method, path }: Asked): readonly Permission[] {
  const [pathname = ''] = path.split('?', 1);
  return needs.find((one) => one.method === method && one.path.test(pathname))?.permissions ?? [];
}

/** Of the permissions that a call needs, those that are not among the granted ones. */
export function missingFor(asked: Asked, granted: readonly string[]): readonly Permission[] {
  return permissionsOf(asked).filter((permission) => !isGranted(permission, granted));
}

function need(method: Need['method'], path: string, ...permissions: readonly Permission[]): Need {
  return { method, path: new RegExp(`^${path}$`, 'i'), permissions };
}
