// The Cloud PCs of people who are entitled to one, or were: how each appears, loses its ground, and goes.
import type { FirstBuildScript } from '../cloud-pcs/build.ts';
import type { CloudPc, CloudPcStatus } from '../cloud-pcs/cloud-pc.ts';
import type { Fleet } from '../cloud-pcs/fleet.ts';
import { isSameId } from '../ids.ts';
import type { Person, ProvisioningPolicy } from '../tenant-types.ts';
import type { Agenda } from './agenda.ts';
import type { Delays } from './delays.ts';
import type { Entitlement } from './entitlements.ts';
import { firstCloudPc } from './first-cloud-pc.ts';

/** The place for the one Cloud PC of an entitlement, also after it has ended. */
export interface Slot {
  entitlement: Entitlement;
  isEntitled: boolean;
  cloudPcId: string | null;
  /** Whether its owner was entitled to it when that was looked at last. */
  isCovered: boolean;
  /** Set while a Cloud PC is about to appear. */
  coming: object | null;
  /** To go back to when the grace period is over in time. */
  readyStatus: CloudPcStatus;
}

export interface Track {
  /** Ids of dedicated policies, the one that came first first. */
  policyIds: Set<string>;
  /** By the key of the entitlement. */
  slots: Map<string, Slot>;
  /** Cloud PCs that were begun here. */
  count: number;
}

interface Around {
  readonly provisioningPolicies: readonly ProvisioningPolicy[];
  readonly fleet: Fleet;
  readonly agenda: Agenda;
  readonly delays: Delays;
  /** Scripts of the person's first builds, by object id in lower case; those that are used are taken out. */
  readonly scripts: ReadonlyMap<string, FirstBuildScript[]>;
  /** Whether what stands there was there before anybody looked: nothing of it begins or ends by that. */
  isStarting(): boolean;
  /** Hears of each Cloud PC that was taken away. */
  gone(cloudPcId: string, userPrincipalName: string | null): void;
}

export class Slots {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Takes the Cloud PC away, after a while in which it is being deprovisioned. */
  deprovision({ id, userPrincipalName }: CloudPc): void {
    const { agenda, delays, fleet } = this.#around;
    fleet.change(id, { status: 'deprovisioning' });
    agenda.at(agenda.now() + delays.deprovisionMs, () => {
      if (fleet.find(id)?.status !== 'deprovisioning') return;
      fleet.remove(id);
      this.#around.gone(id, userPrincipalName);
    });
  }

  /** Begins what follows from what the person is entitled to now. */
  advance(person: Person, track: Track, slot: Slot): void {
    if (slot.cloudPcId === null && slot.isEntitled) this.#bind(person, track, slot);
    if (slot.cloudPcId !== null) this.#cover(track, slot);
    else if (slot.isEntitled && slot.entitlement.policyIds.length > 0) this.#announce(person, track, slot);
    else slot.coming = null;
    if (!slot.isEntitled && slot.cloudPcId === null) track.slots.delete(slot.entitlement.key);
  }

  /** A Cloud PC of the right plan that stands there already is the one of this licence. */
  #bind(person: Person, track: Track, slot: Slot): void {
    const taken = [...track.slots.values()].map(({ cloudPcId }) => this.#currentIdOf(cloudPcId));
    const own = this.#around.fleet
      .ownedBy(person.userPrincipalName)
      .find(
        ({ id, servicePlanId, status }) =>
          status !== 'deprovisioning' &&
          !taken.includes(id) &&
          slot.entitlement.plans.some((plan) => isSameId(plan.id, servicePlanId)),
      );
    if (!own) return;
    slot.coming = null;
    slot.cloudPcId = own.id;
    slot.isCovered = covers(slot, own) && (this.#around.isStarting() || own.status !== 'inGracePeriod');
  }

  #cover(track: Track, slot: Slot): void {
    const id = this.#currentIdOf(slot.cloudPcId);
    const cloudPc = id === null ? undefined : this.#around.fleet.find(id);
    const isCovered = cloudPc !== undefined && covers(slot, cloudPc);
    if (cloudPc && slot.isCovered && !isCovered) this.#lose(slot, cloudPc);
    if (cloudPc && !slot.isCovered && isCovered) this.#regain(slot, cloudPc);
    slot.isCovered = isCovered;
    if (!cloudPc && slot.entitlement.policyIds.length === 0) slot.cloudPcId = null;
    if (!slot.isEntitled && !this.#isGoing(slot)) track.slots.delete(slot.entitlement.key);
  }

  #isGoing(slot: Slot): boolean {
    const id = this.#currentIdOf(slot.cloudPcId);
    const status = id === null ? undefined : this.#around.fleet.find(id)?.status;
    return status === 'inGracePeriod' || status === 'deprovisioning';
  }

