// The Bot Framework's token service: keys behind real HTTP, and tokens good and bad.
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceClientCredentialsFactory } from 'botframework-connector';

export interface TokenChanges {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** Signs with another RSA key under the same key id; `embedded`: and brings that key along in the header. */
  foreignKey?: boolean | 'embedded';
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
  /** What is answered: as ever, with a fault, never, or with a lie. */
  mood: AuthorityMood;
  stop(): Promise<void>;
}

export type AuthorityMood = 'well' | 'broken' | 'hanging' | keyof typeof lies;

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
    const keysUrl = options.keysUrl ?? authority.metadataUrl.replace('/openid', '/keys');
    const what = req.url?.endsWith('/openid') ? 'metadata' : 'keys';
    const truth = what === 'metadata' ? { issuer, jwks_uri: keysUrl } : { keys: [jwkOf(keys, options.endorsements)] };
    // By its other name this server is another host, and tells the truth there.
    if (authority.mood === 'well' || req.headers.host?.startsWith('localhost'))
      return reply(res, 200, JSON.stringify(truth));
    return lies[authority.mood](res, what, truth, `http://localhost:${req.socket.localPort}${req.url}`);
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
        ...(changes.foreignKey === 'embedded' && { jwk: jwkOf({ id: keys.id, ...pair('foreign') }, undefined) }),
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

type Lie = (
  res: ServerResponse,
  what: 'metadata' | 'keys',
  truth: Record<string, unknown>,
  elsewhere: string,
) => unknown;

function about(which: 'metadata' | 'keys', change: (truth: Record<string, unknown>) => unknown): Lie {
  return (res, what, truth) => reply(res, 200, JSON.stringify(what === which ? change(truth) : truth));
}

const lies = {
  'says that another issuer is meant': about('metadata', (truth) => ({ ...truth, issuer: 'https://issuer.example' })),
  'names no issuer': about('metadata', ({ jwks_uri }) => ({ jwks_uri })),
  'names keys on another host': about('metadata', (truth) => ({
    ...truth,
    jwks_uri: String(truth.jwks_uri).replace('127.0.0.1', 'localhost'),
  })),
  'names keys in a file': about('metadata', (truth) => ({ ...truth, jwks_uri: 'file:///etc/passwd' })),
  'redirects to another host': (res, _what, _truth, elsewhere) => redirect(res, elsewhere),
  'redirects for the keys alone': (res, what, truth, elsewhere) =>
    what === 'keys' ? redirect(res, elsewhere) : reply(res, 200, JSON.stringify(truth)),
  'writes HTML': (res) => reply(res, 200, '<html>Sign in to the network</html>'),
  'writes null': (res) => reply(res, 200, 'null'),
  'has no keys': about('keys', () => ({ keys: [] })),
  'has keys that are a text': about('keys', () => ({ keys: 'secret' })),
  'has keys that are none': about('keys', () => ({ keys: [null, 5, {}, { kty: 'RSA', kid: 'x', n: '!', e: [] }] })),
  'writes without end': (res) => {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    const part = Buffer.alloc(64 * 1024, ' ');
    const more = () => {
      while (!res.destroyed && res.write(part));
      if (!res.destroyed) res.once('drain', more);
    };
    more();
  },
  'writes a letter at a time': (res) => {
    res.writeHead(200, { 'Content-Type': 'application/json' });
    const timer = setInterval(() => res.write(' '), 20);
    res.once('close', () => clearInterval(timer));
  },
} satisfies Record<string, Lie>;

function redirect(res: ServerResponse, to: string): void {
  res.writeHead(302, { Location: to });
  res.end();
}

/** What an OpenID server can do instead of telling the truth. */
export const authorityLies = Object.keys(lies) as (keyof typeof lies)[];

function jwkOf({ id, publicKey }: ReturnType<typeof newKeys>, endorsements: string[] | undefined) {
  const { n, e } = publicKey.export({ format: 'jwk' });
  return { kty: 'RSA', use: 'sig', kid: id, n, e, endorsements };
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
