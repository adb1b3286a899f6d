// What a failed request says about itself: its code, and whether it is certain that nothing was sent.

/** Faults of looking up the name or of connecting; the operating system's own also need `connect` as the call that failed. */
const namingCodes = ['ENOTFOUND', 'EAI_AGAIN'];
const connectingCodes = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EADDRNOTAVAIL'];
const connectTimeoutCode = 'UND_ERR_CONNECT_TIMEOUT';

const certificateCodes = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

interface Failure {
  code: string | null;
  syscall: string | null;
}

/** The innermost code in the chain of causes (fetch hides it below "fetch failed"). */
export function findCode(error: unknown): string | null {
  return findFailure(error).code;
}

/**
 * Whether the request failed before anything of it was sent.
 * @param headersLeft whether the head of this request was seen leaving on a socket: then nothing is certain any more
 */
export function isBeforeSending(error: unknown, headersLeft: boolean): boolean {
  if (headersLeft) return false;
  const { code, syscall } = findFailure(error);
  if (code === null) return false;
  if (namingCodes.includes(code) || code === connectTimeoutCode) return true;
  // EHOSTUNREACH and ETIMEDOUT can also end a connection that was already in use; then the call is read or write.
  if (connectingCodes.includes(code)) return syscall === 'connect';
  return certificateCodes.includes(code) || code.startsWith('ERR_SSL_');
}

function findFailure(error: unknown): Failure {
  let found: Failure = { code: null, syscall: null };
  for (let depth = 0, level = error; depth < 8 && level instanceof Error; depth += 1) {
    const { code, syscall } = level as { code?: unknown; syscall?: unknown };
    if (typeof code === 'string') found = { code, syscall: typeof syscall === 'string' ? syscall : null };
    // Several addresses of one host were tried: certain only when they agree.
    level = level instanceof AggregateError ? commonest(level) : level.cause;
  }
  return found;
}

function commonest(error: AggregateError): unknown {
  const failures = error.errors.map(findFailure);
  const uncertain = failures.findIndex(
    ({ code, syscall }) => !connectingCodes.includes(code ?? '') || syscall !== 'connect',
  );
  return error.errors[Math.max(0, uncertain)];
}