  /** What was never ready holds nothing to be kept for seven days; that it goes at once is undocumented. */
  #lose(slot: Slot, cloudPc: CloudPc): void {
    if (cloudPc.status === 'inGracePeriod' || cloudPc.status === 'deprovisioning') return;
    if (cloudPc.provisionedDateTime === null) this.deprovision(cloudPc);
    else this.#beginGrace(slot, cloudPc);
  }

  #beginGrace(slot: Slot, cloudPc: CloudPc): void {
    const { agenda, delays, fleet } = this.#around;
    slot.readyStatus = keptStatuses.find((one) => one === cloudPc.status) ?? 'provisioned';
    const endsAtMs = agenda.now() + delays.graceMs;
    const gracePeriodEndDateTime = new Date(endsAtMs).toISOString();
    fleet.change(cloudPc.id, { status: 'inGracePeriod', gracePeriodEndDateTime });
    agenda.at(endsAtMs, () => {
      const then = fleet.find(cloudPc.id);
      const isTheSame = then?.gracePeriodEndDateTime === gracePeriodEndDateTime;
      if (then?.status === 'inGracePeriod' && isTheSame) this.deprovision(then);
    });
  }

  #regain(slot: Slot, cloudPc: CloudPc): void {
    if (cloudPc.status !== 'inGracePeriod') return;
    this.#around.fleet.change(cloudPc.id, { status: slot.readyStatus, gracePeriodEndDateTime: null });
  }

  #announce(person: Person, track: Track, slot: Slot): void {
    if (slot.coming) return;
    const { agenda, delays } = this.#around;
    const coming = {};
    slot.coming = coming;
    const [script] = this.#around.scripts.get(person.id.toLowerCase()) ?? [];
    agenda.at(agenda.now() + (script?.appearMs ?? delays.appearMs), () => {
      if (slot.coming === coming) this.#build(person, track, slot);
    });
  }

  #build(person: Person, track: Track, slot: Slot): void {
    slot.coming = null;
    const [policyId = ''] = slot.entitlement.policyIds;
    const policy = this.#around.provisioningPolicies.find(({ id }) => isSameId(id, policyId));
    this.#bind(person, track, slot);
    if (slot.cloudPcId !== null || !policy) return;
    track.count += 1;
    const { cloudPc, name } = firstCloudPc(person, slot.entitlement, policy, track.count, this.#around.agenda.now());
    const script = this.#around.scripts.get(person.id.toLowerCase())?.shift() ?? { outcome: 'provisioned' };
    this.#around.fleet.provision(cloudPc, name, script, this.#around.delays.firstBuildMs);
    slot.cloudPcId = cloudPc.id;
    slot.isCovered = true;
  }

  /** There is room for another one. */
  empty(track: Track, cloudPcId: string): void {
    for (const slot of track.slots.values()) {
      const id = this.#currentIdOf(slot.cloudPcId);
      if (id === null || !isSameId(id, cloudPcId)) continue;
      slot.cloudPcId = null;
      slot.isCovered = false;
    }
  }

  #currentIdOf(cloudPcId: string | null): string | null {
    return cloudPcId === null ? null : this.#around.fleet.currentIdOf(cloudPcId);
  }
}

const keptStatuses: readonly CloudPcStatus[] = ['provisionedWithWarnings', 'failed'];

export function emptySlot(entitlement: Entitlement): Slot {
  return {
    entitlement,
    isEntitled: true,
    cloudPcId: null,
    isCovered: false,
    coming: null,
    readyStatus: 'provisioned',
  };
}

/** A licence alone keeps no Cloud PC, nor does another policy: it must be the one that built it. */
function covers({ isEntitled, entitlement }: Slot, { provisioningPolicyId }: CloudPc): boolean {
  return isEntitled && entitlement.policyIds.some((id) => isSameId(id, provisioningPolicyId));
}
