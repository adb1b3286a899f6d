// The Bot Framework's token service: keys behind real HTTP, and tokens good and bad.
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceClientCredentialsFactory } from 'botframework-connector';

export interface TokenChanges {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** Signs with another RSA key under the same key id. */
  foreignKey?: boolean;
  /** Signs with HMAC, and the public key as its secret. */
  hmacWithPublicKey?: boolean;
  /** No signature. */
  unsigned?: boolean;
}

export interface TokenAuthority {
  metadataUrl: string;
  issuer: string;
  /** A token for this bot and service URL, good for an hour. */
  mint(serviceUrl: string, changes?: TokenChanges): string;
  /** Gives the key another id. */
  rotate(): void;
  /** Requests for metadata and keys. */
  fetches: number;
  /** What the metadata answers: as ever, with a fault, or never. */
  mood: 'well' | 'broken' | 'hanging';
  stop(): Promise<void>;
}

interface AuthorityOptions {
  appId: string;
  issuer?: string;
  /** Of the key; none by default. */
  endorsements?: string[];
  /** Where the metadata says that the keys are, when that is another way than its own. */
  keysUrl?: string;
}

/** The SDK keeps keys by URL for the whole process: a fresh authority per test file (or per test) has a fresh port. */
export async function startTokenAuthority(options: AuthorityOptions): Promise<TokenAuthority> {
  const issuer = options.issuer ?? 'https://api.botframework.com';
  let keys = newKeys();
  const server = createServer((req, res) => {
    authority.fetches += 1;
    if (authority.mood === 'hanging') return;
    if (authority.mood === 'broken') return reply(res, 503, 'gone fishing');
    const { n, e } = keys.publicKey.export({ format: 'jwk' });
    const jwk = { kty: 'RSA', use: 'sig', kid: keys.id, n, e, endorsements: options.endorsements };
    const keysUrl = options.keysUrl ?? authority.metadataUrl.replace('/openid', '/keys');
    const body = req.url?.endsWith('/openid') ? { issuer, jwks_uri: keysUrl } : { keys: [jwk] };
    return reply(res, 200, JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const authority: TokenAuthority = {
    // A port may come again in a long run; what the SDK keeps by this URL must not.
    metadataUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${randomUUID()}/openid`,
    issuer,
    fetches: 0,
    mood: 'well',
    mint(serviceUrl, changes = {}) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer,
        aud: options.appId,
        nbf: now - 60,
        exp: now + 3600,
        serviceurl: serviceUrl,
        ...changes.claims,
      };
      const header = {
        alg: changes.hmacWithPublicKey ? 'HS256' : 'RS256',
        typ: 'JWT',
        kid: keys.id,
        ...changes.header,
      };
      const content = `${encode(header)}.${encode(claims)}`;
      if (changes.unsigned) return `${content}.`;
      if (changes.hmacWithPublicKey) return `${content}.${hmac(content, keys.publicKey)}`;
      const { privateKey } = changes.foreignKey ? pair('foreign') : keys;
      return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
    },
    rotate() {
      keys = newKeys();
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return authority;
}

// In two calls: restify, once loaded, replaces Node's own `writeHead` by one that returns nothing.
function reply(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(text);
}

type KeyPair = { publicKey: KeyObject; privateKey: KeyObject };
const pairs = new Map<string, KeyPair>();

/** Made once for the process, as that takes long. */
function pair(name: 'own' | 'foreign'): KeyPair {
  const made = pairs.get(name) ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
  pairs.set(name, made);
  return made;
}

function newKeys(): KeyPair & { id: string } {
  return { id: randomUUID(), ...pair('own') };
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function hmac(content: string, key: KeyObject): string {
  const secret = key.export({ format: 'pem', type: 'spki' });
  return createHmac('sha256', secret).update(content).digest('base64url');
}

/** The bot's own tokens, without Entra: every call carries `token`. `fail` makes the next ones impossible to get. */
export class FakeCredentials extends ServiceClientCredentialsFactory {
  readonly token: string;
  readonly #appId: string;
  /** What getting a token does instead: throws, or never ends. */
  trouble: 'none' | 'throws' | 'hangs' = 'none';

  constructor(appId: string, token = 'outbound-token') {
    super();
    this.#appId = appId;
    this.token = token;
  }

  override async isValidAppId(appId: string): Promise<boolean> {
    return appId === this.#appId;
  }

  override async isAuthenticationDisabled(): Promise<boolean> {
    return false;
  }

  override async createCredentials(): ReturnType<ServiceClientCredentialsFactory['createCredentials']> {
    return {
      signRequest: async (request) => {
        if (this.trouble === 'throws') throw new Error('no token to be had');
        if (this.trouble === 'hangs') await new Promise(() => {});
        request.headers.set('authorization', `Bearer ${this.token}`);
        return request;
      },
    };
  }
}
