// The provisioning policies of Frontline that the policy names: there, of the right kind, with groups, sizes and seats.
import { isFrontlinePolicy, type ProvisioningPolicy, sizesOf } from './directory.ts';
import type { FrontlineFinding, GraphFindings } from './setup-findings.ts';
import { missing, notable, present, type SetupRow, text, unasked } from './setup-row.ts';

const row = 'check.frontline';

export function checkFrontline({ frontline }: GraphFindings): SetupRow[] {
  return frontline.flatMap(checkOne);
}

function checkOne({ name, policies, plans }: FrontlineFinding): SetupRow[] {
  if ('fault' in policies) return [unasked(row, { name }, policies.fault)];
  const [policy, ...others] = policies.value;
  if (!policy) return [missing(row, { name }, text('check.frontlineNone'))];
  if (others.length > 0) {
    const ids = policies.value.map(({ id }) => id).join(', ');
    return [missing(row, { name }, text('check.frontlineSeveral', { count: policies.value.length, ids }))];
  }
  if (!isFrontlinePolicy(policy)) return [missing(row, { name }, text('check.frontlineOther'))];
  return checkSizes(policy, plans);
}

/** A row for each size, with its seats. */
function checkSizes(policy: ProvisioningPolicy, plans: FrontlineFinding['plans']): SetupRow[] {
  const { name } = policy;
  const planIds = [...new Set(sizesOf(policy).map(({ planId }) => planId))];
  if (planIds.length === 0) return [missing(row, { name }, text('check.frontlineNoSize'))];
  if ('fault' in plans) return [unasked(row, { name }, plans.fault)];
  return planIds.map((planId) => {
    const plan = plans.value.find(({ id }) => id === planId);
    if (!plan) return notable(row, { name }, text('check.frontlineNoSeats', { planId }));
    const free = Math.max(0, plan.totalCount - plan.usedCount);
    const seats = { name, licence: plan.name, free, total: plan.totalCount };
    return free > 0
      ? present('check.frontlineSeats', seats)
      : notable('check.frontlineSeats', seats, text('check.seatsNone'));
  });
}
