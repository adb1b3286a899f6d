// The baseline is what was read right before the destructive call. Whether a build has begun or ended is judged by
// comparing Graph with Graph, never with our own clock.
import { type CloudPc, isActionRunning, isBusyStatus, isReadyStatus, isReprovision } from './cloud-pc.ts';
import type { Instant } from './time.ts';

export interface Baseline {
  cloudPcId: string;
  status: string;
  provisionedAt: Instant | null;
  modifiedAt: Instant | null;
  lastActionStartedAt: Instant | null;
  lastActionName: string | null;
  servicePlanId: string | null;
  policyId: string | null;
  /** Every Cloud PC of the owner at that moment: a new one is recognised by not being among them. */
  ownersCloudPcIds: string[];
}

export function takeBaseline(pc: CloudPc, ownersCloudPcs: readonly { id: string }[]): Baseline {
  return {
    cloudPcId: pc.id,
    status: pc.status,
    provisionedAt: pc.provisionedAt,
    modifiedAt: pc.modifiedAt,
    lastActionStartedAt: pc.lastAction?.startedAt ?? null,
    lastActionName: pc.lastAction?.name ?? null,
    servicePlanId: pc.servicePlanId,
    policyId: pc.policyId,
    ownersCloudPcIds: [...new Set([pc.id, ...ownersCloudPcs.map((other) => other.id)])],
  };
}

/** A reprovision in Graph's action list that was not there at the baseline. */
function hasNewReprovision(baseline: Baseline, pc: CloudPc): boolean {
  const action = pc.lastAction;
  if (!action || !isReprovision(action) || action.startedAt === null) return false;
  return action.startedAt !== baseline.lastActionStartedAt;
}

/** Whether Graph shows that a reprovision has begun since the baseline. */
export function hasBegunSince(baseline: Baseline, pc: CloudPc): boolean {
  if (isBusyStatus(pc.status)) return true;
  if (hasNewReprovision(baseline, pc)) return true;
  return pc.provisionedAt !== null && pc.provisionedAt !== baseline.provisionedAt;
}

export type BuildFinding = 'ready' | 'readyWithWarnings' | 'failed' | 'busy' | 'unchanged';

/**
 * What a look at the Cloud PC says about the build.
 * @param sawBusy a busy status was seen since the baseline
 * @param isSettled enough time has passed for `lastModifiedDateTime` of the call itself to have settled
 */
export function findBuild(baseline: Baseline, pc: CloudPc, sawBusy: boolean, isSettled: boolean): BuildFinding {
  if (isReadyStatus(pc.status)) {
    const isNew = pc.provisionedAt !== null && pc.provisionedAt !== baseline.provisionedAt;
    if (!isNew) return 'unchanged';
    return pc.status === 'provisioned' ? 'ready' : 'readyWithWarnings';
  }
  if (pc.status === 'failed') {
    if (sawBusy) return 'failed';
    if (hasNewReprovision(baseline, pc)) return isActionRunning(pc.lastAction) ? 'busy' : 'failed';
    return isSettled && pc.modifiedAt !== baseline.modifiedAt ? 'failed' : 'unchanged';
  }
  return isBusyStatus(pc.status) ? 'busy' : 'unchanged';
}

/** New Cloud PCs of the owner with the same plan and policy: candidates when the old id is gone. */
export function findSuccessors(baseline: Baseline, ownersCloudPcs: readonly CloudPc[]): CloudPc[] {
  return ownersCloudPcs.filter(
    (pc) =>
      !baseline.ownersCloudPcIds.includes(pc.id) &&
      pc.servicePlanId === baseline.servicePlanId &&
      pc.policyId === baseline.policyId,
  );
}
