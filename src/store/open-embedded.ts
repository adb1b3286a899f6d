// PGlite: PostgreSQL in this process, for trying out and for small places.
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import type { Log } from '../domain/ports.ts';
import { lockDirectory } from './directory-lock.ts';
import type { OpenedDatabase } from './opened-database.ts';
import type { Tables } from './tables.ts';

/** @throws InputError `store.locked`, `store.directory` */
export async function openEmbedded(dataDir: string, log: Log): Promise<OpenedDatabase> {
  const isInMemory = dataDir === 'memory';
  const lock = isInMemory ? null : lockDirectory(dataDir);
  try {
    const pglite = await PGlite.create(isInMemory ? {} : { dataDir: join(dataDir, 'postgres') });
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    log.info({ dataDir }, 'embedded store is open');
    return {
      kind: 'embedded',
      db,
      pglite,
      whileMigrating: (work) => work(db),
      async close() {
        // The one connection is handed out in turn: once it comes to us, no transaction is running.
        await sql`select 1`.execute(db);
        await db.destroy();
        lock?.release();
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}
