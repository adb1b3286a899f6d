// Opens the store: PostgreSQL, or the same engine in this process (PGlite) where no database is named.
import type { PGlite } from '@electric-sql/pglite';
import { type Kysely, sql } from 'kysely';
import { InputError, TemporaryError } from '../domain/errors.ts';
import type { StoreFigures } from '../domain/figures.ts';
import type { Log, UnitOfWork, WakeUp } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import { assertMovable, assertUsable, damaged } from './data-directory.ts';
import { readFigures } from './figures.ts';
import { migrate } from './migrate.ts';
import { type EmbeddedOptions, openEmbedded } from './open-embedded.ts';
import { openPostgres } from './open-postgres.ts';
import type { OpenedDatabase } from './opened-database.ts';
import { assertOwnSession } from './own-session.ts';
import { isCorrupted, isFull, isRefused, isUnknownParameter, toStoreError } from './store-error.ts';
import type { Tables } from './tables.ts';
import { type Outbox, sqlUnitOfWork } from './unit-of-work.ts';
import { findUpcoming } from './upcoming.ts';

export interface StoreOptions {
  /** A PostgreSQL URL; unset: embedded. */
  databaseUrl?: string;
  /** Embedded: where the data is; `memory`: nowhere. Default `./data`. */
  dataDir?: string | 'memory';
  /** Embedded: also when a move to PostgreSQL was cut off, and only to end that. */
  isForMove?: boolean;
  /** Embedded: see `openEmbedded`. */
  onGivenUp?: EmbeddedOptions['onGivenUp'];
  log: Log;
}

export interface Store {
  kind: 'postgres' | 'embedded';
  db: Kysely<Tables>;
  /** Embedded only: the engine itself, for the queue. */
  pglite?: PGlite;
  /** PostgreSQL only: the queue opens its own few connections. */
  databaseUrl?: string;
  /** Runs `work` with a connection that may take its time. */
  whileMigrating: OpenedDatabase['whileMigrating'];
  unitOfWork(outbox: Outbox): UnitOfWork;
  /** What the columns say will be due after `from`, up to `until`. */
  upcoming(from: Instant, until: Instant): Promise<{ wakeUp: WakeUp; at: Instant }[]>;
  /** How things stand, counted. */
  figures(now: Instant): Promise<StoreFigures>;
  /** @throws TemporaryError `store.unavailable` */
  ping(): Promise<void>;
  /** Waits for what is running. Stop the queue first. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings its schema to this version.
 * @throws InputError those of `openEmbedded`, `store.newer`, `store.refused` (PostgreSQL: password, role, name),
 *   `store.pooler`, `store.parameter`;
 *   TemporaryError `store.full`, `store.unavailable` when PostgreSQL does not answer
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, dataDir = './data', log, onGivenUp } = options;
  const check = options.isForMove ? assertMovable : assertUsable;
  const opened = databaseUrl ? openPostgres(databaseUrl, log) : await openEmbedded(dataDir, { log, check, onGivenUp });
  try {
    if (databaseUrl) await assertOwnSession(databaseUrl);
    const applied = await opened.whileMigrating((db) => migrate(db, log));
    if (applied.length > 0) log.info({ migrations: applied }, 'schema was brought to this version');
  } catch (error) {
    await opened.close();
    if (isUnknownParameter(error)) throw new InputError('store.parameter', {}, { cause: error });
    if (isFull(error)) throw new TemporaryError('store.full', {}, { cause: error });
    if (isRefused(error)) throw new InputError('store.refused', {}, { cause: error });
    throw !databaseUrl && isCorrupted(error) ? damaged(dataDir, error) : toStoreError(error);
  }
  return toStore(opened, log);
}

function toStore(opened: OpenedDatabase, log: Log): Store {
  const { db } = opened;
  let closing: Promise<void> | null = null;
  const guarded = <T>(query: Promise<T>) =>
    query.catch((error: unknown) => {
      throw toStoreError(error);
    });
  return {
    kind: opened.kind,
    db,
    pglite: opened.pglite,
    databaseUrl: opened.databaseUrl,
    whileMigrating: opened.whileMigrating,
    unitOfWork: (outbox) => sqlUnitOfWork({ db, outbox, log, isClosed: () => closing !== null }),
    upcoming: (from, until) => guarded(findUpcoming(db, from, until)),
    figures: (now) => guarded(readFigures(db, now)),
    ping: async () => {
      await opened.assertRoom?.();
      await guarded(sql`select 1`.execute(db));
    },
    close() {
      closing ??= opened.close();
      return closing;
    },
  };
}
