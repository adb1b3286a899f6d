// What the programs of the upkeep have in common: settings, a log that stays quiet, and faults in words.
import { loadStoreConfig, type StoreConfig } from '../config.ts';
import type { Log } from '../domain/ports.ts';
import { endOnFault } from '../end-on-fault.ts';
import { createLog } from '../log.ts';
import { checkNode } from '../node-version.ts';
import { describeStartFault } from '../start-fault.ts';

export interface Upkeep {
  config: StoreConfig;
  log: Log;
  /** Takes the report, line by line. */
  print(line: string): void;
}

/** @param head what could not be done, for when it fails; the process then ends with 1 */
export function runUpkeep(head: string, work: (upkeep: Upkeep) => Promise<void>): void {
  start(work).catch((error: unknown) => {
    process.stderr.write(`${describeStartFault(error, head)}\n`);
    process.exitCode = 1;
  });
}

async function start(work: (upkeep: Upkeep) => Promise<void>): Promise<void> {
  checkNode(process.versions.node);
  const config = loadStoreConfig(process.env);
  const log = createLog({ level: config.logLevel === 'debug' ? 'debug' : 'error' });
  endOnFault(log);
  await work({ config, log, print: (line) => void process.stdout.write(`${line}\n`) });
}
