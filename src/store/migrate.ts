// Brings the schema to this version, before anything else uses the database.
import { setTimeout as wait } from 'node:timers/promises';
import { CompiledQuery, type Kysely, sql } from 'kysely';
import { InputError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { isRepeatable } from './store-error.ts';
import type { Tables, Trx } from './tables.ts';

/** Any number that nothing else in the database locks. */
const migrationLock = 7_365_001_042;

const mostAttempts = 5;
const pauseMs = 200;

/**
 * Applies what is missing, all in one transaction. The advisory lock comes first, so processes that start at once wait
 * for each other. A database that is ahead of this version is left as it is where its migrations say that this version works with
 * them: a rolling update passes through that.
 * @returns the names of the migrations that were applied now
 * @throws InputError `store.newer` when it is ahead in a way that this version does not work with
 */
export async function migrate(db: Kysely<Tables>, log: Log): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute((trx) => migrateIn(trx, log));
    } catch (error) {
      // The tables are locked in another order than by the replicas that are at work on them.
      if (attempt >= mostAttempts || !isRepeatable(error)) throw error;
    }
    await wait(pauseMs * attempt);
  }
}

async function migrateIn(trx: Trx, log: Log): Promise<string[]> {
  await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(trx);
  await sql`create table if not exists schema_migrations (
    name text primary key, applied_at timestamptz not null default clock_timestamp())`.execute(trx);
  await sql`alter table schema_migrations add column if not exists works_with text`.execute(trx);
  const rows = await trx.selectFrom('schema_migrations').select(['name', 'works_with']).orderBy('name').execute();
  judgeAhead(rows, log);
  const applied = new Set(rows.map((row) => row.name));
  const missing = migrations.filter((migration) => !applied.has(migration.name));
  for (const migration of missing) await apply(trx, migration);
  return missing.map((migration) => migration.name);
}

async function apply(trx: Trx, { name, statements, worksWith }: Migration): Promise<void> {
  for (const statement of statements) await trx.executeQuery(CompiledQuery.raw(statement));
  await trx
    .insertInto('schema_migrations')
    .values({ name, works_with: worksWith ?? null })
    .execute();
}

function judgeAhead(rows: readonly { name: string; works_with: string | null }[], log: Log): void {
  const newest = migrations.at(-1)?.name ?? '';
  const unknown = new Set(unknownAmong(rows.map(({ name }) => name)));
  const ahead = rows.filter(({ name }) => unknown.has(name));
  refuseUnknown(ahead.filter(({ works_with: since }) => since === null || newest < since).map(({ name }) => name));
  if (ahead.length > 0) log.warn({ migrations: [...unknown] }, 'the database is ahead of this version');
}

function unknownAmong(applied: Iterable<string>): string[] {
  const known = new Set(migrations.map((migration) => migration.name));
  return [...applied].filter((name) => !known.has(name));
}

/** The names of the migrations that a database has had, in order; none when it never had any. */
export async function appliedMigrations(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ found: boolean }>`select to_regclass('schema_migrations') is not null as found`.execute(
    db,
  );
  if (!rows[0]?.found) return [];
  const applied = await db.selectFrom('schema_migrations').select('name').orderBy('name').execute();
  return applied.map(({ name }) => name);
}

/**
 * For a store that this process has alone: no update is under way in which another version could be serving.
 * @throws InputError `store.newer`
 */
export async function refuseNewer(db: Kysely<Tables>): Promise<void> {
  refuseUnknown(await appliedMigrations(db));
}

/** @throws InputError `store.newer` when one of these migrations is of a later version of this program */
export function refuseUnknown(migrations: readonly string[]): void {
  const unknown = unknownAmong(migrations);
  if (unknown.length > 0) throw new InputError('store.newer', { migrations: unknown.join(', ') });
}
