// What a person is entitled to: a Cloud PC for each Windows 365 licence, and one for each size of Frontline.
import { isSameId } from '../ids.ts';
import type { Memberships } from '../memberships.ts';
import { assignmentsOf, provisioningTypeOf } from '../policy-assignments.ts';
import type { FrontlinePlan, Group, Person, ProvisioningPolicy, Sku } from '../tenant-types.ts';
import type { Licences } from './licences.ts';
import { Seats } from './seats.ts';

export interface Plan {
  id: string;
  name: string;
}

/** One Cloud PC is due for it, as soon as a policy builds it. */
export interface Entitlement {
  /** 'sku …' or 'frontline …' */
  key: string;
  kind: 'licence' | 'frontline';
  plans: readonly Plan[];
  /** Policies that would build it or that keep it; the first builds. */
  policyIds: readonly string[];
}

interface Around {
  readonly groups: readonly Group[];
  readonly skus: readonly Sku[];
  readonly frontlinePlans: readonly FrontlinePlan[];
  readonly provisioningPolicies: readonly ProvisioningPolicy[];
  readonly memberships: Memberships;
  readonly licences: Licences;
}

interface Target {
  policy: ProvisioningPolicy;
  groupId: string;
  servicePlanId: string | null;
}

export class Entitlements {
  readonly #around: Around;
  readonly #frontlineSeats = new Map<FrontlinePlan, Seats>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Changes whenever policies, their groups or what the licences contain change. */
  get signature(): string {
    const { provisioningPolicies, skus, frontlinePlans } = this.#around;
    const policies = provisioningPolicies.map((policy) => [
      policy.id,
      provisioningTypeOf(policy),
      assignmentsOf(policy),
    ]);
    const licences = skus.map(({ skuId, servicePlans }) => [skuId, servicePlans]);
    return JSON.stringify([policies, licences, frontlinePlans.map(({ id }) => id)]);
  }

  /** Everybody whom a policy is assigned to, at any depth. */
  targetedIds(): string[] {
    const groups = this.#targets().flatMap(({ groupId }) => this.#group(groupId) ?? []);
    return groups.flatMap((group) => this.#around.memberships.idsWithin(group));
  }

  /** Ids of the dedicated policies that are assigned to the person, in the order of the list. */
  dedicatedPolicyIds(personId: string): string[] {
    const own = this.#targets().filter((target) => target.servicePlanId === null && this.#includes(target, personId));
    return [...new Set(own.map(({ policy }) => policy.id))];
  }

  /** One for each Windows 365 licence with a seat. @param policyIds the first wins */
  ofLicences(person: Person, policyIds: readonly string[]): Entitlement[] {
    const held = this.#around.licences.holdingsOf(person).filter(({ error }) => error === 'None');
    const skus = [...new Set(held.map(({ sku }) => sku))];
    return skus.flatMap((sku): Entitlement[] => {
      const grants = held.filter((one) => one.sku === sku).map(({ disabledPlans }) => disabledPlans);
      const plans = windows365Plans(sku).filter(({ id }) =>
        grants.some((disabled) => !disabled.some((planId) => isSameId(planId, id))),
      );
      return plans.length === 0 ? [] : [{ key: `sku ${sku.skuId}`, kind: 'licence', plans, policyIds }];
    });
  }

  /** Asks for the seats of Frontline that the person is due and gives back the others: `lucky` are those who got one by that. */
  ofFrontline(personId: string): { entitlements: Entitlement[]; lucky: string[] } {
    const key = personId.toLowerCase();
    const own = this.#targets().filter((target) => target.servicePlanId !== null && this.#includes(target, personId));
    const lucky: string[] = [];
    const entitlements = this.#around.frontlinePlans.flatMap((plan) => {
      const ofPlan = own.filter(({ servicePlanId }) => isSameId(servicePlanId ?? '', plan.id));
      const seats = this.#seatsOf(plan);
      lucky.push(...(ofPlan.length > 0 ? seats.ask(key) : seats.leave(key)));
      if (!seats.isSeated(key)) return [];
      const policyIds = [...new Set(ofPlan.map(({ policy }) => policy.id))];
      return policyIds.map((policyId): Entitlement => {
        const plans = [{ id: plan.id, name: plan.displayName }];
        return { key: `frontline ${policyId} ${plan.id}`, kind: 'frontline', plans, policyIds: [policyId] };
      });
    });
    return { entitlements, lucky };
  }

  /** Answers who has got a seat of Frontline because there are more of them now. */
  fill(): string[] {
    return [...this.#frontlineSeats.values()].flatMap((seats) => seats.fill());
  }

  /** Gives back every seat of Frontline. Answers who has got one by that. */
  leave(personId: string): string[] {
    return [...this.#frontlineSeats.values()].flatMap((seats) => seats.leave(personId.toLowerCase()));
  }

  #seatsOf(plan: FrontlinePlan): Seats {
    const known = this.#frontlineSeats.get(plan);
    if (known) return known;
    const taken = (by: 1 | -1) => {
      plan.usedCount += by;
    };
    const seats = new Seats({ free: () => plan.totalCount - plan.usedCount, taken });
    this.#frontlineSeats.set(plan, seats);
    return seats;
  }

  // Cloud PCs that belong to an Entra group have no person of their own.
  #targets(): Target[] {
    return this.#around.provisioningPolicies
      .filter((policy) => provisioningTypeOf(policy) !== 'sharedByEntraGroup')
      .flatMap((policy) => assignmentsOf(policy).map((assignment) => ({ policy, ...assignment })));
  }

  #includes({ groupId }: Target, personId: string): boolean {
    const group = this.#group(groupId);
    return group !== undefined && this.#around.memberships.isWithin(group, personId);
  }

  #group(groupId: string): Group | undefined {
    return this.#around.groups.find(({ id }) => isSameId(id, groupId));
  }
}

/** "Cloud PC Enterprise 4vCPU/16GB/256GB" for the plan CPC_E_4C_16GB_256GB. */
function windows365Plans(sku: Sku): Plan[] {
  return sku.servicePlans
    .filter(({ servicePlanName }) => /^CPC_/i.test(servicePlanName))
    .map(({ servicePlanId, servicePlanName }) => {
      const [, cores, memory, disk] = /^CPC_E_(\d+)C_(\d+GB)_(\d+GB)$/i.exec(servicePlanName) ?? [];
      const name = cores === undefined ? servicePlanName : `Cloud PC Enterprise ${cores}vCPU/${memory}/${disk}`;
      return { id: servicePlanId, name };
    });
}
