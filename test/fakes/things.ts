// Things of the domain for tests, each with overrides.
import type { Baseline } from '../../src/domain/baseline.ts';
import type { Bulk, Candidate } from '../../src/domain/bulk.ts';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Item } from '../../src/domain/item.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Starter } from '../../src/domain/ports.ts';
import type { Request } from '../../src/domain/request.ts';
import { day, hour, minute } from '../../src/domain/time.ts';
import type { Wave } from '../../src/domain/waves.ts';

export const limits: Policy['limits'] = {
  perCloudPcCooldownMs: day,
  startsPerHour: 200,
  bulkMax: 500,
  canary: 1,
  waveSize: 25,
  stopWhenFailedPercent: 10,
  unknownAfterMs: 15 * minute,
  slowAfterMs: 90 * minute,
  giveUpAfterMs: 6 * hour,
  membershipWithinMs: 30 * minute,
  licenceWithinMs: 2 * hour,
  cloudPcWithinMs: 2 * hour,
};

export const aPolicy: Policy = {
  roles: { admins: ['group-admins'], approvers: ['group-approvers'], vip: ['group-vip'] },
  selfService: { reprovision: 'approval', assign: 'off', respectResetEnabled: false, osVersions: [], accountTypes: [] },
  admin: { single: 'approval', bulk: 'approval', assign: 'approval', osVersions: [], accountTypes: [] },
  approval: { needed: 1, neededForBulk: 1, expiresAfterMs: 3 * day, remindEveryMs: 8 * hour, escalateAfterMs: day },
  channel: { language: 'en', timeZone: 'Europe/Berlin' },
  limits,
  mail: { from: null, whenStarted: false, whenFinished: true, customText: true },
  windows365: {
    licenceGroups: [],
    provisioningGroupPrefix: null,
    provisioningGroup: null,
    userSettingsGroupPrefix: null,
    userSettingsGroup: null,
    frontlinePolicies: [],
    endGracePeriod: false,
  },
  ticket: { enabled: false, queue: null, customerId: null },
};

export function aCloudPc(changes: Partial<CloudPc> = {}): CloudPc {
  return {
    id: 'pc-1',
    name: 'CPC-ada-7F3KQ',
    deviceId: 'device-1',
    status: 'provisioned',
    statusDetail: null,
    servicePlanId: 'plan-1',
    servicePlanName: 'Cloud PC Enterprise 4vCPU/16GB/256GB',
    policyId: 'policy-1',
    policyName: 'Office West Europe',
    imageName: 'Windows 11 24H2',
    ownerUpn: 'ada@contoso.com',
    provisionedAt: 1,
    modifiedAt: 1,
    graceEndsAt: null,
    lastAction: null,
    lastSignInAt: null,
    lastSignOutAt: null,
    kind: 'dedicated',
    ...changes,
  };
}

/** As `findStarter` finds it without single sign-on. */
export function byTheApplication(starter: Starter) {
  return { kind: 'starter', starter, inWhoseName: 'application' } as const;
}

export function someBaseline(): Baseline {
  return {
    cloudPcId: 'pc-1',
    status: 'provisioned',
    provisionedAt: 1,
    modifiedAt: 1,
    lastActionStartedAt: null,
    lastActionName: null,
    servicePlanId: 'plan-1',
    policyId: 'policy-1',
    ownersCloudPcIds: ['pc-1'],
  };
}

export function anItem(changes: Partial<Item> = {}): Item {
  return {
    id: 'item-1',
    requestId: 'request-1',
    wave: 1,
    owner: { id: 'ada', name: 'Ada Arendt' },
    ownerUpn: 'ada@contoso.com',
    state: 'queued',
    attempt: 0,
    cloudPc: aCloudPc(),
    baseline: null,
    intentId: null,
    bulkActionId: null,
    waitsForWindow: false,
    givenBack: 0,
    hold: null,
    sawBusy: false,
    isSlow: false,
    missingSince: null,
    lastSeen: null,
    newName: null,
    outcome: null,
    queuedAt: 0,
    checkingAt: null,
    startingAt: null,
    signInSince: null,
    unknownSince: null,
    buildingAt: null,
    endedAt: null,
    dueAt: null,
    lookAt: null,
    ...changes,
  };
}

export function aRequest(changes: Partial<Request> = {}): Request {
  const ada = { id: 'ada', name: 'Ada Arendt' };
  return {
    id: 'request-1',
    code: 'R-1042',
    operation: 'reprovision',
    state: 'awaitingApproval',
    revision: 1,
    version: 1,
    requester: ada,
    owner: ada,
    ownerUpn: 'ada@contoso.com',
    options: { osVersion: null, accountType: null },
    mail: { wanted: false, text: null },
    reason: 'Apps no longer start',
    bulk: null,
    approval: { needed: 1, byAdmin: false, rule: 'selfService.reprovision' },
    decisions: [],
    tally: { queued: 1 },
    cancelledBy: null,
    createdAt: 0,
    submittedAt: 0,
    approvedAt: null,
    expiresAt: 3 * day,
    endedAt: null,
    ...changes,
  };
}

/** What was chosen for a bulk request that nothing stands in the way of. */
export function aBulk(changes: Partial<Bulk> = {}): Bulk {
  return {
    source: { type: 'group', name: 'Sales' },
    counts: { found: 5, notFound: 2, leftOut: 1, remaining: 4, notSignedOut: 1 },
    duringMaintenance: false,
    pause: null,
    tolerated: null,
    stopped: null,
    retriedBy: null,
    ...changes,
  };
}

export function aWave(changes: Partial<Wave> = {}): Wave {
  const wave = { requestId: 'request-1', number: 1, size: 1, beganAt: null, endedAt: null, dueAt: null, ...changes };
  return { tally: { queued: wave.size }, ...wave };
}

export function aCandidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    number: 1,
    words: 'ada@contoso.com',
    owner: { id: 'ada', name: 'Ada Arendt' },
    ownerUpn: 'ada@contoso.com',
    cloudPc: aCloudPc(),
    leftOut: null,
    ...changes,
  };
}

/** Where no ticket is meant to be sent. */
export function noTicket(): never {
  throw new Error('nobody asked for a ticket');
}
