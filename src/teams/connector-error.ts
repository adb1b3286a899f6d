// What the Bot Connector's refusals mean for a delivery.
// https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages (status code retry guidance)
import { z } from 'zod/v4';
import type { Delivery } from '../domain/ports.ts';
import { UnansweredError } from './one-try-connector.ts';

export interface ConnectorFault {
  /** null: there was no answer. */
  status: number | null;
  /** Teams' own word for it, as `BotNotInConversationRoster`. */
  code: string;
  retryAfterMs: number | null;
  /** Whether the message may have arrived all the same. */
  wasSent: boolean;
}

/** What to do about a fault: a delivery, or a step that the messenger can take itself. */
export type Remedy =
  | Delivery
  | { kind: 'install'; reason: string }
  | { kind: 'createAgain'; reason: string }
  | { kind: 'shorten'; reason: string };

// Kept as it is: a copy of its headers would have lost what `get` reads.
const headersShape = z.custom<{ get(name: string): unknown }>(hasGet);
const answerShape = z.object({
  statusCode: z.number(),
  response: z
    .object({ bodyAsText: z.string().nullish(), headers: headersShape.optional().catch(undefined) })
    .optional(),
});

function hasGet(value: unknown): boolean {
  return typeof (value as { get?: unknown } | undefined)?.get === 'function';
}

/** Reads whatever a connector call has thrown. `now` in ms, for a Retry-After that is a date. */
export function readConnectorFault(error: unknown, now: number): ConnectorFault {
  if (error instanceof UnansweredError) {
    return { status: null, code: 'Unanswered', retryAfterMs: null, wasSent: error.wasSent };
  }
  const answer = answerShape.safeParse(error).data;
  if (!answer) return { status: null, code: 'Unknown', retryAfterMs: null, wasSent: true };
  const { statusCode: status, response } = answer;
  const retryAfter: unknown = response?.headers?.get('retry-after');
  return {
    status,
    code: readCode(response?.bodyAsText ?? '') ?? `Http${status}`,
    retryAfterMs: typeof retryAfter === 'string' ? readRetryAfter(retryAfter, now) : null,
    // A gateway may speak after the message has passed it; an answer of success may be unreadable.
    wasSent: status >= 500 || status === 408 || status < 300,
  };
}

const bodyShape = z.object({
  error: z.object({ code: z.string().optional(), message: z.unknown() }).optional(),
  code: z.string().optional(),
  errorCode: z.number().optional(),
  subCode: z.string().optional(),
  message: z.unknown(),
});

/** The body can be JSON inside a JSON string, and the code can stand in the message, as JSON again. */
function readCode(body: unknown, depth = 0): string | null {
  if (depth > 4) return null;
  if (typeof body === 'string') {
    const parsed = parseJson(body);
    return parsed === undefined ? null : readCode(parsed, depth + 1);
  }
  const read = bodyShape.safeParse(body).data;
  if (!read) return null;
  const inner = readCode(read.error?.message, depth + 1) ?? readCode(read.message, depth + 1);
  const code = read.error?.code ?? read.code;
  return read.subCode ?? inner ?? (read.errorCode === 209 ? 'MessageWritesBlocked' : null) ?? code ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readRetryAfter(value: string, now: number): number | null {
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

// Whatever the status they come with.
const nobodyThere = new Set(['MessageWritesBlocked', 'UserNotFound']);
const configuration = new Set(['NotEnoughPermissions', 'InvalidBotApiHost']);

/** The table: from a fault to what is to be done. `doing`: what was tried. */
export function remedyFor(fault: ConnectorFault, doing: 'send' | 'edit'): Remedy {
  const { status, code: reason, wasSent, retryAfterMs: afterMs } = fault;
  const retry: Remedy = { kind: 'retry', afterMs, wasSent, reason };
  if (nobodyThere.has(reason)) return { kind: 'unreachable', reason };
  switch (status) {
    case null:
    case 408:
    case 412:
    case 429:
      return retry;
    case 403:
      if (reason === 'BotNotInConversationRoster') return { kind: 'install', reason };
      return { kind: configuration.has(reason) ? 'refused' : 'unreachable', reason };
    case 404:
      if (reason === 'ActivityNotFoundInConversation') return { kind: 'activityGone' };
      if (reason !== 'ConversationNotFound' && doing === 'edit') return { kind: 'activityGone' };
      return { kind: 'createAgain', reason };
    case 413:
      return { kind: 'shorten', reason };
    case 501:
      return { kind: 'refused', reason };
    default:
      return status >= 500 || status < 300 ? retry : { kind: 'refused', reason };
  }
}
