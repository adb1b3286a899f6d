// ┌─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
// │ FOR THE DEMO ONLY. Accepts every request without a token: whoever can reach the port is whoever they say they are.    │
// │ `compose.ts` does not import this file. The demo passes it in, listens on loopback and refuses forwarded requests.    │
// └─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

import type { Activity } from 'botbuilder';
import { ConfigurationBotFrameworkAuthentication, ConfigurationServiceClientCredentialFactory } from 'botbuilder';
import {
  type AuthenticateRequestResult,
  BotFrameworkAuthentication,
  type ClaimsIdentity,
  type ConnectorFactory,
  type UserTokenClient,
} from 'botframework-connector';
import { second } from '../domain/time.ts';
import type { BotAuthentication } from './authentication.ts';
import { type ConnectorRules, OneTryConnectorFactory } from './one-try-connector.ts';

const loopback = ['localhost', '127.0.0.1', '[::1]'];
const rules = {
  isServiceUrl: (url: string) => loopback.includes(URL.parse(url)?.hostname ?? ''),
  timeoutMs: 10 * second,
};

/** No authentication at all; answers go to loopback only. Never use it where anybody else can reach the port. */
export function createOpenAuthentication(): BotAuthentication {
  return new OpenAuthentication();
}

class OpenAuthentication extends BotFrameworkAuthentication implements BotAuthentication {
  readonly appId = '';
  onConnectorCall: BotAuthentication['onConnectorCall'] = null;
  readonly credentials = new ConfigurationServiceClientCredentialFactory({});
  readonly #inner = new ConfigurationBotFrameworkAuthentication({}, this.credentials);

  override async authenticateRequest(activity: Activity): Promise<AuthenticateRequestResult> {
    const result = await this.#inner.authenticateRequest(activity, '');
    return { ...result, connectorFactory: this.createConnectorFactory(result.claimsIdentity) };
  }

  override authenticateStreamingRequest(): Promise<AuthenticateRequestResult> {
    return Promise.reject(new Error('Streaming connections are not offered'));
  }

  override createConnectorFactory(claimsIdentity: ClaimsIdentity): ConnectorFactory {
    const onCall: ConnectorRules['onCall'] = (call) => this.onConnectorCall?.(call);
    return new OneTryConnectorFactory(this.#inner.createConnectorFactory(claimsIdentity), { ...rules, onCall });
  }

  override createUserTokenClient(claimsIdentity: ClaimsIdentity): Promise<UserTokenClient> {
    return this.#inner.createUserTokenClient(claimsIdentity);
  }
}
