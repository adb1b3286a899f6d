// Whether a connection is a session of its own, as PostgreSQL gives it: a pooler between may lend a session for one transaction only.
// The queue would then never hear of new jobs (LISTEN), and the limits of a connection would be somebody else's.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { InputError } from '../domain/errors.ts';
import { second } from '../domain/time.ts';

/** It takes some milliseconds; waited for in vain only where it never comes. */
const heardWithinMs = 5 * second;

/** @throws InputError `store.pooler`; what the connection itself throws */
export async function assertOwnSession(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (listener) => {
    const { rows } = await listener.query<{ pid: number }>('select pg_backend_pid() as pid');
    // PostgreSQL says it when it connects; a pooler makes up a number of its own.
    if (rows[0]?.pid === (listener as pg.Client & { processID: number | null }).processID) return;
    const isHeard = await withClient(databaseUrl, (speaker) => hears(listener, speaker));
    if (!isHeard) throw new InputError('store.pooler', { waitedMs: heardWithinMs });
  });
}

/** Nothing else is asked of the listener meanwhile: it could be lent the very session that listens. */
async function hears(listener: pg.Client, speaker: pg.Client): Promise<boolean> {
  const channel = `concierge_${randomUUID().replaceAll('-', '')}`;
  const heard = new Promise<boolean>((resolve) => listener.once('notification', () => resolve(true)));
  await listener.query(`listen ${channel}`);
  await speaker.query(`notify ${channel}`);
  return Promise.race([heard, wait(heardWithinMs, false, { ref: false })]);
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const limits = { connectionTimeoutMillis: 5 * second, query_timeout: 20 * second };
  const client = new pg.Client({ connectionString, ...limits, application_name: 'cloud-pc-concierge' });
  // What breaks is told by the query that waits for it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
