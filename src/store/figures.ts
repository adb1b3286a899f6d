// Counts what has not ended; items, cards and notices by indexes of just that.
import { type Kysely, sql } from 'kysely';
import type { StoreFigures } from '../domain/figures.ts';
import { finishedItemStates, isFinished, itemStates } from '../domain/item.ts';
import { endedRequestStates, type RequestState } from '../domain/request.ts';
import type { Instant } from '../domain/time.ts';
import { fromTime } from './column-values.ts';
import type { Tables } from './tables.ts';

const words = (values: readonly string[]) => sql.join(values.map((value) => sql.lit(value)));
const ended = words(endedRequestStates);
const finished = words(finishedItemStates);

export async function readFigures(db: Kysely<Tables>, now: Instant): Promise<StoreFigures> {
  const { rows: counted } = await sql<{ of: string; state: string; count: number }>`
    select 'request' as of, state, count(*)::int as count from requests
      where submitted_at is not null and state not in (${ended}) group by state
    union all
    select 'cloudPc', state, count(*)::int from items where state not in (${finished}) group by state
    union all
    select 'person', state, count(*)::int from person_items where state not in (${finished}) group by state
    union all
    select 'card', '', count(*)::int from cards join requests on requests.id = request_id
      where cards.state in ('unreachable', 'refused') and requests.state not in (${ended})
    union all
    select 'notice', '', count(*)::int from notices join requests on requests.id = request_id
      where notices.state in ('unreachable', 'refused') and requests.state not in (${ended})`.execute(db);
  const count = (of: string, state = '') => counted.find((row) => row.of === of && row.state === state)?.count ?? 0;
  const states = itemStates.filter((state) => !isFinished(state));
  return {
    requests: openRequestStates.map((state) => ({ state, count: count('request', state) })),
    items: (['cloudPc', 'person'] as const).flatMap((of) =>
      states.map((state) => ({ of, state, count: count(of, state) })),
    ),
    undelivered: (['card', 'notice'] as const).map((what) => ({ what, count: count(what) })),
    oldest: await readOldest(db, now),
  };
}

const openRequestStates: readonly RequestState[] = ['awaitingApproval', 'approved', 'running'];

/**
 * For IT it counts from when the audit says so: a request that failed late has not waited since it was asked for. The audit of each
 * such request is read once, however many of its items wait: joined item by item, it would be read as often as there are items.
 */
async function readOldest(db: Kysely<Tables>, now: Instant): Promise<StoreFigures['oldest']> {
  const { rows } = await sql<{ approval: Date | null; operator: Date | null }>`
    select
      (select min(submitted_at) from requests where submitted_at is not null and state = 'awaitingApproval') as approval,
      (with stuck as materialized (
        select id, request_id from items where state in ('timedOut', 'needsOperator')
        union all select id, request_id from person_items where state = 'needsOperator'
      )
      select min(told.at)
      from (select distinct request_id from stuck) request
      cross join lateral (
        select item_id, max(at) as at from audit
        where audit.request_id = request.request_id and action in ('item.timedOut', 'item.needsOperator')
        group by item_id
      ) told
      join stuck on stuck.id = told.item_id) as operator`.execute(db);
  const waited = (since: Date | null | undefined) => (since ? Math.max(0, now - fromTime(since)) : 0);
  return [
    { waitingFor: 'approval', ms: waited(rows[0]?.approval) },
    { waitingFor: 'operator', ms: waited(rows[0]?.operator) },
  ];
}
