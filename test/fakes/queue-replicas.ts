// Two replicas of the queue on one database: each with a store, pg-boss and outbox of its own, and no ticker, so that no
// sweep finds what a wake-up has lost.
import { setTimeout as wait } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { UnitOfWork } from '../../src/domain/ports.ts';
import { startBoss, stopBoss } from '../../src/jobs/boss.ts';
import { type BossOutbox, bossOutbox } from '../../src/jobs/outbox.ts';
import type { Store } from '../../src/store/open-store.ts';
import type { Outbox } from '../../src/store/unit-of-work.ts';
import { openTwoStores } from './racers.ts';
import { silentLog as log } from './store.ts';

export interface QueueReplica {
  store: Store;
  boss: PgBoss;
  outbox: BossOutbox;
  unitOfWork: UnitOfWork;
  /** Its transactions stay open for up to 30 ms after their wake-ups were sent. */
  slowToCommit: UnitOfWork;
}

const clock = { now: () => Date.now() };

/** On the embedded store it is one. */
export async function startQueueReplicas() {
  const opened = await openTwoStores();
  const replicas = await Promise.all([...new Set(opened.stores)].map((store) => start(store)));
  return {
    replicas,
    any: (): QueueReplica => replicas[Math.floor(Math.random() * replicas.length)]!,
    async stop() {
      for (const { outbox, boss } of replicas) {
        outbox.stop();
        await stopBoss(boss);
      }
      await opened.close();
    },
  };
}

export type QueueReplicas = Awaited<ReturnType<typeof startQueueReplicas>>;

async function start(store: Store): Promise<QueueReplica> {
  const boss = await startBoss(store, log);
  const outbox = bossOutbox(boss, { clock, log });
  const slow: Outbox = {
    async send(trx, wakeUps) {
      const afterCommit = await outbox.send(trx, wakeUps);
      await wait(Math.random() * 30);
      return afterCommit;
    },
  };
  return { store, boss, outbox, unitOfWork: store.unitOfWork(outbox), slowToCommit: store.unitOfWork(slow) };
}
