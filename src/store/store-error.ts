// What the database's own errors mean to us. SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
import { ConciergeError, TemporaryError } from '../domain/errors.ts';

/** serialization_failure and deadlock_detected: the same transaction may well work when it is run again. */
const repeatable: readonly string[] = ['40001', '40P01'];

/** disk_full: what was asked did not happen, and will once there is room. */
const fullState = '53100';

/** Shutdown, start-up, too many connections, statement or lock waited for too long, idle transaction ended. */
const unavailableStates: readonly string[] = [
  fullState,
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '57014',
  '55P03',
  '25P03',
  '25P04',
];

const networkCodes: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];

/** pg and PGlite tell these by their words only. */
const unavailableWords =
  /connection terminated|Query read timeout|timeout exceeded when trying to connect|connection error and is not queryable|not queryable|PGlite is closed|driver has already been destroyed|Cannot use a pool after calling end|pool is draining/i;

export function isRepeatable(error: unknown): boolean {
  return repeatable.includes(codeOf(error));
}

/** unique_violation of this very index. */
export function isViolationOf(error: unknown, constraint: string): boolean {
  return codeOf(error) === '23505' && (error as { constraint?: unknown }).constraint === constraint;
}

/** Whether the database could not be reached or did not answer; what was asked may or may not have happened. */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ConciergeError) return false;
  const code = codeOf(error);
  if (unavailableStates.includes(code) || /^08[0-9A-Z]{3}$/.test(code) || networkCodes.includes(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  return unavailableWords.test(error.message);
}

/** Wrong password or role, or no such database: nothing that waiting would cure. */
export function isRefused(error: unknown): boolean {
  return /^(28[0-9A-Z]{3}|3D000)$/.test(codeOf(error));
}

/** protocol_violation, as poolers call a parameter of the connection that they do not pass on. */
export function isUnknownParameter(error: unknown): boolean {
  return codeOf(error) === '08P01' && error instanceof Error && /unsupported startup parameter/.test(error.message);
}

/** internal_error, data_corrupted, index_corrupted; io_error, undefined_file; an engine that gave up: files cannot be read. */
export function isCorrupted(error: unknown): boolean {
  return /^(XX|58)[0-9A-Z]{3}$/.test(codeOf(error)) || (error instanceof Error && error.name === 'RuntimeError');
}

/** No room on the disk, be it the database, the file system or SQLite (SQLITE_FULL) that says so, or whatever it was the cause of. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { errcode } = error as { errcode?: unknown };
  const isIt =
    [fullState, 'ENOSPC'].includes(codeOf(error)) || errcode === 13 || /No space left on device/i.test(error.message);
  return isIt || isFull(error.cause);
}

/** `store.unavailable` for a database that does not answer; everything else as it is. */
export function toStoreError(error: unknown): unknown {
  return isUnavailable(error) ? new TemporaryError('store.unavailable', {}, { cause: error }) : error;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
