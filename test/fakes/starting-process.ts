// The program of a process that starts on whatever database it is told: store, queue, and the end of both. Told again and
// again, so that a round costs no start of Node.
import process from 'node:process';
import type { Log } from '../../src/domain/ports.ts';
import { startBoss, stopBoss } from '../../src/jobs/boss.ts';
import { openStore } from '../../src/store/open-store.ts';
import { alsoKept } from '../logs/recorder.ts';

export interface StartReport {
  /** The migrations that this process applied. */
  migrations: string[];
  /** By the clock of the machine. */
  from: number;
  until: number;
  /** What went wrong, the queue's own warnings included. */
  faults: string[];
}

process.on('message', ({ databaseUrl }: { databaseUrl: string }) => {
  void start(databaseUrl).then((report) => process.send?.(report));
});

async function start(databaseUrl: string): Promise<StartReport> {
  const report: StartReport = { migrations: [], from: Date.now(), until: 0, faults: [] };
  const fault = (fields: Record<string, unknown>, msg: string) =>
    void report.faults.push(`${msg}: ${fields.reason ?? fields.err}`);
  const log: Log = alsoKept({
    debug() {},
    info: (fields) => void report.migrations.push(...((fields.migrations as string[] | undefined) ?? [])),
    warn: fault,
    error: fault,
  });
  try {
    const store = await openStore({ databaseUrl, log });
    const boss = await startBoss(store, log);
    report.until = Date.now();
    await stopBoss(boss);
    await store.close();
  } catch (error) {
    report.faults.push(error instanceof Error ? `${error.stack} ${error.cause}` : String(error));
  }
  return report;
}
