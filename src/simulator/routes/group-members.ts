// Members of a group, added and removed by reference.
import { type GraphCall, type GraphReply, isObject } from '../graph-call.ts';
import { badRequest, directoryObjectNotFound, GraphProblem } from '../graph-problem.ts';
import { isSameId } from '../ids.ts';
import type { Tenant } from '../tenant.ts';
import type { Group } from '../tenant-types.ts';
import { groupOf } from './groups.ts';
import type { Route } from './route.ts';

/** https://learn.microsoft.com/graph/api/group-post-members, group-delete-members: 204 without a body. */
export const groupMemberRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/groups/{groupId}/members/$ref',
    answer: (call, tenant, parameter) => add(call, tenant, groupOf(tenant, parameter('groupId'))),
  },
  {
    method: 'DELETE',
    pattern: '/groups/{groupId}/members/{memberId}/$ref',
    answer: (_, tenant, parameter) => remove(tenant, groupOf(tenant, parameter('groupId')), parameter('memberId')),
  },
  {
    // The trap: without /$ref the path names the member itself. "Caution: if /$ref isn't appended to the request and the
    // calling app has permissions to manage the member object type, the member object will also be deleted."
    method: 'DELETE',
    pattern: '/groups/{groupId}/members/{memberId}',
    answer: (_, tenant, parameter) =>
      deleteMember(tenant, groupOf(tenant, parameter('groupId')), parameter('memberId')),
  },
];

function add(call: GraphCall, tenant: Tenant, group: Group): GraphReply {
  const reference = isObject(call.body) ? call.body['@odata.id'] : undefined;
  const id = readReference(call, reference);
  checkWritable(group);
  if (!tenant.findPerson(id) && !tenant.findGroup(id)) throw directoryObjectNotFound(id);
  if (isMember(group, id)) {
    const message =
      "One or more added object references already exist for the following modified properties: 'members'.";
    throw badRequest(message, 'Request_BadRequest');
  }
  tenant.addMember(group.id, id);
  return { status: 204 };
}

function remove(tenant: Tenant, group: Group, memberId: string): GraphReply {
  checkWritable(group);
  if (!isMember(group, memberId)) throw directoryObjectNotFound(memberId);
  tenant.removeMember(group.id, memberId);
  return { status: 204 };
}

function deleteMember(tenant: Tenant, group: Group, memberId: string): GraphReply {
  if (!isMember(group, memberId)) throw directoryObjectNotFound(memberId);
  tenant.removePerson(memberId);
  return { status: 204 };
}

function isMember(group: Group, id: string): boolean {
  return group.memberIds.some((memberId) => isSameId(memberId, id));
}

/** The object behind `{root}/directoryObjects/{id}`; the host must be that of this cloud. */
function readReference(call: GraphCall, reference: unknown): string {
  const url = typeof reference === 'string' && URL.canParse(reference) ? new URL(reference) : undefined;
  const [, id] = /^\/(?:v1\.0|beta)\/(?:directoryObjects|users)\/([^/]+)$/i.exec(url?.pathname ?? '') ?? [];
  if (id === undefined || url?.origin !== new URL(call.root).origin) {
    throw badRequest("Invalid URL format specified in '@odata.id'.", 'Request_BadRequest');
  }
  return decodeURIComponent(id);
}

// The codes are those of the directory; which one a dynamic group gets is undocumented.
function checkWritable(group: Group): void {
  if (group.isAssignableToRole) {
    throw new GraphProblem(403, 'Insufficient privileges to complete the operation.', 'Authorization_RequestDenied');
  }
  const isMailOnly = group.mailEnabled && !group.groupTypes?.includes('Unified');
  if (isMailOnly || group.onPremisesSyncEnabled || group.groupTypes?.includes('DynamicMembership')) {
    throw badRequest('The members of this group cannot be updated.', 'Request_BadRequest');
  }
}
