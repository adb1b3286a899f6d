// The demo tenant: Ada has one Cloud PC, Ben two, Cléo and Owen none; Ivan and Inés approve, Adam administers.
import type { CloudPcSeed } from './cloud-pcs/cloud-pc.ts';
import {
  demoCloudPcs,
  demoFrontlinePlans,
  demoGroups,
  demoMailboxes,
  demoPeople,
  demoPolicies,
  demoServicePlans,
  demoSkus,
  demoTeamsApp,
  demoTenantId,
} from './demo-cast.ts';
import type { FrontlinePlan, Group, Person, ProvisioningPolicy, Sku, TenantSeed, UserSetting } from './tenant-types.ts';

const people: readonly Person[] = [
  person(demoPeople.ada, 'Ada', 'Arendt', 'ada', 'en-GB', 'DE'),
  person(demoPeople.ben, 'Ben', 'Bauer', 'ben', 'de-DE', 'DE'),
  person(demoPeople.cleo, 'Cléo', 'Costa', 'cleo', 'fr-FR', 'FR'),
  person(demoPeople.ivan, 'Ivan', 'Ilić', 'ivan', 'en-US', 'HR'),
  person(demoPeople.ines, 'Inés', 'Ibarra', 'ines', 'en-US', 'ES'),
  person(demoPeople.adam, 'Adam', 'Acker', 'adam', 'en-US', 'US'),
  person(demoPeople.owen, 'Owen', "O'Neil", "o'neil", null, 'IE'),
  sharedMailbox('aaaaaaaa-0101-4000-8000-000000000101', 'Cloud PC Concierge', demoMailboxes.sender),
  sharedMailbox('aaaaaaaa-0102-4000-8000-000000000102', 'Support', demoMailboxes.tickets),
];

const groups: readonly Group[] = [
  group(demoGroups.admins, 'Cloud PC Admins', [demoPeople.adam]),
  group(demoGroups.approvers, 'Cloud PC Approvers', [demoPeople.ivan, demoPeople.ines]),
  group(demoGroups.vip, 'Cloud PC VIP', []),
  group(demoGroups.officeUsers, 'cfg - Windows 365 - Provisioning - Office', [demoPeople.ada, demoPeople.ben]),
  group(demoGroups.designUsers, 'cfg - Windows 365 - Provisioning - Design', [demoPeople.ben]),
  group(demoGroups.resetAllowed, 'cfg - Windows 365 - User Settings - restore allowed', [
    demoGroups.officeUsers,
    demoGroups.designUsers,
  ]),
  licenceGroup(demoGroups.licence4Cpu, '4 vCPU 16 GB 256 GB', demoSkus.cpu4, [demoPeople.ada]),
  licenceGroup(demoGroups.licence2Cpu, '2 vCPU 8 GB 128 GB', demoSkus.cpu2, [demoPeople.ben]),
  licenceGroup(demoGroups.licence8Cpu, '8 vCPU 32 GB 512 GB', demoSkus.cpu8, [demoPeople.ben]),
  group(demoGroups.restoreDenied, 'cfg - Windows 365 - User Settings - restore denied', []),
  group(demoGroups.frontline2Cpu, 'cfg - Windows 365 - Frontline - 2 vCPU 8 GB 128 GB', []),
  group(demoGroups.frontline4Cpu, 'cfg - Windows 365 - Frontline - 4 vCPU 16 GB 128 GB', []),
];

// Of the 4 and 2 vCPU licences there are free seats. The 8 vCPU licence is used up: Ben has the only seat.
const skus: readonly Sku[] = [
  sku(demoSkus.cpu4, 'CPC_E_4C_16GB_256GB', 25, demoServicePlans.cpu4),
  sku(demoSkus.cpu2, 'CPC_E_2C_8GB_128GB', 10, demoServicePlans.cpu2),
  sku(demoSkus.cpu8, 'CPC_E_8C_32GB_512GB', 1, demoServicePlans.cpu8),
];

const frontlinePlans: readonly FrontlinePlan[] = [
  {
    id: demoFrontlinePlans.cpu2,
    displayName: 'Cloud PC Frontline 2vCPU/8GB/128GB',
    totalCount: 12,
    usedCount: 0,
  },
  {
    id: demoFrontlinePlans.cpu4,
    displayName: 'Cloud PC Frontline 4vCPU/16GB/128GB',
    totalCount: 2,
    usedCount: 0,
  },
];

const provisioningPolicies: readonly ProvisioningPolicy[] = [
  policy(demoPolicies.officeWestEurope, 'Office West Europe', 'westeurope', [demoGroups.officeUsers]),
  policy(demoPolicies.designNorthEurope, 'Design North Europe', 'northeurope', [demoGroups.designUsers]),
  {
    ...policy(demoPolicies.shiftsWestEurope, 'Shifts West Europe', 'westeurope', []),
    sizes: [
      { groupId: demoGroups.frontline2Cpu, servicePlanId: demoFrontlinePlans.cpu2 },
      { groupId: demoGroups.frontline4Cpu, servicePlanId: demoFrontlinePlans.cpu4 },
    ],
  },
];

