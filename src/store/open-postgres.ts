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
  /** On our side, for a connection that has died without a word. */
  query_timeout: 20 * second,
  keepAlive: true,
  application_name: 'cloud-pc-concierge',
};

/** On PostgreSQL's side, for each session. Not told with the connection: poolers refuse that, or leave it out without a word. */
interface SessionLimits {
  statementMs: number;
  idleInTransactionMs: number;
}

const session: SessionLimits = { statementMs: 15 * second, idleInTransactionMs: 30 * second };

export function openPostgres(databaseUrl: string, log: Log): OpenedDatabase {
  const db = createPool(databaseUrl, limits, session, log);
  return {
    kind: 'postgres',
    db,
    databaseUrl,
    async whileMigrating(work) {
      // Waiting for another process's migration, and a migration itself, may take longer than a turn may.
      const patient = { ...limits, max: 1, query_timeout: undefined };
      const own = createPool(databaseUrl, patient, { ...session, statementMs: 0 }, log);
      try {
        return await work(own);
      } finally {
        await own.destroy();
      }
    },
    close: () => db.destroy(),
  };
}

function createPool(
  connectionString: string,
  options: pg.PoolConfig,
  { statementMs, idleInTransactionMs }: SessionLimits,
  log: Log,
): Kysely<Tables> {
  const pool = new pg.Pool({
    ...options,
    connectionString,
    async onConnect(client) {
      await client.query(
        `set statement_timeout = ${statementMs}; set idle_in_transaction_session_timeout = ${idleInTransactionMs}`,
      );
    },
  });
  const onError = (error: Error) => log.warn({ reason: error.message }, 'database connection was lost');
  pool.on('error', onError);
  // The pool listens to idle connections only; a busy one that breaks would end the process.
  pool.on('connect', (client) => client.on('error', onError));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
