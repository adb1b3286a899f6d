// Collections that come in pages.
import type { Ask } from './asker.ts';
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
  enough = Number.POSITIVE_INFINITY,
): Promise<unknown[]> {
  const values: unknown[] = [];
  const visited = new Set<string>();
  for (let next: string | null = path; next !== null && values.length < enough; ) {
    if (visited.has(next) || visited.size >= mostPages) throw unreadable('endlessPages');
    visited.add(next);
    const page: { value: unknown[]; '@odata.nextLink': string | null } = readBody(
      await ask({ method: 'GET', path: next }),
      pageSchema,
    );
    values.push(...page.value);
    const link = page['@odata.nextLink'];
    next = link ? client.nextPath(link, 'beta') : null;
  }
  return values;
}
