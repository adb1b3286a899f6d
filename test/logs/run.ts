// Around a run of mocha: where lines and secrets go, and the search at its end. One secret in one line fails the run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeFolder, type Verdict } from './judge.ts';
import { folderVariable, keepConsole, noteTest, type SecretKind } from './recorder.ts';

/** A run of all tests has far more; fewer means that something was not kept. */
const leastLines = 2000;
const leastSecrets: Partial<Record<SecretKind, number>> = { token: 5, 'text of a mail': 50, 'words of a person': 100 };

export function mochaGlobalSetup(): void {
  process.env[folderVariable] = mkdtempSync(join(tmpdir(), 'concierge-logs-'));
}

/** In every process that runs tests. */
export const mochaHooks = {
  beforeAll(): void {
    keepConsole();
  },
  beforeEach(this: Mocha.Context): void {
    noteTest(this.currentTest?.fullTitle() ?? '');
  },
};

/** @throws Error with every leak: mocha counts it as a failure */
export function mochaGlobalTeardown(this: Mocha.Runner): void {
  const folder = process.env[folderVariable] ?? '';
  const verdict = judgeFolder(folder);
  rmSync(folder, { recursive: true, force: true });
  const looked = Object.entries(verdict.secrets).map(([kind, count]) => `${kind}: ${count}`);
  console.log(
    `  Logs of the run: ${verdict.lines} lines, ${verdict.leaks.length} secrets in them (${looked.join(', ')})\n`,
  );
  const faults = [
    ...verdict.leaks.map(({ kind, line, test }) => `${kind}, in "${test}": ${line}`),
    ...lacking(verdict),
  ];
  if (faults.length > 0) throw new Error(`the log tells what it must not\n  ${faults.slice(0, 50).join('\n  ')}`);
}

function lacking({ lines, secrets }: Verdict): string[] {
  if (!isWholeRun()) return [];
  const kinds = Object.entries(leastSecrets).filter(([kind, least]) => (secrets[kind as SecretKind] ?? 0) < least);
  return [
    ...(lines < leastLines ? [`only ${lines} lines were kept, there are at least ${leastLines}`] : []),
    ...kinds.map(([kind, least]) => `fewer than ${least} of “${kind}” were looked for`),
  ];
}

/** `--grep`, other files than those of the settings, and the like choose some of the tests. */
function isWholeRun(): boolean {
  return !process.argv.some((word) => /^(-[gf]|--f?grep|--no-config)(=|$)/.test(word));
}
