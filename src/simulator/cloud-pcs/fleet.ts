// All Cloud PCs of the tenant. Their state is worked out from the time when someone looks; there are no timers.

import { madeUpDeviceName } from '../made-up.ts';
import {
  afterBuild,
  type Build,
  type BuildScript,
  type FirstBuildScript,
  planBuild,
  type ReprovisionOptions,
  whileBuilding,
} from './build.ts';
import type { CloudPc, CloudPcStatus, RemoteActionResult } from './cloud-pc.ts';

interface Machine {
  cloudPc: CloudPc;
  build?: Build;
  buildCount: number;
  scripts: BuildScript[];
  /** Results of remote actions that have ended, oldest first. */
  endedActions: RemoteActionResult[];
  /** The last device name that was known: a failed Cloud PC has none. */
  lastName: string;
  nextName?: string;
}

/** Why a reprovision cannot start now. */
export type ReprovisionRefusal = { reason: 'busy' } | { reason: 'wrongStatus'; status: CloudPcStatus };

// Documented are Failed and Provisioned; after warnings the documentation tells admins to reprovision.
// https://learn.microsoft.com/windows-365/enterprise/reprovision-cloud-pc
const reprovisionable: readonly CloudPcStatus[] = ['provisioned', 'provisionedWithWarnings', 'failed'];

export class Fleet {
  readonly #machines = new Map<string, Machine>();
  /** Ids that were replaced by a build, and what stands in their place. */
  readonly #successors = new Map<string, string>();
  /** Keys of Cloud PCs by the owner's UPN in lower case: fleets are large. */
  readonly #ofOwner = new Map<string, Set<string>>();
  readonly #now: () => number;
  readonly #usualBuildMs: number;
  /** When the next build ends: until then nobody has to look at all of them. */
  #nextEndMs = Number.POSITIVE_INFINITY;

  constructor(now: () => number, usualBuildMs: number) {
    this.#now = now;
    this.#usualBuildMs = usualBuildMs;
  }

