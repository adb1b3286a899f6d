// The demo as people run it: a process of its own, judged by its words, its exit code and what it leaves behind.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

interface Run {
  child: ChildProcess;
  /** Where it may write; empty when it has cleaned up. */
  folder: string;
  output: () => string;
  exitCode: Promise<number | null>;
}

function runDemo(...order: string[]): Run {
  const folder = mkdtempSync(join(tmpdir(), 'demo-spec-'));
  // Its pretend Graph is recorded as every other one is.
  const recorder = new URL('../contract/recorder.ts', import.meta.url).href;
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, DATA_DIR: '', NODE_OPTIONS: `--import=${recorder}` };
  const child = spawn(process.execPath, ['src/demo/index.ts', ...order], { cwd: root, env, stdio: 'pipe' });
  let said = '';
  const hear = (chunk: Buffer) => {
    said += chunk;
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exitCode = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, folder, output: () => said, exitCode };
}

async function hasSaid({ output, exitCode }: Run, words: string): Promise<void> {
  let hasEnded = false;
  void exitCode.then(() => {
    hasEnded = true;
  });
  while (!output().includes(words) && !hasEnded) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('demo', function () {
  this.timeout(120_000);
  const runs: Run[] = [];
  const start = (...order: string[]): Run => {
    const run = runDemo(...order);
    runs.push(run);
    return run;
  };

  afterEach(() => {
    for (const { child, folder } of runs.splice(0)) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('When it runs once, then every part of the story is seen, it ends with 0 and leaves nothing behind', async () => {
    const run = start('--once');

    const exitCode = await run.exitCode;

    assert.equal(exitCode, 0, run.output());
    const faces = [
      'Everything on it will be deleted',
      'Waiting for approval',
      'Reprovision for Ada Arendt?',
      'Approved by Ivan Ilić',
      'Being rebuilt since',
      '▌ ✓ Ready',
      'Your Cloud PC is ready',
      'A mail from cloudpc@contoso.com reaches ada@contoso.com',
      'The story is complete.',
    ];
    assert.deepEqual(
      faces.filter((face) => !run.output().includes(face)),
      [],
      run.output(),
    );
    const count = Number(/from Ada's first word to the POST: (\d+)/.exec(run.output())?.[1]);
    assert.ok(count >= 4 && count <= 6, `${count} requests to Graph`);
    const [ada, ivan] = [...run.output().matchAll(/(?:Ada|Ivan): +(http:\S+)/g)].map((found) => found[1] ?? '');
    await assert.rejects(fetch(ada ?? ''), 'Ada’s window still answers');
    await assert.rejects(fetch(ivan ?? ''), 'Ivan’s window still answers');
    assert.deepEqual(readdirSync(run.folder), []);
    assert.equal(existsSync(join(root, 'devTools')), false);
  });

  it('When the approval does not come, then it says so in a sentence and ends with 1', async () => {
    const run = start('--once', '--break=approval');

    const exitCode = await run.exitCode;

    assert.equal(exitCode, 1, run.output());
    assert.match(run.output(), /Ivan did not see that it is approved/);
    assert.doesNotMatch(run.output(), /The story is complete/);
    assert.deepEqual(readdirSync(run.folder), []);
  });

  it('When it is stopped in the middle, then it ends soon, with 1, and leaves nothing behind', async () => {
    const run = start('--once');
    await hasSaid(run, '── 2.');

    run.child.kill('SIGTERM');
    const exitCode = await run.exitCode;

    assert.equal(exitCode, 1, run.output());
    assert.match(run.output(), /It was interrupted/);
    assert.deepEqual(readdirSync(run.folder), []);
  });

  it('When it is told to break something unknown, then it says what there is and starts nothing', async () => {
    const run = start('--break=nothing');

    const exitCode = await run.exitCode;

    assert.equal(exitCode, 1);
    assert.match(run.output(), /approval, build/);
    assert.deepEqual(readdirSync(run.folder), []);
  });
});
