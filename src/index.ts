// Start and stop, signals; nothing else.
import { composeBot } from './compose.ts';
import { loadConfig } from './config.ts';
import { describeFault } from './describe-fault.ts';
import { lacksApprovers } from './domain/policy.ts';
import { createLog } from './log.ts';
import { checkNode } from './node-version.ts';
import { loadPolicyFile } from './policy-file.ts';

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
  const bot = await composeBot({ config, policy, log });
  log.info({ port: bot.port, store: config.store.databaseUrl ? 'postgres' : 'embedded' }, 'ready');
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    bot.stop().then(
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
  process.stderr.write(`${describeFault(error)}\n`);
  process.exit(1);
});