  add(cloudPc: CloudPc, nextName?: string): void {
    const id = keyOf(cloudPc.id);
    if (this.#machines.has(id)) throw new Error(`The tenant already has a Cloud PC ${cloudPc.id}.`);
    const lastName = cloudPc.managedDeviceName ?? 'CPC-';
    this.#machines.set(id, { cloudPc, buildCount: 0, scripts: [], endedActions: [], lastName, nextName });
    this.#note(cloudPc);
  }

  /** Puts a new Cloud PC into the list and begins its first build. @param name of the device once it is ready */
  provision(cloudPc: CloudPc, name: string, script: FirstBuildScript, usualBuildMs: number | null): void {
    this.add(cloudPc);
    const machine = this.#get(cloudPc.id);
    machine.lastName = name;
    this.#begin(machine, script, {
      nowMs: this.#now(),
      usualBuildMs: usualBuildMs ?? this.#usualBuildMs,
      options: {},
      newName: name,
      isFirst: true,
    });
  }

  /** Cloud PCs of one person. */
  ownedBy(userPrincipalName: string): CloudPc[] {
    const keys = this.#ofOwner.get(userPrincipalName.toLowerCase()) ?? [];
    return [...keys].flatMap((key) => this.find(key) ?? []);
  }

  /** The id under which a Cloud PC stands today that was known by another one. */
  currentIdOf(cloudPcId: string): string {
    const successor = this.#successors.get(keyOf(cloudPcId));
    return successor === undefined ? cloudPcId : this.currentIdOf(successor);
  }

  list(): CloudPc[] {
    this.#endBuilds();
    return [...this.#machines.values()].map((machine) => this.#present(machine));
  }

  find(cloudPcId: string): CloudPc | undefined {
    const machine = this.#find(cloudPcId);
    return machine && this.#present(machine);
  }

  /** Changes what a reader sees from now on. A new status puts an end to a running build. */
  change(cloudPcId: string, changes: Partial<CloudPc>): void {
    const machine = this.#get(cloudPcId);
    if (changes.status) machine.build = undefined;
    const lastModifiedDateTime = new Date(this.#now()).toISOString();
    this.#unnote(machine.cloudPc);
    machine.cloudPc = { ...machine.cloudPc, lastModifiedDateTime, ...changes };
    this.#note(machine.cloudPc);
  }

  remove(cloudPcId: string): void {
    this.#unnote(this.#get(cloudPcId).cloudPc);
    this.#machines.delete(keyOf(cloudPcId));
  }

  /** Remote actions of one Cloud PC, oldest first, the running one last. */
  actionsOf(cloudPcId: string): RemoteActionResult[] {
    const machine = this.#get(cloudPcId);
    const running = this.#present(machine).lastRemoteActionResult;
    return running?.actionState === 'active' ? [...machine.endedActions, running] : machine.endedActions;
  }

  /** Says how a coming reprovision goes. Several scripts are used up one after the other. */
  script(cloudPcId: string, script: BuildScript): void {
    this.#get(cloudPcId).scripts.push(script);
  }

  /** Why a reprovision would be refused now; undefined when it would start. */
  refusalOf(cloudPcId: string): ReprovisionRefusal | undefined {
    const { build, cloudPc } = this.#get(cloudPcId);
    if (build) return { reason: 'busy' };
    return reprovisionable.includes(cloudPc.status) ? undefined : { reason: 'wrongStatus', status: cloudPc.status };
  }

  /** Starts a build, now or after a delay in which it already counts as busy; ask `refusalOf` first. */
  reprovision(cloudPcId: string, options: ReprovisionOptions, delayMs = 0): Build {
    const machine = this.#get(cloudPcId);
    const newName = machine.nextName ?? madeUpDeviceName(machine.lastName, machine.buildCount + 1);
    machine.nextName = undefined;
    return this.#begin(machine, machine.scripts.shift() ?? { outcome: 'provisioned' }, {
      nowMs: this.#now() + delayMs,
      usualBuildMs: this.#usualBuildMs,
      options,
      newName,
      isFirst: false,
    });
  }

  /** How far a build is that was started here. One that was cut short by a change of the status is what came of that. */
  progressOf(cloudPcId: string, build: Build): 'pending' | 'inProgress' | 'successful' | 'failed' {
    const machine = this.#find(cloudPcId);
    const nowMs = this.#now();
    if (nowMs < build.endsAtMs && machine?.build !== build)
      return machine?.cloudPc.status === 'failed' ? 'failed' : 'successful';
    if (nowMs < build.startedAtMs) return 'pending';
    if (nowMs < build.endsAtMs) return 'inProgress';
    return build.outcome === 'failed' ? 'failed' : 'successful';
  }

  #begin(machine: Machine, script: BuildScript, start: Omit<Parameters<typeof planBuild>[1], 'number'>): Build {
    machine.buildCount += 1;
    const build = planBuild(script, { ...start, number: machine.buildCount });
    machine.build = build;
    this.#nextEndMs = Math.min(this.#nextEndMs, build.endsAtMs);
    return build;
  }

  #present(machine: Machine): CloudPc {
    return machine.build ? whileBuilding(machine.cloudPc, machine.build, this.#now()) : machine.cloudPc;
  }

  #get(cloudPcId: string): Machine {
    const machine = this.#find(cloudPcId);
    if (!machine) throw new Error(`The tenant has no Cloud PC ${cloudPcId}.`);
    return machine;
  }

  #find(cloudPcId: string): Machine | undefined {
    this.#endBuilds();
    return this.#machines.get(keyOf(cloudPcId));
  }

  #endBuilds(): void {
    const nowMs = this.#now();
    if (nowMs < this.#nextEndMs) return;
    this.#nextEndMs = Number.POSITIVE_INFINITY;
    for (const [id, machine] of [...this.#machines]) {
      if (!machine.build) continue;
      if (nowMs >= machine.build.endsAtMs) this.#endBuild(id, machine, machine.build);
      else this.#nextEndMs = Math.min(this.#nextEndMs, machine.build.endsAtMs);
    }
  }

  #endBuild(id: string, machine: Machine, build: Build): void {
    machine.build = undefined;
    const ended = afterBuild(machine.cloudPc, build);
    if (ended && keyOf(ended.id) === id) {
      machine.cloudPc = ended;
      machine.lastName = ended.managedDeviceName ?? machine.lastName;
      if (ended.lastRemoteActionResult) machine.endedActions.push(ended.lastRemoteActionResult);
      return;
    }
    this.#unnote(machine.cloudPc);
    this.#machines.delete(id);
    if (!ended) return;
    this.#successors.set(id, ended.id);
    this.add(ended);
  }

  #note({ id, userPrincipalName }: CloudPc): void {
    if (userPrincipalName === null) return;
    const owner = userPrincipalName.toLowerCase();
    const keys = this.#ofOwner.get(owner) ?? new Set();
    this.#ofOwner.set(owner, keys.add(keyOf(id)));
  }

  #unnote({ id, userPrincipalName }: CloudPc): void {
    this.#ofOwner.get(userPrincipalName?.toLowerCase() ?? '')?.delete(keyOf(id));
  }
}

function keyOf(cloudPcId: string): string {
  return cloudPcId.toLowerCase();
}
