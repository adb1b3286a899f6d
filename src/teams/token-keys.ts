// The keys with which the tokens of incoming activities are signed, in place of the SDK's own fetching: that one follows redirects to
// anywhere, reads without end, asks once for each request that waits, takes any JSON for keys, refuses a new key for an hour and
// everything as soon as the keys are a day old and cannot be fetched.
import { createPublicKey } from 'node:crypto';
import { JwtTokenExtractor } from 'botframework-connector/lib/auth/jwtTokenExtractor.js';
import { z } from 'zod/v4';
import { TemporaryError } from '../domain/errors.ts';
import { hour, minute, second } from '../domain/time.ts';

/** Of the real documents the keys are the longer one, with about 900 KB. */
const maxBytes = 4 * 1024 * 1024;
const fetchAgainAfterMs = 24 * hour;
/** Beyond this, keys that could not be fetched again are no longer believed. */
const keepForMs = 48 * hour;
/** Keys change without notice; but anybody can send an unknown key id. */
const lookForUnknownEveryMs = minute;
const waitAfterFaultMs = second;

const metadataShape = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keysShape = z.object({ keys: z.array(z.unknown()) });
const keyShape = z.object({
  kty: z.literal('RSA'),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  endorsements: z.array(z.string()).optional(),
});

/** As the SDK wants it: PEM, and the channels for which the key may sign. */
export interface TokenKey {
  key: string;
  endorsements?: string[] | undefined;
}

export interface TokenKeysOptions {
  /** OpenID Connect metadata. */
  metadataUrl: string;
  /** Whose the metadata must be. */
  issuer: string;
  /** For each of the two documents. */
  timeoutMs: number;
  /** Milliseconds that only ever go forward. */
  now?: (() => number) | undefined;
}

/**
 * Makes the SDK look keys up here, for this metadata URL, in this process.
 * @throws Error when the SDK no longer keeps them where it did
 */
export function useTokenKeys(keys: TokenKeys, metadataUrl: string): void {
  const { openIdMetadataCache: cache } = JwtTokenExtractor as unknown as { openIdMetadataCache?: unknown };
  if (!(cache instanceof Map)) throw new Error('The SDK keeps its keys elsewhere');
  cache.set(metadataUrl, keys);
}

export class TokenKeys {
  readonly #options: TokenKeysOptions;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, TokenKey> = new Map();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #fault: TemporaryError | null = null;
  #fetching: Promise<void> | null = null;

  constructor(options: TokenKeysOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * The key with this id; null when the issuer has none.
   * @throws TemporaryError `teams.keysUnavailable` when that cannot be found out now
   */
  async getKey(keyId: string): Promise<TokenKey | null> {
    if (this.#age() >= keepForMs) this.#keys = new Map();
    const known = this.#keys.get(keyId);
    if (known && this.#age() >= fetchAgainAfterMs) void this.#fetch();
    if (known) return known;
    await this.#fetch();
    const found = this.#keys.get(keyId);
    if (!found && this.#fault) throw this.#fault;
    return found ?? null;
  }

  #age(): number {
    return this.#now() - this.#fetchedAt;
  }

  /** Once for all who wait, and not again at once; never fails. */
  #fetch(): Promise<void> {
    const pauseMs = this.#fault ? waitAfterFaultMs : lookForUnknownEveryMs;
    if (!this.#fetching && this.#now() - this.#triedAt >= pauseMs) {
      this.#triedAt = this.#now();
      this.#fetching = this.#replace().finally(() => {
        this.#fetching = null;
      });
    }
    return this.#fetching ?? Promise.resolve();
  }

  async #replace(): Promise<void> {
    try {
      this.#keys = await fetchKeys(this.#options);
      this.#fetchedAt = this.#now();
      this.#fault = null;
    } catch (error) {
      this.#fault = new TemporaryError('teams.keysUnavailable', {}, { cause: error });
    }
  }
}

async function fetchKeys({ metadataUrl, issuer, timeoutMs }: TokenKeysOptions): Promise<Map<string, TokenKey>> {
  const metadata = metadataShape.parse(await fetchJson(metadataUrl, timeoutMs));
  if (metadata.issuer !== issuer) throw new Error('The OpenID metadata is of another issuer');
  if (URL.parse(metadata.jwks_uri)?.origin !== new URL(metadataUrl).origin)
    throw new Error('The OpenID metadata names keys on another host');
  const { keys } = keysShape.parse(await fetchJson(metadata.jwks_uri, timeoutMs));
  const found = new Map<string, TokenKey>();
  for (const key of keys.flatMap(readKey)) if (!found.has(key.id)) found.set(key.id, key);
  if (found.size === 0) throw new Error('The OpenID keys hold none that can be used');
  return found;
}

/** Keys of another kind stand beside them rightly. */
function readKey(value: unknown): (TokenKey & { id: string })[] {
  const read = keyShape.safeParse(value).data;
  if (!read) return [];
  const { kid, endorsements, ...jwk } = read;
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
    return [{ id: kid, key: key.toString(), endorsements }];
  } catch {
    return [];
  }
}

async function fetchJson(url: string, timeoutMs: number): Promise<unknown> {
  const response = await fetch(url, {
    headers: { Accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`The OpenID server answered ${response.status}`);
  let length = 0;
  const parts: Uint8Array[] = [];
  for await (const part of response.body ?? []) {
    length += part.byteLength;
    if (length > maxBytes) throw new Error('The OpenID server answers without end');
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
