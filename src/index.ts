// Start and stop, signals; nothing else.
import { type Bot, composeBot } from './compose.ts';
import { loadConfig } from './config.ts';
import { lacksApprovers } from './domain/policy.ts';
import type { Log } from './domain/ports.ts';
import { second } from './domain/time.ts';
import { endOnFault } from './end-on-fault.ts';
import { endProcess } from './end-process.ts';
import { createLog } from './log.ts';
import { checkNode } from './node-version.ts';
import { loadPolicyFile } from './policy-file.ts';
import { describeStartFault, exitCodeOf } from './start-fault.ts';

/** Below the ten seconds that Docker gives; Kubernetes and App Service give thirty. */
const endsWithinMs = 9 * second;
/** npm passes on the Ctrl-C that the terminal sends to both. */
const sameSignalWithinMs = second;

async function main(): Promise<void> {
  checkNode(process.versions.node);
  const config = loadConfig(process.env);
  const log = createLog({ level: config.logLevel });
  endOnFault(log);
  const policy = await loadPolicyFile(config.policyFile);
  if (config.isProduction && !config.store.databaseUrl) {
    log.warn(
      { dataDir: config.store.dataDir },
      'embedded store in production: only PostgreSQL survives a loss of power',
    );
  }
  if (lacksApprovers(policy))
    log.warn({}, 'requests need approval, and roles.approvers names no group: nobody can give it');
  // What is under way goes on at the next start, as after a kill.
  const starting = composeBot({ config, policy, log, onStoreGivenUp: () => endProcess(1) });
  endOnSignals(starting, log);
  const bot = await starting;
  log.info({ port: bot.port, store: config.store.databaseUrl ? 'postgres' : 'embedded' }, 'ready');
}

/**
 * Told to stop while it starts, it stops as soon as it has started or has failed. Told twice, or when the time is over, it ends at
 * once: what is cut off goes on at the next start, as after a kill.
 */
function endOnSignals(starting: Promise<Bot>, log: Log): void {
  let stoppingSince: number | null = null;
  const stop = (signal: string) => {
    if (stoppingSince === null) {
      stoppingSince = performance.now();
      log.info({ signal }, 'stopping');
      endInTime(starting, log);
    } else if (performance.now() - stoppingSince > sameSignalWithinMs) {
      log.warn({ signal }, 'told to stop a second time: ending at once');
      endProcess(1);
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function endInTime(starting: Promise<Bot>, log: Log): void {
  setTimeout(() => {
    log.warn({}, 'stopping took too long: what is left goes on at the next start');
    endProcess(0);
  }, endsWithinMs);
  starting
    .catch(() => null)
    .then((bot) => bot?.stop())
    .then(
      () => endProcess(0),
      (error: unknown) => {
        log.error({ err: error }, 'stop failed');
        endProcess(1);
      },
    );
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeStartFault(error)}\n`);
  endProcess(exitCodeOf(error));
});
