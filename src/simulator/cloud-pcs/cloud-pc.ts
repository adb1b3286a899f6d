// One Cloud PC as beta describes it, and how it is made from a few words.
// https://learn.microsoft.com/graph/api/resources/cloudpc?view=graph-rest-beta
import { madeUpId } from '../made-up.ts';

export type CloudPcStatus =
  | 'notProvisioned'
  | 'provisioning'
  | 'provisioned'
  | 'inGracePeriod'
  | 'deprovisioning'
  | 'failed'
  | 'provisionedWithWarnings'
  | 'resizing'
  | 'restoring'
  | 'pendingProvision'
  | 'unknownFutureValue'
  | 'movingRegion'
  | 'resizePendingLicense'
  | 'updatingSingleSignOn'
  | 'modifyingSingleSignOn'
  | 'refreshPolicyConfiguration'
  | 'preparing'
  | 'failoverInProgress'
  | 'failbackInProgress';

export type StatusDetail = {
  code: string;
  message: string;
  additionalInformation: { name: string; value: string }[];
};

export type RemoteActionResult = {
  actionName: string;
  actionState: 'none' | 'pending' | 'canceled' | 'active' | 'done' | 'failed' | 'notSupported';
  startDateTime: string;
  lastUpdatedDateTime: string;
  cloudPcId: string;
  managedDeviceId: string | null;
  statusDetail: StatusDetail | null;
};

/** The properties that a change or a build touches; the rest stays as it was made. */
export type CloudPc = {
  id: string;
  displayName: string;
  userPrincipalName: string | null;
  status: CloudPcStatus;
  statusDetail: StatusDetail | null;
  aadDeviceId: string | null;
  managedDeviceId: string | null;
  managedDeviceName: string | null;
  provisioningPolicyId: string;
  provisioningPolicyName: string;
  imageDisplayName: string;
  servicePlanId: string;
  servicePlanName: string;
  servicePlanType: 'enterprise' | 'business';
  provisioningType: 'dedicated' | 'shared' | 'sharedByUser' | 'sharedByEntraGroup' | 'reserve';
  productType: 'enterprise' | 'frontline' | 'business';
  userExperienceType: 'cloudPc' | 'cloudApp';
  deviceRegionName: string;
  provisionedDateTime: string | null;
  lastModifiedDateTime: string;
  gracePeriodEndDateTime: string | null;
  lastRemoteActionResult: RemoteActionResult | null;
  lastLoginResult: { time: string } | null;
  osVersion: 'windows10' | 'windows11' | null;
  userAccountType: 'standardUser' | 'administrator' | null;
};

/** What must be said about a Cloud PC to have one; `changes` overrides any property of the result. */
export interface CloudPcSeed {
  id: string;
  /** Device name in Intune, such as 'CPC-ada-7F3KQ'. */
  name: string;
  userPrincipalName: string;
  ownerName: string;
  servicePlan: { id: string; name: string };
  provisioningPolicyId: string;
  provisionedDateTime: string;
  lastLoginTime?: string;
  /** Device name after the next reprovision; made up when left out. */
  nextName?: string;
  changes?: Partial<CloudPc>;
}

/** Makes a ready Enterprise Cloud PC. The display name joins policy and owner, as in the documentation's samples. */
export function cloudPcFrom(
  seed: CloudPcSeed,
  policy: { displayName: string; imageDisplayName: string; regionName: string },
): CloudPc {
  return {
    id: seed.id,
    displayName: `${policy.displayName} - ${seed.ownerName}`,
    userPrincipalName: seed.userPrincipalName,
    status: 'provisioned',
    statusDetail: null,
    aadDeviceId: madeUpId('entra device', seed.id),
    managedDeviceId: madeUpId('intune device', seed.id),
    managedDeviceName: seed.name,
    provisioningPolicyId: seed.provisioningPolicyId,
    provisioningPolicyName: policy.displayName,
    imageDisplayName: policy.imageDisplayName,
    servicePlanId: seed.servicePlan.id,
    servicePlanName: seed.servicePlan.name,
    servicePlanType: 'enterprise',
    provisioningType: 'dedicated',
    productType: 'enterprise',
    userExperienceType: 'cloudPc',
    deviceRegionName: policy.regionName,
    provisionedDateTime: seed.provisionedDateTime,
    lastModifiedDateTime: seed.provisionedDateTime,
    gracePeriodEndDateTime: null,
    lastRemoteActionResult: null,
    lastLoginResult: seed.lastLoginTime ? { time: seed.lastLoginTime } : null,
    osVersion: 'windows11',
    userAccountType: 'standardUser',
    ...seed.changes,
  };
}
