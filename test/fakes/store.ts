// A real store, fresh for every caller: PGlite in memory, or, with TEST_DATABASE_URL, a database of its own on that
// PostgreSQL, dropped again on close.
import { randomUUID } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import type { Log, Tx, UnitOfWork } from '../../src/domain/ports.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import type { Outbox, PlannedWakeUp } from '../../src/store/unit-of-work.ts';
import { keepSecret, keptLog } from '../logs/recorder.ts';
import { expanding } from './next-version.ts';

const testDatabaseUrl = process.env.TEST_DATABASE_URL ?? '';
/** The tests then see this version's queries work on the schema of the next one. */
const isSchemaAhead = (process.env.TEST_SCHEMA_AHEAD ?? '') !== '';

/** Which store the tests of this run use; for titles and for tests that need more than one connection. */
export const testStoreKind: Store['kind'] = testDatabaseUrl ? 'postgres' : 'embedded';

/** For tests that look at no line; they are kept for the end of the run all the same. */
export const silentLog: Log = keptLog;

export interface TestDatabase {
  databaseUrl: string;
  drop(): Promise<void>;
}

/** An empty database on the PostgreSQL of TEST_DATABASE_URL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `concierge_test_${randomUUID().replaceAll('-', '')}`;
  await runAsAdmin(`create database ${name}`);
  const url = new URL(testDatabaseUrl);
  url.pathname = `/${name}`;
  // A server that trusts this machine asks for none; what is given must not be told.
  url.password ||= 'the-password-of-the-database';
  keepSecret('password', decodeURIComponent(url.password));
  return { databaseUrl: url.href, drop: () => runAsAdmin(`drop database if exists ${name} with (force)`) };
}

async function runAsAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testDatabaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export async function openTestStore(log: Log = silentLog): Promise<Store> {
  const store = await openFresh(log);
  if (isSchemaAhead)
    for (const statement of expanding.statements) await store.db.executeQuery(CompiledQuery.raw(statement));
  return store;
}

async function openFresh(log: Log): Promise<Store> {
  if (testStoreKind === 'embedded') return openStore({ dataDir: 'memory', log });
  const database = await createTestDatabase();
  const store = await openStore({ databaseUrl: database.databaseUrl, log });
  return {
    ...store,
    async close() {
      await store.close();
      await database.drop();
    },
  };
}

/** An outbox that keeps what was sent in committed transactions. */
export function recordingOutbox(): Outbox & { sent: PlannedWakeUp[] } {
  const sent: PlannedWakeUp[] = [];
  return {
    sent,
    send: async (_trx, wakeUps) => () => {
      sent.push(...wakeUps);
    },
  };
}

/** Runs one transaction whose wake-ups go nowhere. */
export function inStore<T>(store: Store, work: (tx: Tx) => Promise<T>): Promise<T> {
  return unitOfWorkOf(store).run(work);
}

export function unitOfWorkOf(store: Store): UnitOfWork {
  return store.unitOfWork(recordingOutbox());
}
