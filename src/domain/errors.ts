// The errors that people may see. Everything else that is thrown is a bug and is answered with a reference number only.

/** Plain values for the sentence that belongs to a code (`error.<code>` in `locales/`). */
export type ErrorValues = Record<string, string | number>;

/**
 * An error with a code. The code names the sentence for people (`error.<code>` in every `locales/*.json`);
 * `message` is for the log alone.
 */
export class ConciergeError extends Error {
  readonly code: string;
  readonly values: ErrorValues;

  constructor(code: string, values: ErrorValues = {}, options?: { cause?: unknown }) {
    super(code, options);
    this.name = new.target.name;
    this.code = code;
    this.values = values;
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

  constructor(code: string, values: ErrorValues = {}, options?: { cause?: unknown; retryAfterMs?: number | null }) {
    super(code, values, options);
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}
