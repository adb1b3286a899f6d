// PostgreSQL: a pool that gives up in time and survives connections that break.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import type { OpenedDatabase } from './opened-database.ts';
import type { Tables } from './tables.ts';

const limits = {
  max: 10,
  connectionTimeoutMillis: 5 * second,
  idleTimeoutMillis: 30 * second,
  statement_timeout: 15 * second,
  /** On our side, for a connection that has died without a word. */
  query_timeout: 20 * second,
  idle_in_transaction_session_timeout: 30 * second,
  keepAlive: true,
  application_name: 'cloud-pc-concierge',
};

export function openPostgres(databaseUrl: string, log: Log): OpenedDatabase {
  const db = createPool(databaseUrl, limits, log);
  return {
    kind: 'postgres',
    db,
    databaseUrl,
    async whileMigrating(work) {
      // Waiting for another process's migration, and a migration itself, may take longer than a turn may.
      const patient = { ...limits, max: 1, statement_timeout: 0, query_timeout: undefined };
      const own = createPool(databaseUrl, patient, log);
      try {
        return await work(own);
      } finally {
        await own.destroy();
      }
    },
    close: () => db.destroy(),
  };
}

function createPool(connectionString: string, options: pg.PoolConfig, log: Log): Kysely<Tables> {
  const pool = new pg.Pool({ ...options, connectionString });
  const onError = (error: Error) => log.warn({ reason: error.message }, 'database connection was lost');
  pool.on('error', onError);
  // The pool listens to idle connections only; a busy one that breaks would end the process.
  pool.on('connect', (client) => client.on('error', onError));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
