// A Windows 365 Cloud PC in our words, and what its states allow.
// Source: graph resource cloudPC (beta), https://learn.microsoft.com/graph/api/resources/cloudpc
import type { Instant } from './time.ts';

export type OsVersion = 'windows10' | 'windows11';
export type AccountType = 'standardUser' | 'administrator';

/** cloudPcRemoteActionResult: the newest remote action, as Graph tells it. */
export interface RemoteAction {
  name: string;
  state: string;
  startedAt: Instant | null;
}

export interface StatusDetail {
  code: string;
  message: string | null;
}

/**
 * `dedicated`: one licence, one person. `frontline`: one's own too, but switched off while nobody works (Frontline in dedicated
 * mode). `reserve`: one's own for a time. `shared`: whoever comes gets it (Frontline in shared mode). `cloudApp`: the device behind
 * a single app. https://learn.microsoft.com/windows-365/enterprise/introduction-windows-365-frontline
 */
export type CloudPcKind = 'dedicated' | 'frontline' | 'reserve' | 'shared' | 'cloudApp';

export interface CloudPc {
  id: string;
  /** Device name, or the display name while there is no device. */
  name: string;
  /** Intune's id of the device; null while there is none. Another one after a rebuild. */
  deviceId: string | null;
  /** cloudPcStatus; a word not known here means busy. */
  status: string;
  statusDetail: StatusDetail | null;
  servicePlanId: string | null;
  servicePlanName: string | null;
  policyId: string | null;
  policyName: string | null;
  imageName: string | null;
  ownerUpn: string | null;
  provisionedAt: Instant | null;
  modifiedAt: Instant | null;
  graceEndsAt: Instant | null;
  lastAction: RemoteAction | null;
  lastSignInAt: Instant | null;
  lastSignOutAt: Instant | null;
  kind: CloudPcKind;
}

/** cloudPcRemoteActionCapability of getSupportedCloudPcRemoteActions (beta). */
export interface RemoteActionCapability {
  name: string;
  enabled: boolean;
}

/** Shared devices and cloud apps are nobody's own Cloud PC. */
export function isPersonal({ kind }: Pick<CloudPc, 'kind'>): boolean {
  return kind !== 'shared' && kind !== 'cloudApp';
}

export type CloudPcFace = 'ready' | 'readyWithWarnings' | 'failed' | 'grace' | 'building';

const faces: Record<string, CloudPcFace> = {
  provisioned: 'ready',
  provisionedWithWarnings: 'readyWithWarnings',
  failed: 'failed',
  inGracePeriod: 'grace',
};

/** What a person is shown for a status. Words not known (Graph adds some at any time) mean busy. */
export function faceOf(status: string): CloudPcFace {
  return Object.hasOwn(faces, status) ? (faces[status] ?? 'building') : 'building';
}

export function isReadyStatus(status: string): boolean {
  return status === 'provisioned' || status === 'provisionedWithWarnings';
}

export function isBusyStatus(status: string): boolean {
  return faceOf(status) === 'building';
}

/** A remote action that has been accepted and has not ended. */
export function isActionRunning(action: RemoteAction | null): boolean {
  return action !== null && ['pending', 'active'].includes(action.state.toLowerCase());
}

/** Graph's samples name the action `Reprovision`, its text `CloudPcReprovision`: compare by substring, without case. */
export function isReprovision(action: { name: string }): boolean {
  return action.name.toLowerCase().includes('reprovision');
}

export type NotNowReason = 'grace' | 'busy' | 'actionRunning' | 'notOffered' | 'notPersonal';

/**
 * Why this Cloud PC cannot be reprovisioned now, or null when it can.
 * Documented: status Failed or Provisioned; with warnings too, since the documentation tells admins to reprovision then.
 * @param capabilities what getSupportedCloudPcRemoteActions says; null when it was not asked or Graph did not know
 */
export function whyNotNow(pc: CloudPc, capabilities: readonly RemoteActionCapability[] | null): NotNowReason | null {
  if (!isPersonal(pc)) return 'notPersonal';
  const face = faceOf(pc.status);
  if (face === 'grace') return 'grace';
  if (face === 'building') return 'busy';
  if (isActionRunning(pc.lastAction)) return 'actionRunning';
  const offered = capabilities?.find(isReprovision);
  return offered && !offered.enabled ? 'notOffered' : null;
}

/** Whether a sign-out was seen since the last sign-in. Graph does not tell who is connected now. */
export function wasSignedOutSince(pc: Pick<CloudPc, 'lastSignInAt' | 'lastSignOutAt'>): boolean {
  return pc.lastSignInAt === null || (pc.lastSignOutAt !== null && pc.lastSignOutAt >= pc.lastSignInAt);
}
