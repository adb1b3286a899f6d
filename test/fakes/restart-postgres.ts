// A real restart of the PostgreSQL server of the tests, by its own tools: every connection is cut, and nothing answers for a while.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';

/**
 * Looks up what is needed to restart the server, which must run on this machine: whoever else uses it is cut off as well.
 * @returns restarts it, as after a loss of power (`immediate`), and resolves when it answers again
 */
export async function findRestart(databaseUrl: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
  await client.end();
  const folder = rows[0]?.folder ?? '';
  const [processId] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
  const tool = join(dirname(readlinkSync(`/proc/${processId}/exe`)), 'pg_ctl');
  const { uid, gid } = await stat(folder);
  return async () => {
    const options = ['restart', '-D', folder, '-m', 'immediate', '-w', '-l', join(folder, 'restarted.log')];
    const restart = spawn(tool, options, { uid, gid, cwd: '/', stdio: 'ignore' });
    const [code] = await once(restart, 'exit');
    if (code !== 0) throw new Error(`PostgreSQL did not restart: pg_ctl ended with ${code}`);
  };
}
