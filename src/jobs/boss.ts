// Starts pg-boss on the store: its queues, and the settings with which a killed worker's job comes back soon.
import { randomUUID } from 'node:crypto';
import type { PGlite } from '@electric-sql/pglite';
import { type ConstructorOptions, fromPglite, PgBoss } from 'pg-boss';
import type { Log } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { queueNames, queueOptions } from './queues.ts';

/** What the queue needs to know of the store. */
export interface BossStore {
  kind: 'postgres' | 'embedded';
  pglite?: PGlite;
  databaseUrl?: string;
}

export const schema = 'pgboss';

const common = {
  schema,
  useListenNotify: true,
  /** No cron: the sweep comes from the ticker. */
  schedule: false,
  /** Finished jobs are thrown away this often; the default would keep a day of them. */
  maintenanceIntervalSeconds: 300,
  flowIntervalSeconds: 3600,
  bamIntervalSeconds: 300,
} satisfies ConstructorOptions;

/** Measured on PostgreSQL: heartbeat 10 s and these bring a killed worker's job back in 11 to 15 s. */
const postgres = {
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
  connectionTimeoutMillis: 5 * second,
  max: 5,
  application_name: 'cloud-pc-concierge-jobs',
} satisfies ConstructorOptions;

/** Nobody else can be running, so there is nobody to watch over: only jobs that run for too long. */
const embedded = {
  superviseIntervalSeconds: 15,
  monitorIntervalSeconds: 15,
  reindex: false,
  monitorVacuum: false,
} satisfies ConstructorOptions;

/**
 * Starts pg-boss and makes its queues; several processes may do so at once.
 * On the embedded store the jobs that a killed process held are taken back at once.
 */
export async function startBoss(store: BossStore, log: Log): Promise<PgBoss> {
  const boss = new PgBoss(bossOptions(store));
  boss.on('error', createErrorLog(log));
  boss.on('warning', (warning) => log.warn({ reason: warning.message }, 'queue gave a warning'));
  await boss.start();
  await createQueues(boss);
  if (store.kind === 'embedded') await takeBackActiveJobs(boss, log);
  return boss;
}

/** While the database is away every worker tells so every two seconds: one line in ten seconds is enough. */
function createErrorLog(log: Log): (error: Error) => void {
  let quietUntil = 0;
  let unsaid = 0;
  return (error) => {
    const now = performance.now();
    if (now < quietUntil) {
      unsaid += 1;
      return;
    }
    log.warn({ reason: error.message, unsaid }, 'queue had an error');
    quietUntil = now + 10 * second;
    unsaid = 0;
  };
}

/** Takes no more jobs, and lets those that run end for `withinMs`; what still runs then is given back. Wake-ups can still be sent. */
export async function endJobs(boss: PgBoss, withinMs: number): Promise<void> {
  await boss.stop({ graceful: true, timeout: withinMs, close: false });
}

/** The rest of the end, or all of it. Stop it before the store is closed. */
export async function stopBoss(boss: PgBoss): Promise<void> {
  await boss.stop({ graceful: true, timeout: 5 * second });
}

function bossOptions(store: BossStore): ConstructorOptions {
  if (store.kind === 'postgres') return { ...common, ...postgres, connectionString: store.databaseUrl };
  if (!store.pglite) throw new Error('an embedded store without its engine');
  return { ...common, ...embedded, backend: 'pglite', db: fromPglite(store.pglite) };
}

async function createQueues(boss: PgBoss): Promise<void> {
  for (const name of queueNames) {
    const { policy, ...changeable } = queueOptions(name);
    await boss.createQueue(name, { policy, ...changeable });
    // It may be there since an older version; its policy cannot change, everything else can.
    await boss.updateQueue(name, changeable);
    // pg-boss remembers a queue at its first use, by a query of its own. Inside a transaction on PGlite's one connection
    // that query would wait for ever, so a job that is not there is asked for here. (Its statistics would not do: after a
    // restart they come from another table.)
    await boss.getJobById(name, randomUUID());
  }
}

async function takeBackActiveJobs(boss: PgBoss, log: Log): Promise<void> {
  const { rows } = await boss.getDb().executeSql(
    `update ${schema}.job set state = 'retry', start_after = now(), heartbeat_on = null
     where state = 'active' returning id`,
  );
  if (rows.length > 0) log.info({ jobs: rows.length }, 'jobs of the last run were taken back');
}
