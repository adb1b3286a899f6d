// Rows for tests: valid by themselves, changed where a test says so.
import { randomUUID } from 'node:crypto';
import type { Baseline } from '../../src/domain/baseline.ts';
import type { CloudPc } from '../../src/domain/cloud-pc.ts';
import type { Item } from '../../src/domain/item.ts';
import type { Card, Conversation, Intent, Notice } from '../../src/domain/ports.ts';
import type { Request } from '../../src/domain/request.ts';

export const noon = Date.UTC(2026, 5, 1, 12);
export const ada = { id: 'a0000000-0000-4000-8000-000000000001', name: 'Ada Arendt' };
export const ben = { id: 'a0000000-0000-4000-8000-000000000002', name: 'Ben Bauer' };
export const ivan = { id: 'a0000000-0000-4000-8000-000000000003', name: 'Ivan Ilić' };
export const ines = { id: 'a0000000-0000-4000-8000-000000000004', name: 'Inés Ibarra' };
export const adam = { id: 'a0000000-0000-4000-8000-000000000005', name: 'Adam Acker' };

export function aCloudPc(changes: Partial<CloudPc> = {}): CloudPc {
  return {
    id: randomUUID(),
    name: 'CPC-ada-01',
    deviceId: 'device-1',
    status: 'provisioned',
    statusDetail: null,
    servicePlanId: 'plan-1',
    servicePlanName: 'Cloud PC Enterprise 2vCPU/4GB/128GB',
    policyId: 'policy-1',
    policyName: 'Win11',
    imageName: 'Windows 11',
    ownerUpn: 'ada@contoso.com',
    provisionedAt: noon - 1000,
    modifiedAt: noon - 500,
    graceEndsAt: null,
    lastAction: { name: 'Reprovision', state: 'done', startedAt: noon - 2000 },
    lastSignInAt: null,
    lastSignOutAt: null,
    kind: 'dedicated',
    ...changes,
  };
}

export function aBaseline(changes: Partial<Baseline> = {}): Baseline {
  return {
    cloudPcId: 'pc-1',
    status: 'provisioned',
    provisionedAt: noon,
    modifiedAt: noon,
    lastActionStartedAt: null,
    lastActionName: null,
    servicePlanId: 'plan-1',
    policyId: 'policy-1',
    ownersCloudPcIds: ['pc-1', 'pc-2'],
    ...changes,
  };
}

/** A submitted request. */
export function aRequest(changes: Partial<Request> = {}): Request {
  return {
    id: randomUUID(),
    code: null,
    operation: 'reprovision',
    state: 'awaitingApproval',
    revision: 1,
    version: 1,
    requester: ada,
    owner: ada,
    ownerUpn: 'ada@contoso.com',
    options: { osVersion: 'windows11', accountType: null },
    mail: { wanted: true, text: 'See you “soon”' },
    reason: 'It is slow',
    bulk: null,
    approval: { needed: 1, byAdmin: false, rule: 'selfService.reprovision: approval' },
    decisions: [],
    tally: {},
    cancelledBy: null,
    createdAt: noon,
    submittedAt: noon + 1,
    approvedAt: null,
    expiresAt: noon + 1000,
    endedAt: null,
    ...changes,
  };
}

export function anItem(request: Request, changes: Partial<Item> = {}): Item {
  return {
    id: randomUUID(),
    requestId: request.id,
    wave: 1,
    owner: request.owner,
    ownerUpn: request.ownerUpn,
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
    queuedAt: noon,
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

export function anIntent(item: Item, changes: Partial<Intent> = {}): Intent {
  return {
    id: randomUUID(),
    itemId: item.id,
    requestId: item.requestId,
    cloudPcId: item.cloudPc.id,
    attempt: 0,
    baseline: aBaseline(),
    options: { osVersion: null, accountType: null },
    state: 'open',
    committedAt: noon,
    answeredAt: null,
    graphRequestId: null,
    ...changes,
  };
}

export function aCard(request: Request, changes: Partial<Card> = {}): Card {
  return {
    id: randomUUID(),
    requestId: request.id,
    itemId: null,
    audience: 'requester',
    person: ada,
    conversationId: 'chat-ada',
    activityId: null,
    wanted: 1,
    shown: 0,
    state: 'open',
    tries: 0,
    dueAt: noon,
    shownAt: null,
    lease: null,
    ...changes,
  };
}

export function aNotice(request: Request, changes: Partial<Notice> = {}): Notice {
  return {
    id: randomUUID(),
    requestId: request.id,
    itemId: null,
    via: 'chat',
    notice: 'ready',
    audience: 'requester',
    person: ada,
    mail: null,
    state: 'pending',
    tries: 0,
    createdAt: noon,
    dueAt: noon,
    sentAt: null,
    lease: null,
    ...changes,
  };
}

export function aConversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    conversationId: 'chat-ada',
    serviceUrl: 'https://smba.trafficmanager.net/emea/',
    tenantId: 'tenant-1',
    kind: 'personal',
    personId: ada.id,
    channelId: null,
    teamName: null,
    channelName: null,
    botId: '28:bot',
    blockedAt: null,
    ...changes,
  };
}
