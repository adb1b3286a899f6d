// The bot as production runs it: `dist/index.js` of `npm run build` in a process of its own, with settings and nothing else.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { keepEnvironment, keepLine } from '../logs/recorder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const entry = join(root, 'dist', 'index.js');
/** Folders of src that the build leaves out. */
const notBuilt = ['demo', 'simulator'];
/** The embedded store is WebAssembly: what lives for seconds would spend most of them on making it quick. */
const shortLived = ['--liftoff-only'];
/** Spares every start half a second of compiling. */
export const compileCache = join(tmpdir(), 'concierge-compile-cache');

/** @throws when `npm run build` has not been run since something in src changed */
export async function assertBuilt(): Promise<void> {
  const built = await stat(entry).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const files = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  for (const file of files) {
    const folder = relative(join(root, 'src'), file.parentPath).split(sep)[0] ?? '';
    if (!file.isFile() || notBuilt.includes(folder)) continue;
    const { mtimeMs } = await stat(join(file.parentPath, file.name));
    if (mtimeMs > built) throw new Error(`dist is older than ${file.name}: run \`npm run build\` first`);
  }
}

export interface BotProcessOptions {
  /** The settings, and whatever else the machine has in its environment. Nothing of the test's own environment is passed on. */
  env: Record<string, string>;
  /** Content of policy.yaml. */
  policy: string;
  /** A folder whose `data` is the embedded store to begin with; an empty one when left out. */
  dataFrom?: string | undefined;
  /** A folder with another build; the one of this repository when left out. */
  program?: string;
  /** The same for every start, so that the store can be found again; a free one when left out. */
  port?: number;
}

export interface BotProcess {
  url: string;
  port: number;
  /** The working directory: policy.yaml and, by default, the embedded store. */
  folder: string;
  readonly child: ChildProcess | null;
  /** What all runs wrote, as lines. */
  lines: string[];
  /** Starts (again) and waits until it is ready. */
  start(extra?: Record<string, string>): Promise<void>;
  /** Ends it at once; resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  /** Kills what runs and removes the folder. */
  remove(): Promise<void>;
}

export async function createBotProcess(options: BotProcessOptions): Promise<BotProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'concierge-bot-'));
  await writeFile(join(folder, 'policy.yaml'), options.policy);
  if (options.dataFrom) await cp(join(options.dataFrom, 'data'), join(folder, 'data'), { recursive: true });
  const port = options.port ?? (await findFreePort());
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  let child: ChildProcess | null = null;
  const isRunning = () => child !== null && child.exitCode === null && child.signalCode === null;
  return {
    url,
    port,
    folder,
    get child() {
      return child;
    },
    lines,
    async start(extra = {}) {
      const machine = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCache };
      const env = { ...machine, HOST: '127.0.0.1', PORT: String(port), ...options.env, ...extra };
      keepEnvironment(env);
      const program = options.program ? join(options.program, 'dist', 'index.js') : entry;
      child = spawn(process.execPath, ['--enable-source-maps', ...shortLived, program], { cwd: folder, env });
      keepLines(child.stdout, lines);
      keepLines(child.stderr, lines);
      await untilReady(url, isRunning, lines);
    },
    async kill(signal = 'SIGKILL') {
      if (!child || !isRunning()) return null;
      const gone = once(child, 'exit');
      child.kill(signal);
      const [code] = (await gone) as [number | null];
      return code;
    },
    async remove() {
      if (child && isRunning()) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function keepLines(stream: NodeJS.ReadableStream | null, lines: string[]): void {
  let rest = '';
  stream?.on('data', (data: Buffer) => {
    const parts = (rest + data.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const line of parts) keepLine(line);
  });
}

/** It takes a second; no test measures it, and a machine that is busy with many of them takes a minute and more. */
const readyWithinMs = 180_000;

async function untilReady(url: string, isRunning: () => boolean, lines: readonly string[]): Promise<void> {
  const end = Date.now() + readyWithinMs;
  for (;;) {
    if (!isRunning()) throw new Error(`the bot ended while starting:\n${lines.slice(-20).join('\n')}`);
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (Date.now() > end)
      throw new Error(`the bot is not ready after ${readyWithinMs} ms:\n${lines.slice(-20).join('\n')}`);
    await wait(25);
  }
}

/**
 * Below those that the system gives to whoever asks for any: between two starts of a bot its port belongs to nobody, and a
 * connection of another process would take it.
 */
const botPorts = { first: 20_000, count: 12_000 };

async function findFreePort(): Promise<number> {
  for (;;) {
    const port = botPorts.first + randomInt(botPorts.count);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
