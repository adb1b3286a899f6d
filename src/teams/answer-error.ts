// Where errors of a turn end: a sentence for the person, a log line with the ids. Nothing of the error itself goes out.
import { ConciergeError } from '../domain/errors.ts';
import type { Ids, Log } from '../domain/ports.ts';
import type { TextView } from '../domain/views.ts';

export interface ErrorContext {
  activityId: string;
  personId: string;
}

/** The sentence that answers this error. */
export function answerError(error: unknown, context: ErrorContext, parts: { log: Log; ids: Ids }): TextView {
  if (error instanceof ConciergeError) {
    parts.log.info({ ...context, code: error.code, err: error.cause }, 'turn answered with a refusal');
    return { text: `error.${error.code}`, values: error.values };
  }
  const reference = parts.ids.next().slice(0, 8);
  parts.log.error({ ...context, reference, err: error }, 'turn failed');
  return { text: 'error.internal', values: { reference } };
}
