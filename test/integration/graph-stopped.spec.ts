// The zombie: a process that is stopped on its way to the POST and continues long after its intent. Real processes,
// real signals, TLS with a certificate authority from NODE_EXTRA_CA_CERTS.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listen, type RawServer } from '../fakes/graph.ts';
import { type Certificates, makeCertificates } from '../fakes/microsoft/certificates.ts';
import type { StopAt } from '../fakes/stopping-process.ts';

const script = fileURLToPath(new URL('../fakes/stopping-process.ts', import.meta.url));
const limitMs = 1000;
const noContent = 'HTTP/1.1 204 No Content\r\n\r\n';

interface Started {
  child: ChildProcess;
  /** Its first line: when the intent was, by the wall clock. */
  intentAt(): Promise<number>;
  /** Has it continue, however often it stops, until it ends. @returns its answer */
  continued(): Promise<{ kind: string; detail?: { code: string } }>;
}

describe('graph: a process that is stopped on its way to the POST', function () {
  this.timeout(60_000);
  let certificates: Certificates;
  let server: RawServer;
  let postAt = 0;
  let started: ChildProcess | null = null;

  before(async () => {
    certificates = await makeCertificates(['localhost']);
  });
  after(() => certificates.remove());
  beforeEach(async () => {
    postAt = 0;
    server = await listen((socket) => {
      socket.once('data', () => {
        postAt = Date.now();
        socket.write(noContent);
      });
    }, certificates);
  });
  afterEach(async () => {
    server.close();
    if (started && started.exitCode === null && started.signalCode === null) {
      started.kill('SIGKILL');
      await once(started, 'exit');
    }
  });

  function startChild(port: number, stopAt: StopAt): Started {
    const args = [script, `https://localhost:${port}`, stopAt, String(limitMs)];
    const env = { PATH: process.env.PATH ?? '', NODE_EXTRA_CA_CERTS: certificates.caFile };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    started = child;
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    const lines = () =>
      output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    return {
      child,
      async intentAt() {
        while (lines().length === 0) await wait(10);
        return lines()[0].intentAt;
      },
      async continued() {
        while (child.exitCode === null && child.signalCode === null) {
          child.kill('SIGCONT');
          await wait(20);
        }
        assert.equal(child.exitCode, 0);
        return lines()[1];
      },
    };
  }

  it('When nothing stops it, then the POST arrives', async () => {
    const process = startChild(server.port, 'never');

    assert.equal((await process.continued()).kind, 'accepted');
    assert.deepEqual([server.opened, server.received.match(/POST /g)?.length], [1, 1]);
  });

  it('When it is stopped between intent and POST for longer than the limit, then not one byte of a request is sent', async () => {
    const process = startChild(server.port, 'afterPrepare');
    await process.intentAt();
    await wait(limitMs + 200);

    const answer = await process.continued();

    assert.deepEqual([answer.kind, answer.detail?.code], ['notApplied', 'tooLate']);
    assert.deepEqual([server.opened, server.received], [1, '']);
  });

  it('When it is stopped right after the last question, then the whole POST has left before', async () => {
    const process = startChild(server.port, 'afterQuestion');

    // It is not continued before: what arrives was written in the breath of the question.
    await server.until(({ received }) => received.endsWith('\r\n\r\n'));

    assert.match(server.received, /^POST \/v1\.0\//);
    assert.equal((await process.continued()).kind, 'accepted');
  });

  it('When it is stopped while it connects, then no POST comes later than the limit after the intent', async () => {
    const waiting: Socket[] = [];
    const gate = createServer((socket) => waiting.push(socket)).listen(0, '127.0.0.1');
    await once(gate, 'listening');
    const { port } = gate.address() as { port: number };
    const process = startChild(port, 'never');
    while (waiting.length === 0) await wait(10);
    process.child.kill('SIGSTOP');
    await wait(limitMs + 200);

    // The handshake begins only now.
    for (const socket of waiting) server.accept(socket);
    const answer = await process.continued();
    gate.close();

    assert.equal(answer.kind, 'accepted');
    assert.ok(postAt - (await process.intentAt()) < limitMs);
  });

  it('When a permit is not used, then its connection keeps no process alive', async () => {
    const { child } = startChild(server.port, 'unused');

    const [code] = await once(child, 'exit');

    assert.equal(code, 0);
    await server.until(({ closed }) => closed === 1);
    assert.deepEqual([server.opened, server.received], [1, '']);
  }).timeout(20_000);
});
