// PGlite: PostgreSQL in this process, for trying out and for small places.
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import type { Log } from '../domain/ports.ts';
import { assertUsable, clearHalfMade, damaged, pathsIn, whileMaking } from './data-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { refuseNewer } from './migrate.ts';
import type { OpenedDatabase } from './opened-database.ts';
import type { Tables } from './tables.ts';

/**
 * @param check what the locked directory must not be; `assertUsable` when left out
 * @throws InputError `store.locked`, `store.directory`, `store.damaged`, `store.engine`, `store.newer`, `store.moved`, `store.moving`,
 *   `store.restoring`
 */
export async function openEmbedded(dataDir: string, log: Log, check = assertUsable): Promise<OpenedDatabase> {
  if (dataDir === 'memory') return toOpened(await PGlite.create({}), () => {});
  const lock = lockDirectory(dataDir);
  try {
    const opened = await openLocked(dataDir, check, () => lock.release());
    log.info({ dataDir }, 'embedded store is open');
    return opened;
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openLocked(dataDir: string, check: (dataDir: string) => void, release: () => void) {
  clearHalfMade(dataDir);
  check(dataDir);
  const { database } = pathsIn(dataDir);
  const pglite = await whileMaking(dataDir, () => openEngine(dataDir, database));
  const opened = toOpened(pglite, release);
  try {
    await refuseNewer(opened.db);
    return opened;
  } catch (error) {
    await pglite.close();
    throw error;
  }
}

/**
 * Opens what lies in `database`, or makes it.
 * @throws InputError `store.damaged`, with PostgreSQL's own last words, which are about files
 */
export async function openEngine(dataDir: string, database: string, content?: Blob): Promise<PGlite> {
  const words: string[] = [];
  try {
    return await PGlite.create({
      dataDir: database,
      ...(content ? { loadDataDir: content } : {}),
      onStderr: (text: string) => {
        if (/FATAL|PANIC|ERROR/.test(text)) words.push(text);
        return false;
      },
    });
  } catch (error) {
    throw damaged(dataDir, words.length === 0 ? error : new Error(words.slice(-2).join('\n'), { cause: error }));
  }
}

function toOpened(pglite: PGlite, release: () => void): OpenedDatabase {
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  return {
    kind: 'embedded',
    db,
    pglite,
    whileMigrating: (work) => work(db),
    async close() {
      // The one connection is handed out in turn: once it comes to us, no transaction is running.
      await sql`select 1`.execute(db);
      await db.destroy();
      release();
    },
  };
}
