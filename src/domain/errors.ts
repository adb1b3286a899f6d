// The errors that people may see. Everything else that is thrown is a bug and is answered with a reference number only.

/** Plain values for the sentence that belongs to a code (`error.<code>` in `locales/`). */
export type ErrorValues = Record<string, string | number>;

/** Why Graph let nobody in: what an administrator must know to mend it. */
export interface Refusal {
  /**
   * `missing`: the permissions are not among those that the bot's token carries; `unclear`: the token cannot be read;
   * `granted`: they are there, so there is another reason; `signIn`: the token itself was not taken.
   */
  because: 'missing' | 'unclear' | 'granted' | 'signIn';
  /** Application permissions that the call needs. */
  permissions: readonly string[];
}

/** Where to look. The ids are harmless; the refusal is for administrators alone. */
export interface ErrorTrace {
  /** Graph's own; null: it gave no answer. */
  requestId: string | null;
  /** Ours, which Graph was sent with the request and our log has; null: nothing was sent. */
  clientRequestId: string | null;
  refusal: Refusal | null;
}

/** The same as fields of the log, where `requestId` is that of a request of ours. */
export function traceFields({ requestId, clientRequestId, refusal }: ErrorTrace): Record<string, unknown> {
  return { graphRequestId: requestId, clientRequestId, refusal };
}

/**
 * An error with a code. The code names the sentence for people (`error.<code>` in every `locales/*.json`);
 * `message` is for the log alone.
 */
export class ConciergeError extends Error {
  readonly code: string;
  readonly values: ErrorValues;
  /** null: it does not come from Graph. */
  readonly trace: ErrorTrace | null;

  constructor(code: string, values: ErrorValues = {}, options?: { cause?: unknown; trace?: ErrorTrace | null }) {
    super(code, options);
    this.name = new.target.name;
    this.code = code;
    this.values = values;
    this.trace = options?.trace ?? null;
  }
}

/** Something a person (or a settings file) gave us does not fit; the sentence says what would. */
export class InputError extends ConciergeError {}

/** The person may not do this. */
export class NotAllowedError extends ConciergeError {}

/** There is no such thing, or the person may not know of it. */
export class NotFoundError extends ConciergeError {}

/** The person must sign in first, so that the bot can ask and act in their name (Teams single sign-on). */
export class SignInNeededError extends ConciergeError {
  constructor() {
    super('signInNeeded');
  }
}

/** It does not fit what has happened meanwhile. */
export class ConflictError extends ConciergeError {}

/** It may work later. `retryAfterMs` is what the other side asked us to wait, where it said so. */
export class TemporaryError extends ConciergeError {
  readonly retryAfterMs: number | null;

  constructor(
    code: string,
    values: ErrorValues = {},
    options?: { cause?: unknown; trace?: ErrorTrace | null; retryAfterMs?: number | null },
  ) {
    super(code, values, options);
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}
