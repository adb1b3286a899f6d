// The only place that knows HTTP status codes: what Graph's answers mean, as our errors and as answers to a start.

import type { StatusDetail } from '../domain/cloud-pc.ts';
import {
  type ConciergeError,
  ConflictError,
  type ErrorTrace,
  InputError,
  NotAllowedError,
  NotFoundError,
  type Refusal,
  TemporaryError,
} from '../domain/errors.ts';
import type { BulkStartAnswer, StartAnswer } from '../domain/ports.ts';
import type { GraphFault, GraphOutcome, GraphReply } from './graph-call.ts';
import { missingFor, permissionsOf } from './permissions.ts';

const longestMessage = 500;

export function isSuccess(reply: GraphReply): boolean {
  return reply.status >= 200 && reply.status < 300;
}

/** No such thing, or it is gone. */
export function isNotFound(reply: GraphReply): boolean {
  return reply.status === 404 || reply.status === 410;
}

/** Graph has no answer for this thing: it is not there, or the question does not fit it. */
export function isNotAnswerable(reply: GraphReply): boolean {
  return isNotFound(reply) || reply.status === 400;
}

export function isForbidden(reply: GraphReply): boolean {
  return reply.status === 401 || reply.status === 403;
}

/** The token is expired, revoked, or lacks claims: Graph has done nothing. */
export function isTokenRefused(outcome: GraphOutcome): boolean {
  return outcome.kind === 'reply' && outcome.status === 401;
}

/** What was to be made exists already. */
export function isAlreadyThere(reply: GraphReply): boolean {
  return reply.status === 409;
}

/**
 * The person is a member already. The directory has no code for it, and its other refusals are 400 too, so that its words
 * must be looked at; when they change, this is taken for a refusal, never the other way round.
 */
export function isAlreadyMember(reply: GraphReply): boolean {
  return reply.status === 400 && /object references already exist/i.test(detailOf(reply).message ?? '');
}

/** The identity has this application permission already. As with members, the directory has no code for it. */
export function isAlreadyAssigned(reply: GraphReply): boolean {
  return reply.status === 400 && /permission being assigned already exists/i.test(detailOf(reply).message ?? '');
}

/** The directory says that the person is no member, or that there is no such group: it uses the same code for both. */
export function isNoMember(reply: GraphReply): boolean {
  return isNotFound(reply) && detailOf(reply).code === 'Request_ResourceNotFound';
}

/** Whether a read may be sent again: throttled, a gateway's trouble, or the network. */
export function mayWorkLater(outcome: GraphOutcome): boolean {
  if (outcome.kind === 'fault') return outcome.why === 'network' || outcome.why === 'timeout';
  return [429, 502, 503, 504].includes(outcome.status);
}

/** Nobody there, or nothing but faults of the server: the answer, or every part of a batch. */
export function isTrouble(outcome: GraphOutcome): boolean {
  if (outcome.kind === 'fault') return outcome.why === 'network' || outcome.why === 'timeout';
  if (outcome.status >= 500) return true;
  const parts = isRecord(outcome.body) && Array.isArray(outcome.body.responses) ? outcome.body.responses : [];
  return parts.length > 0 && parts.every((part: unknown) => isRecord(part) && Number(part.status) >= 500);
}

/** Graph says that it was too much. */
export function isThrottled(outcome: GraphOutcome): boolean {
  return outcome.kind === 'reply' && outcome.status === 429;
}

/** Graph has told everybody to wait, for this many milliseconds; null: it has not. */
export function toldToWaitMs(outcome: GraphOutcome): number | null {
  if (outcome.kind === 'fault' || (outcome.status !== 429 && outcome.status !== 503)) return null;
  return outcome.retryAfterMs;
}

/** `$batch` itself is refused here, though single requests may pass. */
export function isBatchRefused(reply: GraphReply): boolean {
  return reply.status >= 400 && reply.status < 500 && ![401, 403, 408, 429].includes(reply.status);
}

/** Such an answer has no body by its very meaning. */
export function isBodiless(status: number): boolean {
  return [204, 205, 304].includes(status);
}

/** Stands for a part that is missing in the answer to a batch. */
export function missingPart(): GraphReply {
  return { kind: 'reply', status: 502, body: undefined, isReadable: false, retryAfterMs: null, graphRequestId: null };
}

/**
 * Hands the reply on when it is a success.
 * @throws ConciergeError what `toError` says
 */
export function expectSuccess(reply: GraphReply): GraphReply {
  if (!isSuccess(reply)) throw toError(reply);
  if (!reply.isReadable) throw unreadable('notJson');
  return reply;
}

/** A success whose content cannot be understood. */
export function unreadable(graphCode: string): TemporaryError {
  return new TemporaryError('graph.unreadable', { graphCode });
}

/** Our error for an outcome that is not a success. `values` hold Graph's code, never its message (it can name people). */
export function toError(outcome: GraphOutcome): ConciergeError {
  if (outcome.kind === 'fault') return toFaultError(outcome);
  const { status, retryAfterMs } = outcome;
  const values = { graphCode: detailOf(outcome).code };
  const trace = traceOf(outcome);
  if (status === 429) return new TemporaryError('graph.busy', values, { retryAfterMs, trace });
  if (status === 408) return new TemporaryError('graph.slow', values, { retryAfterMs, trace });
  if (isForbidden(outcome)) return new NotAllowedError('graph.forbidden', values, { trace });
  if (isNotFound(outcome)) return new NotFoundError('graph.notFound', values, { trace });
  if (status === 409 || status === 412 || status === 423) return new ConflictError('graph.conflict', values, { trace });
  if (status >= 400 && status < 500) return new InputError('graph.badRequest', values, { trace });
  return new TemporaryError('graph.unreachable', values, { retryAfterMs, trace });
}

