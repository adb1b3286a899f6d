// Who may talk to the bot: the SDK's token check, and around it what it leaves open. It runs the turn for an activity without a
// service URL and for tokens of the emulator's issuer, and it answers several bad tokens with 500 and its own words.

import type { Activity } from 'botbuilder';
import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import {
  type AuthenticateRequestResult,
  AuthenticationError,
  BotFrameworkAuthentication,
  type ClaimsIdentity,
  type ConnectorFactory,
  type ServiceClientCredentialsFactory,
  type UserTokenClient,
} from 'botframework-connector';
import { TemporaryError } from '../domain/errors.ts';
import { second } from '../domain/time.ts';
import { createBotCredentials } from './bot-credentials.ts';
import { type BotIdentity, checkIdentity } from './bot-identity.ts';
import { clouds, isServiceUrlOf } from './clouds.ts';
import { type ConnectorCall, type ConnectorRules, OneTryConnectorFactory } from './one-try-connector.ts';
import { withQuietErrors } from './quiet-console.ts';
import { readTokenClaims } from './token-claims.ts';
import { TokenKeys, useTokenKeys } from './token-keys.ts';

const unauthorized = 401;

/** An authentication that the adapter can be built on. */
export interface BotAuthentication extends BotFrameworkAuthentication {
  readonly appId: string;
  readonly credentials: ServiceClientCredentialsFactory;
  /** Hears of each call to the connector; set before the first one. */
  onConnectorCall: ((call: ConnectorCall) => void) | null;
}

/** Given in code by tests alone; no setting leads here. */
export interface AuthenticationOptions {
  /** Where the keys of incoming tokens are described. */
  metadataUrl?: string;
  /** Where people's tokens are kept; only beside `metadataUrl`. */
  tokenServiceUrl?: string;
  /** Makes the outgoing tokens. */
  credentials?: ServiceClientCredentialsFactory;
  /** Connectors besides the cloud's, as `http://127.0.0.1:1234`. */
  serviceOrigins?: readonly string[];
  /** For one connector call, and for fetching keys. */
  timeoutMs?: number;
  /** The time by which keys become old: milliseconds that only ever go forward. */
  keysClock?: () => number;
}

/** @throws InputError `settings.botIdentity` when type, id, tenant and password do not fit together */
export function createBotAuthentication(given: BotIdentity, options: AuthenticationOptions = {}): BotAuthentication {
  const identity = checkIdentity(given);
  const cloud = clouds[identity.cloud];
  const origins = options.serviceOrigins ?? [];
  const settings = {
    MicrosoftAppType: identity.type,
    MicrosoftAppId: identity.appId,
    MicrosoftAppTenantId: identity.tenantId,
    MicrosoftAppPassword: identity.password,
  };
  const credentials = options.credentials ?? createBotCredentials(identity);
  const endpoints = options.metadataUrl
    ? everyEndpoint(options.metadataUrl, options.tokenServiceUrl, identity)
    : { ChannelService: cloud.channelService };
  const metadataUrl = options.metadataUrl ?? cloud.tokenMetadataUrl;
  const timeoutMs = options.timeoutMs ?? 10 * second;
  useTokenKeys(
    new TokenKeys({ metadataUrl, issuer: cloud.tokenIssuer, timeoutMs, now: options.keysClock }),
    metadataUrl,
  );
  return new GuardedAuthentication({
    inner: new ConfigurationBotFrameworkAuthentication({ ...settings, ...endpoints }, credentials),
    credentials,
    appId: identity.appId,
    issuer: cloud.tokenIssuer,
    isServiceUrl: (url) =>
      isServiceUrlOf(identity.cloud, url) || origins.includes(URL.canParse(url) ? new URL(url).origin : ''),
    timeoutMs,
  });
}

/** With one endpoint given, the SDK forgets all its defaults. */
function everyEndpoint(metadataUrl: string, tokenServiceUrl: string | undefined, identity: BotIdentity) {
  const { tokenIssuer } = clouds[identity.cloud];
  return {
    ToBotFromChannelOpenIdMetadataUrl: metadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: metadataUrl,
    ToBotFromChannelTokenIssuer: tokenIssuer,
    ToChannelFromBotLoginUrl: `https://login.microsoftonline.com/${identity.tenantId}`,
    ToChannelFromBotOAuthScope: tokenIssuer,
    OAuthUrl: tokenServiceUrl ?? tokenIssuer,
    ValidateAuthority: true,
    CallerId: 'urn:botframework:azure',
  };
}

