// A real restart of the PostgreSQL server of the tests, by its own tools: every connection is cut, and nothing answers for a while.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** Restarts it, as after a loss of power (`immediate`), and resolves when it answers again. False: it was left alone. */
export type RestartPostgres = () => Promise<boolean>;

export interface RestartOptions {
  /** Left alone as long as anybody else is connected, of whom there may be one database's worth while the test runs. */
  spareOthers: boolean;
}

/**
 * Looks up what is needed to restart the server, which must run on this machine.
 * @throws where it cannot be restarted from here, or somebody else uses it who is to be spared
 */
export async function findRestart(databaseUrl: string, { spareOthers }: RestartOptions): Promise<RestartPostgres> {
  const [row] = await ask<{ folder: string }>(databaseUrl, `select current_setting('data_directory') as folder`);
  const folder = row?.folder ?? '';
  const [processId] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
  const tool = join(dirname(readlinkSync(`/proc/${processId}/exe`)), 'pg_ctl');
  const { uid, gid } = await stat(folder);
  const self = process.getuid?.();
  if (self !== 0 && self !== uid) throw new Error('the server belongs to another user of this machine');
  if (spareOthers && (await databasesInUse(databaseUrl)).length > 0) throw new Error('others use the server as well');
  const restart = async () => {
    // The bot's own database alone.
    if (spareOthers && (await databasesInUse(databaseUrl)).length > 1) return false;
    const options = ['restart', '-D', folder, '-m', 'immediate', '-w', '-l', join(folder, 'restarted.log')];
    const running = spawn(tool, options, { uid, gid, cwd: '/', stdio: 'ignore' });
    const [code] = await once(running, 'exit');
    if (code !== 0) throw new Error(`PostgreSQL did not restart: pg_ctl ended with ${code}`);
    return true;
  };
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(restart);
    last = next.catch(() => {});
    return next;
  };
}

/** Those that somebody besides this question is connected to. */
async function databasesInUse(databaseUrl: string): Promise<string[]> {
  const rows = await ask<{ name: string }>(
    databaseUrl,
    `select distinct datname as name from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  return rows.map(({ name }) => name);
}

async function ask<Row extends pg.QueryResultRow>(databaseUrl: string, question: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(question)).rows;
  } finally {
    await client.end();
  }
}
