// Microsoft as the bot meets it, under the real host names over TLS: Entra, the Bot Framework's keys, Graph and the connector.
// A bot in a process of its own reaches it with `env`, and demands of it what it would of the real one.
import { fileURLToPath } from 'node:url';
import { demoTenant, type Simulator, startSimulator, usualPermissions } from '../../../src/simulator/index.ts';
import { startTokenAuthority, type TokenAuthority } from '../bot-tokens.ts';
import { type FakeConnector, startConnector } from '../connector.ts';
import { botAppId, tenantId } from '../teams.ts';
import { type FakeTokenService, personOfToken, ssoConnection, startTokenService } from '../token-service.ts';
import { makeCertificates } from './certificates.ts';
import { type Front, type Routes, startFront } from './front.ts';
import { type FakeInsights, insightsHost, startInsights } from './insights.ts';
import { type FakeLogin, startLogin } from './login.ts';

/** The bot's and Graph's registrations, apart, so that a token of the wrong one shows. */
export const botPassword = 'the-password-of-the-bot';
export const graphClientId = 'eeeeeeee-0002-4000-8000-000000000002';
export const graphSecret = 'the-secret-for-graph';

/** As Teams writes it in activities of people in Europe. */
export const serviceUrl = 'https://smba.trafficmanager.net/emea/';

export interface Microsoft {
  front: Front;
  login: FakeLogin;
  simulator: Simulator;
  connector: FakeConnector;
  authority: TokenAuthority;
  /** Where people's tokens are; the connection is `ssoConnection`. */
  tokenService: FakeTokenService;
  insights: FakeInsights;
  /** For the process of the bot: how names lead here, and whom it trusts. No setting of the bot. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

export interface MicrosoftOptions {
  buildMs?: number;
  /** Application permissions that the tenant has granted; all that the guide asks for when left out. */
  permissions?: readonly string[];
  /** Under whose names Entra and Graph are reached; the bot's own channel is that of the global cloud. */
  cloud?: keyof typeof hosts;
}

const hosts = {
  global: { graph: 'graph.microsoft.com', login: 'login.microsoftonline.com' },
  usgov: { graph: 'graph.microsoft.us', login: 'login.microsoftonline.us' },
};

export async function startMicrosoft({
  buildMs = 600,
  permissions = usualPermissions,
  cloud = 'global',
}: MicrosoftOptions = {}): Promise<Microsoft> {
  const login = await startLogin({
    registrations: [
      { clientId: botAppId, secret: botPassword, tenantId },
      { clientId: graphClientId, secret: graphSecret, tenantId },
    ],
    managedIdentityClientId: botAppId,
    graphRoles: permissions,
    host: hosts[cloud].login,
  });
  const connector = await startConnector({ token: login.tokenFor('https://api.botframework.com') });
  const authority = await startTokenAuthority({
    appId: botAppId,
    endorsements: ['msteams'],
    keysUrl: 'https://login.botframework.com/v1/.well-known/keys',
  });
  const tokenService = await startTokenService({
    token: login.tokenFor('https://api.botframework.com'),
    connectionName: ssoConnection,
  });
  const insights = await startInsights();
  const simulator = await startSimulator(
    {
      buildMs,
      token: login.tokenFor(`https://${hosts[cloud].graph}`),
      personOf: personOfToken,
      publicUrl: `https://${hosts[cloud].graph}`,
    },
    demoTenant,
  );
  simulator.tenant.permissions.take(...usualPermissions.filter((one) => !permissions.includes(one)));
  const table = routes({ login, connector, authority, simulator, tokenService, insights }, hosts[cloud]);
  const certificates = await makeCertificates(Object.keys(table));
  const front = await startFront(table, certificates);
  return {
    front,
    login,
    simulator,
    connector,
    authority,
    tokenService,
    insights,
    env: {
      NODE_EXTRA_CA_CERTS: certificates.caFile,
      NODE_OPTIONS: `--import=${fileURLToPath(new URL('names.ts', import.meta.url))}`,
      MICROSOFT_PORT: String(front.port),
      MICROSOFT_HOSTS: front.hosts.join(','),
    },
    async stop() {
      await front.stop();
      await simulator.close();
      await connector.stop();
      await authority.stop();
      await tokenService.stop();
      await insights.stop();
      await login.stop();
      await certificates.remove();
    },
  };
}

function routes(
  parts: Pick<Microsoft, 'login' | 'connector' | 'authority' | 'simulator' | 'tokenService' | 'insights'>,
  names: (typeof hosts)['global'],
): Routes {
  const keys: Record<string, string> = {
    '/v1/.well-known/openidconfiguration': parts.authority.metadataUrl,
    '/v1/.well-known/keys': parts.authority.metadataUrl.replace('/openid', '/keys'),
  };
  return {
    [names.graph]: (path) => parts.simulator.url + path,
    [names.login]: (path) => parts.login.url + path,
    'api.botframework.com': (path) => parts.tokenService.url + path,
    'login.botframework.com': (path) => keys[path] ?? null,
    [insightsHost]: (path) => parts.insights.url + path,
    // The first part of the path is the region.
    'smba.trafficmanager.net': (path) => parts.connector.origin + path.replace(/^\/[^/]+/, '/connector'),
  };
}
