// The state of the pretend tenant, with what a test or the demo may add, change and count.
import type { Build, BuildScript, FirstBuildScript, ReprovisionOptions } from './cloud-pcs/build.ts';
import type { BulkAction, BulkPart, BulkProgress } from './cloud-pcs/bulk-action.ts';
import type { CloudPc, CloudPcSeed, CloudPcStatus, RemoteActionResult } from './cloud-pcs/cloud-pc.ts';
import type { ReprovisionRefusal } from './cloud-pcs/fleet.ts';
import { isSameId } from './ids.ts';
import { madeUpId } from './made-up.ts';
import type { Paging } from './odata/answer.ts';
import { Permissions } from './permissions.ts';
import { PostCounts } from './post-counts.ts';
import { ServicePrincipals } from './service-principals.ts';
import { found, TenantDirectory, type TenantOptions } from './tenant-directory.ts';
import type { AppInstallation, SentActivity, SentMail, TeamsApp, TenantSeed, UserSetting } from './tenant-types.ts';

export class Tenant extends TenantDirectory {
  readonly userSettings: UserSetting[];
  readonly teamsApps: TeamsApp[];
  readonly installations: AppInstallation[] = [];
  /** Mails that were accepted, oldest first. */
  readonly mails: SentMail[] = [];
  /** What whoever calls may do; everything at first. */
  readonly permissions = new Permissions();
  /** Applications and identities, with what an administrator has granted to each; no token follows from it. */
  readonly servicePrincipals: ServicePrincipals;
  /** Lines in activity feeds, oldest first. */
  readonly activities: SentActivity[] = [];
  /** Object ids of people whom `$search` does not find yet: its index lags behind. */
  readonly notYetIndexed = new Set<string>();
  /** Counts for every collection. */
  readonly paging: Paging = { pageSize: 100, emptyFirstPage: false };
  /** Bulk actions that were made, oldest first. */
  readonly bulkActions: BulkAction[] = [];
  /** How long a bulk action that is scheduled for the maintenance window waits for it, in milliseconds. */
  maintenanceWaitMs = 1000;
  /** Whether the tenant still has the bulk action of managed devices. */
  hasManagedDeviceBulk = true;
  readonly #received = new PostCounts();
  readonly #applied = new PostCounts();
  readonly #graceReceived = new PostCounts();
  readonly #graceApplied = new PostCounts();

  constructor(seed: TenantSeed, options: TenantOptions) {
    super(seed, options);
    this.userSettings = structuredClone([...seed.userSettings]);
    this.teamsApps = structuredClone([...seed.teamsApps]);
    this.servicePrincipals = new ServicePrincipals(options.now);
  }

  addCloudPc(seed: CloudPcSeed): void {
    this.fleet.add(this.cloudPcFrom(seed), seed.nextName);
    const owner = this.findPerson(seed.userPrincipalName);
    if (owner) this.windows365.personChanged(owner.id);
  }

  cloudPcs(): CloudPc[] {
    return this.fleet.list();
  }

  findCloudPc(cloudPcId: string): CloudPc | undefined {
    return this.fleet.find(cloudPcId);
  }

  /** Changes what readers see from now on; a new status puts an end to a running build. */
  changeCloudPc(cloudPcId: string, changes: Partial<CloudPc>): void {
    this.fleet.change(cloudPcId, changes);
  }

  removeCloudPc(cloudPcId: string): void {
    this.fleet.remove(cloudPcId);
  }

  /** Remote actions of one Cloud PC, oldest first, the running one last. */
  remoteActions(cloudPcId: string): RemoteActionResult[] {
    return this.fleet.actionsOf(cloudPcId);
  }

  /** Says how the next reprovision of this Cloud PC goes; several calls are used up one after the other. */
  nextBuild(cloudPcId: string, script: BuildScript): void {
    this.fleet.script(cloudPcId, script);
  }

  /**
   * Says how the first build of the Cloud PC goes that the person gets next; several calls are used up one after the other. Before it
   * has appeared.
   */
  nextFirstBuild(idOrUpn: string, script: FirstBuildScript): void {
    this.windows365.catchUp();
    this.windows365.script(found(this.findPerson(idOrUpn), idOrUpn).id, script);
  }

  /** Somebody else reprovisions in the Intune admin center: no POST is counted. */
  reprovisionInIntune(cloudPcId: string, script?: BuildScript): void {
    const refusal = this.fleet.refusalOf(cloudPcId);
    if (refusal) throw new Error(`Intune cannot reprovision ${cloudPcId} now: ${refusal.reason}.`);
    if (script) this.fleet.script(cloudPcId, script);
    this.fleet.reprovision(cloudPcId, {});
  }

  /** Why a reprovision would be refused now; undefined when it would start. */
  reprovisionRefusal(cloudPcId: string): ReprovisionRefusal | undefined {
    return this.fleet.refusalOf(cloudPcId);
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
    return 'build' in part ? this.fleet.progressOf(part.cloudPcId, part.build) : part.refused;
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
    return { received: this.#received.of(cloudPcId), applied: this.#applied.of(cloudPcId) };
  }

  /** Ends the grace period: answers the status when there is none to be ended. */
  endGracePeriod(cloudPcId: string): CloudPcStatus | undefined {
    const cloudPc = found(this.findCloudPc(cloudPcId), cloudPcId);
    if (cloudPc.status !== 'inGracePeriod') return cloudPc.status;
    this.windows365.slots.deprovision(cloudPc);
    this.#graceApplied.add(cloudPcId);
    return undefined;
  }

  /** Counts a request to end a grace period that reached the server, whatever becomes of it. */
  countEndGracePost(cloudPcId: string): void {
    this.#graceReceived.add(cloudPcId);
  }

  /** How often a grace period was to be ended, and how often one was; of one Cloud PC or of all. */
  endGracePosts(cloudPcId?: string): { received: number; applied: number } {
    return { received: this.#graceReceived.of(cloudPcId), applied: this.#graceApplied.of(cloudPcId) };
  }

  #start(
    cloudPcId: string,
    options: ReprovisionOptions,
    delayMs: number,
  ): { build: Build } | { refusal: ReprovisionRefusal } {
    const refusal = this.fleet.refusalOf(cloudPcId);
    if (refusal) return { refusal };
    const build = this.fleet.reprovision(cloudPcId, options, delayMs);
    this.#applied.add(cloudPcId);
    return { build };
  }
}
