// The Bot Framework's token service (api.botframework.com) over real HTTP: who has signed in, which Teams clients may do so by
// themselves, and the windows in which people sign in.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readTokenOwner } from '../../src/teams/token-claims.ts';

export interface TokenCall {
  what: 'GetToken' | 'exchange' | 'SignOut' | 'GetSignInResource' | 'unknown';
  userId: string | null;
  code: string | null;
}

export interface FakeTokenService {
  url: string;
  calls: TokenCall[];
  /** Tokens for Graph by Teams user id. */
  tokens: Map<string, string>;
  /** What a Teams client's token is exchanged for; one that is not here is refused, as without consent. */
  exchanges: Map<string, string>;
  /** What signing in in a window gives, by its code. */
  codes: Map<string, string>;
  /** Every answer, or none. */
  mood: 'well' | 'broken' | 'hanging';
  stop(): Promise<void>;
}

/** The bot's OAuth connection. */
export const ssoConnection = 'graph';

/** A delegated token is somebody's when it says so. */
export function personOfToken(token: string): string | null {
  return readTokenOwner(token)?.personId ?? null;
}

/** A token as Entra makes it for Graph and a person; nobody here checks its signature. */
export function personsToken(personId: string, tenantId: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'https://graph.microsoft.com', oid: personId, tid: tenantId, scp: 'CloudPC.ReadWrite.All' };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${part('signature')}`;
}

/** @param token the bot's own, without which nothing is answered */
export async function startTokenService(options: { token: string; connectionName: string }): Promise<FakeTokenService> {
  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://token-service');
    const query = (name: string) => url.searchParams.get(name);
    const body = await readJson(req);
    const what = whatOf(req.method, url.pathname);
    service.calls.push({ what, userId: query('userId'), code: query('code') });
    if (service.mood === 'hanging') return;
    const answer = (status: number, value?: unknown) => {
      res.writeHead(status, { 'Content-Type': 'application/json' });
      res.end(value === undefined ? '' : JSON.stringify(value));
    };
    if (service.mood === 'broken') return answer(502, { error: { code: 'BadGateway' } });
    if (req.headers.authorization !== `Bearer ${options.token}`) return answer(401);
    if (what === 'GetSignInResource') return answer(200, signInResource(query('state')));
    const userId = query('userId') ?? '';
    if (query('connectionName') !== options.connectionName) return answer(400, { error: { code: 'NoConnection' } });
    if (what === 'SignOut') return answer(200, void service.tokens.delete(userId));
    const given = what === 'exchange' ? service.exchanges.get(String(body.token)) : takeCode(service, query('code'));
    if (given) service.tokens.set(userId, given);
    if (what === 'exchange' && !given) return answer(400, { error: { code: 'invalid_grant', message: 'consent' } });
    const token = service.tokens.get(userId);
    if (!token || (query('code') && !given)) return answer(404);
    return answer(200, { channelId: query('channelId'), connectionName: options.connectionName, token });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: FakeTokenService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    tokens: new Map(),
    exchanges: new Map(),
    codes: new Map(),
    mood: 'well',
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return service;
}

function takeCode({ codes }: FakeTokenService, code: string | null): string | undefined {
  const token = codes.get(code ?? '');
  codes.delete(code ?? '');
  return token;
}

const paths: Readonly<Record<string, TokenCall['what']>> = {
  'GET /api/usertoken/GetToken': 'GetToken',
  'POST /api/usertoken/exchange': 'exchange',
  'DELETE /api/usertoken/SignOut': 'SignOut',
  'GET /api/botsignin/GetSignInResource': 'GetSignInResource',
};

function whatOf(method: string | undefined, path: string): TokenCall['what'] {
  return paths[`${method} ${path}`] ?? 'unknown';
}

function signInResource(state: string | null) {
  return {
    signInLink: `https://token.botframework.com/api/oauth/signin?signin=${encodeURIComponent(state ?? '')}`,
    tokenExchangeResource: { id: 'exchange-resource', uri: 'api://botid-for-tests', providerId: 'aad' },
  };
}

async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}
