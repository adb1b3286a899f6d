// Application permissions of an identity: GET /servicePrincipals, GET /servicePrincipals/{id}/appRoleAssignments,
// POST /servicePrincipals/{resource}/appRoleAssignedTo (https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto).
// An administrator asks for this, not the bot: it takes AppRoleAssignment.ReadWrite.All.
import { z } from 'zod/v4';
import type { Clock } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { type Deadline, startDeadline } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { expectSuccess, isAlreadyAssigned, toError } from './graph-error.ts';
import { toLiteral, toQuery, toSegment } from './graph-path.ts';
import { walkPages } from './pages.ts';
import { readBody, readElements } from './read-answer.ts';
import { pageSchema } from './schema.ts';

/** Microsoft Graph itself, in every tenant: https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in */
const graphAppId = '00000003-0000-0000-c000-000000000000';
const withinMs = 60 * second;

/** https://learn.microsoft.com/graph/api/resources/serviceprincipal */
const principalSchema = z.object({
  id: z.guid(),
  displayName: z.string().nullable().catch(null),
  appRoles: z
    .array(z.object({ id: z.guid(), value: z.string().nullable(), allowedMemberTypes: z.array(z.string()) }))
    .catch([]),
});

/** https://learn.microsoft.com/graph/api/resources/approleassignment */
const assignmentSchema = z.object({ appRoleId: z.guid(), resourceId: z.guid() });

export interface Principal {
  /** Object id of the service principal, which is not the client id. */
  id: string;
  displayName: string | null;
}

export interface AppRoles {
  /** The service principal of an application or a managed identity, by its client id; null: there is none in this tenant. */
  findPrincipal(clientId: string): Promise<Principal | null>;
  /** Graph's application permissions that the principal has, by name. @throws ConciergeError */
  grantedTo(principal: Principal): Promise<string[]>;
  /** Whether Graph has an application permission of this name here. */
  isOffered(permission: string): Promise<boolean>;
  /** Twice is the same as once. Not repeated by any layer. @throws ConciergeError when it was refused, or nobody knows */
  grant(principal: Principal, permission: string): Promise<'granted' | 'wasGranted'>;
}

type FoundPrincipal = z.output<typeof principalSchema>;

export function graphAppRoles(client: GraphClient, deps: { clock: Clock }): AppRoles {
  let graph: Promise<FoundPrincipal> | null = null;
  const start = () => startDeadline(deps.clock, withinMs);

  async function find(clientId: string): Promise<FoundPrincipal | null> {
    const query = toQuery({ $filter: `appId eq ${toLiteral(clientId)}`, $select: ['id', 'displayName', 'appRoles'] });
    const call = { method: 'GET', version: 'v1.0', path: `/servicePrincipals${query}` } as const;
    const { value } = readBody(await client.read(call, start()), pageSchema);
    return readElements(value, principalSchema)[0] ?? null;
  }

  async function findGraph(): Promise<FoundPrincipal> {
    graph ??= find(graphAppId).then(
      (found) => found ?? Promise.reject(new Error('this tenant has no Microsoft Graph')),
    );
    return graph;
  }

  async function roleId(permission: string): Promise<string | null> {
    const { appRoles } = await findGraph();
    const role = appRoles.find((one) => one.value === permission && one.allowedMemberTypes.includes('Application'));
    return role?.id ?? null;
  }

  return {
    findPrincipal: find,
    isOffered: async (permission) => (await roleId(permission)) !== null,
    async grantedTo(principal) {
      const { id: graphId, appRoles } = await findGraph();
      const assigned = await readAssignments(client, principal, start());
      const ids = new Set(
        assigned.filter(({ resourceId }) => resourceId === graphId).map(({ appRoleId }) => appRoleId),
      );
      return appRoles.flatMap(({ id, value }) => (ids.has(id) && value !== null ? [value] : []));
    },
    async grant(principal, permission) {
      const appRoleId = await roleId(permission);
      if (appRoleId === null) throw new Error(`Graph has no application permission ${permission}`);
      const { id: resourceId } = await findGraph();
      const path = `/servicePrincipals/${toSegment(resourceId)}/appRoleAssignedTo`;
      const body = { principalId: principal.id, resourceId, appRoleId };
      const outcome = await client.sendOnce(
        { method: 'POST', version: 'v1.0', path, body },
        { timeoutMs: Math.ceil(withinMs / 2) },
      );
      if (outcome.kind === 'fault') throw toError(outcome);
      if (isAlreadyAssigned(outcome)) return 'wasGranted';
      expectSuccess(outcome);
      return 'granted';
    },
  };
}

async function readAssignments(client: GraphClient, principal: Principal, deadline: Deadline) {
  const path = `/servicePrincipals/${toSegment(principal.id)}/appRoleAssignments`;
  const ask: Parameters<typeof walkPages>[1] = (part) => client.read({ ...part, version: 'v1.0' }, deadline);
  const values: unknown[] = [];
  for await (const page of walkPages(client, ask, path, undefined, 'v1.0')) values.push(...page.value);
  return readElements(values, assignmentSchema);
}
