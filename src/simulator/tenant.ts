// The state of the pretend tenant, with what a test or the demo may add, change and count.
import type { Build, BuildScript, ReprovisionOptions } from './cloud-pcs/build.ts';
import type { BulkAction, BulkPart, BulkProgress } from './cloud-pcs/bulk-action.ts';
import { type CloudPc, type CloudPcSeed, cloudPcFrom, type RemoteActionResult } from './cloud-pcs/cloud-pc.ts';
import { Fleet, type ReprovisionRefusal } from './cloud-pcs/fleet.ts';
import { isSameId } from './ids.ts';
import { madeUpId } from './made-up.ts';
import type { Paging } from './odata/answer.ts';
import { Permissions } from './permissions.ts';
import { PostCounts } from './post-counts.ts';
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
  /** Bulk actions that were made, oldest first. */
  readonly bulkActions: BulkAction[] = [];
  /** How long a bulk action that is scheduled for the maintenance window waits for it, in milliseconds. */
  maintenanceWaitMs = 1000;
  /** Whether the tenant still has the bulk action of managed devices. */
  hasManagedDeviceBulk = true;
  readonly #received = new PostCounts();
  readonly #applied = new PostCounts();
  readonly #people: Person[];
  /** By id and UPN in lower case, as they were looked for. */
  readonly #knownPeople = new Map<string, Person>();

  constructor(seed: TenantSeed, options: { now: () => number; buildMs: number }) {
    this.id = seed.tenantId;
    this.now = options.now;
    this.#people = structuredClone([...seed.people]);
    this.groups = structuredClone([...seed.groups]);
    this.provisioningPolicies = structuredClone([...seed.provisioningPolicies]);
    this.userSettings = structuredClone([...seed.userSettings]);
    this.skus = structuredClone([...seed.skus]);
    this.frontlinePlans = structuredClone([...seed.frontlinePlans]);
    this.teamsApps = structuredClone([...seed.teamsApps]);
    this.#fleet = new Fleet(options.now, options.buildMs);
    for (const cloudPc of seed.cloudPcs) this.addCloudPc(cloudPc);
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  /** By object id or UPN, without case. */
  findPerson(idOrUpn: string): Person | undefined {
    const isMeant = ({ id, userPrincipalName }: Person) =>
      isSameId(id, idOrUpn) || isSameId(userPrincipalName, idOrUpn);
    const key = idOrUpn.toLowerCase();
    const known = this.#knownPeople.get(key);
    if (known && isMeant(known)) return known;
    const person = this.#people.find(isMeant);
    if (person) this.#knownPeople.set(key, person);
    return person;
  }

  addPerson(person: Person): void {
    this.#people.push(person);
  }

  changePerson(idOrUpn: string, changes: Partial<Person>): void {
    Object.assign(found(this.findPerson(idOrUpn), idOrUpn), changes);
  }

  /** Removes the account and its memberships; the person's Cloud PCs stay until they are removed too. */
  removePerson(idOrUpn: string): void {
    const person = found(this.findPerson(idOrUpn), idOrUpn);
    this.#people.splice(this.#people.indexOf(person), 1);
    this.#knownPeople.clear();
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
    const started = this.#start(cloudPcId, options, 0);
    return 'refusal' in started ? started.refusal : undefined;
  }

  /** The same as a part of a bulk action, with the build that comes of it. */
  reprovisionLater(cloudPcId: string, delayMs: number): { build: Build } | { refusal: ReprovisionRefusal } {
    return this.#start(cloudPcId, {}, delayMs);
  }

  addBulkAction(displayName: string, duringMaintenance: boolean, parts: readonly BulkPart[]): BulkAction {
    const action = {
      id: madeUpId('bulk action', this.id, this.bulkActions.length),
      displayName,
      scheduledDuringMaintenanceWindow: duringMaintenance,
      createdAtMs: this.now(),
      parts,
    };
    this.bulkActions.push(action);
    return action;
  }

  findBulkAction(bulkActionId: string): BulkAction | undefined {
    return this.bulkActions.find(({ id }) => isSameId(id, bulkActionId));
  }

  /** How far one Cloud PC of a bulk action is now. */
  progressOf(part: BulkPart): BulkProgress {
    return 'build' in part ? this.#fleet.progressOf(part.cloudPcId, part.build) : part.refused;
  }

  /** Counts a request to reprovision that reached the server, alone or in a bulk, whatever becomes of it. */
  countReprovisionPost(cloudPcId: string): void {
    this.#received.add(cloudPcId);
  }

  /**
   * How often a Cloud PC was named in a request to reprovision that reached the server, alone or in a bulk, and how often that started
   * a build; of one Cloud PC or of all.
   */
  reprovisionPosts(cloudPcId?: string): { received: number; applied: number } {
    const count = (counts: PostCounts): number => (cloudPcId === undefined ? counts.all() : counts.of(cloudPcId));
    return { received: count(this.#received), applied: count(this.#applied) };
  }

  #start(
    cloudPcId: string,
    options: ReprovisionOptions,
    delayMs: number,
  ): { build: Build } | { refusal: ReprovisionRefusal } {
    const refusal = this.#fleet.refusalOf(cloudPcId);
    if (refusal) return { refusal };
    const build = this.#fleet.reprovision(cloudPcId, options, delayMs);
    this.#applied.add(cloudPcId);
    return { build };
  }
}

function found<Thing>(thing: Thing | undefined, id: string): Thing {
  if (thing === undefined) throw new Error(`The tenant has no ${id}.`);
  return thing;
}
