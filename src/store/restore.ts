// `npm run restore`: a backup in the place of the embedded store. What was there is kept beside it, and all starts are paused.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { Kysely, PGliteDialect } from 'kysely';
import { InputError, TemporaryError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { sqlAudit } from './audit.ts';
import { type Backup, type Manifest, readBackup } from './backup-file.ts';
import { assertNotMoved, clearHalfMade, engineVersion, hasDatabase, pathsIn } from './data-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { migrate, refuseUnknown } from './migrate.ts';
import { openEngine } from './open-embedded.ts';
import { sqlSettings } from './settings.ts';
import { isFull } from './store-error.ts';
import type { Tables } from './tables.ts';

export interface RestoreOptions {
  dataDir: string;
  file: string;
  /** Whether it may take the place of a store that is there. */
  replace: boolean;
  /** Milliseconds since 1970. */
  now: number;
  log: Log;
}

export interface Restored {
  manifest: Manifest;
  /** Where the store is that was there before; null: there was none. */
  keptAt: string | null;
}

/**
 * Nothing is touched before the backup has been read, unpacked beside the store, opened, and brought to this version.
 * Cut off after that, the bot does not start (`store.restoring`), and a second call ends it.
 * @throws InputError `backup.unreadable`, `backup.foreign`, `backup.damaged`, `restore.notEmpty`, `store.engine`, `store.newer`,
 *   `store.locked`, `store.directory`, `store.moved`, `store.moving`; TemporaryError `store.full`
 */
export async function restore({ dataDir, file, replace, now, log }: RestoreOptions): Promise<Restored> {
  const backup = await readBackup(file);
  refuseForeign(backup.manifest, file);
  const lock = lockDirectory(dataDir);
  try {
    assertNotMoved(dataDir);
    clearHalfMade(dataDir);
    if (hasDatabase(dataDir) && !replace) throw new InputError('restore.notEmpty', { directory: dataDir });
    const fresh = `${pathsIn(dataDir).database}.restored`;
    rmSync(fresh, { recursive: true, force: true });
    await unpack(fresh, backup, { file, now, log });
    return { manifest: backup.manifest, keptAt: takePlace(dataDir, fresh, now) };
  } finally {
    lock.release();
  }
}

function refuseForeign({ engine, migrations }: Manifest, file: string): void {
  refuseUnknown(migrations);
  if (engine !== engineVersion) throw new InputError('store.engine', { file, found: engine, needed: engineVersion });
}

async function unpack(
  fresh: string,
  { manifest, content }: Backup,
  { file, now, log }: Pick<RestoreOptions, 'file' | 'now' | 'log'>,
): Promise<void> {
  const archive = new Blob([new Uint8Array(content)], { type: 'application/gzip' });
  const pglite = await openEngine(fresh, fresh, { content: archive }).catch((error: unknown) => {
    if (isFull(error)) throw new TemporaryError('store.full', { file }, { cause: error });
    throw new InputError('backup.damaged', { file }, { cause: error });
  });
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  try {
    await migrate(db, log);
    await pauseStarts(db, manifest, now);
  } finally {
    await db.destroy();
  }
}

/**
 * What was done since the backup is not in it: a wipe that it still holds as approved may have happened, and would happen again.
 */
async function pauseStarts(db: Kysely<Tables>, { takenAt }: Manifest, now: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sqlSettings(trx).setStartsPaused(true);
    const row = { at: now, requestId: null, itemId: null, actor: null };
    await sqlAudit(trx).write({ ...row, action: 'store.restored', details: { takenAt } });
    await sqlAudit(trx).write({ ...row, action: 'settings.startsPaused', details: { because: 'store.restored' } });
  });
}

/** By renaming. Between the two there is no store: the mark keeps a bot from making an empty one. */
function takePlace(dataDir: string, fresh: string, now: number): string | null {
  const { database, restoring } = pathsIn(dataDir);
  writeFileSync(restoring, '', { mode: 0o600, flush: true });
  const keptAt = hasDatabase(dataDir)
    ? `${database}.replaced-${new Date(now).toISOString().replaceAll(':', '-')}`
    : null;
  if (keptAt === null) rmSync(database, { recursive: true, force: true });
  else renameSync(database, keptAt);
  renameSync(fresh, database);
  rmSync(restoring);
  return keptAt;
}
