// `npm run move-to-postgres`: everything from the embedded store to PostgreSQL, once. A mark in the data directory keeps a bot from
// going on with what has been moved; it is set before the commit, since nobody can know of a commit that was cut off.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ConflictError } from '../domain/errors.ts';
import { sqlAudit } from './audit.ts';
import { copiedTables, copyTables, type TableCopy } from './copy-tables.ts';
import { type MoveMark, readMoveMark, writeMoveMark } from './data-directory.ts';
import { appliedMigrations } from './migrate.ts';
import type { Store } from './open-store.ts';
import { toStoreError } from './store-error.ts';
import type { Trx } from './tables.ts';

export interface MoveOptions {
  /** Open, and with it the lock of its directory. */
  source: Store;
  dataDir: string;
  target: Store;
  databaseUrl: string;
  /** Milliseconds since 1970. */
  now: number;
  /** What else belongs to it, in the same transaction on PostgreSQL. */
  alsoMove(to: Trx): Promise<void>;
}

/** null: it had all arrived in a move that was cut off before it could say so. */
export type Moved = { tables: TableCopy[] } | null;

/**
 * All or nothing. Called again after it was cut off, it finds out which of the two it was.
 * @throws ConflictError `move.notEmpty` (PostgreSQL holds something), `move.versions`, `move.elsewhere` (begun to another database);
 *   TemporaryError `store.unavailable`
 */
export async function moveStore(options: MoveOptions): Promise<Moved> {
  const { source, target, dataDir, databaseUrl, now } = options;
  const to = describeDatabase(databaseUrl);
  const begun = readMoveMark(dataDir);
  if (begun && begun.to !== to) throw new ConflictError('move.elsewhere', { begun: begun.to, given: to });
  if (begun && (await hasArrived(target, begun.moveId))) {
    writeMoveMark(dataDir, { ...begun, state: 'moved' });
    return null;
  }
  await assertSameSchema(source, target);
  const mark: MoveMark = { state: 'moving', moveId: randomUUID(), to, at: new Date(now).toISOString() };
  const tables = await copyAll(options, mark).catch((error: unknown) => {
    throw toStoreError(error);
  });
  writeMoveMark(dataDir, { ...mark, state: 'moved' });
  return { tables };
}

async function copyAll({ source, target, dataDir, now, alsoMove }: MoveOptions, mark: MoveMark): Promise<TableCopy[]> {
  return target.whileMigrating((db) =>
    db.transaction().execute(async (to) => {
      await takeEmpty(to);
      const tables = await source.db.transaction().execute((from) => copyTables(from, to));
      await alsoMove(to);
      const row = { at: now, requestId: null, itemId: null, actor: null, action: 'store.moved' };
      await sqlAudit(to).write({ ...row, details: { moveId: mark.moveId } });
      writeMoveMark(dataDir, mark);
      return tables;
    }),
  );
}

/** Their one row is as the migration wrote it, or else somebody has written, and then other tables show it. */
const ofOneRow = ['settings', 'audit_horizon'] as const;

/** A bot that runs there already waits until all is there. */
async function takeEmpty(to: Trx): Promise<void> {
  await sql`lock table ${sql.join(copiedTables.map((table) => sql.table(table)))} in exclusive mode`.execute(to);
  const held: string[] = [];
  for (const table of copiedTables) {
    if (ofOneRow.some((one) => one === table)) continue;
    const { rows } = await sql`select from ${sql.table(table)} limit 1`.execute(to);
    if (rows.length > 0) held.push(table);
  }
  if (held.length > 0) throw new ConflictError('move.notEmpty', { tables: held.join(', ') });
  for (const table of ofOneRow) await to.deleteFrom(table).execute();
}

async function assertSameSchema(source: Store, target: Store): Promise<void> {
  const [here, there] = [await appliedMigrations(source.db), await appliedMigrations(target.db)];
  if (here.join() !== there.join())
    throw new ConflictError('move.versions', { embedded: here.at(-1) ?? 'none', postgres: there.at(-1) ?? 'none' });
}

async function hasArrived({ db }: Store, moveId: string): Promise<boolean> {
  const { rows } = await sql`
    select from audit where action = 'store.moved' and details ->> 'moveId' = ${moveId}`.execute(db);
  return rows.length > 0;
}

function describeDatabase(databaseUrl: string): string {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}:${port || 5432}${pathname}`;
}
