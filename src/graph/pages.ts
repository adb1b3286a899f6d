// Collections that come in pages.
import type { z } from 'zod/v4';
import type { Ask } from './asker.ts';
import type { GraphReply, GraphVersion } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { unreadable } from './graph-error.ts';
import { readBody } from './read-answer.ts';
import { pageSchema } from './schema.ts';

/** More pages than any person's Cloud PCs or a tenant's settings can fill: something is wrong with the links. */
const mostPages = 200;

/**
 * Every element of a collection, or the first ones until there are `enough`. A page may be empty and still have a
 * next one; the link is followed as it is.
 * @throws TemporaryError `graph.unreadable` for a link to another host, in a circle, or without end
 */
export async function readPages(
  client: GraphClient,
  ask: Ask,
  path: string,
  { enough = Number.POSITIVE_INFINITY, isEventual }: { enough?: number; isEventual?: boolean } = {},
): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { value } of walkPages(client, ask, path, isEventual)) {
    values.push(...value);
    if (values.length >= enough) break;
  }
  return values;
}

export interface Page {
  value: unknown[];
  /** Of the whole collection, where it was asked for and told. */
  count: number | null;
  isLast: boolean;
}

/** One page after the other, each asked for with the same headers; `ask` reads this version. @throws as `readPages` */
export async function* walkPages(
  client: GraphClient,
  ask: Ask,
  path: string,
  isEventual?: boolean,
  version: GraphVersion = 'beta',
): AsyncGenerator<Page> {
  const visited = new Set<string>();
  let count: number | null = null;
  for (let next: string | null = path; next !== null; ) {
    if (visited.has(next) || visited.size >= mostPages) throw unreadable('endlessPages');
    visited.add(next);
    const reply: GraphReply = await ask({ method: 'GET', path: next, isEventual });
    const page: z.output<typeof pageSchema> = readBody(reply, pageSchema);
    const link = page['@odata.nextLink'];
    count = page['@odata.count'] ?? count;
    next = link ? client.nextPath(link, version) : null;
    yield { value: page.value, count, isLast: next === null };
  }
}
