// Requests with their decisions.
import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { RequestListQuery, Requests } from '../domain/ports.ts';
import { type Decision, endedRequestStates, type Request } from '../domain/request.ts';
import { storable } from '../domain/storable.ts';
import type { RequestFilter } from '../domain/views.ts';
import { fromTime, storableOrNull, toTime } from './column-values.ts';
import { fromItemRow } from './item-row.ts';
import { fromRequestRow, toRequestRow } from './request-row.ts';
import type { DecisionsTable, RequestsTable, Tables, Trx } from './tables.ts';

export function sqlRequests(trx: Trx): Requests {
  return {
    lock: (requestId) => findOne(trx, trx.selectFrom('requests').selectAll().where('id', '=', requestId).forUpdate()),
    get: (requestId) => findOne(trx, trx.selectFrom('requests').selectAll().where('id', '=', requestId)),
    findByCode: (code) =>
      findOne(trx, trx.selectFrom('requests').selectAll().where('code', '=', code.trim().toUpperCase())),
    async insert(request) {
      await trx
        .insertInto('requests')
        .values({ id: request.id, ...toRequestRow(request) })
        .execute();
      await insertDecisions(trx, request);
    },
    save: (request) => saveRequest(trx, request),
    async openIds(limit) {
      const rows = await trx
        .selectFrom('requests')
        .select('id')
        .where('submitted_at', 'is not', null)
        .where('state', 'not in', [...endedRequestStates])
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },
    async nextCode() {
      const { rows } = await sql<{ next: string }>`select nextval('request_codes')::text as next`.execute(trx);
      return `R-${rows[0]?.next}`;
    },
    list: (query) => listRequests(trx, query),
  };
}

async function findOne(
  trx: Trx,
  query: { executeTakeFirst(): Promise<Selectable<RequestsTable> | undefined> },
): Promise<Request | null> {
  const row = await query.executeTakeFirst();
  if (!row) return null;
  const [request] = await withDecisions(trx, [row]);
  return request ?? null;
}

/** The requests with these ids, decisions included. */
export async function findRequests(trx: Trx, requestIds: readonly string[]): Promise<Map<string, Request>> {
  const ids = [...new Set(requestIds)];
  if (ids.length === 0) return new Map();
  const rows = await trx.selectFrom('requests').selectAll().where('id', 'in', ids).execute();
  const requests = await withDecisions(trx, rows);
  return new Map(requests.map((request) => [request.id, request]));
}

async function withDecisions(trx: Trx, rows: readonly Selectable<RequestsTable>[]): Promise<Request[]> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const decisions = await trx
    .selectFrom('decisions')
    .selectAll()
    .where('request_id', 'in', ids)
    .orderBy('id')
    .execute();
  return rows.map((row) => {
    const own = decisions.filter((decision) => decision.request_id === row.id);
    return fromRequestRow(row, own.map(fromDecisionRow));
  });
}

function fromDecisionRow(row: Selectable<DecisionsTable>): Decision {
  return {
    by: { id: row.by_id, name: row.by_name },
    verdict: row.verdict,
    comment: row.comment,
    asApprover: row.as_approver,
    asAdmin: row.as_admin,
    revision: row.revision,
    at: fromTime(row.at),
  };
}

/** Decisions that are there already are left as they are: one per person and revision. */
async function insertDecisions(trx: Trx, request: Request): Promise<void> {
  if (request.decisions.length === 0) return;
  const rows = request.decisions.map((decision) => ({
    request_id: request.id,
    revision: decision.revision,
    by_id: decision.by.id,
    by_name: storable(decision.by.name),
    verdict: decision.verdict,
    comment: storableOrNull(decision.comment),
    as_approver: decision.asApprover,
    as_admin: decision.asAdmin,
    at: toTime(decision.at),
  }));
  await trx
    .insertInto('decisions')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['request_id', 'revision', 'by_id']).doNothing())
    .execute();
}

/** Refuses a copy that is older than the row: saving it would undo somebody's change. That would be a bug. */
async function saveRequest(trx: Trx, request: Request): Promise<Request> {
  const saved: Request = { ...request, version: request.version + 1 };
  const { numUpdatedRows } = await trx
    .updateTable('requests')
    .set(toRequestRow(saved))
    .where('id', '=', request.id)
    .where('version', '=', request.version)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new Error('a request was saved from an old copy');
  await insertDecisions(trx, request);
  return saved;
}

async function listRequests(trx: Trx, query: RequestListQuery): ReturnType<Requests['list']> {
  const listed = trx
    .selectFrom('requests')
    .where('submitted_at', 'is not', null)
    .where((eb) => isSeenBy(eb, query.seenBy))
    .where((eb) => isIn(eb, query.filter, query.me));
  const { total } = await listed.select((eb) => eb.fn.countAll<string>().as('total')).executeTakeFirstOrThrow();
  const rows = await listed
    .selectAll()
    .orderBy('submitted_at', 'desc')
    .orderBy('id', 'desc')
    .offset(query.offset)
    .limit(query.limit)
    .execute();
  const requests = await withDecisions(trx, rows);
  const items = await firstItems(
    trx,
    rows.map((row) => row.id),
  );
  return {
    requests: requests.map((request) => ({ request, item: items.get(request.id) ?? null })),
    total: Number(total),
  };
}

type RequestExpression = ExpressionBuilder<Tables, 'requests'>;

function isSeenBy(eb: RequestExpression, personId: string | null) {
  if (personId === null) return eb.lit(true);
  const owned = eb
    .selectFrom('items')
    .select('items.id')
    .whereRef('items.request_id', '=', 'requests.id')
    .where('items.owner_id', '=', personId);
  return eb.or([eb('requester_id', '=', personId), eb('requests.owner_id', '=', personId), eb.exists(owned)]);
}

function isIn(eb: RequestExpression, filter: RequestFilter, me: string) {
  switch (filter) {
    case 'all':
      return eb.lit(true);
    case 'open':
      return eb('state', 'not in', [...endedRequestStates]);
    case 'mine':
      return eb('requester_id', '=', me);
    case 'failed': {
      const stuck = sql<boolean>`coalesce((tally->>'needsOperator')::int, 0) + coalesce((tally->>'timedOut')::int, 0) > 0`;
      return eb.or([eb('state', 'in', ['failed', 'partlySucceeded']), stuck]);
    }
  }
}

async function firstItems(trx: Trx, requestIds: readonly string[]) {
  if (requestIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('items')
    .selectAll()
    .distinctOn('request_id')
    .where('request_id', 'in', [...requestIds])
    .orderBy('request_id')
    .orderBy('seq')
    .execute();
  return new Map(rows.map((row) => [row.request_id, fromItemRow(row)]));
}
