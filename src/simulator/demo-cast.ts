// Fixed ids of the demo tenant: the demo, its policy.yaml and the tests name people and groups by them.

export const demoTenantId = '11111111-1111-4111-8111-111111111111';

/** Entra object ids. */
export const demoPeople = {
  ada: 'aaaaaaaa-0001-4000-8000-000000000001',
  ben: 'aaaaaaaa-0002-4000-8000-000000000002',
  cleo: 'aaaaaaaa-0003-4000-8000-000000000003',
  ivan: 'aaaaaaaa-0004-4000-8000-000000000004',
  ines: 'aaaaaaaa-0005-4000-8000-000000000005',
  adam: 'aaaaaaaa-0006-4000-8000-000000000006',
  owen: 'aaaaaaaa-0007-4000-8000-000000000007',
} as const;

/** Object ids of the Entra groups that policy.yaml names. */
export const demoGroups = {
  admins: 'bbbbbbbb-0001-4000-8000-000000000001',
  approvers: 'bbbbbbbb-0002-4000-8000-000000000002',
  vip: 'bbbbbbbb-0003-4000-8000-000000000003',
  officeUsers: 'bbbbbbbb-0004-4000-8000-000000000004',
  designUsers: 'bbbbbbbb-0005-4000-8000-000000000005',
  resetAllowed: 'bbbbbbbb-0006-4000-8000-000000000006',
  licence4Cpu: 'bbbbbbbb-0007-4000-8000-000000000007',
  licence2Cpu: 'bbbbbbbb-0008-4000-8000-000000000008',
  licence8Cpu: 'bbbbbbbb-0009-4000-8000-000000000009',
  restoreDenied: 'bbbbbbbb-0010-4000-8000-000000000010',
  frontline2Cpu: 'bbbbbbbb-0011-4000-8000-000000000011',
  frontline4Cpu: 'bbbbbbbb-0012-4000-8000-000000000012',
} as const;

export const demoPolicies = {
  officeWestEurope: 'cccccccc-0001-4000-8000-000000000001',
  designNorthEurope: 'cccccccc-0002-4000-8000-000000000002',
  shiftsWestEurope: 'cccccccc-0003-4000-8000-000000000003',
} as const;

/** skuIds of Windows 365 Enterprise, as in every tenant. */
export const demoSkus = {
  cpu4: '96d2951e-cb42-4481-9d6d-cad3baac177e',
  cpu2: 'e2aebe6c-897d-480f-9d62-fff1381581f7',
  cpu8: '9fb0ba5f-4825-4e84-b239-5167a3a5d4dc',
} as const;

/** Service plans, by which Cloud PCs name their size. */
export const demoServicePlans = {
  cpu4: '9ecf691d-8b82-46cb-b254-cd061b2c02fb',
  cpu2: '3e3f9a54-6c05-4a0f-9d3e-6e2f5a7c1b28',
  cpu8: '5a1c7d92-8f34-4b6e-a2d0-9c4e6b8f7a13',
} as const;

/** Service plans of Frontline: seats for a size, without a licence of one's own. */
export const demoFrontlinePlans = {
  cpu2: '2d1c6e9b-4f52-4e0b-9c3d-8a7b6c5d4e3f',
  cpu4: '8b3f0c47-6a1d-4e92-b5c8-1f7d9a2e6c40',
} as const;

export const demoCloudPcs = {
  ada: 'b0a9cde2-e170-4dd9-97c3-ad1d3328a711',
  benOffice: 'e9c3a1d4-0f6b-4c7e-8a2d-5b1f0c9e7d66',
  benDesign: '7d1f2b3c-5e4a-4f09-9b6d-2c8a7e3f1d05',
} as const;

/** Addresses of the shared mailboxes. */
export const demoMailboxes = { sender: 'cloudpc@contoso.com', tickets: 'support@contoso.com' } as const;

/** The bot's app: `id` in the catalog, `externalId` in the manifest. */
export const demoTeamsApp = {
  id: 'dddddddd-0001-4000-8000-000000000001',
  externalId: 'dddddddd-0002-4000-8000-000000000002',
} as const;
