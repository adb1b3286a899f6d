// Tokens for Graph. The credential caches them; it is asked every time, so that a renewed one is used at once. A token that
// Graph has refused would stay in that cache until it ends: then another one is asked for, around the cache.
import type { AccessToken, TokenCredential } from '@azure/identity';
import type { Log } from '../domain/ports.ts';

/** No token can be had; `cause` says why. */
export class NoTokenError extends Error {}

export interface GraphTokens {
  /** @throws NoTokenError also when the signal ends the wait */
  get(signal: AbortSignal): Promise<string>;
  /**
   * Graph has refused this token (401). One that did not come from here, a person's own, is passed over.
   * @param challenge what its `WWW-Authenticate` said
   */
  refuse(token: string, challenge: string | null): void;
  /** Whether a token can be had that Graph has not refused. Never throws. */
  hasFresh(signal: AbortSignal): Promise<boolean>;
}

/** Any claims make the credential go around its cache; these demand nothing. */
const noClaims = '{"access_token":{}}';
/** Two of them: the one that stays in the credential's cache, and the one that was to replace it. */
const mostRefused = 4;

export function createGraphTokens(credential: TokenCredential, scope: string, log: Log): GraphTokens {
  /** Refused tokens, the newest last, with the claims that a new one must fulfil. */
  const refused = new Map<string, string>();
  /** In place of one that was refused and still lies in the cache. */
  let replacement: AccessToken | null = null;
  let lastGiven: string | null = null;

  async function ask(signal: AbortSignal, claims?: string): Promise<AccessToken> {
    try {
      // Not every credential listens to the signal.
      const options = claims === undefined ? { abortSignal: signal } : { abortSignal: signal, claims };
      const token = await Promise.race([credential.getToken(scope, options), whenAborted(signal)]);
      if (token?.token) return token;
    } catch (cause) {
      // Its message can hold ids of the tenant and the application: the name has to do.
      log.warn({ error: cause instanceof Error ? cause.name : typeof cause }, 'no token for Graph');
      throw new NoTokenError('no token for Graph', { cause });
    }
    log.warn({ error: 'none' }, 'no token for Graph');
    throw new NoTokenError('no token for Graph');
  }

  async function get(signal: AbortSignal): Promise<string> {
    lastGiven = await choose(signal);
    return lastGiven;
  }

  async function choose(signal: AbortSignal): Promise<string> {
    const given = await ask(signal);
    const claims = refused.get(given.token);
    if (claims === undefined) return given.token;
    if (replacement && !refused.has(replacement.token) && replacement.expiresOnTimestamp > given.expiresOnTimestamp)
      return replacement.token;
    // A credential that takes no claims has only this token to offer.
    replacement = await ask(signal, claims).catch(() => given);
    return replacement.token;
  }

  return {
    get,
    refuse(token, challenge) {
      if (token !== lastGiven) return;
      refused.delete(token);
      refused.set(token, readClaims(challenge) ?? noClaims);
      const [oldest] = refused.keys();
      if (refused.size > mostRefused && oldest !== undefined) refused.delete(oldest);
      log.warn({ hasClaims: readClaims(challenge) !== null }, 'Graph refused a token');
    },
    hasFresh(signal) {
      return get(signal).then(
        (token) => !refused.has(token),
        () => false,
      );
    },
  };
}

/** https://learn.microsoft.com/entra/identity-platform/claims-challenge: `Bearer …, claims="<base64 of JSON>"`. */
function readClaims(challenge: string | null): string | null {
  const [, encoded = ''] = /\bclaims="([^"]+)"/i.exec(challenge ?? '') ?? [];
  try {
    const claims = Buffer.from(encoded, 'base64').toString('utf8');
    const parsed: unknown = JSON.parse(claims);
    return typeof parsed === 'object' && parsed !== null ? claims : null;
  } catch {
    return null;
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new DOMException('No token in time', 'TimeoutError'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
