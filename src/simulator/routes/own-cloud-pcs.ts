// A person's own Cloud PCs, with their own token. https://learn.microsoft.com/graph/api/user-list-cloudpcs, cloudpc-reprovision
import type { CloudPc } from '../cloud-pcs/cloud-pc.ts';
import type { GraphCall, GraphReply } from '../graph-call.ts';
import { badRequest, GraphProblem } from '../graph-problem.ts';
import { isSameId } from '../ids.ts';
import { answerCollection } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { Tenant } from '../tenant.ts';
import { cloudPcType } from './cloud-pc-type.ts';
import { start, toEntity } from './cloud-pcs.ts';
import type { Route } from './route.ts';

/** "This method returns the following properties only": no policy, no UPN, no dates but one. */
const returned = [
  'id',
  'displayName',
  'imageDisplayName',
  'servicePlanId',
  'servicePlanName',
  'lastModifiedDateTime',
  'aadDeviceId',
  'gracePeriodEndDateTime',
];
const ownCloudPcType: ResourceType = {
  ...cloudPcType,
  collection: 'me/cloudPCs',
  properties: {
    'v1.0': { usual: returned, onSelect: [] },
    beta: { usual: [...returned, 'servicePlanType', 'status', 'statusDetails'], onSelect: [] },
  },
};

export const ownCloudPcRoutes: readonly Route[] = ['/me', '/users/{userId}'].flatMap((root): Route[] => [
  {
    method: 'GET',
    pattern: `${root}/cloudPCs`,
    forPeople: true,
    answer: (call, tenant, parameter) => {
      const own = ownOf(call, tenant, root === '/me' ? null : parameter('userId'));
      return answerCollection(ownCloudPcType, call, own.map(toEntity), tenant.paging, []);
    },
  },
  {
    method: 'POST',
    pattern: `${root}/cloudPCs/{cloudPcId}/reprovision`,
    forPeople: true,
    answer: (call, tenant, parameter) =>
      reprovisionOwn(call, tenant, root === '/me' ? null : parameter('userId'), parameter('cloudPcId')),
    arrived: (tenant, parameter) => tenant.countReprovisionPost(parameter('cloudPcId')),
  },
]);

/** @param userId as the path names the person; null: `/me` */
function ownOf(call: GraphCall, tenant: Tenant, userId: string | null): readonly CloudPc[] {
  const person = call.personId === null ? undefined : tenant.findPerson(call.personId);
  // "The specified user (who is the signed-in user)"; no application permission is supported.
  if (!person || (userId !== null && tenant.findPerson(userId) !== person))
    throw new GraphProblem(403, 'Access is denied to the requested resource.');
  return tenant
    .cloudPcs()
    .filter(({ userPrincipalName }) => isSameId(userPrincipalName ?? '', person.userPrincipalName));
}

function reprovisionOwn(call: GraphCall, tenant: Tenant, userId: string | null, cloudPcId: string): GraphReply {
  const isOwn = ownOf(call, tenant, userId).some(({ id }) => isSameId(id, cloudPcId));
  if (!isOwn) throw new GraphProblem(404, `The Cloud PC '${cloudPcId}' was not found.`);
  // "Only the APIs for admin support request body."
  if (call.body !== undefined) throw badRequest('This API does not support a request body.');
  return start(tenant, cloudPcId, {});
}
