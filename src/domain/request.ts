// The state machine of a request. Pure: (request, event, now) → the new request and what follows.
//
//   draft → awaitingApproval → approved → running → succeeded | partlySucceeded | failed
//   and declined | expired | cancelled
import type { Bulk } from './bulk.ts';
import type { AccountType, OsVersion } from './cloud-pc.ts';
import type { PersonRef } from './people.ts';
import type { Policy } from './policy.ts';
import { type BulkEvent, type BulkNews, decideBulk } from './request-bulk.ts';
import { hour, type Instant } from './time.ts';
import { countIn, hasFinished, sizeOf, type Tally } from './waves.ts';

export type RequestState =
  | 'draft'
  | 'awaitingApproval'
  | 'approved'
  | 'running'
  | 'succeeded'
  | 'partlySucceeded'
  | 'failed'
  | 'declined'
  | 'expired'
  | 'cancelled';

export const endedRequestStates: readonly RequestState[] = [
  'succeeded',
  'partlySucceeded',
  'failed',
  'declined',
  'expired',
  'cancelled',
];

export function isEnded(state: RequestState): boolean {
  return endedRequestStates.includes(state);
}

export type OperationName = 'reprovision' | 'assign' | 'unassign';

/** What a person chose. `null`: no choice was offered, and nothing is sent. */
export interface Options {
  osVersion: OsVersion | null;
  accountType: AccountType | null;
}

/** The longest text of its own that a mail may carry, in characters. */
export const longestMailText = 3000;
export const longestReason = 300;

export function hasOptions({ options }: Pick<Request, 'options'>): boolean {
  return options.osVersion !== null || options.accountType !== null;
}

export interface MailWish {
  wanted: boolean;
  text: string | null;
}

export type Verdict = 'approve' | 'decline';

export interface Decision {
  by: PersonRef;
  verdict: Verdict;
  comment: string | null;
  asApprover: boolean;
  asAdmin: boolean;
  /** The revision that was decided on. */
  revision: number;
  at: Instant;
}

export interface Request {
  id: string;
  /** `R-1042`; given at submit. */
  code: string | null;
  operation: OperationName;
  state: RequestState;
  /** Changes only when target, options or time change: an approval belongs to a revision. */
  revision: number;
  /** Counts every save. */
  version: number;
  requester: PersonRef;
  owner: PersonRef;
  ownerUpn: string;
  options: Options;
  mail: MailWish;
  reason: string | null;
  /** null: on one Cloud PC, the owner's. A bulk request names its requester as the owner; each item has its own. */
  bulk: Bulk | null;
  approval: { needed: number; byAdmin: boolean; rule: string };
  decisions: Decision[];
  /** Its items, counted by state. */
  tally: Tally;
  /** Who cancelled it. */
  cancelledBy: PersonRef | null;
  createdAt: Instant;
  submittedAt: Instant | null;
  approvedAt: Instant | null;
  /** When a draft or an open approval runs out. */
  expiresAt: Instant | null;
  endedAt: Instant | null;
}

export interface Submission {
  code: string;
  /** Left out: as the draft says. */
  bulk?: Bulk;
  tally: Tally;
  options: Options;
  mail: MailWish;
  reason: string;
  approval: Request['approval'];
}

export type RequestEvent =
  | BulkEvent
  | { type: 'submit'; submission: Submission }
  | { type: 'approve'; decision: Omit<Decision, 'at' | 'verdict' | 'revision'>; revision: number }
  | { type: 'decline'; decision: Omit<Decision, 'at' | 'verdict' | 'revision'>; revision: number }
  /** `isCancellable`: nothing has begun, nor may have; the caller cancels the items. */
  | { type: 'cancel'; by: PersonRef; isCancellable: boolean }
  | { type: 'expire' }
  | { type: 'itemsChanged' };

export type RequestNews =
  | 'submitted'
  | 'approvalGiven'
  | 'approved'
  | 'declined'
  | 'expired'
  | 'cancelled'
  | 'draftClosed'
  | 'running'
  | 'ended'
  | BulkNews;

/** Why an event does not fit; the presser gets the present card, never an error. */
export type RequestRefusal = 'notOpen' | 'ownRequest' | 'alreadyDecided' | 'otherRevision' | 'tooLate';

/** `news` null: nothing worth telling happened. */
export type RequestOutcome = { request: Request; news: RequestNews | null } | { refused: RequestRefusal };

export const draftLivesMs = hour;

/** `request.tally` counts the items as they are after what has happened. */
export function decideRequest(
  request: Request,
  event: RequestEvent,
  now: Instant,
  approval: Policy['approval'],
): RequestOutcome {
  switch (event.type) {
    case 'submit':
      return submit(request, event.submission, now, approval);
    case 'approve':
      return approve(request, event.decision, event.revision, now);
    case 'decline':
      return decline(request, event.decision, event.revision, now);
    case 'cancel':
      return cancel(request, event, now);
    case 'expire':
      return expire(request, now);
    case 'itemsChanged':
      return rollUp(request, now);
    default:
      return decideBulk(request, event, now);
  }
}

