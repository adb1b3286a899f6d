// Around a run of mocha: where the records of the contract go, and what they say at the end. A violation fails the run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderVariable, noteTest } from './recorder.ts';
import { readRecords, reportOn } from './report.ts';

/** In the process that the run was started in, before any other. */
export function mochaGlobalSetup(): void {
  process.env[folderVariable] = mkdtempSync(join(tmpdir(), 'graph-contract-'));
}

/** In every process that runs tests. */
export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    noteTest(this.currentTest?.fullTitle() ?? '');
  },
};

/** @throws Error with every fault: mocha counts it as a failure */
export function mochaGlobalTeardown(this: Mocha.Runner): void {
  const folder = process.env[folderVariable] ?? '';
  const { text, faults } = reportOn(readRecords(folder), isWholeRun());
  rmSync(folder, { recursive: true, force: true });
  console.log(`${text}\n`);
  if (faults.length > 0) throw new Error(`the contract with Microsoft Graph is broken\n  ${faults.join('\n  ')}`);
}

/** `--grep`, other files than those of the settings, and the like choose some of the tests. */
function isWholeRun(): boolean {
  return !process.argv.some((word) => /^(-[gf]|--f?grep|--no-config)(=|$)/.test(word));
}
