import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

describe('the end of a process', () => {
  const run = (before: string) =>
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { endProcess } from ${JSON.stringify(new URL('../../src/end-process.ts', import.meta.url).href)};
         ${before}
         endProcess(7);
         console.log('goes on');`,
      ],
      { encoding: 'utf8', timeout: 20_000 },
    );

  it('When it ends itself, then with its code, and nothing else runs any more', () => {
    const { status, stdout } = run(
      `setTimeout(() => console.log('a timer'), 20); queueMicrotask(() => console.log('a task'));`,
    );

    assert.deepEqual([status, stdout], [7, '']);
  });

  it('When it ends itself, then V8’s compiler had the time to come to an end', () => {
    const { status, stdout } = run(
      `const begunAt = performance.now(); process.on('exit', () => console.log(performance.now() - begunAt >= 150));`,
    );

    assert.deepEqual([status, stdout], [7, 'true\n']);
  });
});
