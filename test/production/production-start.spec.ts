// The entry as production starts it: a process of its own, with settings and nothing else.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertBuilt, compileCache } from '../fakes/bot-process.ts';
import { eventually } from '../fakes/looking.ts';
import { createTestDatabase, type TestDatabase, testStoreKind } from '../fakes/store.ts';
import { keepEnvironment, keepLine } from '../logs/recorder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const entry = join(root, 'dist', 'index.js');
/** On a machine that is busy with other things. */
const startsWithinMs = 60_000;
const id = (n: number) => `11111111-2222-4333-8444-${String(n).padStart(12, '0')}`;

describe(`production start on the ${testStoreKind} store`, function () {
  this.timeout(120_000);
  let folder: string;
  let database: TestDatabase | null = null;
  let child: ChildProcess | null = null;

  before(() => assertBuilt());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'concierge-start-'));
    database = testStoreKind === 'postgres' ? await createTestDatabase() : null;
  });
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  function start(
    env: Record<string, string>,
    { command = [process.execPath, '--enable-source-maps', entry], cwd = folder } = {},
  ) {
    const output: string[] = [];
    const [program = '', ...args] = command;
    const machine = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCache };
    child = spawn(program, args, { cwd, env: { ...machine, ...env } });
    keepEnvironment(env);
    const keep = (data: Buffer) => {
      output.push(data.toString());
      keepLine(data.toString());
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    return { process: child, output: () => output.join('') };
  }

  const portOf = (started: { output(): string }) =>
    eventually(() => {
      const [, found] = /"port":(\d+)[^}]*"serving"/.exec(started.output()) ?? [];
      assert.ok(found, started.output());
      return found;
    }, startsWithinMs);

  it('When settings are missing or wrong, then it does not start and names every one of them', async () => {
    const started = start({ BOT_ID: 'nonsense', PORT: '99999', BOT_TYPE: 'MultiTenant' });

    const [code] = (await once(started.process, 'exit')) as [number];

    assert.equal(code, 1);
    for (const name of ['BOT_ID', 'PORT', 'BOT_TYPE', 'BOT_TENANT_ID'])
      assert.match(started.output(), new RegExp(name));
    assert.doesNotMatch(started.output(), /\n\s+at /, 'no stack');
  });

  it('When the policy names groups by name, then it does not start and says what to write', async () => {
    await writeFile(join(folder, 'policy.yaml'), 'roles: { admins: [Cloud PC Admins] }\n');
    const started = start({ BOT_ID: id(1), BOT_TENANT_ID: id(2), BOT_TYPE: 'SingleTenant', BOT_PASSWORD: 'x' });

    const [code] = (await once(started.process, 'exit')) as [number];

    assert.equal(code, 1);
    assert.match(started.output(), /roles\.admins\.0: must be the object id/);
  });

  const allSet = {
    BOT_ID: id(1),
    BOT_TENANT_ID: id(2),
    BOT_TYPE: 'SingleTenant',
    BOT_PASSWORD: 'a-secret-that-nobody-reads',
    HOST: '127.0.0.1',
  };
  const ownStore = (): Record<string, string> =>
    database ? { DATABASE_URL: database.databaseUrl } : { DATA_DIR: join(folder, 'data') };
  const writePolicy = () =>
    writeFile(join(folder, 'policy.yaml'), `roles: { admins: ["${id(3)}"], approvers: ["${id(4)}"] }\n`);

  it('When PostgreSQL cannot be reached, then it does not start, and says where it looked and what to mend', async () => {
    await writePolicy();
    const started = start({ ...allSet, DATABASE_URL: 'postgres://bot:the-password@127.0.0.1:1/concierge' });

    const [code] = (await once(started.process, 'close')) as [number];

    assert.equal(code, 1);
    assert.match(started.output(), /Cannot start \(store\.unavailable\)\.\n.*DATABASE_URL.*\n.*127\.0\.0\.1:1\n/);
    assert.doesNotMatch(started.output(), /\n\s+at |the-password/);
  });

  it('When its port is taken, then it does not start and names the setting', async () => {
    await writePolicy();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const started = start({ ...allSet, ...ownStore(), PORT: String(port) });

    const [code] = (await once(started.process, 'close')) as [number];
    taken.close();

    assert.equal(code, 1);
    assert.match(started.output(), /Cannot start \(EADDRINUSE\)\.\n.*PORT/);
    assert.match(started.output().split('Cannot start')[1] ?? '', /^(?![\s\S]*\n\s+at )/, 'no stack');
  });

  it('When it is told to stop while it starts, then it ends well, and the next start works', async () => {
    await writePolicy();
    const settings = { ...allSet, ...ownStore(), PORT: '0' };
    const started = start(settings);
    // The first line is about the store; the server comes later.
    await once(started.process.stdout!, 'data');
    assert.doesNotMatch(started.output(), /"serving"/);

    started.process.kill('SIGTERM');
    const [code, signal] = await once(started.process, 'close');

    assert.deepEqual([code, signal], [0, null], started.output());
    assert.match(started.output(), /"stopping"/);
    const again = start(settings);
    await eventually(() => assert.match(again.output(), /"ready"/), startsWithinMs);
  });

  it('When all is set, then it serves, lets nobody in without a token, tells no secret, and ends on SIGTERM', async () => {
    await writePolicy();
    const started = start({ ...allSet, ...ownStore(), PORT: '0', NODE_ENV: 'production' });
    const port = await portOf(started);
    const url = `http://127.0.0.1:${port}`;

    await eventually(async () => assert.equal((await fetch(`${url}/healthz`)).status, 200));
    await eventually(async () => assert.equal((await fetch(`${url}/readyz`)).status, 200), startsWithinMs);
    const body = JSON.stringify({
      type: 'message',
      id: '1',
      text: 'help',
      channelId: 'msteams',
      serviceUrl: 'https://smba.trafficmanager.net/emea/',
      from: { id: '29:x', aadObjectId: id(5) },
      recipient: { id: `28:${id(1)}` },
      conversation: { id: 'a:1', tenantId: id(2) },
    });
    const post = await fetch(`${url}/api/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    assert.equal(post.status, 401);
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
    started.process.kill('SIGTERM');
    const [code] = (await once(started.process, 'exit')) as [number];

    assert.equal(code, 0);
    assert.doesNotMatch(started.output(), /a-secret-that-nobody-reads/);
  });

  it('When “npm start” is told to stop, then the bot hears it and ends well, and nothing is left running', async () => {
    await writePolicy();
    const settings = { ...allSet, ...ownStore(), PORT: '0', POLICY_FILE: join(folder, 'policy.yaml') };
    const started = start(settings, { command: ['npm', 'start'], cwd: root });
    const port = await portOf(started);

    started.process.kill('SIGTERM');
    const [code] = await once(started.process, 'exit');

    assert.equal(code, 0, started.output());
    assert.match(started.output(), /"stopping"/);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
  });

  it('When it is built, then nothing of the simulator or the demo is in it', async () => {
    for (const part of ['simulator', 'demo'])
      await assert.rejects(stat(new URL(`../../dist/${part}`, import.meta.url)), { code: 'ENOENT' });
  });
});
