// Everything the demo needs, started together and stopped together: the pretend tenant, the bot, Ada's window and Ivan's.
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Log } from '../domain/ports.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { type CastName, windowSettings } from './cast.ts';
import { startDemoBot } from './demo-bot.ts';
import { buildMs } from './demo-policy.ts';
import { freePort } from './free-port.ts';
import { startPlayground } from './playground.ts';
import { openWindow, type Sighting, type Window } from './window.ts';

export interface StageOptions {
  /** Where the store is kept; a new folder that is removed in the end when left out. */
  dataDir?: string;
  log: Log;
  /** Hears of everything that a person sees. */
  onSighting?: (window: Window, sighting: Sighting) => void;
}

export interface Stage {
  simulator: Simulator;
  /** Where the bot takes activities, for further windows. */
  endpoint: string;
  ada: Window & { url: string };
  ivan: Window & { url: string };
  /** Ends every process, closes every port and removes what was written. */
  stop(): Promise<void>;
}

const ports = { bot: 3978, ada: 56150, ivan: 56151 };

export async function startStage(options: StageOptions): Promise<Stage> {
  const closers = new Closers();
  try {
    const folder = await temporaryFolder(closers);
    const simulator = await startSimulator({ buildMs, log: (line) => options.log.debug({ line }, 'simulator') });
    closers.add(() => simulator.close());
    const bot = await startDemoBot({
      port: await freePort(ports.bot),
      dataDir: options.dataDir ? resolve(options.dataDir) : join(folder, 'store'),
      graphUrl: simulator.url,
      log: options.log,
    });
    closers.add(() => bot.stop());
    const endpoint = `http://127.0.0.1:${bot.port}/api/messages`;
    const show = async (name: CastName, number: number, port: number) => {
      const settings = windowSettings(name, number);
      const where = { folder: join(folder, name), port: await freePort(port), endpoint };
      const playground = await startPlayground({ settings, ...where });
      closers.add(() => playground.stop());
      const window: Window = await openWindow(playground.url, settings, (seen) => options.onSighting?.(window, seen));
      closers.add(async () => window.close());
      return { ...window, url: playground.url };
    };
    const ada = await show('ada', 1, ports.ada);
    const ivan = await show('ivan', 2, ports.ivan);
    return { simulator, endpoint, ada, ivan, stop: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function temporaryFolder(closers: Closers): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-pc-concierge-demo-'));
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', removeNow);
  closers.add(async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', removeNow);
  });
  return folder;
}

/** What was started last is stopped first; a fault in one does not keep the others. */
class Closers {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    const faults: unknown[] = [];
    for (let next = this.#closers.pop(); next; next = this.#closers.pop()) {
      await next().catch((error: unknown) => faults.push(error));
    }
    if (faults.length > 0) throw new AggregateError(faults, 'The demo could not be taken down cleanly.');
  }
}
