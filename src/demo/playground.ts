// One window of the Microsoft 365 Agents Playground, as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { PlaygroundSettings } from './cast.ts';

export interface PlaygroundOptions {
  settings: PlaygroundSettings;
  /** Its working directory; it is made here, and the Playground writes into it. */
  folder: string;
  port: number;
  /** Where the bot takes activities. */
  endpoint: string;
}

export interface Playground {
  /** For the browser. */
  url: string;
  stop(): Promise<void>;
}

const script = fileURLToPath(import.meta.resolve('@microsoft/m365agentsplayground/cli.js'));
const preload = new URL('./playground-preload.ts', import.meta.url).href;
const upWithinMs = 20_000;
const endsWithinMs = 3_000;

/** Starts it without browser and telemetry. @throws Error in a sentence, with the Playground's own words */
export async function startPlayground({ settings, folder, port, endpoint }: PlaygroundOptions): Promise<Playground> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.m365agentsplayground.yml'), stringify(settings));
  const order = ['start', '-e', endpoint, '-c', 'msteams', '-p', String(port), '--disable-telemetry'];
  const child = spawn(process.execPath, ['--import', preload, script, ...order], {
    cwd: folder,
    env: environment(folder),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const killNow = () => child.kill('SIGKILL');
  process.on('exit', killNow);
  try {
    const url = `http://localhost:${await portOf(child)}`;
    await configOf(url);
    return { url, stop: () => stop(child, killNow) };
  } catch (cause) {
    await stop(child, killNow);
    const words = (await faultsIn(folder)).join(' ');
    throw new Error(`The Agents Playground of ${settings.currentUser.name} did not start. ${words}`.trim(), { cause });
  }
}

/** Nothing of the person's own settings may change what the demo starts, and nothing of the demo may land in their home. */
function environment(home: string): NodeJS.ProcessEnv {
  const kept = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LANG'];
  const settings = Object.fromEntries(kept.map((name) => [name, process.env[name]]));
  return { ...settings, HOME: home, USERPROFILE: home, TEAMSAPPTESTER_BROWSER: 'none', TEAMSFX_TELEMETRY: 'off' };
}

/** The port that it says it listens on: another one than it was told when that was taken meanwhile. */
function portOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(new Error('It said nothing.')), upWithinMs);
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk;
    const port = /Listening on (\d+)/.exec(said)?.[1];
    if (port) resolve(Number(port));
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  child.on('error', reject);
  child.on('exit', () => reject(new Error(said || 'It ended without a word.')));
  return promise.finally(() => clearTimeout(timer));
}

/** It listens before it has read its configuration, and ends when that is faulty. */
async function configOf(url: string): Promise<void> {
  const response = await fetch(`${url}/_internal/v1/config`, { signal: AbortSignal.timeout(upWithinMs) });
  if (!response.ok) throw new Error(`It answered ${response.status}.`);
}

/** Its reasons stand in a file of its own only. */
async function faultsIn(folder: string): Promise<string[]> {
  const log = await readFile(join(folder, 'devTools', 'm365agentsplayground.log'), 'utf8').catch(() => '');
  return log.split('\n').flatMap((line) => (line.startsWith('error ') ? [line.slice('error '.length)] : []));
}

async function stop(child: ChildProcess, killNow: () => void): Promise<void> {
  process.off('exit', killNow);
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(killNow, endsWithinMs);
  await ended;
  clearTimeout(timer);
}
