// Every row of ours from one database into another, in a transaction on each, and the proof that they are the same.
import { sql } from 'kysely';
import type { Tables, Trx } from './tables.ts';

type CopiedTable = Exclude<keyof Tables, 'schema_migrations'>;

/** In the order in which rows may refer to rows; the type asks for each table. */
const order: Readonly<Record<CopiedTable, true>> = {
  requests: true,
  decisions: true,
  items: true,
  intents: true,
  waves: true,
  candidates: true,
  person_items: true,
  tickets: true,
  cards: true,
  notices: true,
  timers: true,
  conversations: true,
  people: true,
  settings: true,
  audit: true,
  audit_seals: true,
  audit_horizon: true,
  seen_activities: true,
  pending_turns: true,
};

export const copiedTables = Object.keys(order) as CopiedTable[];

export interface TableCopy {
  table: CopiedTable;
  rows: number;
}

const rowsAtOnce = 500;

/**
 * Copies all rows and where the sequences stand. The tables of `to` must be empty.
 * @throws Error where a table does not hold the same afterwards; the caller's transaction then ends without effect
 */
export async function copyTables(from: Trx, to: Trx): Promise<TableCopy[]> {
  // Times are compared as text.
  for (const trx of [from, to]) await sql`set local timezone to 'UTC'`.execute(trx);
  const copies: TableCopy[] = [];
  for (const table of copiedTables) {
    await copyRows(from, to, table);
    copies.push({ table, rows: await compare(from, to, table) });
  }
  await copySequences(from, to);
  return copies;
}

/** As JSON, by the names of the columns: exact for every type that the tables have. */
async function copyRows(from: Trx, to: Trx, table: CopiedTable): Promise<void> {
  const name = sql.table(table);
  await sql`declare moving no scroll cursor for select to_jsonb(one)::text as row from ${name} one`.execute(from);
  for (;;) {
    const { rows } = await sql<{ row: string }>`fetch ${sql.lit(rowsAtOnce)} from moving`.execute(from);
    if (rows.length === 0) break;
    const all = `[${rows.map(({ row }) => row).join(',')}]`;
    await sql`insert into ${name} overriding system value
      select * from jsonb_populate_recordset(null::${name}, ${all}::jsonb)`.execute(to);
  }
  await sql`close moving`.execute(from);
}

async function compare(from: Trx, to: Trx, table: CopiedTable): Promise<number> {
  const [before, after] = [await digest(from, table), await digest(to, table)];
  if (before.rows !== after.rows || before.digest !== after.digest)
    throw new Error(`${table} does not hold the same: ${JSON.stringify({ before, after })}`);
  return Number(before.rows);
}

/** What a table holds, whatever the order of its rows. */
async function digest(trx: Trx, table: CopiedTable): Promise<{ rows: string; digest: string | null }> {
  const { rows } = await sql<{ rows: string; digest: string | null }>`
    select count(*)::text as rows, encode(sha256(convert_to(string_agg(digest, '' order by digest collate "C"), 'UTF8')), 'hex') as digest
    from (select encode(sha256(convert_to(to_jsonb(one)::text, 'UTF8')), 'hex') as digest from ${sql.table(table)} one) digests`.execute(
    trx,
  );
  return rows[0] ?? { rows: '0', digest: null };
}

/** So that codes and the order of rows go on where they were. */
async function copySequences(from: Trx, to: Trx): Promise<void> {
  const { rows: sequences } = await sql<{ name: string }>`
    select sequencename as name from pg_sequences where schemaname = current_schema() order by 1`.execute(from);
  for (const { name } of sequences) {
    const { rows } = await sql<{ last: string; called: boolean }>`
      select last_value::text as last, is_called as called from ${sql.table(name)}`.execute(from);
    for (const { last, called } of rows)
      await sql`select setval(${name}::regclass, ${last}::bigint, ${called})`.execute(to);
  }
}
