// What is explored: who asks, under which policy, what may go wrong, and how finely the workers are interleaved.

import type { CloudPc } from '../../../src/domain/cloud-pc.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import { type NewDraft, newDraft } from '../../../src/requests/new-request.ts';
import { aBulk } from '../../fakes/things.ts';
import type { Start } from './explore.ts';
import { cloudPcOf, newGraph, upnOf } from './graph.ts';
import { type Budget, now, policy } from './model.ts';
import type { Model } from './moves.ts';
import { pressesOnOne, pressesOnTwo } from './presses.ts';
import type { Rules } from './rules.ts';

export interface Scenario {
  model: Model;
  start: Start;
}

export const nothingWrong: Budget = { crashes: 0, startAgains: 0, refusals: 0 };
export const asWritten: Rules = { policy, alter: (tx) => tx, understand: (answer) => answer };

/** @param needed approvals; 0: it starts at once */
export function policyFor(needed: number): Policy {
  const reprovision = needed === 0 ? 'direct' : 'approval';
  return {
    ...policy,
    selfService: { ...policy.selfService, reprovision },
    admin: { ...policy.admin, bulk: reprovision },
    approval: { ...policy.approval, needed: Math.max(1, needed) },
  };
}

const clock = { now: () => now, monotonic: () => now };
const ids = { next: () => 'request-1' };

function startOf(order: Omit<NewDraft, 'operation'>, cloudPcs: CloudPc[], budget: Budget): Start {
  const request = newDraft({ clock, ids }, { operation: 'reprovision', ...order });
  const timers = [{ requestId: request.id, kind: 'expire' as const, dueAt: request.expiresAt ?? now }];
  return { rows: { request, items: [], waves: [], intents: [], timers }, graph: newGraph(cloudPcs), budget };
}

const common: Omit<Model, 'presses'> = {
  rules: asWritten,
  jobs: ['advance:0'],
  jobsAtOnce: ['watch'],
  workers: 2,
  graph: 'full',
};

/** Ada asks for her own Cloud PC; the form has just been opened. */
export function onOne(budget: Partial<Budget>, changes: Partial<Model> = {}): Scenario {
  const ada = { id: 'ada', name: 'ada' };
  const left = { ...nothingWrong, ...budget };
  return {
    model: { ...common, presses: pressesOnOne(2 + left.startAgains), ...changes },
    start: startOf({ requester: ada, owner: ada, ownerUpn: upnOf('ada'), bulk: null }, [cloudPcOf('ada')], left),
  };
}

/** Adam asks for Ada's and Ben's, in two waves of one. @param isBrief without approval, and with the fewest presses */
export function onTwo(budget: Partial<Budget>, isBrief: boolean, changes: Partial<Model> = {}): Scenario {
  const adam = { id: 'adam', name: 'adam' };
  const counts = { found: 2, notFound: 0, leftOut: 0, remaining: 2, notSignedOut: 0 };
  const order = { requester: adam, owner: adam, ownerUpn: upnOf('adam'), bulk: aBulk({ counts }) };
  const left = { ...nothingWrong, ...budget };
  return {
    model: {
      ...common,
      jobs: ['advance:0', 'advance:1'],
      jobsAtOnce: ['watch', 'bulk'],
      presses: pressesOnTwo(4 + left.startAgains, isBrief),
      rules: { ...asWritten, policy: policyFor(isBrief ? 0 : 1) },
      workers: 1,
      graph: isBrief ? 'prompt' : 'plain',
      ...changes,
    },
    start: startOf(order, [cloudPcOf('ada'), cloudPcOf('ben')], left),
  };
}
