// One HTTP request to Graph, through the SDK and our own middleware, and what came of it. Nothing is repeated here.
import { randomUUID } from 'node:crypto';
import { Client, type GraphRequest, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Clock, Log } from '../domain/ports.ts';
import type { GraphCall, GraphFault, GraphOutcome, GraphReply, GraphVersion } from './graph-call.ts';
import { isNotFound, isSuccess, isTokenRefused, refusalOf } from './graph-error.ts';
import { causeOf, createMiddleware, SendOrder } from './graph-middleware.ts';
import { toLogPath } from './graph-path.ts';
import { type GraphTokens, NoTokenError } from './graph-tokens.ts';
import { findCode, isBeforeSending } from './network-fault.ts';
import { readRetryAfter } from './retry-after.ts';
import { type Prepared, WithheldError } from './send-prepared.ts';
import { watchSending } from './sent-requests.ts';
import { rolesIn } from './token-roles.ts';

/** What one HTTP request was, for metrics and tests. */
export interface GraphRequestRecord {
  method: GraphCall['method'];
  version: GraphVersion;
  /** Without query values and people's names. */
  path: string;
  /** null: no answer. */
  status: number | null;
  ms: number;
  clientRequestId: string;
  /** Graph's own; null: no answer, or one without. */
  graphRequestId: string | null;
}

export interface SendOptions {
  /** Token, connecting and reading the body included. */
  timeoutMs: number;
  /** A token that was got before; else one is fetched. */
  token?: string;
  /** A connection that was opened before, and the question whether to use it; else one is found or made. */
  prepared?: Prepared;
}

/** Exactly one HTTP request, or none. Never throws. */
export type SendOnce = (call: GraphCall, options: SendOptions) => Promise<GraphOutcome>;

export interface GraphSenderDeps {
  /** Root of the API, without a version. */
  root: string;
  tokens: GraphTokens;
  /** Of this program, for the User-Agent. */
  version: string;
  log: Log;
  clock: Clock;
  onRequest?: (record: GraphRequestRecord) => void;
}

export function createGraphSender(deps: GraphSenderDeps): SendOnce {
  const { root } = deps;
  const sdk = Client.initWithMiddleware({ baseUrl: `${root}/`, middleware: createMiddleware(root) });
  const userAgent = `CloudPcConcierge/${deps.version}`;
  return async function sendOnce(call, options) {
    const clientRequestId = randomUUID();
    const startedAt = deps.clock.monotonic();
    const watch = watchSending(clientRequestId);
    const signal = AbortSignal.timeout(options.timeoutMs);
    let outcome: GraphOutcome;
    try {
      const token = options.token ?? (await deps.tokens.get(signal));
      const url = `${root}/${call.version}${call.path}`;
      const request = sdk
        .api(call.path.split('?', 1)[0] ?? '/')
        .headers(headersOf(call, userAgent, clientRequestId))
        .options({ signal })
        .responseType(ResponseType.RAW)
        .middlewareOptions([new SendOrder(url, token, options.prepared ?? null)]);
      const response = await send(request, call);
      const { method, path } = call;
      const asked = { method, path, clientRequestId, roles: rolesIn(token) };
      outcome = { ...toReply(response, await response.text(), deps.clock.now()), asked };
      if (isTokenRefused(outcome)) deps.tokens.refuse(token, response.headers.get('www-authenticate'));
    } catch (error) {
      // On a prepared connection it is known for certain, and then a WithheldError says so; nothing else does.
      const fault = toFault(causeOf(error), signal.aborted, options.prepared !== undefined || watch.headersLeft());
      outcome = { ...fault, clientRequestId };
    } finally {
      watch.stopWatching();
    }
    note(deps, call, outcome, clientRequestId, deps.clock.monotonic() - startedAt);
    return outcome;
  };
}

function send(request: GraphRequest, call: GraphCall): Promise<Response> {
  switch (call.method) {
    case 'GET':
      return request.get();
    case 'POST':
      return request.post(call.body);
    case 'DELETE':
      return request.delete();
  }
}

function headersOf(call: GraphCall, userAgent: string, clientRequestId: string): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    'client-request-id': clientRequestId,
    accept: 'application/json',
  };
  if (call.wantsUnknownMembers) headers.prefer = 'include-unknown-enum-members';
  if (call.isEventual) headers.consistencylevel = 'eventual';
  return headers;
}

function toReply(response: Response, text: string, now: number): GraphReply {
  const { status, headers } = response;
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), now);
  const graphRequestId = headers.get('request-id');
  const serverTime = Date.parse(headers.get('date') ?? '') || null;
  const common = { kind: 'reply', status, retryAfterMs, graphRequestId, serverTime } as const;
  try {
    const body: unknown = text.trim() === '' ? undefined : JSON.parse(text);
    return { ...common, body, isReadable: true };
  } catch {
    return { ...common, body: undefined, isReadable: false };
  }
}

function toFault(cause: unknown, isTimedOut: boolean, headersLeft: boolean): GraphFault {
  if (cause instanceof WithheldError)
    return { kind: 'fault', why: 'withheld', code: cause.code, isBeforeSending: true, cause };
  if (cause instanceof NoTokenError) return { kind: 'fault', why: 'noToken', code: null, isBeforeSending: true, cause };
  if (isTimedOut) return { kind: 'fault', why: 'timeout', code: null, isBeforeSending: false, cause };
  const code = findCode(cause);
  return { kind: 'fault', why: 'network', code, isBeforeSending: isBeforeSending(cause, headersLeft), cause };
}

function note(
  deps: GraphSenderDeps,
  call: GraphCall,
  outcome: GraphOutcome,
  clientRequestId: string,
  ms: number,
): void {
  const { method, version } = call;
  const path = toLogPath(call.path);
  const status = outcome.kind === 'reply' ? outcome.status : null;
  const fields = { method, version, path, status, ms: Math.round(ms), clientRequestId };
  if (outcome.kind === 'fault') {
    deps.log.warn({ ...fields, why: outcome.why, code: outcome.code }, 'no answer from Graph');
  } else {
    const isUsual = isSuccess(outcome) || isNotFound(outcome);
    const { graphRequestId } = outcome;
    const refusal = refusalOf(outcome);
    const answer = { ...fields, graphRequestId, ...(refusal ? { refusal } : {}) };
    deps.log[isUsual ? 'debug' : 'warn'](answer, 'answer from Graph');
  }
  if (outcome.kind === 'fault' && outcome.why === 'withheld') return;
  deps.onRequest?.({ ...fields, graphRequestId: outcome.kind === 'reply' ? outcome.graphRequestId : null });
}
