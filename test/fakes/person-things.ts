// People within requests that assign Windows 365 or take it back, each with overrides.
import type {
  Entitlement,
  MembershipChange,
  PersonItem,
  PersonOrder,
  PinnedGroup,
} from '../../src/domain/person-item.ts';
import type { Request } from '../../src/domain/request.ts';
import { aCloudPc, aRequest } from './things.ts';

export const licenceGroup: PinnedGroup = {
  part: 'licence',
  id: '1c000000-0000-4000-8000-000000000001',
  name: 'lic - Windows 365 Enterprise - 2 vCPU 8 GB 128 GB',
};
export const provisioningGroup: PinnedGroup = {
  part: 'provisioning',
  id: '1c000000-0000-4000-8000-000000000002',
  name: 'cfg - Windows 365 - Provisioning - Win11',
};
export const settingsGroup: PinnedGroup = {
  part: 'settings',
  id: '1c000000-0000-4000-8000-000000000003',
  name: 'cfg - Windows 365 - User Settings - restore allowed',
};

export const aLicence: Extract<Entitlement, { kind: 'licence' }> = {
  kind: 'licence',
  group: licenceGroup,
  skuId: '1d000000-0000-4000-8000-000000000001',
  partNumber: 'CPC_E_2C_8GB_128GB',
  planIds: ['plan-1'],
};

export const aFrontlineSize: Extract<Entitlement, { kind: 'frontline' }> = {
  kind: 'frontline',
  group: { part: 'frontline', id: '1c000000-0000-4000-8000-000000000004', name: 'Frontline Shift A' },
  policyId: 'policy-2',
  policyName: 'Frontline West Europe',
  planId: 'plan-2',
  planName: 'Frontline 2 vCPU 8 GB',
};

export function aPersonOrder(changes: Partial<PersonOrder> = {}): PersonOrder {
  return {
    entitlement: aLicence,
    provisioning: provisioningGroup,
    settings: settingsGroup,
    leaves: [],
    cloudPcs: [],
    ticket: false,
    endsGrace: false,
    ...changes,
  };
}

export function aChange(changes: Partial<MembershipChange> = {}): MembershipChange {
  return { group: licenceGroup, direction: 'join', state: 'done', ...changes };
}

/** Ada, to whom Windows 365 is to be assigned; nothing was done yet. */
export function aPersonItem(changes: Partial<PersonItem> = {}): PersonItem {
  return {
    id: 'person-item-1',
    requestId: 'request-1',
    operation: 'assign',
    person: { id: 'ada', name: 'Ada Arendt' },
    upn: 'ada@contoso.com',
    order: aPersonOrder(),
    state: 'queued',
    step: 'check',
    stepSince: 0,
    changes: [],
    knownCloudPcIds: [],
    cloudPc: null,
    ticket: null,
    seats: null,
    intentId: null,
    unknownSince: null,
    attempt: 0,
    hold: null,
    isSlow: false,
    failing: null,
    outcome: null,
    queuedAt: 0,
    startedAt: null,
    buildingAt: null,
    endedAt: null,
    dueAt: null,
    claim: null,
    ...changes,
  };
}

/** Ada, from whom Windows 365 is to be taken back, with the Cloud PC that goes. */
export function anUnassignItem(changes: Partial<PersonItem> = {}): PersonItem {
  return aPersonItem({ operation: 'unassign', cloudPc: aCloudPc(), ...changes });
}

/** An admin, Ivan, asks for Ada. */
export function aPersonRequest(changes: Partial<Request> = {}): Request {
  return aRequest({
    operation: 'assign',
    requester: { id: 'ivan', name: 'Ivan Ilić' },
    reason: 'Starts on Monday',
    approval: { needed: 1, byAdmin: false, rule: 'admin.assign' },
    ...changes,
  });
}
