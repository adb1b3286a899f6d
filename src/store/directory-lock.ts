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

/**
 * Makes the directory and takes its lock, at once or not at all.
 * @throws InputError `store.locked` when another process holds it; `store.directory` when it cannot be used
 */
export function lockDirectory(directory: string): DirectoryLock {
  let database: DatabaseSync | null = null;
  try {
    mkdirSync(directory, { recursive: true });
    database = new DatabaseSync(join(directory, 'lock.db'));
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const isHeld = (error as { errcode?: number }).errcode === sqliteBusy;
    throw new InputError(isHeld ? 'store.locked' : 'store.directory', { directory }, { cause: error });
  }
  const held = database;
  return { release: () => held.close() };
}
