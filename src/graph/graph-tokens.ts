// Tokens for Graph. The credential caches them; it is asked every time, so that a renewed one is used at once.
import type { TokenCredential } from '@azure/identity';
import type { Log } from '../domain/ports.ts';

/** No token can be had; `cause` says why. */
export class NoTokenError extends Error {}

export interface GraphTokens {
  /** @throws NoTokenError also when the signal ends the wait */
  get(signal: AbortSignal): Promise<string>;
}

export function createGraphTokens(credential: TokenCredential, scope: string, log: Log): GraphTokens {
  return {
    async get(signal) {
      try {
        // Not every credential listens to the signal.
        const token = await Promise.race([credential.getToken(scope, { abortSignal: signal }), whenAborted(signal)]);
        if (token?.token) return token.token;
      } catch (cause) {
        // Its message can hold ids of the tenant and the application: the name has to do.
        log.warn({ error: cause instanceof Error ? cause.name : typeof cause }, 'no token for Graph');
        throw new NoTokenError('no token for Graph', { cause });
      }
      log.warn({ error: 'none' }, 'no token for Graph');
      throw new NoTokenError('no token for Graph');
    },
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new DOMException('No token in time', 'TimeoutError'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
