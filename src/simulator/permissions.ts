// Which application permission Graph demands for an operation (the "Permissions" table of each reference page), and what the pretend
// tenant has granted to whoever calls. A test takes one away as an administrator would in Entra.
import type { GraphCall } from './graph-call.ts';
import { GraphProblem } from './graph-problem.ts';

interface Demand {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  /** Every one of these is needed; of a list inside, one is enough. */
  needs: readonly (readonly string[])[];
}

const wholeDirectory = ['Directory.Read.All', 'Directory.ReadWrite.All'];
const readCloudPcs = ['CloudPC.Read.All', 'CloudPC.ReadWrite.All'];
const readUsers = ['User.Read.All', 'User.ReadWrite.All', ...wholeDirectory];
const readGroups = ['GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', ...wholeDirectory];
const writeMembers = ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All'];
const readLicences = [
  'LicenseAssignment.Read.All',
  'LicenseAssignment.ReadWrite.All',
  'Organization.Read.All',
  ...wholeDirectory,
];
const installApps = ['TeamsAppInstallation.ReadWriteSelfForUser.All', 'TeamsAppInstallation.ReadWriteForUser.All'];
const seeInstallations = [...installApps, 'TeamsAppInstallation.ReadForUser.All', 'TeamsAppInstallation.Read.All'];

/** The first that fits counts: the narrow ones stand first. */
const demands: readonly Demand[] = [
  on('POST', '/users/{}/sendMail', ['Mail.Send']),
  on('POST', '/users/{}/checkMemberGroups', readUsers, readGroups),
  on('POST', '/users/{}/teamwork/sendActivityNotification', ['TeamsActivity.Send', 'TeamsActivity.Send.User']),
  on('POST', '/users/{}/teamwork/installedApps', installApps),
  on('GET', '/users/{}/teamwork/installedApps/**', seeInstallations),
  on('GET', '/users/{}/licenseDetails', [...readLicences, ...readUsers]),
  on('GET', '/users/**', readUsers),
  on('GET', '/groups/**', readGroups),
  on('POST', '/groups/{}/members/$ref', writeMembers),
  on('DELETE', '/groups/{}/members/**', writeMembers),
  on('GET', '/subscribedSkus', readLicences),
  on('GET', '/servicePrincipals/**', ['Application.Read.All', 'Application.ReadWrite.All', ...wholeDirectory]),
  on('POST', '/servicePrincipals/{}/appRoleAssignedTo', ['AppRoleAssignment.ReadWrite.All']),
  on('GET', '/appCatalogs/teamsApps', ['AppCatalog.Read.All', 'AppCatalog.ReadWrite.All']),
  on('GET', '/deviceManagement/virtualEndpoint/cloudPCs/{}/getSupportedCloudPcRemoteActions', [
    'CloudPC.ReadWrite.All',
  ]),
  on('GET', '/deviceManagement/virtualEndpoint/cloudPCs/{}/retrieveCloudPcRemoteActionResults', [
    'CloudPC.ReadWrite.All',
  ]),
  on('GET', '/deviceManagement/virtualEndpoint/**', readCloudPcs),
  on('POST', '/deviceManagement/virtualEndpoint/**', ['CloudPC.ReadWrite.All']),
  on('POST', '/deviceManagement/managedDevices/bulkReprovisionCloudPc', ['CloudPC.ReadWrite.All']),
];

/** What the bot's guide asks an administrator to grant, and what reads licences. */
export const usualPermissions: readonly string[] = [
  'AppCatalog.Read.All',
  'CloudPC.ReadWrite.All',
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
  'LicenseAssignment.Read.All',
  'Mail.Send',
  'TeamsActivity.Send',
  'TeamsAppInstallation.ReadWriteSelfForUser.All',
  'User.Read.All',
];

/** The application permissions that the tenant has granted. */
export class Permissions {
  #granted: Set<string>;

  constructor(granted: readonly string[] = usualPermissions) {
    this.#granted = new Set(granted);
  }

  /** In alphabetical order, as they stand in a token's `roles`. */
  get granted(): string[] {
    return [...this.#granted].sort();
  }

  grant(...permissions: readonly string[]): void {
    for (const permission of permissions) this.#granted.add(permission);
  }

  take(...permissions: readonly string[]): void {
    for (const permission of permissions) this.#granted.delete(permission);
  }

  /** @throws GraphProblem 403, in the words of the service behind the operation; Error for one that stands in no table */
  check(call: GraphCall): void {
    const demand = demandOf(call);
    if (!demand) throw new Error(`Nobody has written down who may ${call.method} ${call.path}.`);
    const missing = demand.needs.find((oneOf) => !oneOf.some((permission) => this.#granted.has(permission)));
    if (missing !== undefined) throw refusal(call.path, missing);
  }
}

/** The permissions of an operation; undefined for one that nobody has written down. */
export function demandOf(call: Pick<GraphCall, 'method' | 'path'>): Demand | undefined {
  return demands.find(({ method, path }) => method === call.method && path.test(call.path));
}

/** The directory, Exchange, Teams and Windows 365 refuse in words of their own; the last with an empty code. */
function refusal(path: string, oneOf: readonly string[]): GraphProblem {
  if (/\/sendMail$/i.test(path))
    return new GraphProblem(403, 'Access is denied. Check credentials and try again.', 'ErrorAccessDenied');
  if (/^\/appCatalogs\/|\/teamwork\//i.test(path)) {
    const message = `Missing role permissions on the request. API requires one of '${oneOf.join(', ')}'.`;
    return new GraphProblem(403, message, 'Forbidden');
  }
  if (/^\/deviceManagement\//i.test(path))
    return new GraphProblem(403, 'You do not have the required permissions to access this item.', '');
  return new GraphProblem(403, 'Insufficient privileges to complete the operation.', 'Authorization_RequestDenied');
}

/** `{}`: one segment; `/**` at the end: nothing more, or any segments. */
function on(method: Demand['method'], pattern: string, ...needs: Demand['needs']): Demand {
  const open = pattern.replace(/\/\*\*$/, '');
  const text = open.replaceAll('$', '\\$').replaceAll('{}', '[^/]+');
  return { method, path: new RegExp(`^${text}${open === pattern ? '' : '(?:/.*)?'}(?:\\(\\))?$`, 'i'), needs };
}
