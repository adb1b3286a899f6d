// Provisioning policies and user settings of Windows 365, read only.
import type { Json } from '../graph-call.ts';
import { GraphProblem } from '../graph-problem.ts';
import { isSameId } from '../ids.ts';
import { answerCollection, answerEntity } from '../odata/answer.ts';
import type { ResourceType } from '../odata/resource-type.ts';
import { assignmentsOf, type PolicyAssignment, provisioningTypeOf } from '../policy-assignments.ts';
import type { Tenant } from '../tenant.ts';
import type { ProvisioningPolicy, UserSetting } from '../tenant-types.ts';
import type { Route } from './route.ts';

const hour = 60 * 60 * 1000;

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
  ...readRoutes('provisioningPolicies', policyType, (tenant) =>
    tenant.provisioningPolicies.map((policy) => policyEntity(policy, tenant.delays.graceMs)),
  ),
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

function policyEntity(policy: ProvisioningPolicy, graceMs: number): Json {
  const { assignedGroupIds: _, servicePlanId: __, sizes: ___, regionGroup, regionName, locale, ...named } = policy;
  return {
    ...named,
    provisioningType: provisioningTypeOf(policy),
    imageType: 'gallery',
    cloudPcNamingTemplate: 'CPC-%USERNAME:5%-%RAND:5%',
    domainJoinConfigurations: [
      { domainJoinType: 'azureADJoin', regionGroup, regionName, onPremisesConnectionId: null },
    ],
    enableSingleSignOn: true,
    gracePeriodInHours: Math.round(graceMs / hour),
    localAdminEnabled: false,
    windowsSetting: { locale },
    managedBy: 'windows365',
    scopeIds: ['0'],
    userExperienceType: 'cloudPc',
    assignments: assignmentEntities(policy.id, assignmentsOf(policy)),
  };
}

function settingEntity(setting: UserSetting): Json {
  const { assignedGroupIds, userRestoreEnabled, ...named } = setting;
  return {
    ...named,
    restorePointSetting: { frequencyType: 'twelveHours', userRestoreEnabled },
    lastModifiedDateTime: setting.createdDateTime,
    selfServiceEnabled: false,
    assignments: assignmentEntities(
      setting.id,
      assignedGroupIds.map((groupId) => ({ groupId, servicePlanId: null })),
    ),
  };
}

function assignmentEntities(ownerId: string, assignments: readonly PolicyAssignment[]): Json[] {
  return assignments.map((assignment) => ({
    id: `${ownerId}_${assignment.groupId}`,
    target: { '@odata.type': '#microsoft.graph.cloudPcManagementGroupAssignmentTarget', ...assignment },
  }));
}
