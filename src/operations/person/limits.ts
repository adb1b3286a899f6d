// How long each step may take, and what it means when it takes longer.
import type { PersonEvent } from '../../domain/person-events.ts';
import type { PersonFailure, PersonItem, PersonStep } from '../../domain/person-item.ts';
import { nextToUndo } from '../../domain/person-moves.ts';
import type { Limits } from '../../domain/policy.ts';
import type { Instant } from '../../domain/time.ts';

const limitOf: Readonly<Record<PersonStep, keyof Limits>> = {
  check: 'giveUpAfterMs',
  joinProvisioning: 'membershipWithinMs',
  joinSettings: 'membershipWithinMs',
  leaveOthers: 'membershipWithinMs',
  awaitMembership: 'membershipWithinMs',
  joinEntitlement: 'membershipWithinMs',
  awaitLicence: 'licenceWithinMs',
  awaitCloudPc: 'cloudPcWithinMs',
  awaitBuild: 'giveUpAfterMs',
  undo: 'licenceWithinMs',
  leaveEntitlement: 'membershipWithinMs',
  awaitGrace: 'cloudPcWithinMs',
  endGrace: 'membershipWithinMs',
  awaitEnd: 'unknownAfterMs',
};

const failures: Readonly<Partial<Record<PersonStep, PersonFailure>>> = {
  joinProvisioning: 'groupRefused',
  joinSettings: 'groupRefused',
  leaveOthers: 'groupRefused',
  awaitMembership: 'notVisible',
  joinEntitlement: 'groupRefused',
  awaitLicence: 'noLicence',
  awaitCloudPc: 'noCloudPc',
  awaitBuild: 'buildTooLong',
  leaveEntitlement: 'groupRefused',
  awaitGrace: 'graceNotSeen',
  endGrace: 'graceNotEnded',
};

/**
 * A person who must decide is waited for without a limit.
 * @param times the step's limit
 */
export function isOverdue(
  { step, stepSince, state }: Pick<PersonItem, 'step' | 'stepSince' | 'state'>,
  limits: Limits,
  now: Instant,
  times = 1,
): boolean {
  return state !== 'needsOperator' && now - stepSince > times * limits[limitOf[step]];
}

/** null: there is nothing to give up. */
export function whenOverdue(item: PersonItem): PersonEvent | null {
  if (item.step === 'check') return { type: 'refuse', code: 'graphUnavailable', detail: null };
  if (item.step === 'undo') return giveUpUndo(item);
  if (item.step === 'awaitEnd') return { type: 'graceUnclear' };
  const code = failures[item.step];
  return code ? { type: 'fail', code, detail: null } : null;
}

function giveUpUndo(item: PersonItem): PersonEvent {
  const change = nextToUndo(item);
  if (!change) return { type: 'stepDone' };
  return { type: 'undone', groupId: change.group.id, direction: change.direction, isDone: false };
}
