// The properties of microsoft.graph.cloudPC in each version.
import type { ResourceType } from '../odata/resource-type.ts';

const inBoth = [
  'id',
  'displayName',
  'aadDeviceId',
  'imageDisplayName',
  'managedDeviceId',
  'managedDeviceName',
  'provisioningPolicyId',
  'provisioningPolicyName',
  'provisioningType',
  'onPremisesConnectionName',
  'servicePlanId',
  'servicePlanName',
  'userPrincipalName',
  'gracePeriodEndDateTime',
  'lastModifiedDateTime',
];

/** https://learn.microsoft.com/graph/api/resources/cloudpc: v1.0 has no status, and nothing that must be selected. */
export const cloudPcType: ResourceType = {
  name: 'microsoft.graph.cloudPC',
  collection: 'deviceManagement/virtualEndpoint/cloudPCs',
  properties: {
    'v1.0': { usual: inBoth, onSelect: [] },
    beta: {
      usual: [
        ...inBoth,
        'status',
        'statusDetail',
        'statusDetails',
        'servicePlanType',
        'productType',
        'provisionedDateTime',
        'diskEncryptionState',
        'deviceRegionName',
        'allotmentDisplayName',
        'partnerAgentInstallResults',
        'sharedDeviceDetail',
        'scopeIds',
        'connectionSetting',
        'connectionSettings',
        'disasterRecoveryCapability',
        'isDisasterRecoveryActive',
        'groupDetail',
        'userDetail',
        'userExperienceType',
        'frontlineCloudPcAvailability',
      ],
      onSelect: [
        'powerState',
        'connectivityResult',
        'lastLoginResult',
        'lastRemoteActionResult',
        'lastLogoffDateTime',
        'osVersion',
        'userAccountType',
      ],
    },
  },
  navigation: [],
  newerMembers: {
    status: [
      'movingRegion',
      'resizePendingLicense',
      'updatingSingleSignOn',
      'modifyingSingleSignOn',
      'refreshPolicyConfiguration',
      'preparing',
      'failoverInProgress',
      'failbackInProgress',
    ],
    provisioningType: ['sharedByUser', 'sharedByEntraGroup', 'reserve'],
  },
};
