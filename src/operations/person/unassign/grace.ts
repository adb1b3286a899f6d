// The Cloud PC after its licence has gone: Windows 365 keeps it for its grace period, unless that is ended at once. Ending it
// destroys what is on it: one intent, one call, and nobody repeats it.
import { findGoing, hasLicence } from '../../../domain/assign-check.ts';
import { type CloudPc, isReadyStatus } from '../../../domain/cloud-pc.ts';
import { lateLookMs } from '../../../domain/item-moves.ts';
import type { Tx } from '../../../domain/ports.ts';
import { minute, second } from '../../../domain/time.ts';
import { startCounting } from '../../../requests/start-counting.ts';
import { readWithinMs } from '../change-group.ts';
import { nextLook } from '../next-look.ts';
import { readRights } from '../rights.ts';
import type { PersonStepRun, Run } from '../step.ts';

const tryAgainMs = 30 * second;

export const awaitGrace: PersonStepRun = async (run) => {
  if (!run.item.cloudPc) return (await isReleased(run)) ? { type: 'stepDone' } : { type: 'wait', until: nextLook(run) };
  const pc = await readCloudPc(run);
  const now = run.deps.clock.now();
  if (pc === null) return { type: 'stepDone' };
  if (pc.status === 'inGracePeriod' || pc.status === 'deprovisioning') {
    await run.commit({ type: 'seen', pc, until: now });
    return { type: 'stepDone' };
  }
  return { type: 'wait', until: nextLook(run) };
};

/** Entra takes the licence away minutes after the group was left; until then it seems to be needed still. */
async function isReleased({ deps, item }: Run): Promise<boolean> {
  const { entitlement } = item.order;
  const { states, listed } = await deps.tenant.read(
    { states: { ask: 'licenceStates', personId: item.person.id }, listed: { ask: 'cloudPcsOf', upn: item.upn } },
    { withinMs: readWithinMs },
  );
  const licenceStates = states ?? [];
  if (licenceStates.some(({ assignedByGroup }) => assignedByGroup === entitlement.group.id)) return false;
  // What another licence of the same kind holds stays.
  return hasLicence(entitlement, { licenceStates }) || findGoing(entitlement, listed).length === 0;
}

async function readCloudPc({ deps, item }: Run): Promise<CloudPc | null> {
  if (!item.cloudPc) return null;
  const { pc } = await deps.tenant.read(
    { pc: { ask: 'cloudPc', cloudPcId: item.cloudPc.id, policyId: item.cloudPc.policyId } },
    { withinMs: readWithinMs },
  );
  return pc;
}

export const endGrace: PersonStepRun = async (run) => {
  const { deps, item } = run;
  const now = deps.clock.now();
  // Committed by a run that died: nobody knows whether its call left.
  if (item.intentId !== null) return { type: 'graceAnswered', intentId: item.intentId, answer: 'unknown', at: now };
  const pc = await readCloudPc(run);
  if (pc === null || pc.status === 'deprovisioning') return { type: 'stepDone' };
  if (pc.status !== 'inGracePeriod') return { type: 'fail', code: 'graceNotSeen', detail: null };
  const refused = deps.policy.windows365.endGracePeriod ? await readRights(deps, run.request) : 'policyChanged';
  if (refused) return { type: 'fail', code: 'graceNotEnded', detail: { code: refused, message: null } };
  return sendOnce(run, pc.id);
};

async function sendOnce(run: Run, cloudPcId: string): ReturnType<PersonStepRun> {
  const { deps, item } = run;
  const permit = await deps.graceEnder.prepare();
  try {
    const mayStillSend = startCounting(deps);
    const intentId = deps.ids.next();
    // Under the lock of the switch: whoever pauses knows that nothing is sent after that.
    const isFree = async (tx: Tx) => !(await tx.settings.lockStarts()).paused;
    if (!(await run.commit({ type: 'intendEndGrace', intentId }, isFree)))
      return { type: 'hold', reason: 'paused', until: deps.clock.now() + minute };
    const answer = await permit.send({ cloudPcId, mayStillSend });
    const { kind, graphRequestId } = answer;
    const fields = {
      requestId: item.requestId,
      personItemId: item.id,
      intentId,
      cloudPcId,
      answer: kind,
      graphRequestId,
    };
    deps.log.info(fields, 'end of the grace period answered');
    const afterMs = kind === 'notApplied' ? (answer.retryAfterMs ?? tryAgainMs) : 0;
    return { type: 'graceAnswered', intentId, answer: kind, at: deps.clock.now() + Math.max(afterMs, second) };
  } finally {
    permit.discard();
  }
}

/** After a clear answer it goes by itself; after none, only what Windows 365 shows counts. */
export const awaitEnd: PersonStepRun = async (run) => {
  const { deps, item } = run;
  const now = deps.clock.now();
  const pc = await readCloudPc(run);
  if (pc === null || pc.status === 'deprovisioning') return { type: 'stepDone' };
  // Somebody gave the licence back meanwhile: nothing was ended.
  if (isReadyStatus(pc.status)) return { type: 'fail', code: 'graceNotEnded', detail: null };
  // An admin is asked; should it show after all, nobody need decide.
  if (item.state === 'needsOperator') return { type: 'wait', until: now + lateLookMs };
  const isTooLong = now - item.stepSince > deps.policy.limits.unknownAfterMs;
  return isTooLong ? { type: 'graceUnclear' } : { type: 'wait', until: nextLook(run) };
};
