// What the simulator knows of one Graph request and of its answer, whether it came alone or as a part of a batch.

export type GraphVersion = 'v1.0' | 'beta';

export type Json = Record<string, unknown>;

export interface GraphCall {
  method: string;
  version: GraphVersion;
  /** Within the version, decoded, without the query: '/users/ada@contoso.com'. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; undefined when there was no body. */
  body: unknown;
  /** Root of the version on this server: 'http://127.0.0.1:4000/beta'. */
  root: string;
  /** Whose delegated token it carries (object id); null: an application's. */
  personId: string | null;
  requestId: string;
  clientRequestId: string;
}

export interface GraphReply {
  status: number;
  headers?: Record<string, string>;
  /** Left out: an empty body. */
  body?: unknown;
}

/** Path parameters of a matched route, by the name in the route's pattern. */
export type PathParameter = (name: string) => string;

/** Splits '/beta/users/o%27neil' into version and decoded path; null when Graph has no such version. */
export function splitPath(rawPath: string): { version: GraphVersion; path: string } | null {
  const [, version, ...rest] = rawPath.split('/');
  if (version !== 'v1.0' && version !== 'beta') return null;
  return { version, path: decodePath(`/${rest.join('/')}`) };
}

/** Decodes each segment on its own; what is not validly encoded stays as it is. */
export function decodePath(rawPath: string): string {
  return rawPath.split('/').map(decodeSegment).join('/');
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
