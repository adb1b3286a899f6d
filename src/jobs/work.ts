// Workers: take jobs of one queue, one at a time each.
import type { Job, PgBoss } from 'pg-boss';
import { ConciergeError, TemporaryError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import type { JobData, QueueName } from './queues.ts';

export interface RunningJob {
  queue: QueueName;
  id: string;
  /** 1: the first. */
  tries: number;
}

export interface WorkOptions {
  /** How many jobs of this queue this process runs at a time. */
  concurrency: number;
  log: Log;
  /** What runs around each job. */
  around?: (job: RunningJob, run: () => Promise<void>) => Promise<void>;
  /** How often a worker looks without having been woken. */
  pollingSeconds?: number;
}

/** `signal`: the job was given up (stop, time limit, or another process has it); what it writes may be written twice. */
export type JobHandler<Q extends QueueName> = (data: JobData[Q], signal: AbortSignal) => Promise<void>;

/** NOTIFY wakes a worker at once; polling finds repeated jobs and what a lost connection hid. */
const usualPollingSeconds = 2;

/**
 * Starts the workers of a queue. A job that throws is logged and comes back with growing pauses; it never holds back
 * others, and a new wake-up of the same key does not wait for it.
 */
export async function work<Q extends QueueName>(
  boss: PgBoss,
  queue: Q,
  handle: JobHandler<Q>,
  options: WorkOptions,
): Promise<void> {
  for (let worker = 0; worker < options.concurrency; worker += 1) await startWorker(boss, queue, handle, options);
}

async function startWorker<Q extends QueueName>(
  boss: PgBoss,
  queue: Q,
  handle: JobHandler<Q>,
  { log, around = (_job, run) => run(), pollingSeconds = usualPollingSeconds }: WorkOptions,
): Promise<void> {
  const polling = { pollingIntervalSeconds: pollingSeconds, notifyPollingIntervalSeconds: pollingSeconds };
  const workerId: string = await boss.work<JobData[Q]>(queue, { batchSize: 1, ...polling }, async (jobs) => {
    try {
      for (const job of jobs) {
        const running = { queue, id: job.id, tries: job.retryCount + 1 };
        await around(running, () => runJob(queue, job, handle, log));
      }
    } finally {
      // A worker sleeps after its job, even when more are waiting whose NOTIFY came before: it looks again at once.
      boss.notifyWorker(workerId);
    }
  });
}

async function runJob<Q extends QueueName>(
  queue: Q,
  job: Job<JobData[Q]>,
  handle: JobHandler<Q>,
  log: Log,
): Promise<void> {
  try {
    await handle(job.data, job.signal);
  } catch (error) {
    const fields = { queue, jobId: job.id, tries: job.retryCount + 1, err: error, code: codeOf(error) };
    if (error instanceof TemporaryError) log.warn(fields, 'job will be repeated');
    else log.error(fields, 'job failed and will be repeated');
    throw error;
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof ConciergeError ? error.code : null;
}
