// The life of one reprovision, as pure functions of time: the old state for a while, 'provisioning', an outcome.
// The order of states is undocumented. The old 'provisioned' lingers after the 204, so that a watcher which takes it for
// the outcome is found out.
import { madeUpId } from '../made-up.ts';
import type { CloudPc, RemoteActionResult, StatusDetail } from './cloud-pc.ts';

/** `newId`: the old id is gone and another Cloud PC stands in its place; `vanish`: gone; `never`: builds for ever. */
export type BuildOutcome = 'provisioned' | 'provisionedWithWarnings' | 'failed' | 'never' | 'newId' | 'vanish';

export interface BuildScript {
  outcome: BuildOutcome;
  /** From the POST to the outcome. */
  buildMs?: number;
  /** How long the old state stays visible; 5 % of the build when left out. */
  lagMs?: number;
  /** For `failed` and `provisionedWithWarnings`. */
  statusDetail?: StatusDetail;
}

/** How the first build of a person's next Cloud PC goes. */
export interface FirstBuildScript extends Omit<BuildScript, 'outcome'> {
  outcome: Exclude<BuildOutcome, 'newId'>;
  /** From the licence and the policy until it stands in the list; infinity: never. */
  appearMs?: number;
}

/** Documented values of the reprovision's body; what is left out stays as it was. */
export interface ReprovisionOptions {
  osVersion?: 'windows10' | 'windows11';
  userAccountType?: 'standardUser' | 'administrator';
}

export interface Build {
  outcome: BuildOutcome;
  startedAtMs: number;
  visibleAtMs: number;
  endsAtMs: number;
  statusDetail: StatusDetail | null;
  options: ReprovisionOptions;
  /** Counts the builds of one Cloud PC; new ids are made from it. */
  number: number;
  newName: string;
  /** It is no remote action, so none is reported. */
  isFirst: boolean;
}

const shareOfLag = 0.05;

const failure: StatusDetail = {
  code: 'intuneEnrollFailed',
  message: "We can't complete MEM enrollment of this Cloud PC. Check MEM policy settings and retry.",
  additionalInformation: [
    { name: 'retriable', value: 'true' },
    { name: 'failedAction', value: 'Provision' },
    { name: 'rawError', value: 'Run Intune enrollment extension failed.' },
  ],
};

const warning: StatusDetail = {
  code: 'internalServerError',
  message: 'The Cloud PC was provisioned, but a step after provisioning failed.',
  additionalInformation: [{ name: 'retriable', value: 'false' }],
};

/** Lays down a build that starts now. `usualBuildMs` counts when the script names no time. */
export function planBuild(
  script: BuildScript,
  start: Pick<Build, 'number' | 'options' | 'newName' | 'isFirst'> & { nowMs: number; usualBuildMs: number },
): Build {
  const buildMs = script.buildMs ?? start.usualBuildMs;
  return {
    outcome: script.outcome,
    startedAtMs: start.nowMs,
    visibleAtMs: start.nowMs + (script.lagMs ?? buildMs * shareOfLag),
    endsAtMs: script.outcome === 'never' ? Number.POSITIVE_INFINITY : start.nowMs + buildMs,
    statusDetail: script.statusDetail ?? usualDetail(script.outcome),
    options: start.options,
    number: start.number,
    newName: start.newName,
    isFirst: start.isFirst,
  };
}

/** The Cloud PC as a reader sees it before the build has ended. */
export function whileBuilding(cloudPc: CloudPc, build: Build, nowMs: number): CloudPc {
  if (nowMs < build.visibleAtMs) return cloudPc;
  return {
    ...cloudPc,
    status: 'provisioning',
    statusDetail: null,
    aadDeviceId: null,
    managedDeviceId: null,
    managedDeviceName: null,
    lastModifiedDateTime: isoTime(build.visibleAtMs),
    lastRemoteActionResult: actionResult(cloudPc, build, 'active', build.visibleAtMs),
  };
}

/** The Cloud PC that stands there after the build; null when there is none. */
export function afterBuild(cloudPc: CloudPc, build: Build): CloudPc | null {
  if (build.outcome === 'vanish') return null;
  const ended = { ...cloudPc, statusDetail: build.statusDetail, lastModifiedDateTime: isoTime(build.endsAtMs) };
  if (build.outcome === 'failed') {
    return {
      ...ended,
      status: 'failed',
      aadDeviceId: null,
      managedDeviceId: null,
      managedDeviceName: null,
      lastRemoteActionResult: actionResult(cloudPc, build, 'failed', build.endsAtMs),
    };
  }
  const isNew = build.outcome === 'newId';
  return {
    ...ended,
    ...build.options,
    id: isNew ? madeUpId('cloud pc', cloudPc.id, build.number) : cloudPc.id,
    status: build.outcome === 'provisionedWithWarnings' ? 'provisionedWithWarnings' : 'provisioned',
    aadDeviceId: madeUpId('entra device', cloudPc.id, build.number),
    managedDeviceId: madeUpId('intune device', cloudPc.id, build.number),
    managedDeviceName: build.newName,
    provisionedDateTime: isoTime(build.endsAtMs),
    lastLoginResult: null,
    lastRemoteActionResult: isNew ? null : actionResult(cloudPc, build, 'done', build.endsAtMs),
  };
}

function actionResult(
  cloudPc: CloudPc,
  build: Build,
  actionState: 'active' | 'done' | 'failed',
  updatedAtMs: number,
): RemoteActionResult | null {
  if (build.isFirst) return null;
  return {
    actionName: 'Reprovision',
    actionState,
    startDateTime: isoTime(build.startedAtMs),
    lastUpdatedDateTime: isoTime(updatedAtMs),
    cloudPcId: cloudPc.id,
    managedDeviceId: cloudPc.managedDeviceId,
    statusDetail: actionState === 'failed' ? build.statusDetail : null,
  };
}

function usualDetail(outcome: BuildOutcome): StatusDetail | null {
  if (outcome === 'failed') return failure;
  return outcome === 'provisionedWithWarnings' ? warning : null;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
