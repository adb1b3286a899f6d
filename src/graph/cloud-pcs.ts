// Cloud PCs (beta: v1.0 has no status). Reads only; all may be repeated.
import type { z } from 'zod/v4';
import type { CloudPc, CloudPcKind, RemoteActionCapability } from '../domain/cloud-pc.ts';
import { InputError } from '../domain/errors.ts';
import { isSameUpn } from '../domain/people.ts';
import type { FleetPart } from '../domain/ports.ts';
import type { Ask } from './asker.ts';
import type { GraphClient } from './graph-client.ts';
import { isNotAnswerable, isNotFound } from './graph-error.ts';
import { toLiteral, toQuery, toSegment } from './graph-path.ts';
import { readPages } from './pages.ts';
import { readBody, readElements } from './read-answer.ts';
import { capabilitySchema, cloudPcSchema, pageSchema } from './schema.ts';

export const cloudPcsPath = '/deviceManagement/virtualEndpoint/cloudPCs';

/** Several come only when selected. The deprecated statusDetails is read where it comes, but no query may hang on it. */
const cloudPcProperties = [
  'id',
  'displayName',
  'managedDeviceId',
  'managedDeviceName',
  'status',
  'statusDetail',
  'servicePlanId',
  'servicePlanName',
  'provisioningPolicyId',
  'provisioningPolicyName',
  'provisioningType',
  'userExperienceType',
  'productType',
  'imageDisplayName',
  'userPrincipalName',
  'provisionedDateTime',
  'lastModifiedDateTime',
  'gracePeriodEndDateTime',
  'lastRemoteActionResult',
  'lastLoginResult',
  'lastLogoffDateTime',
] as const;

/** GET …/cloudPCs of one UPN, every page; compared again without case, whatever the filter did. */
export async function readCloudPcsOf(client: GraphClient, ask: Ask, upn: string): Promise<CloudPc[]> {
  const query = toQuery({ $select: cloudPcProperties, $filter: `userPrincipalName eq ${toLiteral(upn)}` });
  const values = await readPages(client, ask, `${cloudPcsPath}${query}`);
  const found = readElements(values, cloudPcSchema).map(toCloudPc);
  return found.filter((pc) => isSameUpn(pc.ownerUpn, upn));
}

/** Path of the list with its count, of these provisioning policies or ([]) of all. The page names no operators; `eq` is in use. */
export function cloudPcListPath(policyIds: readonly string[]): string {
  const $filter = policyIds.map((id) => `provisioningPolicyId eq ${toLiteral(id)}`).join(' or ');
  const query = { $select: cloudPcProperties, $count: 'true' };
  return `${cloudPcsPath}${toQuery(policyIds.length > 0 ? { ...query, $filter } : query)}`;
}

/**
 * GET …/cloudPCs, every page, each Cloud PC once. The page names no operators for `$filter`: compared again, and where the
 * filter is refused, looked for among all.
 */
export async function readFleet(client: GraphClient, ask: Ask, part: FleetPart): Promise<CloudPc[]> {
  const values = await readFleetPages(client, ask, part);
  const found = readListed(values).filter((pc) => isOf(pc, part));
  return [...new Map(found.map((pc) => [pc.id.toLowerCase(), pc])).values()];
}

async function readFleetPages(client: GraphClient, ask: Ask, part: FleetPart): Promise<unknown[]> {
  const all = { $select: cloudPcProperties };
  const read = (query: Parameters<typeof toQuery>[0]) => readPages(client, ask, `${cloudPcsPath}${toQuery(query)}`);
  if (part === 'all') return read(all);
  const $filter =
    part === 'failed' ? `status eq ${toLiteral(part)}` : `provisioningPolicyId eq ${toLiteral(part.policyId)}`;
  try {
    return await read({ ...all, $filter });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return read(all);
  }
}

function isOf(pc: CloudPc, part: FleetPart): boolean {
  if (part === 'all') return true;
  if (part === 'failed') return pc.status.toLowerCase() === part;
  return pc.policyId?.toLowerCase() === part.policyId.toLowerCase();
}

/** Elements of a page of the list. */
export function readListed(values: readonly unknown[]): CloudPc[] {
  return readElements(values, cloudPcSchema).map(toCloudPc);
}

/** GET …/cloudPCs/{id}. null: gone. */
export async function readCloudPc(ask: Ask, cloudPcId: string): Promise<CloudPc | null> {
  const query = toQuery({ $select: cloudPcProperties });
  const reply = await ask({ method: 'GET', path: `${cloudPcsPath}/${toSegment(cloudPcId)}${query}` });
  return isNotFound(reply) ? null : toCloudPc(readBody(reply, cloudPcSchema));
}

/** GET …/cloudPCs/{id}/getSupportedCloudPcRemoteActions. null: Graph does not know. */
export async function readRemoteActions(ask: Ask, cloudPcId: string): Promise<RemoteActionCapability[] | null> {
  const path = `${cloudPcsPath}/${toSegment(cloudPcId)}/getSupportedCloudPcRemoteActions`;
  const reply = await ask({ method: 'GET', path });
  if (isNotAnswerable(reply)) return null;
  const capabilities = readElements(readBody(reply, pageSchema).value, capabilitySchema);
  return capabilities.map(({ actionName, actionCapability }) => ({
    name: actionName,
    // A word not known must not refuse what Graph itself would take.
    enabled: actionCapability?.toLowerCase() !== 'disabled',
  }));
}

function toCloudPc(pc: z.output<typeof cloudPcSchema>): CloudPc {
  const action = pc.lastRemoteActionResult;
  return {
    id: pc.id,
    name: pc.managedDeviceName || pc.displayName || pc.id,
    deviceId: pc.managedDeviceId || null,
    status: pc.status ?? 'unknownFutureValue',
    statusDetail: pc.statusDetail ?? pc.statusDetails,
    servicePlanId: pc.servicePlanId,
    servicePlanName: pc.servicePlanName,
    policyId: pc.provisioningPolicyId,
    policyName: pc.provisioningPolicyName,
    imageName: pc.imageDisplayName,
    ownerUpn: pc.userPrincipalName || null,
    provisionedAt: pc.provisionedDateTime,
    modifiedAt: pc.lastModifiedDateTime,
    graceEndsAt: pc.gracePeriodEndDateTime,
    lastAction: action && { name: action.actionName, state: action.actionState ?? '', startedAt: action.startDateTime },
    lastSignInAt: pc.lastLoginResult?.time ?? null,
    lastSignOutAt: pc.lastLogoffDateTime,
    kind: kindOf(pc),
  };
}

/**
 * `shared` is the older word for both modes of Frontline (it stops coming in 2027): who is named as the owner has it in dedicated
 * mode. A word not known yet is taken for the person's own when it names one.
 */
function kindOf(pc: z.output<typeof cloudPcSchema>): CloudPcKind {
  if (pc.userExperienceType?.toLowerCase() === 'cloudapp') return 'cloudApp';
  const type = pc.provisioningType?.toLowerCase() ?? '';
  if (type === 'sharedbyentragroup' || !pc.userPrincipalName) return 'shared';
  if (type === 'reserve') return 'reserve';
  const isFrontline = type === 'shared' || type === 'sharedbyuser' || pc.productType?.toLowerCase() === 'frontline';
  return isFrontline ? 'frontline' : 'dedicated';
}
