// Wake-ups for later, kept in this process. They are a convenience: the time is in the columns too, the ticker reads it
// from there, and the sweep is behind both.
import type { Clock, Log, WakeUp } from '../domain/ports.ts';
import { day, type Instant } from '../domain/time.ts';

export interface Alarms {
  set(key: string, wakeUp: WakeUp, at: Instant): void;
  stop(): void;
}

interface Alarm {
  at: Instant;
  timer: NodeJS.Timeout;
}

/** Further away than this is left to the ticker. */
const furthestMs = day;

export interface AlarmDeps {
  ring: (wakeUp: WakeUp) => Promise<unknown>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/**
 * A thing may have alarms at several times: an early one never takes the place of a late one, nor the other way round.
 * `watch` and `timers` keep their earliest alone, since each of their runs asks for its next; otherwise every extra run
 * would go on asking for one more.
 */
export function createAlarms({ ring, clock, log }: AlarmDeps): Alarms {
  const alarms = new Map<string, Alarm>();
  let isStopped = false;
  const ringNow = (slot: string, wakeUp: WakeUp) => {
    alarms.delete(slot);
    ring(wakeUp).catch((error: unknown) => log.warn({ err: error, queue: wakeUp.queue }, 'wake-up could not be sent'));
  };
  return {
    set(key, wakeUp, at) {
      const afterMs = Math.max(0, at - clock.now());
      if (isStopped || afterMs > furthestMs) return;
      const slot = isSingle(wakeUp) ? key : `${key} ${at}`;
      const present = alarms.get(slot);
      if (present && present.at <= at) return;
      clearTimeout(present?.timer);
      const timer = setTimeout(() => ringNow(slot, wakeUp), afterMs);
      timer.unref();
      alarms.set(slot, { at, timer });
    },
    stop() {
      isStopped = true;
      for (const { timer } of alarms.values()) clearTimeout(timer);
      alarms.clear();
    },
  };
}

function isSingle(wakeUp: WakeUp): boolean {
  return wakeUp.queue === 'watch' || wakeUp.queue === 'timers';
}
