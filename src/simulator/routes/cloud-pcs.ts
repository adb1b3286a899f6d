// Cloud PCs under /deviceManagement/virtualEndpoint.
import type { ReprovisionOptions } from '../cloud-pcs/build.ts';
import type { CloudPc } from '../cloud-pcs/cloud-pc.ts';
import { type GraphCall, type GraphReply, isObject, type Json } from '../graph-call.ts';
import { badRequest, GraphProblem } from '../graph-problem.ts';
import { answerCollection, answerEntity, answerValues } from '../odata/answer.ts';
import type { Tenant } from '../tenant.ts';
import { cloudPcType } from './cloud-pc-type.ts';
import type { Route } from './route.ts';

const collection = '/deviceManagement/virtualEndpoint/cloudPCs';

/** https://learn.microsoft.com/graph/api/virtualendpoint-list-cloudpcs, cloudpc-get, cloudpc-reprovision and others. */
export const cloudPcRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: collection,
    answer: (call, tenant) =>
      answerCollection(cloudPcType, call, tenant.cloudPcs().map(toEntity), tenant.paging, [
        '$filter',
        '$top',
        '$count',
      ]),
  },
  {
    method: 'GET',
    pattern: `${collection}/{cloudPcId}`,
    answer: (call, tenant, parameter) =>
      answerEntity(cloudPcType, call, toEntity(cloudPcOf(tenant, parameter('cloudPcId')))),
  },
  {
    method: 'GET',
    pattern: `${collection}/{cloudPcId}/getSupportedCloudPcRemoteActions`,
    only: 'beta',
    answer: (call, tenant, parameter) => supportedActions(call, tenant, parameter('cloudPcId')),
  },
  {
    method: 'GET',
    pattern: `${collection}/{cloudPcId}/retrieveCloudPcRemoteActionResults`,
    only: 'beta',
    answer: (call, tenant, parameter) => actionResults(call, tenant, parameter('cloudPcId')),
  },
  {
    method: 'POST',
    pattern: `${collection}/{cloudPcId}/reprovision`,
    answer: (call, tenant, parameter) => reprovision(call, tenant, parameter('cloudPcId')),
    arrived: (tenant, parameter) => tenant.countReprovisionPost(parameter('cloudPcId')),
  },
  {
    method: 'POST',
    pattern: `${collection}/{cloudPcId}/endGracePeriod`,
    answer: (call, tenant, parameter) => endGracePeriod(call, tenant, parameter('cloudPcId')),
    arrived: (tenant, parameter) => tenant.countEndGracePost(parameter('cloudPcId')),
  },
];

/** https://learn.microsoft.com/graph/api/cloudpc-endgraceperiod: 204 without a body; refusals are undocumented. */
function endGracePeriod(call: GraphCall, tenant: Tenant, cloudPcId: string): GraphReply {
  cloudPcOf(tenant, cloudPcId);
  if (call.body !== undefined) throw badRequest('This action does not take a request body.');
  const status = tenant.endGracePeriod(cloudPcId);
  if (status === undefined) return { status: 204 };
  if (status === 'deprovisioning') throw new GraphProblem(409, 'Another action is running on this Cloud PC.');
  throw badRequest(`The Cloud PC is not in its grace period; its status is ${status}.`);
}

function reprovision(call: GraphCall, tenant: Tenant, cloudPcId: string): GraphReply {
  return start(tenant, cloudPcId, readOptions(call.body));
}

/** Error codes of a refusal are undocumented: a client may rely on the status alone. */
export function start(tenant: Tenant, cloudPcId: string, options: ReprovisionOptions): GraphReply {
  cloudPcOf(tenant, cloudPcId);
  const refusal = tenant.reprovision(cloudPcId, options);
  if (!refusal) return { status: 204 };
  if (refusal.reason === 'busy') throw new GraphProblem(409, 'Another action is running on this Cloud PC.');
  throw badRequest(`The Cloud PC cannot be reprovisioned while its status is ${refusal.status}.`);
}

function readOptions(body: unknown): ReprovisionOptions {
  if (body === undefined) return {};
  if (!isObject(body)) throw badRequest('The request body must be an object.');
  const { osVersion, userAccountType, ...unknown } = body;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw badRequest(`The parameter '${stranger}' does not exist in this action.`);
  return withoutGaps({
    osVersion: readOption('osVersion', osVersion, ['windows10', 'windows11']),
    userAccountType: readOption('userAccountType', userAccountType, ['standardUser', 'administrator']),
  });
}

function readOption<Value extends string>(
  name: string,
  value: unknown,
  documented: readonly Value[],
): Value | undefined {
  if (value === undefined || value === null) return undefined;
  const known = documented.find((one) => one === value);
  if (known === undefined) throw badRequest(`Invalid value '${String(value)}' for the parameter '${name}'.`);
  return known;
}

// What was not asked for must not overwrite what the Cloud PC has.
function withoutGaps({ osVersion, userAccountType }: ReprovisionOptions): ReprovisionOptions {
  return { ...(osVersion && { osVersion }), ...(userAccountType && { userAccountType }) };
}

function supportedActions(call: GraphCall, tenant: Tenant, cloudPcId: string): GraphReply {
  cloudPcOf(tenant, cloudPcId);
  const actionCapability = tenant.reprovisionRefusal(cloudPcId) ? 'disabled' : 'enabled';
  const actions = ['restart', 'rename', 'resize', 'restore', 'reprovision', 'troubleshoot'];
  const capabilities = actions.map((actionName) => ({ actionName, actionCapability }));
  return answerValues(call, 'Collection(microsoft.graph.cloudPcRemoteActionCapability)', capabilities);
}

function actionResults(call: GraphCall, tenant: Tenant, cloudPcId: string): GraphReply {
  cloudPcOf(tenant, cloudPcId);
  const results = tenant.remoteActions(cloudPcId).map((result) => ({ ...result, statusDetails: result.statusDetail }));
  return answerValues(call, 'Collection(microsoft.graph.cloudPcRemoteActionResult)', results);
}

export function cloudPcOf(tenant: Tenant, cloudPcId: string): CloudPc {
  const cloudPc = tenant.findCloudPc(cloudPcId);
  if (!cloudPc) throw new GraphProblem(404, `The Cloud PC '${cloudPcId}' was not found.`);
  return cloudPc;
}

// statusDetails is deprecated and no longer supported, yet every sample of the documentation still shows it.
export function toEntity(cloudPc: CloudPc): Json {
  return {
    onPremisesConnectionName: '',
    diskEncryptionState: 'encryptedUsingPlatformManagedKey',
    partnerAgentInstallResults: [],
    scopeIds: ['0'],
    connectionSetting: { enableSingleSignOn: true },
    ...cloudPc,
    statusDetails: cloudPc.statusDetail,
  };
}
