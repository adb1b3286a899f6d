// Start and stop, signals; nothing else.
import { setTimeout as wait } from 'node:timers/promises';
import { type Bot, composeBot } from './compose.ts';
import { loadConfig } from './config.ts';
import { lacksApprovers } from './domain/policy.ts';
import type { Log } from './domain/ports.ts';
import { second } from './domain/time.ts';
import { createLog } from './log.ts';
import { checkNode } from './node-version.ts';
import { loadPolicyFile } from './policy-file.ts';
import { describeStartFault } from './start-fault.ts';

/** Less than the thirty seconds that Kubernetes and App Service give. */
const startEndsWithinMs = 10 * second;

async function main(): Promise<void> {
  checkNode(process.versions.node);
  const config = loadConfig(process.env);
  const log = createLog({ level: config.logLevel });
  const policy = await loadPolicyFile(config.policyFile);
  if (config.isProduction && !config.store.databaseUrl) {
    log.warn(
      { dataDir: config.store.dataDir },
      'embedded store in production: only PostgreSQL survives a loss of power',
    );
  }
  if (lacksApprovers(policy))
    log.warn({}, 'requests need approval, and roles.approvers names no group: nobody can give it');
  const starting = composeBot({ config, policy, log });
  endOnSignals(starting, log);
  const bot = await starting;
  log.info({ port: bot.port, store: config.store.databaseUrl ? 'postgres' : 'embedded' }, 'ready');
}

/** Told to stop while it starts, it stops as soon as it has started, has failed, or takes too long for either. */
function endOnSignals(starting: Promise<Bot>, log: Log): void {
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    // What is cut off goes on at the next start.
    const started = Promise.race([starting.catch(() => null), wait(startEndsWithinMs, null, { ref: false })]);
    started
      .then((bot) => bot?.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stop failed');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeStartFault(error)}\n`);
  process.exit(1);
});