interface Guard extends ConnectorRules {
  inner: BotFrameworkAuthentication;
  credentials: ServiceClientCredentialsFactory;
  appId: string;
  issuer: string;
}

class GuardedAuthentication extends BotFrameworkAuthentication implements BotAuthentication {
  readonly appId: string;
  readonly credentials: ServiceClientCredentialsFactory;
  onConnectorCall: BotAuthentication['onConnectorCall'] = null;
  readonly #guard: Guard;

  constructor(guard: Guard) {
    super();
    this.appId = guard.appId;
    this.credentials = guard.credentials;
    this.#guard = guard;
  }

  /**
   * @throws AuthenticationError (401, without a reason) for everything that is not a good token for this activity
   * @throws TemporaryError `teams.keysUnavailable` when the keys cannot be fetched
   */
  override async authenticateRequest(activity: Activity, authorization: string): Promise<AuthenticateRequestResult> {
    const { inner, issuer, isServiceUrl } = this.#guard;
    if (activity.channelId !== 'msteams') throw refused();
    if (typeof activity.serviceUrl !== 'string' || !isServiceUrl(activity.serviceUrl)) throw refused();
    // Before the SDK, so that a token of another issuer makes it fetch nothing.
    if (readTokenClaims(authorization)?.issuer !== issuer) throw refused();
    const result = await this.#verify(() => inner.authenticateRequest(activity, authorization));
    if (result.claimsIdentity.getClaimValue('iss') !== issuer) throw refused();
    // Without one the SDK takes a token for good for ever.
    if (typeof (result.claimsIdentity.getClaimValue('exp') as unknown) !== 'number') throw refused();
    if (!result.connectorFactory) throw refused();
    return { ...result, connectorFactory: this.#onceOnly(result.connectorFactory) };
  }

  /** Streaming connections are not offered. */
  override authenticateStreamingRequest(): Promise<AuthenticateRequestResult> {
    return Promise.reject(refused());
  }

  /** Other bots (skills) are not answered. */
  override authenticateChannelRequest(): Promise<ClaimsIdentity> {
    return Promise.reject(refused());
  }

  override createConnectorFactory(claimsIdentity: ClaimsIdentity): ConnectorFactory {
    return this.#onceOnly(this.#guard.inner.createConnectorFactory(claimsIdentity));
  }

  override createUserTokenClient(claimsIdentity: ClaimsIdentity): Promise<UserTokenClient> {
    return this.#guard.inner.createUserTokenClient(claimsIdentity);
  }

  #onceOnly(factory: ConnectorFactory): ConnectorFactory {
    return new OneTryConnectorFactory(factory, { ...this.#guard, onCall: (call) => this.onConnectorCall?.(call) });
  }

  async #verify(work: () => Promise<AuthenticateRequestResult>): Promise<AuthenticateRequestResult> {
    const { promise: overdue, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new TemporaryError('teams.keysUnavailable')), this.#guard.timeoutMs);
    try {
      return await Promise.race([withQuietErrors(work), overdue]);
    } catch (error) {
      throw error instanceof TemporaryError ? error : refused(timeReasonOf(error));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** For the log alone. */
export class RefusedError extends AuthenticationError {
  readonly reason: string | null;

  constructor(reason: string | null) {
    super('Unauthorized', unauthorized);
    this.reason = reason;
  }
}

function refused(reason: string | null = null): RefusedError {
  return new RefusedError(reason);
}

/** The signature was good and the time was not, which is this machine's clock more often than an attacker. */
function timeReasonOf(error: unknown): string | null {
  const { name = '', message = '' } = error instanceof Error ? error : {};
  if (name === 'NotBeforeError') return 'the token is not valid yet: is the clock of this machine right?';
  return /expired/i.test(`${name} ${message}`) ? 'the token has expired: is the clock of this machine right?' : null;
}
