// How a request that assigns Windows 365 or takes it back ended for its person, in plain words: what happened and what helps.
import type { MembershipChange, PersonItem, PersonOutcome } from '../domain/person-item.ts';
import { causeOf, type Explanation } from './outcome.ts';
import { type Sentence, say } from './sentence.ts';

/** Those that reprovisioning knows as well. */
const shared: readonly string[] = ['notAllowedAnyMore', 'approvalGone', 'policyChanged', 'graphUnavailable'];
/** Those that explain themselves by the face of the card. */
const plain: readonly string[] = ['ready', 'unassigned', 'cancelled', 'closedByAdmin'];

/** What happened and what helps; null where there is nothing to explain. */
export function explainPerson(item: PersonItem | null): Explanation | null {
  const outcome = item && (item.outcome ?? item.failing);
  if (!outcome || plain.includes(outcome.code)) return null;
  if (outcome.code === 'readyWithWarnings') return warningOf(item, outcome);
  if (outcome.code === 'buildFailed') return causeOf(outcome.detail, false);
  const { code } = outcome;
  if (shared.includes(code)) return { happened: say(`reason.${code}.text`), helps: say(`reason.${code}.try`) };
  return { happened: say(`assignOutcome.${code}.text`), helps: say(`assignOutcome.${code}.try`) };
}

/** assign: an extra step of Windows 365; unassign: what comes after the licence. */
function warningOf(item: PersonItem, { detail }: PersonOutcome): Explanation {
  if (item.operation === 'assign') return causeOf(detail, true);
  return { happened: say('assignOutcome.groupsLeft.text'), helps: say('assignOutcome.groupsLeft.try') };
}

/**
 * What became of the changes that this request made: `unchanged`: it made none; `all`: every one is taken back; `some`: one
 * or more are still there, or nobody knows.
 */
export type UndoState = 'unchanged' | 'all' | 'some';

export function undoOf({ changes }: Pick<PersonItem, 'changes'>): UndoState {
  const own = changes.filter(isOwn);
  if (own.length === 0) return 'unchanged';
  return own.every(({ state }) => state === 'undone') ? 'all' : 'some';
}

export function isOwn({ state }: MembershipChange): boolean {
  return state !== 'wasSo';
}

/** What becomes of the Cloud PC of somebody from whom Windows 365 was taken back. */
export type CloudPcFate = 'kept' | 'keptUnknown' | 'ended' | 'noPc';

/** What was read last may still say that a grace period goes on that has been ended. */
export function fateOf({ cloudPc, order, outcome }: PersonItem): CloudPcFate {
  const isGraceOpen = outcome?.code === 'graceNotSeen' || outcome?.code === 'graceNotEnded';
  if (cloudPc === null) return order.cloudPcs.length === 0 ? 'noPc' : 'keptUnknown';
  if (order.endsGrace && !isGraceOpen) return 'ended';
  return cloudPc.graceEndsAt === null ? 'keptUnknown' : 'kept';
}

/** The reference that IT can look up: Graph's code, never its words. */
export function referenceOfPerson(item: PersonItem | null): Sentence | null {
  const code = (item?.outcome ?? item?.failing)?.detail?.code;
  return code ? say('progress.reference', { code }) : null;
}
