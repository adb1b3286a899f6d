// What the two engines have in common once they are open.
import type { PGlite } from '@electric-sql/pglite';
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export interface OpenedDatabase {
  kind: 'postgres' | 'embedded';
  db: Kysely<Tables>;
  pglite?: PGlite;
  databaseUrl?: string;
  /** Embedded: throws TemporaryError `store.unavailable` when it cannot take anything more. */
  assertRoom?(): Promise<void>;
  /** Runs `work` with a connection that may take its time. */
  whileMigrating<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
