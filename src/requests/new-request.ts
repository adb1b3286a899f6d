// A request and its items as they begin.
import type { Bulk } from '../domain/bulk.ts';
import type { CloudPc } from '../domain/cloud-pc.ts';
import type { Item } from '../domain/item.ts';
import type { PersonRef } from '../domain/people.ts';
import type { PersonItem, PersonOperation, PersonOrder } from '../domain/person-item.ts';
import { draftLivesMs, type OperationName, type Request } from '../domain/request.ts';
import type { Deps } from './deps.ts';

type NewDeps = Pick<Deps, 'clock' | 'ids'>;

export interface NewDraft {
  operation: OperationName;
  requester: PersonRef;
  owner: PersonRef;
  ownerUpn: string;
  bulk: Bulk | null;
}

/** Nothing is reserved by it: it gives a form an id. */
export function newDraft(deps: NewDeps, { operation, requester, owner, ownerUpn, bulk }: NewDraft): Request {
  const now = deps.clock.now();
  return {
    id: deps.ids.next(),
    code: null,
    operation,
    state: 'draft',
    revision: 1,
    version: 1,
    requester,
    owner,
    ownerUpn,
    options: { osVersion: null, accountType: null },
    mail: { wanted: false, text: null },
    reason: null,
    bulk,
    approval: { needed: 0, byAdmin: false, rule: '' },
    decisions: [],
    tally: {},
    cancelledBy: null,
    createdAt: now,
    submittedAt: null,
    approvedAt: null,
    expiresAt: now + draftLivesMs,
    endedAt: null,
  };
}

export interface ItemTarget {
  requestId: string;
  wave: number;
  owner: PersonRef;
  ownerUpn: string;
  cloudPc: CloudPc;
}

export function newItem(deps: NewDeps, target: ItemTarget): Item {
  return {
    ...target,
    id: deps.ids.next(),
    state: 'queued',
    attempt: 0,
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
    queuedAt: deps.clock.now(),
    checkingAt: null,
    startingAt: null,
    signInSince: null,
    unknownSince: null,
    buildingAt: null,
    endedAt: null,
    dueAt: null,
    lookAt: null,
  };
}

export interface PersonTarget {
  requestId: string;
  operation: PersonOperation;
  person: PersonRef;
  upn: string;
  order: PersonOrder;
}

export function newPersonItem(deps: NewDeps, target: PersonTarget): PersonItem {
  const now = deps.clock.now();
  return {
    ...target,
    id: deps.ids.next(),
    state: 'queued',
    step: 'check',
    stepSince: now,
    changes: [],
    knownCloudPcIds: [],
    cloudPc: null,
    seats: null,
    intentId: null,
    unknownSince: null,
    attempt: 0,
    hold: null,
    isSlow: false,
    ticket: null,
    failing: null,
    outcome: null,
    queuedAt: now,
    startedAt: null,
    buildingAt: null,
    endedAt: null,
    dueAt: null,
    claim: null,
  };
}
