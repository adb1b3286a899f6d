// What must be true of a bulk request when it is over, whatever happened on the way.
import { sql } from 'kysely';
import { openStore } from '../../../src/store/open-store.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { silentLog } from '../../fakes/store.ts';
import type { FleetMember } from './tenant.ts';

export interface BulkEvidence {
  states: Record<string, number>;
  /** As the request itself counted. */
  tally: Record<string, number>;
  remaining: number;
  requestState: string;
  intents: number;
}

export async function readBulkEvidence(where: { databaseUrl: string } | { dataDir: string }): Promise<BulkEvidence> {
  const store = await openStore({ ...where, log: silentLog });
  try {
    const states = await sql<{ state: string; n: string }>`
      select state, count(*) as n from items group by state`.execute(store.db);
    const requests = await sql<{ state: string; tally: Record<string, number>; remaining: number }>`
      select state, tally, (bulk->'counts'->>'remaining')::int as remaining from requests
      where code is not null`.execute(store.db);
    const intents = await sql<{ n: string }>`select count(*) as n from intents`.execute(store.db);
    const [request] = requests.rows;
    if (!request || requests.rows.length !== 1) throw new Error(`${requests.rows.length} requests instead of one`);
    return {
      states: Object.fromEntries(states.rows.map(({ state, n }) => [state, Number(n)])),
      tally: Object.fromEntries(Object.entries(request.tally).filter(([, n]) => n !== 0)),
      remaining: request.remaining,
      requestState: request.state,
      intents: Number(intents.rows[0]?.n ?? 0),
    };
  } finally {
    await store.close();
  }
}

const finalStates = ['ready', 'readyWithWarnings', 'failed', 'skipped', 'cancelled'];

/** @param wasKilled then an unclear start may have been closed without a POST */
export function judgeBulk(
  evidence: BulkEvidence,
  { simulator, connector }: Microsoft,
  members: readonly FleetMember[],
  wasKilled: boolean,
): string[] {
  const faults: string[] = [];
  const { states, tally, remaining } = evidence;
  const open = Object.keys(states).filter((state) => !finalStates.includes(state));
  if (open.length > 0)
    faults.push(`items without an end: ${open.map((state) => `${states[state]} ${state}`).join(', ')}`);
  const total = Object.values(states).reduce((sum, n) => sum + n, 0);
  if (total !== remaining || remaining !== members.length)
    faults.push(`${members.length} in the group, ${remaining} in the preview, ${total} items`);
  if (JSON.stringify(sorted(states)) !== JSON.stringify(sorted(tally)))
    faults.push(`counted ${JSON.stringify(tally)}, there are ${JSON.stringify(states)}`);
  if (!['succeeded', 'partlySucceeded', 'failed'].includes(evidence.requestState))
    faults.push(`the request is ${evidence.requestState}`);
  const throttled = countThrottled(simulator);
  for (const { cloudPcId, deviceId } of members) {
    const { received, applied } = simulator.tenant.reprovisionPosts(cloudPcId);
    // Graph says of a start that it throttled that it did nothing: that one alone may be sent again.
    const answered = received - (throttled.get(cloudPcId) ?? 0) - (throttled.get(deviceId) ?? 0);
    if (answered > 1 || applied > 1) faults.push(`${cloudPcId} was started ${answered} times, ${applied} applied`);
    if (received === 0 && !wasKilled) faults.push(`${cloudPcId} was never started`);
  }
  return [...faults, ...tooMuchForTeams(connector.calls)];
}

/** How often a start that was throttled named a Cloud PC or a device. */
function countThrottled({ requests }: Microsoft['simulator']): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const starts = requests.filter(
    ({ method, path, status }) => method === 'POST' && status === 429 && path !== '/$batch',
  );
  for (const { path, body } of starts)
    for (const [id] of `${path} ${JSON.stringify(body)}`.matchAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi))
      counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

const sorted = (counts: Record<string, number>) => Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));

/** Teams' documented limits: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit */
const conversationLimits = [
  { withinMs: 1000, most: 7 },
  { withinMs: 2000, most: 8 },
  { withinMs: 30_000, most: 60 },
] as const;
const tenantLimit = { withinMs: 1000, most: 50 } as const;

type Call = Pick<Microsoft['connector']['calls'][number], 'conversationId' | 'sentAt' | 'verb'>;

/** Threads of a channel count for the channel. */
const placeOf = ({ conversationId }: Call) => (conversationId ?? 'new').split(';')[0] ?? '';

export function busiest(calls: readonly Call[], withinMs: number): number {
  const times = calls.map(({ sentAt }) => sentAt).sort((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= withinMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function tooMuchForTeams(calls: readonly Call[]): string[] {
  const places = Map.groupBy(
    calls.filter(({ conversationId }) => conversationId !== null),
    placeOf,
  );
  const faults = [...places].flatMap(([place, own]) =>
    conversationLimits.flatMap(({ withinMs, most }) => {
      const n = busiest(own, withinMs);
      return n > most ? [`${n} calls within ${withinMs} ms in ${place}`] : [];
    }),
  );
  const n = busiest(calls, tenantLimit.withinMs);
  return n > tenantLimit.most ? [...faults, `${n} calls within a second in all`] : faults;
}
