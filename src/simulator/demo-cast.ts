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
} as const;

export const demoPolicies = {
  officeWestEurope: 'cccccccc-0001-4000-8000-000000000001',
  designNorthEurope: 'cccccccc-0002-4000-8000-000000000002',
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