function submit(request: Request, submission: Submission, now: Instant, approval: Policy['approval']): RequestOutcome {
  if (request.state !== 'draft') return { refused: 'notOpen' };
  if (request.expiresAt !== null && now >= request.expiresAt) return { refused: 'tooLate' };
  const needsApproval = submission.approval.needed > 0;
  const submitted: Request = {
    ...request,
    ...submission,
    state: needsApproval ? 'awaitingApproval' : 'approved',
    submittedAt: now,
    approvedAt: needsApproval ? null : now,
    expiresAt: needsApproval ? now + approval.expiresAfterMs : null,
  };
  return { request: submitted, news: 'submitted' };
}

function whyNotDecidable(request: Request, deciderId: string, revision: number, now: Instant): RequestRefusal | null {
  if (deciderId === request.requester.id) return 'ownRequest';
  if (request.state !== 'awaitingApproval') return 'notOpen';
  if (request.revision !== revision) return 'otherRevision';
  if (request.expiresAt !== null && now >= request.expiresAt) return 'tooLate';
  const hasDecided = request.decisions.some(
    (decision) => decision.by.id === deciderId && decision.revision === revision,
  );
  return hasDecided ? 'alreadyDecided' : null;
}

type Given = Omit<Decision, 'at' | 'verdict' | 'revision'>;

function approve(request: Request, given: Given, revision: number, now: Instant): RequestOutcome {
  const refused = whyNotDecidable(request, given.by.id, revision, now);
  if (refused) return { refused };
  const decided: Request = {
    ...request,
    decisions: [...request.decisions, { ...given, verdict: 'approve', revision, at: now }],
  };
  if (!isApproved(decided)) return { request: decided, news: 'approvalGiven' };
  return { request: { ...decided, state: 'approved', approvedAt: now, expiresAt: null }, news: 'approved' };
}

/** The approvals that count: for this revision, by others than the requester. */
export function approvalsOf(request: Request): Decision[] {
  return request.decisions.filter(
    (decision) =>
      decision.verdict === 'approve' &&
      decision.revision === request.revision &&
      decision.by.id !== request.requester.id,
  );
}

/** Enough approvers, and an admin among those who decided where the owner is a VIP. */
export function isApproved(request: Request): boolean {
  const approvals = approvalsOf(request);
  const { needed, byAdmin } = request.approval;
  const counted = approvals.filter((decision) => decision.asApprover || (byAdmin && decision.asAdmin));
  return counted.length >= needed && (!byAdmin || approvals.some((decision) => decision.asAdmin));
}

function decline(request: Request, given: Given, revision: number, now: Instant): RequestOutcome {
  const refused = whyNotDecidable(request, given.by.id, revision, now);
  if (refused) return { refused };
  const declined: Request = {
    ...request,
    state: 'declined',
    decisions: [...request.decisions, { ...given, verdict: 'decline', revision, at: now }],
    expiresAt: null,
    endedAt: now,
  };
  return { request: declined, news: 'declined' };
}

function cancel(
  request: Request,
  { by, isCancellable }: Extract<RequestEvent, { type: 'cancel' }>,
  now: Instant,
): RequestOutcome {
  if (isEnded(request.state)) return { refused: 'notOpen' };
  if (request.state === 'draft') {
    return {
      request: { ...request, state: 'cancelled', cancelledBy: by, expiresAt: null, endedAt: now },
      news: 'draftClosed',
    };
  }
  if (!isCancellable) return { refused: 'tooLate' };
  return {
    request: { ...request, state: 'cancelled', cancelledBy: by, expiresAt: null, endedAt: now },
    news: 'cancelled',
  };
}

function expire(request: Request, now: Instant): RequestOutcome {
  const isOpen = request.state === 'draft' || request.state === 'awaitingApproval';
  if (!isOpen || request.expiresAt === null || now < request.expiresAt) return { refused: 'notOpen' };
  const news = request.state === 'draft' ? 'draftClosed' : 'expired';
  return { request: { ...request, state: 'expired', expiresAt: null, endedAt: now }, news };
}

function rollUp(request: Request, now: Instant): RequestOutcome {
  const { state, tally } = request;
  if (state !== 'approved' && state !== 'running') return { refused: 'notOpen' };
  const size = sizeOf(tally);
  if (size > 0 && hasFinished(tally)) {
    const ready = countIn(tally, ['ready', 'readyWithWarnings']);
    const ended = ready === size ? 'succeeded' : ready > 0 ? 'partlySucceeded' : 'failed';
    return { request: { ...request, state: ended, endedAt: now }, news: 'ended' };
  }
  const hasBegun = countIn(tally, ['queued']) < size;
  if (state === 'approved' && hasBegun) return { request: { ...request, state: 'running' }, news: 'running' };
  return { request, news: null };
}
