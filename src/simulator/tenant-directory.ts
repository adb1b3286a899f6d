// Whom and what the tenant has: people, groups, licences, policies, and what follows from them for Cloud PCs.
import { Agenda } from './assignment/agenda.ts';
import { type Delays, usualDelays } from './assignment/delays.ts';
import type { Licences } from './assignment/licences.ts';
import { Windows365 } from './assignment/windows-365.ts';
import { type CloudPc, type CloudPcSeed, cloudPcFrom } from './cloud-pcs/cloud-pc.ts';
import { Fleet } from './cloud-pcs/fleet.ts';
import { isSameId } from './ids.ts';
import { Memberships } from './memberships.ts';
import { People } from './people.ts';
import type { FrontlinePlan, Group, Person, ProvisioningPolicy, Sku, TenantSeed } from './tenant-types.ts';

export interface TenantOptions {
  now: () => number;
  buildMs: number;
  delays?: Partial<Delays>;
}

export class TenantDirectory {
  readonly id: string;
  readonly groups: Group[];
  readonly provisioningPolicies: ProvisioningPolicy[];
  readonly skus: Sku[];
  /** The tenant's clock, in milliseconds. */
  readonly now: () => number;
  /** How long licences, members and Cloud PCs take to come and to go. */
  readonly delays: Delays;
  readonly #people: People;
  readonly #memberships: Memberships;
  readonly #frontlinePlans: FrontlinePlan[];
  readonly #agenda: Agenda;
  readonly #fleetOfToday: Fleet;
  protected readonly windows365: Windows365;

  constructor(seed: TenantSeed, options: TenantOptions) {
    this.id = seed.tenantId;
    this.now = options.now;
    this.delays = { ...usualDelays, ...options.delays };
    this.groups = structuredClone([...seed.groups]);
    this.provisioningPolicies = structuredClone([...seed.provisioningPolicies]);
    this.skus = structuredClone([...seed.skus]);
    this.#people = new People(structuredClone([...seed.people]));
    this.#frontlinePlans = structuredClone([...seed.frontlinePlans]);
    this.#agenda = new Agenda(options.now);
    this.#memberships = new Memberships(this.groups, this.#agenda.now);
    this.#fleetOfToday = new Fleet(this.#agenda.now, options.buildMs);
    for (const cloudPc of seed.cloudPcs) this.#fleetOfToday.add(this.cloudPcFrom(cloudPc), cloudPc.nextName);
    this.windows365 = this.#startWindows365();
  }

  get people(): readonly Person[] {
    return this.#people.all;
  }

  get frontlinePlans(): FrontlinePlan[] {
    this.windows365.catchUp();
    return this.#frontlinePlans;
  }

  /** Which licences have reached whom. */
  get licences(): Licences {
    this.windows365.catchUp();
    return this.windows365.licences;
  }

  /** By object id or UPN, without case. */
  findPerson(idOrUpn: string): Person | undefined {
    return this.#people.find(idOrUpn);
  }

  addPerson(person: Person): void {
    this.windows365.catchUp();
    this.#people.add(person);
    this.windows365.personAdded(person.id);
  }

  changePerson(idOrUpn: string, changes: Partial<Person>): void {
    this.windows365.catchUp();
    const person = found(this.findPerson(idOrUpn), idOrUpn);
    Object.assign(person, changes);
    this.windows365.personChanged(person.id);
  }

  /** Removes the account and its memberships; the person's Cloud PCs stay until they are removed too. */
  removePerson(idOrUpn: string): void {
    this.windows365.catchUp();
    const person = found(this.findPerson(idOrUpn), idOrUpn);
    this.#people.remove(person);
    for (const group of this.groups) this.#memberships.remove(group, person.id);
    this.windows365.personRemoved(person.id);
  }

  addGroup(group: Group): void {
    this.windows365.catchUp();
    this.groups.push(group);
    this.windows365.membersChanged(group, group.memberIds);
  }

  findGroup(groupId: string): Group | undefined {
    return this.groups.find(({ id }) => isSameId(id, groupId));
  }

  changeGroup(groupId: string, changes: Partial<Group>): void {
    this.windows365.catchUp();
    const group = found(this.findGroup(groupId), groupId);
    const before = group.memberIds;
    Object.assign(group, changes);
    this.windows365.membersChanged(group, [...before, ...group.memberIds]);
  }

  addMember(groupId: string, memberId: string): void {
    this.windows365.catchUp();
    const group = found(this.findGroup(groupId), groupId);
    this.#memberships.add(group, memberId);
    this.windows365.membersChanged(group, [memberId]);
  }

  removeMember(groupId: string, memberId: string): void {
    this.windows365.catchUp();
    const group = found(this.findGroup(groupId), groupId);
    this.#memberships.remove(group, memberId);
    this.windows365.membersChanged(group, [memberId]);
  }

  /** Member directly or through a group in the group, as far as readers see it yet. */
  isMember(groupId: string, memberId: string): boolean {
    const group = this.findGroup(groupId);
    return group !== undefined && this.#memberships.isWithin(group, memberId, this.#visibleSinceMs);
  }

  /** Ids of direct members, as far as readers see them yet. */
  memberIdsOf(group: Group): string[] {
    return this.#memberships.idsIn(group, this.#visibleSinceMs);
  }

  /** Ids of members at any depth, the groups among them, as far as readers see them yet. */
  transitiveMemberIdsOf(group: Group): string[] {
    return this.#memberships.idsWithin(group, this.#visibleSinceMs);
  }

  /** The Cloud PCs, after everything that was due has happened to them. */
  protected get fleet(): Fleet {
    this.windows365.catchUp();
    return this.#fleetOfToday;
  }

  get #visibleSinceMs(): number | undefined {
    const { membershipVisibleMs } = this.delays;
    return membershipVisibleMs === 0 ? undefined : this.now() - membershipVisibleMs;
  }

  protected cloudPcFrom(seed: CloudPcSeed): CloudPc {
    const policy = this.provisioningPolicies.find(({ id }) => isSameId(id, seed.provisioningPolicyId));
    return cloudPcFrom(seed, found(policy, seed.provisioningPolicyId));
  }

  #startWindows365(): Windows365 {
    return new Windows365({
      groups: this.groups,
      skus: this.skus,
      frontlinePlans: this.#frontlinePlans,
      provisioningPolicies: this.provisioningPolicies,
      delays: this.delays,
      memberships: this.#memberships,
      fleet: this.#fleetOfToday,
      agenda: this.#agenda,
      findPerson: (idOrUpn) => this.findPerson(idOrUpn),
    });
  }
}

export function found<Thing>(thing: Thing | undefined, id: string): Thing {
  if (thing === undefined) throw new Error(`The tenant has no ${id}.`);
  return thing;
}
