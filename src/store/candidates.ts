// What was asked for in a bulk request, line by line, and what has become of each.
import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { Candidate } from '../domain/bulk.ts';
import type { BulkFilter } from '../domain/bulk-views.ts';
import type { ItemState } from '../domain/item.ts';
import type { CandidateQuery, Candidates } from '../domain/ports.ts';
import { storable } from '../domain/storable.ts';
import { waitingStates } from '../domain/waves.ts';
import { storableOrNull, toJsonOrNull, toPerson } from './column-values.ts';
import { fromItemRow } from './item-row.ts';
import type { CandidatesTable, Tables, Trx } from './tables.ts';

const insertedAtOnce = 500;

export function sqlCandidates(trx: Trx): Candidates {
  return {
    async insertMany(requestId, candidates) {
      for (let at = 0; at < candidates.length; at += insertedAtOnce) {
        const rows = candidates.slice(at, at + insertedAtOnce).map((candidate) => toCandidateRow(requestId, candidate));
        await trx.insertInto('candidates').values(rows).execute();
      }
    },
    async remaining(requestId) {
      const rows = await trx
        .selectFrom('candidates')
        .selectAll()
        .where('request_id', '=', requestId)
        .where('left_out', 'is', null)
        .orderBy('number')
        .execute();
      return rows.map(fromCandidateRow);
    },
    async resolve(requestId, resolved) {
      for (let at = 0; at < resolved.length; at += insertedAtOnce) {
        const rows = resolved
          .slice(at, at + insertedAtOnce)
          .map(
            ({ number, itemId, leftOut }) => sql`(${number}::int, ${itemId}::text, ${toJsonOrNull(leftOut)}::jsonb)`,
          );
        await sql`update candidates set item_id = resolved.item_id, left_out = resolved.left_out
          from (values ${sql.join(rows)}) as resolved (number, item_id, left_out)
          where candidates.request_id = ${requestId} and candidates.number = resolved.number`.execute(trx);
      }
    },
    list: (query) => listCandidates(trx, query),
  };
}

const statesOf: Readonly<Record<Exclude<BulkFilter, 'all' | 'toRebuild'>, readonly ItemState[]>> = {
  leftOut: ['skipped', 'cancelled'],
  waiting: waitingStates,
  running: ['starting', 'building'],
  ready: ['ready', 'readyWithWarnings'],
  failed: ['failed'],
  unsettled: ['needsOperator', 'timedOut'],
};

function isIn(eb: ExpressionBuilder<Tables, 'candidates' | 'items'>, filter: BulkFilter) {
  if (filter === 'all') return eb.lit(true);
  if (filter === 'toRebuild') return eb('candidates.left_out', 'is', null);
  const isInState = eb('items.state', 'in', [...statesOf[filter]]);
  return filter === 'leftOut' ? eb.or([isInState, eb('candidates.left_out', 'is not', null)]) : isInState;
}

async function listCandidates(trx: Trx, query: CandidateQuery): ReturnType<Candidates['list']> {
  const listed = trx
    .selectFrom('candidates')
    .leftJoin('items', 'items.id', 'candidates.item_id')
    .where('candidates.request_id', '=', query.requestId)
    .where((eb) => isIn(eb as unknown as ExpressionBuilder<Tables, 'candidates' | 'items'>, query.filter));
  const { total } = await listed.select((eb) => eb.fn.countAll<string>().as('total')).executeTakeFirstOrThrow();
  const candidates = await listed
    .selectAll('candidates')
    .orderBy('candidates.number')
    .offset(query.offset)
    .limit(query.limit)
    .execute();
  const itemIds = candidates.flatMap(({ item_id }) => (item_id === null ? [] : [item_id]));
  const rows =
    itemIds.length === 0 ? [] : await trx.selectFrom('items').selectAll().where('id', 'in', itemIds).execute();
  const items = new Map(rows.map((row) => [row.id, fromItemRow(row)]));
  return {
    lines: candidates.map((row) => ({
      candidate: fromCandidateRow(row),
      item: row.item_id === null ? null : (items.get(row.item_id) ?? null),
    })),
    total: Number(total),
  };
}

function toCandidateRow(requestId: string, candidate: Candidate) {
  return {
    request_id: requestId,
    number: candidate.number,
    words: storable(candidate.words),
    owner_id: candidate.owner?.id ?? null,
    owner_name: candidate.owner ? storable(candidate.owner.name) : null,
    owner_upn: storableOrNull(candidate.ownerUpn),
    cloud_pc: toJsonOrNull(candidate.cloudPc),
    left_out: toJsonOrNull(candidate.leftOut),
    item_id: null,
  };
}

function fromCandidateRow(row: Selectable<CandidatesTable>): Candidate {
  return {
    number: row.number,
    words: row.words,
    owner: toPerson(row.owner_id, row.owner_name),
    ownerUpn: row.owner_upn,
    cloudPc: row.cloud_pc,
    leftOut: row.left_out,
  };
}