const userSettings: readonly UserSetting[] = [
  userSetting('eeeeeeee-0001-4000-8000-000000000001', 'Restore and reset allowed', true, demoGroups.resetAllowed),
  userSetting('eeeeeeee-0002-4000-8000-000000000002', 'Restore and reset denied', false, demoGroups.restoreDenied),
];

const cloudPcs: readonly CloudPcSeed[] = [
  {
    id: demoCloudPcs.ada,
    name: 'CPC-ada-7F3KQ',
    nextName: 'CPC-ada-9X2LM',
    userPrincipalName: 'ada@contoso.com',
    ownerName: 'Ada Arendt',
    servicePlan: { id: demoServicePlans.cpu4, name: 'Cloud PC Enterprise 4vCPU/16GB/256GB' },
    provisioningPolicyId: demoPolicies.officeWestEurope,
    provisionedDateTime: '2026-03-12T09:22:00Z',
    lastLoginTime: '2026-11-20T07:41:00Z',
  },
  {
    id: demoCloudPcs.benOffice,
    name: 'CPC-ben-2M8TD',
    userPrincipalName: 'ben@contoso.com',
    ownerName: 'Ben Bauer',
    servicePlan: { id: demoServicePlans.cpu2, name: 'Cloud PC Enterprise 2vCPU/8GB/128GB' },
    provisioningPolicyId: demoPolicies.officeWestEurope,
    provisionedDateTime: '2026-03-12T09:22:00Z',
    lastLoginTime: '2026-11-19T16:12:00Z',
    changes: {
      status: 'provisionedWithWarnings',
      statusDetail: {
        code: 'internalServerError',
        message: 'The Cloud PC was provisioned, but a step after provisioning failed.',
        additionalInformation: [{ name: 'retriable', value: 'false' }],
      },
    },
  },
  {
    id: demoCloudPcs.benDesign,
    name: 'CPC-ben-5RW1Z',
    userPrincipalName: 'ben@contoso.com',
    ownerName: 'Ben Bauer',
    servicePlan: { id: demoServicePlans.cpu8, name: 'Cloud PC Enterprise 8vCPU/32GB/512GB' },
    provisioningPolicyId: demoPolicies.designNorthEurope,
    provisionedDateTime: '2026-09-01T07:00:00Z',
    lastLoginTime: '2026-10-30T08:05:00Z',
  },
];

/** Names, plans and policies are those of the cards' pictures. */
export const demoTenant: TenantSeed = {
  tenantId: demoTenantId,
  people,
  groups,
  provisioningPolicies,
  userSettings,
  skus,
  frontlinePlans,
  cloudPcs,
  teamsApps: [{ ...demoTeamsApp, displayName: 'Cloud PC Concierge', distributionMethod: 'organization' }],
};

function person(
  id: string,
  givenName: string,
  surname: string,
  alias: string,
  preferredLanguage: string | null,
  usageLocation: string,
): Person {
  const address = `${alias}@contoso.com`;
  return {
    id,
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    userPrincipalName: address,
    mail: address,
    accountEnabled: true,
    preferredLanguage,
    usageLocation,
  };
}

function sharedMailbox(id: string, displayName: string, address: string): Person {
  return {
    id,
    displayName,
    givenName: null,
    surname: null,
    userPrincipalName: address,
    mail: address,
    accountEnabled: false,
    preferredLanguage: null,
    usageLocation: null,
  };
}

function group(id: string, displayName: string, memberIds: string[]): Group {
  return { id, displayName, description: null, memberIds };
}

function licenceGroup(id: string, size: string, skuId: string, memberIds: string[]): Group {
  const named = group(id, `lic - Windows 365 Enterprise - ${size}`, memberIds);
  return { ...named, assignedLicenses: [{ skuId, disabledPlans: [] }] };
}

function sku(skuId: string, skuPartNumber: string, enabledUnits: number, servicePlanId: string): Sku {
  return {
    skuId,
    skuPartNumber,
    enabledUnits,
    usedElsewhere: 0,
    servicePlans: [{ servicePlanId, servicePlanName: skuPartNumber }],
  };
}

function policy(id: string, displayName: string, regionName: string, assignedGroupIds: string[]): ProvisioningPolicy {
  return {
    id,
    displayName,
    description: '',
    imageId: 'MicrosoftWindowsDesktop_windows-ent-cpc_win11-24h2-ent-cpc-m365',
    imageDisplayName: 'Windows 11 Enterprise + Microsoft 365 Apps 24H2',
    regionGroup: 'europeUnion',
    regionName,
    locale: 'en-US',
    assignedGroupIds,
  };
}

function userSetting(id: string, displayName: string, isAllowed: boolean, groupId: string): UserSetting {
  return {
    id,
    displayName,
    localAdminEnabled: false,
    resetEnabled: isAllowed,
    userRestoreEnabled: isAllowed,
    createdDateTime: '2026-01-12T09:00:00Z',
    assignedGroupIds: [groupId],
  };
}
