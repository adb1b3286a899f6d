// What Entra and Windows 365 do by themselves, looked at until it is done or the step's time is over.
import { cloudPcsFor, seatsOf } from '../../../domain/assign-check.ts';
import { isReadyStatus } from '../../../domain/cloud-pc.ts';
import { isSameUpn } from '../../../domain/people.ts';
import type { PersonEvent } from '../../../domain/person-events.ts';
import { readWithinMs } from '../change-group.ts';
import { buildPatience, nextLook, type Patience } from '../next-look.ts';
import type { PersonStepRun, Run } from '../step.ts';

/** Nothing has come yet; once that it takes long is worth telling. */
function stillWaiting(run: Run, patience?: Patience): PersonEvent {
  const { deps, item } = run;
  const until = nextLook(run, patience);
  const isLong = deps.clock.now() - item.stepSince > deps.policy.limits.slowAfterMs;
  return isLong && !item.isSlow ? { type: 'slow', until } : { type: 'wait', until };
}

export const awaitMembership: PersonStepRun = async (run) => {
  const { deps, item } = run;
  const { provisioning, settings } = item.order;
  const groupIds = [provisioning, settings].flatMap((group) => (group ? [group.id] : []));
  const { memberOf } = await deps.tenant.read(
    { memberOf: { ask: 'memberOf', personId: item.person.id, groupIds } },
    { withinMs: readWithinMs },
  );
  const isVisible = groupIds.every((id) => memberOf.includes(id));
  return isVisible ? { type: 'stepDone' } : { type: 'wait', until: nextLook(run) };
};

/** A group that is full takes members all the same: the shortage shows in the person's own states, a little later. */
export const awaitLicence: PersonStepRun = async (run) => {
  const { deps, item } = run;
  const { entitlement } = item.order;
  if (entitlement.kind !== 'licence') return { type: 'stepDone' };
  const { states } = await deps.tenant.read(
    { states: { ask: 'licenceStates', personId: item.person.id } },
    { withinMs: readWithinMs },
  );
  const own = (states ?? []).filter(
    ({ skuId, assignedByGroup }) => skuId === entitlement.skuId && assignedByGroup === entitlement.group.id,
  );
  if (own.some(({ state }) => state === 'Active')) return { type: 'stepDone' };
  const error = own.find((state) => state.error !== null)?.error ?? null;
  if (error === 'CountViolation') return outOfSeats(run, error);
  if (error !== null) return { type: 'fail', code: 'licenceRefused', detail: { code: error, message: null } };
  return { type: 'wait', until: nextLook(run) };
};

/** The seats as they are now: what was free at the check has gone. */
async function outOfSeats({ deps, item }: Run, error: string): Promise<PersonEvent> {
  const { skus } = await deps.tenant.read({ skus: { ask: 'skus' } }, { withinMs: readWithinMs });
  const seats = seatsOf(item.order.entitlement, { skus, frontlinePlans: [] });
  return { type: 'fail', code: 'outOfSeatsLate', detail: { code: error, message: null }, seats };
}

export const awaitCloudPc: PersonStepRun = async (run) => (await findCloudPc(run)) ?? stillWaiting(run);

/** The Cloud PC of the right plan that was not there before; several of a plan confuse nobody. */
async function findCloudPc({ deps, item }: Run): Promise<PersonEvent | null> {
  const { person, listed } = await deps.tenant.read(
    { person: { ask: 'person', personId: item.person.id }, listed: { ask: 'cloudPcsOf', upn: item.upn } },
    { withinMs: readWithinMs },
  );
  const upn = person?.userPrincipalName ?? item.upn;
  const cloudPcs = isSameUpn(upn, item.upn)
    ? listed
    : (await deps.tenant.read({ renamed: { ask: 'cloudPcsOf', upn } }, { withinMs: readWithinMs })).renamed;
  const found = cloudPcsFor(item.order.entitlement, cloudPcs).find(({ id }) => !item.knownCloudPcIds.includes(id));
  return found ? { type: 'seen', pc: found, until: deps.clock.now() } : null;
}

export const awaitBuild: PersonStepRun = async (run) => {
  const { deps, item } = run;
  if (!item.cloudPc) return { type: 'fail', code: 'noCloudPc', detail: null };
  const { pc } = await deps.tenant.read(
    { pc: { ask: 'cloudPc', cloudPcId: item.cloudPc.id, policyId: item.cloudPc.policyId } },
    { withinMs: readWithinMs },
  );
  const waiting = stillWaiting(run, buildPatience);
  // The one that was there may have been replaced by another of the plan.
  if (!pc) return (await findCloudPc(run)) ?? waiting;
  const isOver = isReadyStatus(pc.status) || pc.status === 'failed';
  return isOver || waiting.type === 'wait' ? { type: 'seen', pc, until: nextLook(run, buildPatience) } : waiting;
};
