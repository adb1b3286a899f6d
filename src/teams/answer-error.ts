// Where errors of a turn end: a sentence for the person, a log line with the ids. Nothing of the error itself goes out, but for
// Graph's ids, which tell nobody anything, and for admins what is to be mended.
import { ConciergeError, type ErrorTrace, type Refusal, traceFields } from '../domain/errors.ts';
import type { Ids, Log } from '../domain/ports.ts';
import type { TextView } from '../domain/text-views.ts';

export interface ErrorContext {
  activityId: string;
  personId: string;
  /** Known live that it is an admin who reads this. */
  isAdmin: boolean;
}

/** The sentence that answers this error. */
export function answerError(error: unknown, context: ErrorContext, parts: { log: Log; ids: Ids }): TextView {
  const { isAdmin, ...ids } = context;
  if (error instanceof ConciergeError) {
    const { code, cause, trace } = error;
    parts.log.info({ ...ids, code, ...(trace ? traceFields(trace) : {}), err: cause }, 'turn answered with a refusal');
    return { text: `error.${code}`, values: error.values, ...(trace ? { more: sentencesOf(trace, isAdmin) } : {}) };
  }
  const reference = parts.ids.next().slice(0, 8);
  parts.log.error({ ...ids, reference, err: error }, 'turn failed');
  return { text: 'error.internal', values: { reference } };
}

/** What only admins are told of an error; null: nothing. */
export function refusalIn(error: unknown): Refusal | null {
  return error instanceof ConciergeError ? (error.trace?.refusal ?? null) : null;
}

function sentencesOf({ requestId, clientRequestId, refusal }: ErrorTrace, isAdmin: boolean): TextView[] {
  const reference = requestId ?? clientRequestId;
  return [
    ...(isAdmin && refusal ? [toSentence(refusal)] : []),
    ...(reference === null ? [] : [{ text: 'refusal.reference', values: { reference } }]),
  ];
}

function toSentence({ because, permissions }: Refusal): TextView {
  if (because === 'signIn') return { text: 'refusal.signIn', values: {} };
  if (permissions.length === 0) return { text: 'refusal.unknown', values: {} };
  return { text: `refusal.${wordFor(because, permissions)}`, values: { permissions: permissions.join(', ') } };
}

/** Where the permission is there, Windows 365 and Exchange each have a reason of their own to refuse. */
function wordFor(because: 'missing' | 'unclear' | 'granted', permissions: readonly string[]): string {
  if (because !== 'granted') return because;
  if (permissions.includes('CloudPC.ReadWrite.All')) return 'grantedCloudPc';
  return permissions.includes('Mail.Send') ? 'grantedMail' : 'granted';
}
