// The state of the pretend tenant, with what a test or the demo may add, change and count.
import type { BuildScript, ReprovisionOptions } from './cloud-pcs/build.ts';
import { type CloudPc, type CloudPcSeed, cloudPcFrom, type RemoteActionResult } from './cloud-pcs/cloud-pc.ts';
import { Fleet, type ReprovisionRefusal } from './cloud-pcs/fleet.ts';
import { isSameId } from './ids.ts';
import type { Paging } from './odata/answer.ts';
import { Permissions } from './permissions.ts';
import type {
  AppInstallation,
  FrontlinePlan,
  Group,
  Person,
  ProvisioningPolicy,
  SentActivity,
  SentMail,
  Sku,
  TeamsApp,
  TenantSeed,
  UserSetting,
} from './tenant-types.ts';

export class Tenant {
  readonly id: string;
  readonly people: Person[];
  readonly groups: Group[];
  readonly provisioningPolicies: ProvisioningPolicy[];
  readonly userSettings: UserSetting[];
  readonly skus: Sku[];
  readonly frontlinePlans: FrontlinePlan[];
  readonly teamsApps: TeamsApp[];
  readonly installations: AppInstallation[] = [];
  /** Mails that were accepted, oldest first. */
  readonly mails: SentMail[] = [];
  /** What whoever calls may do; everything at first. */
  readonly permissions = new Permissions();
  /** Lines in activity feeds, oldest first. */
  readonly activities: SentActivity[] = [];
  /** Object ids of people whom `$search` does not find yet: its index lags behind. */
  readonly notYetIndexed = new Set<string>();
  /** Counts for every collection. */
  readonly paging: Paging = { pageSize: 100, emptyFirstPage: false };
  /** The tenant's clock, in milliseconds. */
  readonly now: () => number;
  readonly #fleet: Fleet;
  readonly #receivedPosts: string[] = [];
  readonly #appliedPosts: string[] = [];

  constructor(seed: TenantSeed, options: { now: () => number; buildMs: number }) {
    this.id = seed.tenantId;
    this.now = options.now;
    this.people = structuredClone([...seed.people]);
    this.groups = structuredClone([...seed.groups]);
    this.provisioningPolicies = structuredClone([...seed.provisioningPolicies]);
    this.userSettings = structuredClone([...seed.userSettings]);
    this.skus = structuredClone([...seed.skus]);
    this.frontlinePlans = structuredClone([...seed.frontlinePlans]);
    this.teamsApps = structuredClone([...seed.teamsApps]);
    this.#fleet = new Fleet(options.now, options.buildMs);
    for (const cloudPc of seed.cloudPcs) this.addCloudPc(cloudPc);
  }

  /** By object id or UPN, without case. */
  findPerson(idOrUpn: string): Person | undefined {
    return this.people.find(
      ({ id, userPrincipalName }) => isSameId(id, idOrUpn) || isSameId(userPrincipalName, idOrUpn),
    );
  }

  addPerson(person: Person): void {
    this.people.push(person);
  }

  changePerson(idOrUpn: string, changes: Partial<Person>): void {
    Object.assign(found(this.findPerson(idOrUpn), idOrUpn), changes);
  }

  /** Removes the account and its memberships; the person's Cloud PCs stay until they are removed too. */
  removePerson(idOrUpn: string): void {
    const person = found(this.findPerson(idOrUpn), idOrUpn);
    this.people.splice(this.people.indexOf(person), 1);
    for (const group of this.groups) this.removeMember(group.id, person.id);
  }

  addGroup(group: Group): void {
    this.groups.push(group);
  }

  findGroup(groupId: string): Group | undefined {
    return this.groups.find(({ id }) => isSameId(id, groupId));
  }

  changeGroup(groupId: string, changes: Partial<Group>): void {
    Object.assign(found(this.findGroup(groupId), groupId), changes);
  }

