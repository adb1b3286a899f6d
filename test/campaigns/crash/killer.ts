// Kills the bot's process as planned, in the very moment, and starts it again on the same store.
import { setTimeout as wait } from 'node:timers/promises';
import type { BotProcess } from '../../fakes/bot-process.ts';
import type { Passage } from '../../fakes/microsoft/front.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { describeKill, type Plan } from './plan.ts';

export interface Killed {
  /** When it was ordered, and when the process was gone: on a busy machine it may do a little more in between. */
  at: number;
  goneAt: number;
  why: string;
  /** When the process was ready again. */
  readyAt: number | null;
}

export interface Killer {
  kills: Killed[];
  /** Begins with the first kill of the plan; the process must be running. */
  arm(): void;
  /** No kill is under way and the process is ready; rejects when it could not be started again. */
  settled(): Promise<void>;
  /** From now on nothing is killed any more. */
  disarm(): void;
}

export function createKiller(bot: BotProcess, microsoft: Microsoft, plan: Plan): Killer {
  const kills: Killed[] = [];
  let next = 0;
  let isArmed = false;
  let requests = 0;
  let messages = 0;
  let recovery: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const current = () => (isArmed && recovery === null ? plan.kills[next] : undefined);

  async function strike(): Promise<void> {
    const kill = plan.kills[next];
    // A kill that was put off by some milliseconds may come after the end.
    if (!kill || !isArmed || recovery !== null) return;
    const killed: Killed = { at: Date.now(), goneAt: Date.now(), why: describeKill(kill), readyAt: null };
    kills.push(killed);
    recovery = recover(killed, plan.awayMs[next] ?? 0);
    recovery.catch(() => {});
    next += 1;
  }

  async function recover(killed: Killed, awayMs: number): Promise<void> {
    await bot.kill();
    killed.goneAt = Date.now();
    await wait(awayMs);
    await bot.start();
    killed.readyAt = Date.now();
    requests = 0;
    messages = 0;
    recovery = null;
    beginTimer();
  }

  function beginTimer(): void {
    if (timer) clearTimeout(timer);
    const kill = current();
    if (kill?.how === 'time') timer = setTimeout(() => void strike(), kill.afterMs);
  }

  const isReprovision = (passage: Passage) => passage.path.endsWith('/reprovision');

  async function later(delayMs: number): Promise<undefined | 'drop'> {
    if (delayMs > 0) {
      setTimeout(() => void strike(), delayMs);
      return undefined;
    }
    await strike();
    return 'drop';
  }

  microsoft.front.hooks = {
    before(passage) {
      const kill = current();
      if (isArmed && recovery === null) requests += 1;
      if (kill?.how === 'request' && kill.when === 'before' && requests === kill.nth) return later(0);
      if (kill?.how === 'reprovision' && kill.when === 'before' && isReprovision(passage)) return later(kill.delayMs);
      return undefined;
    },
    after(passage) {
      const kill = current();
      if (kill?.how === 'request' && kill.when === 'after' && requests === kill.nth) return later(0);
      if (kill?.how === 'reprovision' && kill.when === 'after' && isReprovision(passage)) return later(kill.delayMs);
      const isMessage = passage.host === 'smba.trafficmanager.net' && passage.method !== 'GET';
      if (isMessage && isArmed && recovery === null) messages += 1;
      if (kill?.how === 'message' && isMessage && messages === kill.nth) return later(kill.delayMs || 1);
      return undefined;
    },
  };

  return {
    kills,
    arm() {
      if (isArmed) return;
      isArmed = true;
      beginTimer();
    },
    async settled() {
      while (recovery !== null) await recovery;
    },
    disarm() {
      isArmed = false;
      if (timer) clearTimeout(timer);
    },
  };
}
