// The process of `npm run doctor`: the settings and the policy of production, a report, an exit code.
import { loadConfig } from '../config.ts';
import type { Clock } from '../domain/ports.ts';
import { endOnFault } from '../end-on-fault.ts';
import { createLog } from '../log.ts';
import { checkNode } from '../node-version.ts';
import { loadPolicyFile } from '../policy-file.ts';
import { describeStartFault } from '../start-fault.ts';
import { runDoctor } from './run-doctor.ts';

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

async function main(): Promise<number> {
  checkNode(process.versions.node);
  const config = loadConfig(process.env);
  const policy = await loadPolicyFile(config.policyFile);
  // What is wrong stands in the report; the lines of the log would stand between.
  const log = createLog({ level: config.logLevel === 'debug' ? 'debug' : 'error' });
  endOnFault(log);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  return runDoctor({ config, policy, clock, log, print });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${describeStartFault(error)}\n`);
    process.exitCode = 1;
  },
);
