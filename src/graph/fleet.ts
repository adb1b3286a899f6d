// Many Cloud PCs at once: the pages of the list, where they are fewer than the batches that would ask for each by its id.
// The size of a page is undocumented, so it is learnt from what comes.
import type { CloudPc } from '../domain/cloud-pc.ts';
import { ConciergeError } from '../domain/errors.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { minute } from '../domain/time.ts';
import type { Ask } from './asker.ts';
import { cloudPcListPath, readListed } from './cloud-pcs.ts';
import type { GraphClient } from './graph-client.ts';
import { walkPages } from './pages.ts';

/** A filter on more policies than these would become long, and save little. */
const mostPolicies = 5;
/** What was learnt of a list holds for so long: fleets grow slowly. */
const learntForMs = 15 * minute;

export interface WantedCloudPc {
  cloudPcId: string;
  policyId: string | null;
}

export interface FleetReader {
  /**
   * What the list shows of them; nothing when batches are cheaper. Who is not in it is to be asked for by id.
   * @param requestsById what asking for each by its id would take. Never throws.
   */
  read(wanted: readonly WantedCloudPc[], requestsById: number, ask: Ask): Promise<ReadonlyMap<string, CloudPc>>;
}

export function createFleetReader({ client, clock, log }: FleetDeps): FleetReader {
  /** Pages by path of the list. */
  const learnt = new Map<string, { pages: number; until: number }>();

  const isTooLong = (path: string, most: number) => {
    const known = learnt.get(path);
    return known !== undefined && clock.monotonic() < known.until && known.pages >= most;
  };
  const learn = (path: string, pages: number) =>
    void learnt.set(path, { pages, until: clock.monotonic() + learntForMs });

  return {
    async read(wanted, requestsById, ask) {
      const found = new Map<string, CloudPc>();
      const path = listFor(wanted);
      if (requestsById < 2 || isTooLong(path, requestsById)) return found;
      try {
        const pages = await walk(
          client,
          ask,
          path,
          new Set(wanted.map(({ cloudPcId }) => cloudPcId)),
          requestsById,
          found,
        );
        if (pages !== null) learn(path, pages);
      } catch (error) {
        if (!(error instanceof ConciergeError)) throw error;
        log.warn({ code: error.code, ...error.values }, 'the list of Cloud PCs could not be read');
        // Refused for what it asks: it would be again.
        if (error.code === 'graph.badRequest') learn(path, Number.POSITIVE_INFINITY);
      }
      return found;
    },
  };
}

interface FleetDeps {
  client: GraphClient;
  clock: Clock;
  log: Log;
}

/** @returns how many pages the list has, or at least; null: not known, since all were found before its end */
async function walk(
  client: GraphClient,
  ask: Ask,
  path: string,
  wanted: ReadonlySet<string>,
  most: number,
  found: Map<string, CloudPc>,
): Promise<number | null> {
  let pages = 0;
  let longest = 0;
  for await (const { value, count, isLast } of walkPages(client, ask, path)) {
    pages += 1;
    longest = Math.max(longest, value.length);
    for (const pc of readListed(value)) if (wanted.has(pc.id)) found.set(pc.id, pc);
    if (isLast) return pages;
    if (found.size === wanted.size) return null;
    const expected = count !== null && longest > 0 ? Math.ceil(count / longest) : pages + 1;
    if (expected >= most) return expected;
  }
  return pages;
}

/** The list of the policies they were last in, else of all. */
function listFor(wanted: readonly WantedCloudPc[]): string {
  const policyIds = new Set(wanted.map(({ policyId }) => policyId));
  const known = [...policyIds].filter((id) => id !== null);
  return cloudPcListPath(known.length === policyIds.size && known.length <= mostPolicies ? known.sort() : []);
}
