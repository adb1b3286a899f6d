// PGlite: PostgreSQL in this process, for trying out and for small places.
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { InputError, TemporaryError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { assertUsable, clearHalfMade, damaged, pathsIn, whileMaking } from './data-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { refuseNewer } from './migrate.ts';
import type { OpenedDatabase } from './opened-database.ts';
import { createRoomCheck } from './room.ts';
import { isFull } from './store-error.ts';
import type { Tables } from './tables.ts';

export interface EmbeddedOptions {
  log: Log;
  /** What the locked directory must not be; `assertUsable` when left out. */
  check?: (dataDir: string) => void;
  /** The engine has given up, and whoever waits for it waits for ever: the process must end. Left out, it ends with this error. */
  onGivenUp?: ((error: Error) => void) | undefined;
}

/**
 * @throws InputError `store.locked`, `store.directory`, `store.damaged`, `store.engine`, `store.newer`, `store.moved`, `store.moving`,
 *   `store.restoring`; TemporaryError `store.full`
 */
export async function openEmbedded(dataDir: string, options: EmbeddedOptions): Promise<OpenedDatabase> {
  if (dataDir === 'memory') return toOpened(await PGlite.create({}), () => {});
  const lock = lockDirectory(dataDir);
  try {
    const opened = await openLocked(dataDir, options, () => lock.release());
    options.log.info({ dataDir }, 'embedded store is open');
    return { ...opened, assertRoom: createRoomCheck(dataDir, options.log) };
  } catch (error) {
    lock.release();
    if (!isFull(error)) throw error;
    // What the engine said matters, and not that its files were thought to be damaged.
    const cause = error instanceof InputError ? error.cause : error;
    throw new TemporaryError('store.full', { directory: dataDir }, { cause });
  }
}

async function openLocked(dataDir: string, options: EmbeddedOptions, release: () => void) {
  const { check = assertUsable, log, onGivenUp = endWith } = options;
  clearHalfMade(dataDir);
  check(dataDir);
  const { database } = pathsIn(dataDir);
  const tell = (error: Error) => {
    log.error({ code: 'store.givenUp', reason: error.message }, 'the embedded store has given up');
    onGivenUp(error);
  };
  const pglite = await whileMaking(dataDir, () => openEngine(dataDir, database, { onGivenUp: tell }));
  const opened = toOpened(pglite, release);
  try {
    await refuseNewer(opened.db);
    return opened;
  } catch (error) {
    await pglite.close();
    throw error;
  }
}

function endWith(error: Error): void {
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * Opens what lies in `database`, or makes it.
 * @throws InputError `store.damaged`, with PostgreSQL's own last words, which are about files
 */
export async function openEngine(
  dataDir: string,
  database: string,
  { content, onGivenUp }: { content?: Blob; onGivenUp?: (error: Error) => void } = {},
): Promise<PGlite> {
  const words: string[] = [];
  let isOpen = false;
  try {
    const pglite = await PGlite.create({
      dataDir: database,
      ...(content ? { loadDataDir: content } : {}),
      onStderr: (text: string) => {
        if (/FATAL|PANIC|ERROR/.test(text)) words.push(text);
        if (isOpen && /PANIC/.test(text)) onGivenUp?.(new Error(text));
        return false;
      },
    });
    isOpen = true;
    return pglite;
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