  addMember(groupId: string, memberId: string): void {
    found(this.findGroup(groupId), groupId).memberIds.push(memberId);
  }

  removeMember(groupId: string, memberId: string): void {
    const group = found(this.findGroup(groupId), groupId);
    group.memberIds = group.memberIds.filter((id) => !isSameId(id, memberId));
  }

  /** Member directly or through a group in the group. */
  isMember(groupId: string, memberId: string, seen: ReadonlySet<string> = new Set()): boolean {
    const group = this.findGroup(groupId);
    if (!group || seen.has(group.id)) return false;
    const path = new Set([...seen, group.id]);
    return group.memberIds.some((id) => isSameId(id, memberId) || this.isMember(id, memberId, path));
  }

  addCloudPc(seed: CloudPcSeed): void {
    const policy = this.provisioningPolicies.find(({ id }) => isSameId(id, seed.provisioningPolicyId));
    this.#fleet.add(cloudPcFrom(seed, found(policy, seed.provisioningPolicyId)), seed.nextName);
  }

  cloudPcs(): CloudPc[] {
    return this.#fleet.list();
  }

  findCloudPc(cloudPcId: string): CloudPc | undefined {
    return this.#fleet.find(cloudPcId);
  }

  /** Changes what readers see from now on; a new status puts an end to a running build. */
  changeCloudPc(cloudPcId: string, changes: Partial<CloudPc>): void {
    this.#fleet.change(cloudPcId, changes);
  }

  removeCloudPc(cloudPcId: string): void {
    this.#fleet.remove(cloudPcId);
  }

  /** Remote actions of one Cloud PC, oldest first, the running one last. */
  remoteActions(cloudPcId: string): RemoteActionResult[] {
    return this.#fleet.actionsOf(cloudPcId);
  }

  /** Says how the next reprovision of this Cloud PC goes; several calls are used up one after the other. */
  nextBuild(cloudPcId: string, script: BuildScript): void {
    this.#fleet.script(cloudPcId, script);
  }

  /** Somebody else reprovisions in the Intune admin center: no POST is counted. */
  reprovisionInIntune(cloudPcId: string, script?: BuildScript): void {
    const refusal = this.#fleet.refusalOf(cloudPcId);
    if (refusal) throw new Error(`Intune cannot reprovision ${cloudPcId} now: ${refusal.reason}.`);
    if (script) this.#fleet.script(cloudPcId, script);
    this.#fleet.reprovision(cloudPcId, {});
  }

  /** Why a reprovision would be refused now; undefined when it would start. */
  reprovisionRefusal(cloudPcId: string): ReprovisionRefusal | undefined {
    return this.#fleet.refusalOf(cloudPcId);
  }

  /** Reprovision through Graph: answers the refusal when it cannot start. */
  reprovision(cloudPcId: string, options: ReprovisionOptions): ReprovisionRefusal | undefined {
    const refusal = this.#fleet.refusalOf(cloudPcId);
    if (refusal) return refusal;
    this.#fleet.reprovision(cloudPcId, options);
    this.#appliedPosts.push(cloudPcId);
    return undefined;
  }

  /** Counts a reprovision POST that reached the server, whatever becomes of it. */
  countReprovisionPost(cloudPcId: string): void {
    this.#receivedPosts.push(cloudPcId);
  }

  /** How many reprovision POSTs reached the server, and how many of them started a build; of one Cloud PC or of all. */
  reprovisionPosts(cloudPcId?: string): { received: number; applied: number } {
    const count = (ids: readonly string[]): number =>
      ids.filter((id) => cloudPcId === undefined || isSameId(id, cloudPcId)).length;
    return { received: count(this.#receivedPosts), applied: count(this.#appliedPosts) };
  }
}

function found<Thing>(thing: Thing | undefined, id: string): Thing {
  if (thing === undefined) throw new Error(`The tenant has no ${id}.`);
  return thing;
}
