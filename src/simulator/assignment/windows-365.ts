// Windows 365 itself: builds Cloud PCs for those who are entitled to one, puts them into their grace period when they no longer
// are, and takes them away. A Cloud PC that nobody was ever entitled to here stays as it is.
import type { FirstBuildScript } from '../cloud-pcs/build.ts';
import type { Fleet } from '../cloud-pcs/fleet.ts';
import { isSameId } from '../ids.ts';
import type { Memberships } from '../memberships.ts';
import type { FrontlinePlan, Group, Person, ProvisioningPolicy, Sku } from '../tenant-types.ts';
import type { Agenda } from './agenda.ts';
import type { Delays } from './delays.ts';
import { Entitlements } from './entitlements.ts';
import { Licences } from './licences.ts';
import { emptySlot, Slots, type Track } from './slots.ts';

interface Surroundings {
  readonly groups: readonly Group[];
  readonly skus: readonly Sku[];
  readonly frontlinePlans: readonly FrontlinePlan[];
  readonly provisioningPolicies: readonly ProvisioningPolicy[];
  readonly memberships: Memberships;
  readonly fleet: Fleet;
  readonly agenda: Agenda;
  readonly delays: Delays;
  findPerson(idOrUpn: string): Person | undefined;
}

export class Windows365 {
  readonly #around: Surroundings;
  readonly licences: Licences;
  readonly slots: Slots;
  readonly #entitlements: Entitlements;
  /** By object id in lower case. */
  readonly #tracks = new Map<string, Track>();
  readonly #scripts = new Map<string, FirstBuildScript[]>();
  #signature = '';
  #isStarting = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.licences = new Licences(around);
    const { licences } = this;
    this.#entitlements = new Entitlements({ ...around, licences });
    this.slots = new Slots({
      ...around,
      scripts: this.#scripts,
      isStarting: () => this.#isStarting,
      gone: (cloudPcId, userPrincipalName) => this.#gone(cloudPcId, userPrincipalName),
    });
    around.agenda.at(around.agenda.now(), () => this.#start());
  }

  /** Lets everything happen that was due until now. */
  catchUp(): void {
    this.#around.agenda.catchUp();
    const lucky = [...this.licences.fill(), ...this.#entitlements.fill()];
    const signature = this.#entitlements.signature;
    if (lucky.length === 0 && signature === this.#signature) return;
    if (signature !== this.#signature) this.#lookAtAll();
    this.#lookAt(lucky);
    this.#signature = signature;
    this.#around.agenda.catchUp();
  }

  /** Somebody, or a group, has joined or left the group, or what the group gives has changed. */
  membersChanged(group: Group, memberIds: readonly string[]): void {
    const { agenda, delays, groups, memberships } = this.#around;
    const inner = groups.filter(({ id }) => memberIds.some((memberId) => isSameId(memberId, id)));
    const within = inner.flatMap((one) => memberships.idsWithin(one));
    agenda.at(agenda.now(), () => this.#lookAt([...memberIds, ...within]));
    agenda.at(agenda.now() + delays.licensingMs, () => {
      this.#lookAt(memberIds.flatMap((id) => [id, ...this.licences.reach(group, id)]));
    });
  }

  /** The account has come, and groups may know it already. */
  personAdded(personId: string): void {
    const { agenda, groups, memberships } = this.#around;
    const own = groups.filter((group) => memberships.isIn(group, personId));
    if (own.length === 0) return;
    agenda.at(agenda.now(), () => {
      this.#lookAt([personId, ...own.flatMap((group) => this.licences.reach(group, personId))]);
    });
  }

  /** Something of the account has changed, or it has got a Cloud PC from elsewhere. */
  personChanged(personId: string): void {
    const { agenda, groups, memberships } = this.#around;
    const isKnown = this.#tracks.has(personId.toLowerCase());
    if (!isKnown && !groups.some((group) => memberships.isIn(group, personId))) return;
    agenda.at(agenda.now(), () => this.#lookAt([personId, ...this.licences.refresh(personId)]));
  }

  /** The account is gone; its Cloud PCs stay. */
  personRemoved(personId: string): void {
    const key = personId.toLowerCase();
    for (const slot of this.#tracks.get(key)?.slots.values() ?? []) slot.coming = null;
    this.#tracks.delete(key);
    this.#lookAt([...this.licences.refresh(personId), ...this.#entitlements.leave(personId)]);
  }

  /** Says how the first build of the person's next Cloud PC goes; several are used up one after the other. */
  script(personId: string, script: FirstBuildScript): void {
    const key = personId.toLowerCase();
    this.#scripts.set(key, [...(this.#scripts.get(key) ?? []), script]);
  }

  /** What was there before anybody looked counts as it was: nothing of it begins or ends by that. */
  #start(): void {
    this.#isStarting = true;
    this.#signature = this.#entitlements.signature;
    for (const group of this.#around.groups)
      if (group.assignedLicenses) for (const id of group.memberIds) this.licences.reach(group, id);
    this.#lookAtAll();
    this.#isStarting = false;
  }

  #lookAtAll(): void {
    for (const id of this.licences.reached) this.licences.refresh(id);
    this.#lookAt([...this.licences.reached, ...this.#entitlements.targetedIds(), ...this.#tracks.keys()]);
  }

  /** Works out what each is entitled to now, and begins what follows from it; also for those who get a seat by that. */
  #lookAt(personIds: readonly string[]): void {
    const open = new Set(personIds.map((id) => id.toLowerCase()));
    for (const id of open) {
      const person = this.#around.findPerson(id);
      if (!person || !isSameId(person.id, id)) continue;
      for (const lucky of this.#lookAtOne(person)) {
        open.delete(lucky);
        open.add(lucky);
      }
    }
  }

  #lookAtOne(person: Person): string[] {
    const key = person.id.toLowerCase();
    const track = this.#tracks.get(key) ?? { policyIds: new Set(), slots: new Map(), count: 0 };
    this.#tracks.set(key, track);
    retarget(track, this.#entitlements.dedicatedPolicyIds(person.id));
    const { entitlements, lucky } = this.#entitlements.ofFrontline(person.id);
    entitlements.push(...this.#entitlements.ofLicences(person, [...track.policyIds]));
    for (const slot of track.slots.values()) slot.isEntitled = false;
    for (const entitlement of entitlements) {
      const slot = track.slots.get(entitlement.key) ?? emptySlot(entitlement);
      track.slots.set(entitlement.key, Object.assign(slot, { entitlement, isEntitled: true }));
    }
    for (const slot of track.slots.values()) this.slots.advance(person, track, slot);
    if (track.policyIds.size + track.slots.size + track.count === 0) this.#tracks.delete(key);
    return lucky.filter((one) => one !== key);
  }

  /** Whoever is still entitled gets another Cloud PC. */
  #gone(cloudPcId: string, userPrincipalName: string | null): void {
    const owner = this.#around.findPerson(userPrincipalName ?? '');
    const track = this.#tracks.get(owner?.id.toLowerCase() ?? '');
    if (!owner || !track) return;
    this.slots.empty(track, cloudPcId);
    this.#lookAt([owner.id]);
  }
}

function retarget({ policyIds }: Track, now: readonly string[]): void {
  for (const id of policyIds) if (!now.includes(id)) policyIds.delete(id);
  for (const id of now) policyIds.add(id);
}
