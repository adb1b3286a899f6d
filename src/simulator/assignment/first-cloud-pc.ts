// A Cloud PC before its first build.
import { type CloudPc, cloudPcFrom } from '../cloud-pcs/cloud-pc.ts';
import { madeUpDeviceName, madeUpId } from '../made-up.ts';
import type { Person, ProvisioningPolicy } from '../tenant-types.ts';
import type { Entitlement } from './entitlements.ts';

/** @param number counts the Cloud PCs of the person, so that each has an id of its own */
export function firstCloudPc(
  person: Person,
  { key, kind, plans }: Entitlement,
  policy: ProvisioningPolicy,
  number: number,
  nowMs: number,
): { cloudPc: CloudPc; name: string } {
  // The naming template CPC-%USERNAME:5%-%RAND:5%; a device name has letters, digits and hyphens only.
  const [alias = ''] = person.userPrincipalName.replaceAll(/[^\w@]/g, '').split('@');
  const name = madeUpDeviceName(`CPC-${alias.slice(0, 5)}-${key.replaceAll('-', '')}`, number);
  const seed = {
    id: madeUpId('first cloud pc', person.id, key, number),
    name,
    userPrincipalName: person.userPrincipalName,
    ownerName: person.displayName,
    servicePlan: plans[0] ?? { id: '', name: '' },
    provisioningPolicyId: policy.id,
    provisionedDateTime: new Date(nowMs).toISOString(),
  };
  const ready = cloudPcFrom(seed, policy);
  const ofFrontline = { provisioningType: frontlineTypeOf(policy), productType: 'frontline' } as const;
  const cloudPc: CloudPc = {
    ...ready,
    ...(kind === 'frontline' ? ofFrontline : {}),
    status: 'notProvisioned',
    aadDeviceId: null,
    managedDeviceId: null,
    managedDeviceName: null,
    provisionedDateTime: null,
  };
  return { cloudPc, name };
}

function frontlineTypeOf({ provisioningType }: ProvisioningPolicy): 'shared' | 'sharedByUser' {
  return provisioningType === 'shared' ? 'shared' : 'sharedByUser';
}
