// Entra's token endpoint, and the one that a managed identity asks on its own machine.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registration that may sign in with a secret. */
export interface Registration {
  clientId: string;
  secret: string;
  tenantId: string;
}

export interface GivenToken {
  how: 'secret' | 'managedIdentity';
  clientId: string;
  /** Without `/.default`. */
  resource: string;
}

export interface FakeLogin {
  url: string;
  /** Every token for a resource is the same, and nobody else's. */
  tokenFor(resource: string): string;
  given: GivenToken[];
  /** Requests that got no token, with the reason. */
  refused: string[];
  /** What a machine with a managed identity has in its environment. */
  managedIdentityEnv: Record<string, string>;
  stop(): Promise<void>;
}

export async function startLogin(options: {
  registrations: readonly Registration[];
  managedIdentityClientId: string;
  /** Application permissions in Graph's tokens. */
  graphRoles: readonly string[];
  /** Host of the authority. */
  host: string;
}): Promise<FakeLogin> {
  const tokens = new Map<string, string>();
  const header = randomUUID();
  const tokenFor = (resource: string) => {
    const roles = /graph\.microsoft\./.test(resource) ? options.graphRoles : [];
    const token = tokens.get(resource) ?? tokenOf({ aud: resource, jti: randomUUID(), roles });
    tokens.set(resource, token);
    return token;
  };
  const given: GivenToken[] = [];
  const refused: string[] = [];
  const give = (res: ServerResponse, token: GivenToken) => {
    given.push(token);
    const lifetime = 3600;
    write(res, 200, {
      token_type: 'Bearer',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      expires_on: String(Math.floor(Date.now() / 1000) + lifetime),
      resource: token.resource,
      access_token: tokenFor(token.resource),
    });
  };
  const refuse = (res: ServerResponse, why: string) => {
    refused.push(why);
    write(res, 401, { error: 'invalid_client', error_description: why });
  };
  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '/', `https://${options.host}`);
    if (url.pathname === '/msi/token') {
      const clientId = url.searchParams.get('client_id') ?? '';
      if (req.headers['x-identity-header'] !== header) return refuse(res, 'no identity header');
      if (clientId !== options.managedIdentityClientId) return refuse(res, `no identity ${clientId} on this machine`);
      return give(res, { how: 'managedIdentity', clientId, resource: url.searchParams.get('resource') ?? '' });
    }
    if (url.pathname === '/common/discovery/instance') return write(res, 200, instanceDiscovery(url));
    const [, tenantId = '', ...rest] = url.pathname.split('/');
    if (rest.join('/') === 'v2.0/.well-known/openid-configuration')
      return write(res, 200, openIdConfiguration(options.host, tenantId));
    if (rest.join('/') !== 'oauth2/v2.0/token' || req.method !== 'POST') return write(res, 404, { error: 'not_found' });
    const form = new URLSearchParams(await readText(req));
    const clientId = form.get('client_id') ?? '';
    const known = options.registrations.find((one) => one.clientId === clientId && one.tenantId === tenantId);
    if (known === undefined || form.get('client_secret') !== known.secret)
      return refuse(res, `bad secret of ${clientId}`);
    if (form.get('grant_type') !== 'client_credentials') return refuse(res, 'not a client credentials grant');
    const resource = (form.get('scope') ?? '').split(' ').find((scope) => scope.endsWith('/.default'));
    if (!resource) return refuse(res, `no scope in ${form.get('scope')}`);
    return give(res, { how: 'secret', clientId, resource: resource.replace(/\/\.default$/, '') });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenFor,
    given,
    refused,
    managedIdentityEnv: { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: header },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** As Entra writes one; the fakes know it by its letters, so nobody has to sign it. */
function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

function openIdConfiguration(host: string, tenantId: string) {
  const root = `https://${host}/${tenantId}`;
  return {
    token_endpoint: `${root}/oauth2/v2.0/token`,
    authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${root}/oauth2/v2.0/logout`,
    issuer: `${root}/v2.0`,
    jwks_uri: `${root}/discovery/v2.0/keys`,
  };
}

function instanceDiscovery(asked: URL) {
  const endpoint = new URL(
    asked.searchParams.get('authorization_endpoint') ?? 'https://login.microsoftonline.com/common',
  );
  const tenantId = endpoint.pathname.split('/')[1];
  return {
    tenant_discovery_endpoint: `https://login.microsoftonline.com/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: 'login.microsoftonline.com',
        preferred_cache: 'login.windows.net',
        aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
      },
    ],
  };
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function write(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(body));
}
