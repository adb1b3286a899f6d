// The clock of the jobs: alarms for what the columns say is due soon, and the sweep once a minute.
import type { PgBoss } from 'pg-boss';
import type { Log, WakeUp } from '../domain/ports.ts';
import { type Instant, minute, second } from '../domain/time.ts';
import type { BossOutbox } from './outbox.ts';

export interface TickerDeps {
  boss: PgBoss;
  outbox: BossOutbox;
  store: { upcoming(from: Instant, until: Instant): Promise<{ wakeUp: WakeUp; at: Instant }[]> };
  clock: { now(): Instant };
  log: Log;
}

/** So what another process planned before it died is at most this late, and mostly not at all. */
const lookEveryMs = 10 * second;
const lookAheadMs = 15 * second;
const sweepEverySeconds = minute / second;

/** Sweeps at once and from then on every minute, once among all processes; looks ahead in the columns in between. */
export function startTicker(deps: TickerDeps): { stop(): void } {
  const attempt = (work: () => Promise<void>) => {
    work().catch((error: unknown) => deps.log.warn({ err: error }, 'tick failed'));
  };
  attempt(async () => {
    await deps.boss.send('sweep', {}, { singletonKey: 'sweep' });
    await lookAhead(deps);
  });
  const timer = setInterval(() => {
    attempt(() => lookAhead(deps));
    attempt(() => sweep(deps.boss));
  }, lookEveryMs);
  return { stop: () => clearInterval(timer) };
}

async function lookAhead({ store, outbox, clock }: TickerDeps): Promise<void> {
  const now = clock.now();
  for (const { wakeUp, at } of await store.upcoming(now, now + lookAheadMs)) await outbox.wake(wakeUp, at);
}

/** Every process asks; the queue takes one a minute. */
async function sweep(boss: PgBoss): Promise<void> {
  await boss.send('sweep', {}, { singletonKey: 'sweep', singletonSeconds: sweepEverySeconds });
}
