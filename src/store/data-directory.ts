// What lies in the data directory of the embedded store, and what forbids to open it: said in words before the engine sees it,
// since PGlite hangs or aborts on what it cannot read, and makes an empty database where it finds none.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod/v4';
import { InputError } from '../domain/errors.ts';

/** The major version of PostgreSQL that PGlite is; its files are not read by any other. */
export const engineVersion = '18';

/** Without one of these the engine does not start, and not always says so. */
const essentialFiles = ['PG_VERSION', 'global/pg_control', 'global/pg_filenode.map', 'base', 'pg_wal', 'pg_xact'];

const moveMark = z.object({
  /** `moving`: nobody knows whether all has arrived; `moved`: it has. */
  state: z.enum(['moving', 'moved']),
  moveId: z.string(),
  /** Host, port and name of the database; no user, no password. */
  to: z.string(),
  at: z.string(),
});

/** What stands in `moved.json` of a directory whose content was moved to PostgreSQL. */
export type MoveMark = z.infer<typeof moveMark>;

/** The paths in a data directory. */
export function pathsIn(dataDir: string) {
  return {
    /** The engine's own files. */
    database: join(dataDir, 'postgres'),
    moved: join(dataDir, 'moved.json'),
    /** The database is being made: whatever is in it was never used. */
    making: join(dataDir, 'making'),
    /** A restore is putting another database in the place of this one. */
    restoring: join(dataDir, 'restoring'),
  };
}

/** Whether there is a database, be it whole or not. */
export function hasDatabase(dataDir: string): boolean {
  const { database } = pathsIn(dataDir);
  return existsSync(database) && readdirSync(database).length > 0;
}

/**
 * The directory must be locked.
 * @throws InputError `store.moved`, `store.moving`, `store.restoring`, `store.engine` or `store.damaged`
 */
export function assertUsable(dataDir: string): void {
  assertNotMoved(dataDir);
  if (existsSync(pathsIn(dataDir).restoring)) throw new InputError('store.restoring', { directory: dataDir });
  if (hasDatabase(dataDir)) assertWhole(dataDir);
}

/** As `assertUsable`, but a move that was cut off may be ended. */
export function assertMovable(dataDir: string): void {
  if (readMoveMark(dataDir)?.state !== 'moving') assertUsable(dataDir);
  else assertWhole(dataDir);
}

/** @throws InputError `store.moved`, `store.moving`; `store.damaged` for a mark that cannot be read */
export function assertNotMoved(dataDir: string): void {
  const mark = readMoveMark(dataDir);
  if (mark) throw new InputError(`store.${mark.state}`, { directory: dataDir, database: mark.to, at: mark.at });
}

function assertWhole(dataDir: string): void {
  const { database } = pathsIn(dataDir);
  const missing = essentialFiles.filter((name) => !existsSync(join(database, name)));
  if (missing.length > 0) throw damaged(dataDir, new Error(`missing: ${missing.join(', ')}`));
  const version = readFileSync(join(database, 'PG_VERSION'), 'utf8').trim();
  if (version !== engineVersion)
    throw new InputError('store.engine', { directory: dataDir, found: version.slice(0, 20), needed: engineVersion });
}

export function damaged(dataDir: string, cause: unknown): InputError {
  return new InputError('store.damaged', { directory: dataDir }, { cause });
}

/** null: it was never moved. @throws InputError `store.damaged` */
export function readMoveMark(dataDir: string): MoveMark | null {
  const { moved } = pathsIn(dataDir);
  if (!existsSync(moved)) return null;
  try {
    return moveMark.parse(JSON.parse(readFileSync(moved, 'utf8')));
  } catch (error) {
    throw damaged(dataDir, new Error('moved.json cannot be read', { cause: error }));
  }
}

export function writeMoveMark(dataDir: string, mark: MoveMark): void {
  writeFileSync(pathsIn(dataDir).moved, `${JSON.stringify(mark)}\n`, { mode: 0o600, flush: true });
}

/** Throws away a database whose making was cut off: nothing was ever in it. */
export function clearHalfMade(dataDir: string): void {
  const { making, database } = pathsIn(dataDir);
  if (!existsSync(making)) return;
  rmSync(database, { recursive: true, force: true });
  rmSync(making);
}

/** Runs `make` marked as what `clearHalfMade` clears, where there is no database yet. */
export async function whileMaking<T>(dataDir: string, make: () => Promise<T>): Promise<T> {
  if (hasDatabase(dataDir)) return make();
  const { making } = pathsIn(dataDir);
  writeFileSync(making, '', { mode: 0o600 });
  const made = await make();
  rmSync(making);
  return made;
}
