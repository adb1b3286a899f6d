// The chain of seals over the audit. A seal signs the one before it and every row since, so that no row can be changed, added or
// taken away in between. Transactions are never held up by it.
import { sql } from 'kysely';
import type { AuditSeal, AuditSeals, Sign } from '../domain/ports.ts';
import { minute } from '../domain/time.ts';
import type { Trx } from './tables.ts';

/** Longer than any transaction lives: the store ends a statement after seconds, and so it ends an idle transaction. */
const settledAfterMs = 5 * minute;

interface Row {
  id: string;
  [column: string]: unknown;
}

export function sqlAuditSeals(trx: Trx): AuditSeals {
  return {
    async seal(sign, atMost) {
      const horizon = await lockHorizon(trx);
      if (!horizon?.isSettled) return null;
      const last = await trx.selectFrom('audit_seals').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst();
      const rows = await readRows(trx, last?.through_id ?? null, horizon.throughId, atMost);
      const final = rows.at(-1);
      // What was seen now will be complete when the next look comes.
      if (!final || rows.length < atMost) await noteHorizon(trx);
      if (!final) return null;
      const seal = sign(textOf(last?.seal ?? null, rows));
      const values = { through_id: final.id, rows: rows.length, seal };
      const { id } = await trx.insertInto('audit_seals').values(values).returning('id').executeTakeFirstOrThrow();
      return { id, throughId: final.id, rows: rows.length, seal };
    },
    async check(sign, after, atMost) {
      const seals = await trx
        .selectFrom('audit_seals')
        .selectAll()
        .where('id', '>', after?.id ?? '0')
        .orderBy('id')
        .limit(atMost)
        .execute();
      return checkEach(trx, sign, after, seals.map(toSeal));
    },
    async unsealed() {
      const sealed = trx.selectFrom('audit_seals').select((eb) => eb.fn.max('through_id').as('id'));
      const { rows } = await sql<{ n: string }>`
        select count(*) as n from audit where id > coalesce((${sealed}), 0)`.execute(trx);
      return Number(rows[0]?.n ?? 0);
    },
  };
}

async function checkEach(trx: Trx, sign: Sign, after: AuditSeal | null, seals: readonly AuditSeal[]) {
  const checked: { stored: AuditSeal; now: string; rows: number }[] = [];
  let before = after;
  for (const stored of seals) {
    // The seal's own beginning is not believed: a chain has no gaps.
    const rows = await readRows(trx, before?.throughId ?? null, stored.throughId, null);
    checked.push({ stored, now: sign(textOf(before?.seal ?? null, rows)), rows: rows.length });
    before = stored;
  }
  return checked;
}

function toSeal({
  id,
  through_id,
  rows,
  seal,
}: {
  id: string;
  through_id: string;
  rows: number;
  seal: string;
}): AuditSeal {
  return { id, throughId: through_id, rows, seal };
}

async function lockHorizon(trx: Trx): Promise<{ throughId: string; isSettled: boolean } | null> {
  const row = await trx
    .selectFrom('audit_horizon')
    .select(['through_id', sql<string>`extract(epoch from clock_timestamp() - noted_at) * 1000`.as('age_ms')])
    .where('id', '=', 1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row ? { throughId: row.through_id, isSettled: Number(row.age_ms) >= settledAfterMs } : null;
}

async function noteHorizon(trx: Trx): Promise<void> {
  await sql`update audit_horizon
    set through_id = coalesce((select max(id) from audit), 0), noted_at = clock_timestamp()`.execute(trx);
}

/** As text of the store itself, so that no type of this language comes in between. */
async function readRows(trx: Trx, afterId: string | null, throughId: string, atMost: number | null): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select id::text as id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as at,
      request_id, item_id, actor_id, actor_name, action, details::text as details
    from audit where (${afterId}::bigint is null or audit.id > ${afterId}) and audit.id <= ${throughId}
    order by audit.id limit ${atMost}`.execute(trx);
  return rows;
}

function textOf(before: string | null, rows: readonly Row[]): string {
  const columns = ['id', 'at', 'request_id', 'item_id', 'actor_id', 'actor_name', 'action', 'details'];
  return JSON.stringify([before, ...rows.map((row) => columns.map((column) => row[column] ?? null))]);
}
