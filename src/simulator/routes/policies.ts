// Provisioning policies and user settings of Windows 365, read only.
import type { Json } from '../graph-call.ts';
import { GraphProblem } from '../graph-problem.ts';
import { isSameId } from '../ids.ts';
import { answerCollection, answerEntity } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import type { Tenant } from '../tenant.ts';
import type { ProvisioningPolicy, UserSetting } from '../tenant-types.ts';
import type { Route } from './route.ts';

const virtualEndpoint = '/deviceManagement/virtualEndpoint';

const ofPolicy = [
  'id',
  'displayName',
  'description',
  'provisioningType',
  'imageId',
  'imageDisplayName',
  'imageType',
  'alternateResourceUrl',
  'cloudPcGroupDisplayName',
  'cloudPcNamingTemplate',
  'domainJoinConfigurations',
  'enableSingleSignOn',
  'gracePeriodInHours',
  'localAdminEnabled',
  'microsoftManagedDesktop',
  'autopatch',
  'windowsSetting',
];

const policyType: ResourceType = {
  name: 'microsoft.graph.cloudPcProvisioningPolicy',
  collection: 'deviceManagement/virtualEndpoint/provisioningPolicies',
  properties: {
    'v1.0': { usual: ofPolicy, onSelect: [] },
    beta: { usual: [...ofPolicy, 'managedBy', 'scopeIds', 'userExperienceType'], onSelect: [] },
  },
  navigation: ['assignments'],
  newerMembers: { provisioningType: ['sharedByUser', 'sharedByEntraGroup', 'reserve'] },
};

const ofSetting = [
  'id',
  'displayName',
  'localAdminEnabled',
  'resetEnabled',
  'restorePointSetting',
  'createdDateTime',
  'lastModifiedDateTime',
];

const settingType: ResourceType = {
  name: 'microsoft.graph.cloudPcUserSetting',
  collection: 'deviceManagement/virtualEndpoint/userSettings',
  properties: {
    'v1.0': { usual: ofSetting, onSelect: [] },
    beta: { usual: [...ofSetting, 'selfServiceEnabled', 'notificationSetting'], onSelect: [] },
  },
  navigation: ['assignments'],
  newerMembers: {},
};

/** https://learn.microsoft.com/graph/api/virtualendpoint-list-provisioningpolicies, virtualendpoint-list-usersettings. */
export const policyRoutes: readonly Route[] = [
  ...readRoutes('provisioningPolicies', policyType, (tenant) => tenant.provisioningPolicies.map(policyEntity)),
  ...readRoutes('userSettings', settingType, (tenant) => tenant.userSettings.map(settingEntity)),
];

function readRoutes(name: string, type: ResourceType, entitiesOf: (tenant: Tenant) => Json[]): Route[] {
  return [
    {
      method: 'GET',
      pattern: `${virtualEndpoint}/${name}`,
      answer: (call, tenant) =>
        answerCollection(type, call, entitiesOf(tenant), tenant.paging, ['$filter', '$top', '$expand']),
    },
    {
      method: 'GET',
      pattern: `${virtualEndpoint}/${name}/{entityId}`,
      answer: (call, tenant, parameter) => {
        const entity = entitiesOf(tenant).find(({ id }) => isSameId(String(id), parameter('entityId')));
        if (!entity) throw new GraphProblem(404, `'${parameter('entityId')}' was not found.`);
        return answerEntity(type, call, entity);
      },
    },
  ];
}

function policyEntity(policy: ProvisioningPolicy): Json {
  const { assignedGroupIds, servicePlanId = null, regionGroup, regionName, locale, ...named } = policy;
  return {
    ...named,
    provisioningType: servicePlanId === null ? 'dedicated' : 'sharedByUser',
    imageType: 'gallery',
    cloudPcNamingTemplate: 'CPC-%USERNAME:5%-%RAND:5%',
    domainJoinConfigurations: [
      { domainJoinType: 'azureADJoin', regionGroup, regionName, onPremisesConnectionId: null },
    ],
    enableSingleSignOn: true,
    gracePeriodInHours: 168,
    localAdminEnabled: false,
    windowsSetting: { locale },
    managedBy: 'windows365',
    scopeIds: ['0'],
    userExperienceType: 'cloudPc',
    assignments: assignmentsOf(policy.id, assignedGroupIds, servicePlanId),
  };
}

function settingEntity(setting: UserSetting): Json {
  const { assignedGroupIds, userRestoreEnabled, ...named } = setting;
  return {
    ...named,
    restorePointSetting: { frequencyType: 'twelveHours', userRestoreEnabled },
    lastModifiedDateTime: setting.createdDateTime,
    selfServiceEnabled: false,
    assignments: assignmentsOf(setting.id, assignedGroupIds, null),
  };
}

function assignmentsOf(ownerId: string, groupIds: readonly string[], servicePlanId: string | null): Json[] {
  return groupIds.map((groupId) => ({
    id: `${ownerId}_${groupId}`,
    target: {
      '@odata.type': '#microsoft.graph.cloudPcManagementGroupAssignmentTarget',
      groupId,
      servicePlanId,
    },
  }));
}
