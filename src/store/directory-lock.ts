// One process per data directory: two would destroy the embedded database for good. The lock is the operating system's
// (through SQLite), so it holds while its owner is paused and is gone the moment its owner is.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { InputError } from '../domain/errors.ts';

export interface DirectoryLock {
  release(): void;
}

const sqliteBusy = 5;

/** A lock that nothing refers to would be collected, and with it the operating system's. */
const held = new Set<DatabaseSync>();

/**
 * Makes the directory and takes its lock, at once or not at all.
 * @throws InputError `store.locked` when another process holds it; `store.directory` when it cannot be used
 */
export function lockDirectory(directory: string): DirectoryLock {
  let database: DatabaseSync | null = null;
  try {
    // People's names and requests will lie in it.
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(directory, 'lock.db'));
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const isHeld = (error as { errcode?: number }).errcode === sqliteBusy;
    throw new InputError(isHeld ? 'store.locked' : 'store.directory', { directory }, { cause: error });
  }
  const owned = database;
  held.add(owned);
  return {
    release() {
      held.delete(owned);
      owned.close();
    },
  };
}
