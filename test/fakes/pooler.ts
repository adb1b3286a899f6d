// A real PgBouncer in front of the tests' PostgreSQL.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../src/demo/free-port.ts';

export interface Pooler {
  /** The same database, through the pooler. */
  urlOf(databaseUrl: string): string;
  stop(): Promise<void>;
}

/** Debian has it where only root looks by default. */
const path = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

export function hasPgBouncer(): boolean {
  return spawnSync('pgbouncer', ['--version'], { env: { PATH: path } }).status === 0;
}

/** @param settings of PgBouncer, as `pool_mode`; everything else is as it is by default */
export async function startPooler(databaseUrl: string, settings: Record<string, string>): Promise<Pooler> {
  const folder = await mkdtemp(join(tmpdir(), 'concierge-pooler-'));
  const { hostname, port: serverPort, username, password } = new URL(databaseUrl);
  const port = await freePort(0);
  const own = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users'),
  };
  const lines = Object.entries({ ...own, ...settings }).map(([name, value]) => `${name} = ${value}`);
  await writeFile(own.auth_file, `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`);
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    ['[databases]', `* = host=${hostname} port=${serverPort || 5432}`, '[pgbouncer]', ...lines, ''].join('\n'),
  );
  await chmod(folder, 0o755);
  // It does not run as root.
  const as = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', [...as, join(folder, 'pgbouncer.ini')], {
    env: { PATH: path },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.on('data', (data: Buffer) => said.push(data.toString()));
  await untilListening(port, child, said);
  return {
    urlOf(url) {
      const pooled = new URL(url);
      pooled.host = `127.0.0.1:${port}`;
      return pooled.href;
    },
    async stop() {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number, child: ChildProcess, said: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) break;
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await wait(50);
  }
  throw new Error(`PgBouncer does not listen:\n${said.join('')}`);
}
