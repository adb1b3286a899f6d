// A secret in one line fails a whole run, though every test in it passes: runs of mocha in processes of their own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../src/log.ts';
import { judge, type Leak } from './judge.ts';
import { folderVariable, type KeptSecret } from './recorder.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function runExample(): Promise<{ exitCode: number; output: string }> {
  const mocha = at('../../node_modules/mocha/bin/mocha.js');
  const order = [
    mocha,
    '--no-config',
    '--exit',
    `--import=${at('../network-off.ts')}`,
    '--parallel',
    '--require',
    at('run.ts'),
  ];
  const { [folderVariable]: _ofThisRun, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [...order, at('examples/leak.ts')], { cwd: at('../..'), env }, (error, out, err) => {
      resolve({ exitCode: error ? Number(error.code) : 0, output: out + err });
    });
  });
}

describe('the logs of a run', function () {
  this.timeout(120_000);

  it('When the log tells a token or what somebody wrote, then the run fails with both lines and their tests', async () => {
    const { exitCode, output } = await runExample();

    assert.match(output, /3 passing/);
    assert.match(output, /[1-9]\d* lines, 2 secrets in them \(.*token: \d/);
    assert.match(output, /token, in "an example logs a token": .*"msg":"a token"/);
    assert.match(output, /words of a person, in "an example logs a reason": .*"msg":"a reason"/);
    assert.notEqual(exitCode, 0);
  });
});

describe('the search for secrets', () => {
  const found = (text: string, secrets: KeptSecret[] = []): Leak[] => judge([text], secrets).leaks;

  for (const [name, line] of Object.entries({
    'looks like a token': `{"note":"${['eyJhbGciOiJSUzI1NiJ9', 'eyJpc3MiOiJodHRwcyJ9', 'c2ln'].join('.')}"}`,
    'looks like a header with a token': '{"authorization":"Bearer abcdefghijklmnop"}',
    'looks like a URL with a password': 'could not reach postgres://bot:hunter2@db/x',
    'looks like a secret in a form': '{"body":"grant_type=x&client_secret=hunter2&scope=y"}',
    'looks like a private key': ['-----BEGIN', 'PRIVATE KEY-----'].join(' '),
  })) {
    it(`When a line holds what ${name}, then it is found`, () => {
      const [leak, ...more] = found(`# the first\n{"msg":"before"}\n# the second\n${line}\n{"msg":"after"}\n`);

      assert.deepEqual(leak, { kind: name, line, test: 'the second' });
      assert.deepEqual(more, []);
    });
  }

  it('When a known secret stands in a line, also with quotes and line ends as JSON writes them, then it is found', () => {
    const text = 'Please "bring"\nyour laptop';
    const lines = `${JSON.stringify({ a: text })}\n${JSON.stringify({ b: 'Please bring' })}\nx ${'laptop-token'}\n`;

    const leaks = found(lines, [
      { kind: 'text of a mail', text },
      { kind: 'token', text: 'laptop-token' },
      { kind: 'token', text: 'laptop-tokens' },
    ]);

    assert.deepEqual(
      leaks.map(({ kind, line }) => [kind, line.slice(0, 5)]),
      [
        ['text of a mail', '{"a":'],
        ['token', 'x lap'],
      ],
    );
  });

  it('When a title holds it, or the log has hidden it, then it is no leak', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
    log.info({ note: 'client_secret=hunter2hunter2 Bearer abcdefghijklmnop postgres://bot:hunter2@db/x' }, 'hidden');

    const leaks = found(`# When Bearer abcdefghijklmnop comes\n${lines.join('')}`);

    assert.match(lines.join(''), /hidden/);
    assert.deepEqual(leaks, []);
  });
});
