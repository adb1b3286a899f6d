// Sends wake-ups through pg-boss, in the transaction of the change that they belong to.
import { randomUUID } from 'node:crypto';
import { fromKysely, type KyselyTransactionLike, type PgBoss } from 'pg-boss';
import type { Clock, Log, WakeUp } from '../domain/ports.ts';
import { storableJson } from '../domain/storable.ts';
import type { Instant } from '../domain/time.ts';
import { keyOf } from '../domain/wake-ups.ts';
import type { Outbox, PlannedWakeUp } from '../store/unit-of-work.ts';
import { createAlarms } from './alarms.ts';

export interface BossOutbox extends Outbox {
  /** Wakes at `at`, or now, outside any transaction. */
  wake(wakeUp: WakeUp, at?: Instant): Promise<void>;
  /** Forgets the alarms of this process. */
  stop(): void;
}

export interface OutboxDeps {
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/**
 * What is due now becomes a job in the transaction. What is due later becomes an alarm once the transaction is
 * committed: as a job it would, by its key, swallow a wake-up for now, and pg-boss finds deferred jobs by polling only.
 * `later` is always a job, since nothing else remembers it.
 *
 * A wake-up that was dropped because one of its key was waiting is sent again after the commit: the waiting job may have
 * run meanwhile and have seen the columns as they were.
 */
export function bossOutbox(boss: PgBoss, { clock, log }: OutboxDeps): BossOutbox {
  const alarms = createAlarms({ ring: (wakeUp) => sendNow(boss, [wakeUp]), clock, log });
  return {
    async send(trx, planned) {
      const now = clock.now();
      const isDue = ({ at, wakeUp }: PlannedWakeUp) => at === null || at <= now || wakeUp.queue === 'later';
      const due = planned.filter(isDue).map(({ wakeUp }) => wakeUp);
      const later = planned.filter((one) => !isDue(one));
      const dropped = await sendNow(boss, due, trx);
      return () => {
        for (const { wakeUp, at } of later) alarms.set(keyOf(wakeUp), wakeUp, at ?? now);
        sendAgain(boss, dropped, log);
      };
    },
    async wake(wakeUp, at) {
      if (at !== undefined && at > clock.now()) alarms.set(keyOf(wakeUp), wakeUp, at);
      else await sendNow(boss, [wakeUp]);
    },
    stop: () => alarms.stop(),
  };
}

/** One statement per queue. @returns those that were dropped because one of their key is waiting */
async function sendNow(boss: PgBoss, wakeUps: readonly WakeUp[], trx?: KyselyTransactionLike): Promise<WakeUp[]> {
  const db = trx && fromKysely(trx);
  const byQueue = Map.groupBy(new Map(wakeUps.map((wakeUp) => [keyOf(wakeUp), wakeUp])).values(), ({ queue }) => queue);
  const dropped: WakeUp[] = [];
  for (const [queue, ofQueue] of byQueue) {
    const jobs = ofQueue.map((wakeUp) => ({ id: randomUUID(), data: toData(wakeUp), singletonKey: keyOf(wakeUp) }));
    const sent = new Set(await boss.insert(queue, jobs, { db, returnId: true }));
    dropped.push(...ofQueue.filter((_wakeUp, index) => !sent.has(jobs[index]?.id ?? '')));
  }
  return dropped;
}

function sendAgain(boss: PgBoss, dropped: readonly WakeUp[], log: Log): void {
  if (dropped.length === 0) return;
  sendNow(boss, dropped).catch((error: unknown) =>
    log.warn({ err: error, count: dropped.length }, 'wake-ups could not be sent again'),
  );
}

function toData({ queue: _queue, ...data }: WakeUp): object {
  return JSON.parse(storableJson(data));
}
