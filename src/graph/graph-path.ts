// Paths and queries for Graph. Every value that comes from outside goes through one of these.
import { InputError, TemporaryError } from '../domain/errors.ts';
import type { GraphVersion } from './graph-call.ts';

/**
 * A value as one segment of a path.
 * @throws InputError `graph.badRequest` for an empty value or dots, which would make it another path
 */
export function toSegment(value: string): string {
  if (value === '' || value === '.' || value === '..') throw new InputError('graph.badRequest', { graphCode: 'badId' });
  return encode(value);
}

/** A text literal in an OData filter, quotes doubled. The whole filter still has to be encoded by `toQuery`. */
export function toLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/**
 * One clause of `$search`, in double quotes, with quotes and backslashes escaped
 * (https://learn.microsoft.com/graph/search-query-parameter). It still has to be encoded by `toQuery`.
 */
export function toSearch(property: string, value: string): string {
  return `"${property}:${value.replace(/["\\]/g, '\\$&')}"`;
}

/** `?$filter=…&$top=21` with encoded values (the SDK would leave `&` raw and cut the query there). */
export function toQuery(options: Readonly<Record<string, string | number | readonly string[]>>): string {
  const pairs = Object.entries(options).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(',') : String(value);
    return `${name}=${encode(text).replaceAll('%2C', ',')}`;
  });
  return `?${pairs.join('&')}`;
}

/** Half a character, as a message cut in the middle of an emoji has, cannot be encoded: it is replaced. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/**
 * The path of a nextLink below its version.
 * @throws TemporaryError `graph.unreadable` when it leads to another host or version: nothing is sent there
 */
export function readNextLink(nextLink: string, root: string, version: GraphVersion): string {
  const url = URL.canParse(nextLink) ? new URL(nextLink) : null;
  const prefix = `/${version}/`;
  if (url === null || url.origin !== new URL(root).origin || !url.pathname.startsWith(prefix)) {
    throw new TemporaryError('graph.unreadable', { graphCode: 'foreignNextLink' });
  }
  return url.pathname.slice(prefix.length - 1) + url.search;
}

/** For the log: no query values, and nobody's UPN or mail box. */
export function toLogPath(path: string): string {
  const [pathname = '', query] = path.split('?', 2);
  const segments = pathname.split('/');
  const safe = segments.map((segment, index) => (mayNameSomebody(segment, segments[index - 1]) ? '{person}' : segment));
  const names = query?.split('&').map((pair) => pair.split('=', 1)[0]);
  return safe.join('/') + (names ? `?${names.join('&')}` : '');
}

/** What follows `/users/` is shown only when it is an object id; nothing with an `@` or a quoted value is shown anywhere. */
function mayNameSomebody(segment: string, before: string | undefined): boolean {
  return /@|%40|'|%27/i.test(segment) || (before === 'users' && !/^[0-9a-f-]{36}$/i.test(segment));
}
