// The contract fails a whole run, though every test in it passes: runs of mocha in processes of their own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContractRecord } from './recorder.ts';
import { folderVariable } from './recorder.ts';
import { reportOn } from './report.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** @param more options of mocha */
function runExample(path: string, ...more: string[]): Promise<{ exitCode: number | null; output: string }> {
  const order = ['--no-config', `--import=${at('recorder.ts')}`, '--require', at('run.ts'), ...more];
  const { [folderVariable]: _ofThisRun, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [at('../../node_modules/mocha/bin/mocha.js'), ...order, at('examples/wrong-call.ts')],
    {
      cwd: at('../..'),
      env: { ...env, EXAMPLE_PATH: path },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, output })));
}

describe('contract: a run', function () {
  this.timeout(60_000);

  it('When a call is wrong, then the run fails with it, its count and the test that sent it', async () => {
    const { exitCode, output } = await runExample('/users?$orderby=birthday', '--parallel', '--grep', 'sends');

    assert.match(output, /1 passing/);
    assert.match(output, /1 calls seen, 0 answers of the simulator, \d+ rules checked, 1 violations/);
    assert.match(output, /sent: \$orderby: birthday does not exist .*"an example sends \/users/);
    assert.equal(exitCode, 1);
  });

  it('When all calls are right, then it passes', async () => {
    const { exitCode, output } = await runExample('/users?$select=id', '--grep', 'sends');

    assert.match(output, /1 calls seen, .* 0 violations/);
    assert.equal(exitCode, 0, output);
  });
});

describe('contract: the report', () => {
  const call: ContractRecord = {
    what: 'call',
    id: 'id-1',
    port: 1,
    path: '/beta/users',
    test: 'a test',
    operations: ['beta GET /users'],
    rules: 3,
    violations: [],
  };
  const many = (what: ContractRecord['what']) =>
    Array.from({ length: 1000 }, (_, index) => ({ ...call, what, id: `id-${index}` }));

  it('When a whole run was hardly seen, then that is a fault, and so is an operation that is never missing', () => {
    const none = reportOn([], true).faults;
    const callsAlone = reportOn(many('call'), true).faults;

    assert.ok(none.includes('only 0 calls were seen, at least 1000 are sent'));
    assert.ok(none.includes('only 0 answers were seen, at least 1000 are given'));
    assert.ok(none.includes('never seen: beta POST /$batch'));
    assert.ok(
      !callsAlone.some((fault) => fault.includes('calls were seen') || fault === 'never seen: beta GET /users'),
    );
    assert.deepEqual(reportOn([], false).faults, []);
  });

  it('When the same request comes to a server again, then it was sent twice; on its way through a front it was not', () => {
    const repeated = reportOn([call, call], false).faults;
    const passedOn = reportOn([call, { ...call, port: 2 }], false);

    assert.deepEqual(repeated, ['sent twice: /beta/users (id-1, in "a test")']);
    assert.deepEqual(passedOn.faults, []);
    assert.match(passedOn.text, /1 calls seen/);
  });
});