/** The same where a person's own token was used: what it may do comes from the bot's OAuth connection, not from the application. */
export function toPersonsError(error: unknown): unknown {
  if (!(error instanceof NotAllowedError)) return error;
  const trace = error.trace && { ...error.trace, refusal: null };
  return new NotAllowedError('signIn.forbidden', error.values, { cause: error, trace });
}

/** Why Graph let nobody in; null: that is not what it said. */
export function refusalOf(reply: GraphReply): Refusal | null {
  if (!isForbidden(reply)) return null;
  if (reply.status === 401) return { because: 'signIn', permissions: [] };
  const { asked } = reply;
  const permissions = asked ? permissionsOf(asked) : [];
  if (!asked || permissions.length === 0 || asked.roles === null) return { because: 'unclear', permissions };
  const missing = missingFor(asked, asked.roles);
  return missing.length > 0 ? { because: 'missing', permissions: missing } : { because: 'granted', permissions };
}

function traceOf(reply: GraphReply): ErrorTrace {
  return {
    requestId: requestIdIn(reply.body) ?? reply.graphRequestId,
    clientRequestId: reply.asked?.clientRequestId ?? null,
    refusal: refusalOf(reply),
  };
}

/** A part of a batch has an id of its own, in its body alone. */
function requestIdIn(body: unknown): string | null {
  const error = isRecord(body) ? body.error : undefined;
  const inner = isRecord(error) ? (error.innerError ?? error.innererror) : undefined;
  const id = isRecord(inner) ? inner['request-id'] : undefined;
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : null;
}

function toFaultError(fault: GraphFault): TemporaryError {
  const code = fault.why === 'timeout' ? 'graph.slow' : 'graph.unreachable';
  const trace = { requestId: null, clientRequestId: fault.clientRequestId ?? null, refusal: null };
  return new TemporaryError(code, { graphCode: fault.code ?? fault.why }, { cause: fault.cause, trace });
}

/** What became of one destructive call. Only what is certain is called certain; everything else is `unknown`. */
export function classifyStart(outcome: GraphOutcome): StartAnswer {
  if (outcome.kind === 'fault') {
    const detail = { code: faultWord(outcome), message: null };
    if (!outcome.isBeforeSending) return { kind: 'unknown', detail, graphRequestId: null };
    return { kind: 'notApplied', retryAfterMs: null, detail, graphRequestId: null };
  }
  const { status, graphRequestId } = outcome;
  if (isSuccess(outcome) && outcome.isReadable) return { kind: 'accepted', graphRequestId };
  const detail = detailOf(outcome);
  if (status === 401 || status === 429) {
    return { kind: 'notApplied', retryAfterMs: outcome.retryAfterMs, detail, graphRequestId };
  }
  if (status >= 400 && status < 500 && status !== 408) {
    return { kind: 'rejected', isBusy: status === 409 || status === 423, detail, graphRequestId };
  }
  return { kind: 'unknown', detail, graphRequestId };
}

/** The same of one call for many Cloud PCs, which not every tenant has. */
export function classifyBulkStart(outcome: GraphOutcome): StartAnswer | WayGone {
  const answer = classifyStart(outcome);
  if (answer.kind !== 'rejected' || outcome.kind !== 'reply' || !isRouteUnknown(outcome)) return answer;
  return { kind: 'wayGone', detail: answer.detail, graphRequestId: answer.graphRequestId };
}

type WayGone = Extract<BulkStartAnswer, { kind: 'wayGone' }>;

/** Of OData, of ASP.NET, and of Intune behind them. */
const noSuchOperation =
  /resource not found for the segment|could not be resolved by the model|no http resource was found|no odata route exists|no (?:method|action) match route/i;

/** Graph has no such operation here, or has it no more. It may take the name of a removed action for an id, too (405). */
function isRouteUnknown(reply: GraphReply): boolean {
  if (isNotFound(reply) || reply.status === 405) return true;
  if (reply.status !== 400) return false;
  const { code, message } = detailOf(reply);
  return code === 'ResourceNotFound' || noSuchOperation.test(message ?? '');
}

function faultWord(fault: GraphFault): string {
  return fault.why === 'network' || fault.why === 'withheld' ? (fault.code ?? fault.why) : fault.why;
}

/** Graph's own words: the deepest code that says something, with its message; `http502` when there is no code. */
export function detailOf(reply: GraphReply): StatusDetail {
  let found: StatusDetail = { code: `http${reply.status}`, message: null };
  let level: unknown = isRecord(reply.body) ? reply.body.error : undefined;
  for (let depth = 0; depth < 8 && isRecord(level); depth += 1) {
    const { code, message } = level;
    const says = typeof message === 'string' && message !== '' ? message.slice(0, longestMessage) : found.message;
    // "429" as an inner code says less than the word above it.
    if (typeof code === 'string' && /[a-z]/i.test(code)) found = { code: code.slice(0, 100), message: says };
    else if (found.message === null) found = { code: found.code, message: says };
    level = level.innerError ?? level.innererror;
  }
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
