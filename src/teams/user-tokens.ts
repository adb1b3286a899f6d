// The Bot Framework's token service: it keeps people's tokens for the bot's OAuth connection and renews them. It knows people
// by the id that Teams gave them towards this bot. https://learn.microsoft.com/azure/bot-service/bot-builder-concept-authentication
import type { Activity, SignInUrlResponse } from 'botbuilder';
import { type BotFrameworkAuthentication, ClaimsIdentity, type UserTokenClient } from 'botframework-connector';
import { TemporaryError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';

const channelId = 'msteams';

/** Every call throws TemporaryError `signIn.unavailable` when there is no answer in time, or none that can be used. */
export interface UserTokens {
  readonly connectionName: string;
  /** @param code what a window gave after the sign-in. @returns null: the person must sign in */
  get(userId: string, withinMs: number, code?: string): Promise<string | null>;
  /** Exchanges the Teams client's token for one for Graph. @returns null: refused; consent is missing, say */
  exchange(userId: string, token: string): Promise<string | null>;
  /** The next `get` finds none. */
  forget(userId: string): Promise<void>;
  /** Where to sign in, and what a Teams client needs to do so by itself. */
  findSignIn(activity: Partial<Activity>): Promise<SignInUrlResponse>;
}

export interface UserTokensParts {
  authentication: Pick<BotFrameworkAuthentication, 'createUserTokenClient'>;
  appId: string;
  connectionName: string;
  log: Log;
  /** For tests; 10 s when left out. */
  timeoutMs?: number;
}

export function createUserTokens(parts: UserTokensParts): UserTokens {
  const { connectionName, timeoutMs = 10_000 } = parts;
  const call = <T>(withinMs: number, work: (client: UserTokenClient) => Promise<T>) => ask(parts, withinMs, work);
  return {
    connectionName,
    async get(userId, withinMs, code) {
      const found = await call(Math.min(withinMs, timeoutMs), (client) =>
        client.getUserToken(userId, connectionName, channelId, code as string),
      );
      return found?.token || null;
    },
    async exchange(userId, token) {
      const found = await call(timeoutMs, (client) =>
        client.exchangeToken(userId, connectionName, channelId, { token }).catch(refusedToNull),
      );
      return found?.token || null;
    },
    forget: (userId) => call(timeoutMs, (client) => client.signOutUser(userId, connectionName, channelId)),
    findSignIn: (activity) =>
      call(timeoutMs, (client) => client.getSignInResource(connectionName, activity as Activity, '')),
  };
}

async function ask<T>(
  { authentication, appId, log }: UserTokensParts,
  withinMs: number,
  work: (client: UserTokenClient) => Promise<T>,
): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer in time')), withinMs);
  const claims = ['aud', 'appid'].map((type) => ({ type, value: appId }));
  try {
    const client = authentication.createUserTokenClient(new ClaimsIdentity(claims));
    return await Promise.race([client.then(work), overdue]);
  } catch (cause) {
    // The error itself would carry the request, and with it the token.
    const { name, statusCode } = cause as { name?: unknown; statusCode?: unknown };
    log.warn({ error: name, status: statusCode }, 'the token service gave no answer that can be used');
    throw new TemporaryError('signIn.unavailable', {}, { cause: new Error(String(name)) });
  } finally {
    clearTimeout(timer);
  }
}

/** 4xx: this token is not exchanged; the person can still sign in in a window. */
function refusedToNull(error: unknown): null {
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 && statusCode !== 429) return null;
  throw error;
}
