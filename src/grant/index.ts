// The process of `npm run grant`: the identity and the policy of production, with the rights of whoever is signed in with Azure CLI.
import { parseArgs } from 'node:util';
import { loadGrantConfig } from '../config.ts';
import type { Clock } from '../domain/ports.ts';
import { endOnFault } from '../end-on-fault.ts';
import { graphAppRoles } from '../graph/app-roles.ts';
import { findGraphCloud } from '../graph/clouds.ts';
import { createAdministratorCredential } from '../graph/credential.ts';
import { createGraphClient } from '../graph/graph-client.ts';
import { createLog } from '../log.ts';
import { checkNode } from '../node-version.ts';
import { loadPolicyFile } from '../policy-file.ts';
import { describeStartFault } from '../start-fault.ts';
import { version } from '../version.ts';
import { runGrant } from './run-grant.ts';

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

async function main(): Promise<number> {
  checkNode(process.versions.node);
  const { values } = parseArgs({
    options: { 'dry-run': { type: 'boolean', default: false }, optional: { type: 'boolean', default: false } },
  });
  const config = loadGrantConfig(process.env);
  const log = createLog({ level: config.logLevel === 'debug' ? 'debug' : 'error' });
  endOnFault(log);
  const client = createGraphClient({
    cloud: findGraphCloud(config.cloud),
    credential: createAdministratorCredential(config.tenantId),
    version,
    log,
    clock,
  });
  return runGrant({
    appRoles: graphAppRoles(client, { clock }),
    policy: await loadPolicyFile(config.policyFile),
    clientId: config.clientId,
    tenantId: config.tenantId,
    teamsAppId: config.teamsAppId,
    isDryRun: values['dry-run'],
    withOptional: values.optional,
    print: (line) => void process.stdout.write(`${line}\n`),
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${describeStartFault(error, 'Cannot grant')}\n`);
    process.exitCode = 1;
  },
);
