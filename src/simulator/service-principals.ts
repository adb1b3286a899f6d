// Applications and managed identities of the tenant, and which application permissions each has. Microsoft Graph is one of them.
import { isSameId } from './ids.ts';
import { madeUpId } from './made-up.ts';
import { usualPermissions } from './permissions.ts';

/** https://learn.microsoft.com/graph/api/resources/approle */
export type AppRole = {
  id: string;
  /** Name of the permission. */
  value: string;
  displayName: string;
  description: string;
  allowedMemberTypes: ('Application' | 'User')[];
  isEnabled: boolean;
};

/** https://learn.microsoft.com/graph/api/resources/serviceprincipal */
export type ServicePrincipal = {
  id: string;
  /** Client id. */
  appId: string;
  displayName: string;
  servicePrincipalType: 'Application' | 'ManagedIdentity';
  appRoles: AppRole[];
};

/** https://learn.microsoft.com/graph/api/resources/approleassignment */
export type AppRoleAssignment = {
  id: string;
  createdDateTime: string;
  appRoleId: string;
  principalId: string;
  principalDisplayName: string;
  principalType: 'ServicePrincipal';
  resourceId: string;
  resourceDisplayName: string;
};

/** The same in every tenant. */
const graphAppId = '00000003-0000-0000-c000-000000000000';

/** Of these nothing is asked; they are there as in every tenant. */
const others = ['CloudPC.Read.All', 'Directory.Read.All', 'Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'];

export class ServicePrincipals {
  readonly all: ServicePrincipal[] = [graphItself()];
  /** Oldest first. */
  readonly assignments: AppRoleAssignment[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Microsoft Graph, which defines the permissions. */
  get graph(): ServicePrincipal {
    const graph = this.all.find(({ appId }) => appId === graphAppId);
    if (!graph) throw new Error('Microsoft Graph was taken out of the tenant.');
    return graph;
  }

  find(id: string): ServicePrincipal | undefined {
    return this.all.find((one) => isSameId(one.id, id));
  }

  /** @param appId its client id */
  addIdentity(appId: string, displayName: string): ServicePrincipal {
    const type = 'ManagedIdentity';
    const added: ServicePrincipal = {
      id: madeUpId('principal', appId),
      appId,
      displayName,
      servicePrincipalType: type,
      appRoles: [],
    };
    this.all.push(added);
    return added;
  }

  isAssigned(principalId: string, resourceId: string, appRoleId: string): boolean {
    return this.assignments.some(
      (one) =>
        isSameId(one.principalId, principalId) &&
        isSameId(one.resourceId, resourceId) &&
        isSameId(one.appRoleId, appRoleId),
    );
  }

  assign(principal: ServicePrincipal, resource: ServicePrincipal, appRoleId: string): AppRoleAssignment {
    const assignment: AppRoleAssignment = {
      id: Buffer.from(`${principal.id}${appRoleId}`).toString('base64url').slice(0, 43),
      createdDateTime: new Date(this.#now()).toISOString(),
      appRoleId,
      principalId: principal.id,
      principalDisplayName: principal.displayName,
      principalType: 'ServicePrincipal',
      resourceId: resource.id,
      resourceDisplayName: resource.displayName,
    };
    this.assignments.push(assignment);
    return assignment;
  }

  /** Names of Graph's permissions that this principal has, in the order in which they were granted. */
  grantedTo(principal: ServicePrincipal): string[] {
    const own = this.assignments.filter(({ principalId }) => principalId === principal.id);
    return own.flatMap(({ appRoleId }) => this.graph.appRoles.find(({ id }) => id === appRoleId)?.value ?? []);
  }
}

function graphItself(): ServicePrincipal {
  const appRoles = [...usualPermissions, ...others].map((value): AppRole => {
    const described = { displayName: value, description: value };
    return { id: madeUpId('role', value), value, ...described, allowedMemberTypes: ['Application'], isEnabled: true };
  });
  const name = 'Microsoft Graph';
  return {
    id: madeUpId('principal', graphAppId),
    appId: graphAppId,
    displayName: name,
    servicePrincipalType: 'Application',
    appRoles,
  };
}
