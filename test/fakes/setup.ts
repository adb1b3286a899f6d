// What a check finds where all is well, to be changed by a test.

import type { Group, GroupMembers } from '../../src/domain/directory.ts';
import { NotAllowedError, TemporaryError } from '../../src/domain/errors.ts';
import type { Permission } from '../../src/domain/permissions.ts';
import type { Conversation, Seen } from '../../src/domain/ports.ts';
import type { GraphFindings, RoleGroupFinding, SetupFindings, StoreFindings } from '../../src/domain/setup-findings.ts';

export const allRoles: readonly Permission[] = [
  'CloudPC.ReadWrite.All',
  'User.Read.All',
  'GroupMember.Read.All',
  'Mail.Send',
  'AppCatalog.Read.All',
  'TeamsAppInstallation.ReadWriteSelfForUser.All',
  'LicenseAssignment.Read.All',
];

export const taken: Seen<true> = { value: true };

export function refusedFor(permission: string): { fault: NotAllowedError } {
  const refusal = { because: 'missing' as const, permissions: [permission] };
  const trace = { requestId: 'graph-request-1', clientRequestId: 'ours', refusal };
  return { fault: new NotAllowedError('graph.forbidden', {}, { trace }) };
}

export const noAnswer = { fault: new TemporaryError('graph.slow') };

export function aGroup(id: string, name: string): Group {
  return {
    id,
    name,
    isDynamic: false,
    isSynced: false,
    isMailOnly: false,
    isAssignableToRole: false,
    assignedLicences: [],
  };
}

export const members = (count: number): GroupMembers => ({
  people: [],
  groups: Array.from({ length: count }, (_, n) => ({ id: `g${n}`, name: 'Nested' })),
  others: 3,
});

export function aRoleGroup(role: RoleGroupFinding['role'], name: string): RoleGroupFinding {
  const groupId = `group-${role}`;
  return { role, groupId, group: { value: aGroup(groupId, name) }, members: { value: members(1) } };
}

export function graphFindings(changes: Partial<GraphFindings> = {}): GraphFindings {
  return {
    roles: { value: allRoles },
    teamsAppId: 'app-1',
    probes: {
      taken: {
        'CloudPC.ReadWrite.All': taken,
        'User.Read.All': taken,
        'GroupMember.Read.All': taken,
        'AppCatalog.Read.All': taken,
        'TeamsAppInstallation.ReadWriteSelfForUser.All': taken,
        'LicenseAssignment.Read.All': taken,
      },
      hasCloudPcs: { value: true },
      inCatalog: { value: true },
      clockAheadMs: 700,
    },
    roleGroups: [aRoleGroup('admins', 'Cloud PC Admins'), aRoleGroup('approvers', 'Cloud PC Approvers')],
    namedGroups: [],
    frontline: [],
    provisioningPolicies: { value: 2 },
    userSettings: { value: 1 },
    skus: {
      value: [
        {
          skuId: 'sku-1',
          partNumber: 'CPC_E_2C_8GB_128GB',
          capabilityStatus: 'Enabled',
          appliesTo: 'User',
          enabledSeats: 25,
          consumedSeats: 12,
          freeSeats: 13,
          servicePlans: [],
        },
      ],
    },
    sender: {
      value: {
        id: 'sender',
        name: 'Cloud PC',
        userPrincipalName: 'cloudpc@contoso.com',
        mail: 'cloudpc@contoso.com',
        accountEnabled: false,
        isGuest: false,
        usageLocation: null,
      },
    },
    troubleSince: null,
    ...changes,
  };
}

export const aChannel: Conversation = {
  conversationId: '19:approvals',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  tenantId: 'tenant',
  kind: 'channel',
  personId: null,
  channelId: '19:approvals',
  teamName: 'IT',
  channelName: 'Cloud PC approvals',
  botId: '28:bot',
  blockedAt: null,
};

export function setupFindings(
  changes: Partial<GraphFindings> = {},
  store: StoreFindings = { kind: 'asked', channel: aChannel, startsPaused: false, mailsLost: 0, ms: 4 },
): SetupFindings {
  return { graph: graphFindings(changes), store };
}
