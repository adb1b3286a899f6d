// The destructive call over real sockets: what is certain, what is not, and that it is sent once. What Graph's answers and
// faults make of it stands in the fault table (graph-faults.spec.ts).
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { StartAnswer } from '../../src/domain/ports.ts';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import {
  buildGraph,
  type GraphPartsOptions,
  listen,
  type SimulatedGraph,
  sendJson,
  serve,
  startGraph,
} from '../fakes/graph.ts';

const noOptions = { osVersion: null, accountType: null };
const always = () => true;
const noContent = 'HTTP/1.1 204 No Content\r\n\r\n';
const reprovisionPath = /\/reprovision$/;

async function start(
  graph: Pick<SimulatedGraph, 'starter'>,
  cloudPcId: string = demoCloudPcs.ada,
): Promise<StartAnswer> {
  const permit = await graph.starter.prepare();
  return permit.send({ cloudPcId, options: noOptions, mayStillSend: always });
}

async function startAt(url: string, options: GraphPartsOptions = {}): Promise<StartAnswer> {
  return start(buildGraph(url, options));
}

describe('graph: a start against the simulator', () => {
  let graph: SimulatedGraph;
  beforeEach(async () => {
    graph = await startGraph({ startTimeoutMs: 400 });
  });
  afterEach(() => graph.simulator.close());

  it('When Graph takes it, then it is accepted with its request id, and nothing but the POST was sent', async () => {
    const answer = await start(graph);

    assert.equal(answer.kind, 'accepted');
    assert.match(answer.graphRequestId ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(graph.simulator.tenant.reprovisionPosts(), { received: 1, applied: 1 });
    const [request] = graph.simulator.requests;
    assert.equal(graph.simulator.requests.length, 1);
    assert.equal(request?.version, 'v1.0');
    assert.equal(request?.path, `/deviceManagement/virtualEndpoint/cloudPCs/${demoCloudPcs.ada}/reprovision`);
    assert.equal(request?.body, undefined);
    assert.equal(request?.headers.userAgent, 'CloudPcConcierge/0.1.0');
    assert.match(request?.headers.clientRequestId ?? '', /^[0-9a-f-]{36}$/);
  });

  it('When options were chosen, then only these are in the body, under the names of Graph', async () => {
    const permit = await graph.starter.prepare();

    const answer = await permit.send({
      cloudPcId: demoCloudPcs.ada,
      options: { osVersion: 'windows11', accountType: 'administrator' },
      mayStillSend: always,
    });

    assert.equal(answer.kind, 'accepted');
    assert.deepEqual(graph.simulator.requests[0]?.body, { osVersion: 'windows11', userAccountType: 'administrator' });
  });

  it('When beta is set, then the POST goes to beta', async () => {
    const beta = buildGraph(graph.simulator.url, { reprovisionVersion: 'beta' });

    await start(beta);

    assert.equal(graph.simulator.requests[0]?.version, 'beta');
  });

  it('When it may not be sent any more, then nothing is sent and nothing was applied', async () => {
    const permit = await graph.starter.prepare();

    const answer = await permit.send({ cloudPcId: demoCloudPcs.ada, options: noOptions, mayStillSend: () => false });

    assert.equal(answer.kind, 'notApplied');
    assert.equal(answer.kind === 'notApplied' && answer.detail?.code, 'tooLate');
    assert.equal(graph.simulator.requests.length, 0);
    assert.equal(graph.sent.length, 0);
  });

  it('When the question whether to send fails, then nothing is sent', async () => {
    const permit = await graph.starter.prepare();
    const mayStillSend = () => {
      throw new Error('broken clock');
    };

    const answer = await permit.send({ cloudPcId: demoCloudPcs.ada, options: noOptions, mayStillSend });

    assert.equal(answer.kind, 'notApplied');
    assert.equal(graph.simulator.requests.length, 0);
  });

  it('When a permit is used twice, then the second use sends nothing and claims nothing', async () => {
    const permit = await graph.starter.prepare();
    const order = { cloudPcId: demoCloudPcs.ada, options: noOptions, mayStillSend: always };

    const first = await permit.send(order);
    const second = await permit.send(order);

    assert.equal(first.kind, 'accepted');
    assert.equal(second.kind, 'unknown');
    assert.equal(graph.simulator.tenant.reprovisionPosts().received, 1);
  });

  it('When Graph tells a start to wait, then no other start is prepared meanwhile', async () => {
    graph.simulator.faults.add({ match: { path: reprovisionPath }, fault: { status: 429, retryAfter: 30 } });
    await start(graph);

    await assert.rejects(graph.starter.prepare(), (error: { code: string; retryAfterMs: number }) => {
      assert.equal(error.code, 'graph.busy');
      assert.ok(error.retryAfterMs > 29_000 && error.retryAfterMs <= 30_000);
      return true;
    });
  });

  it('When no token can be had, then prepare fails as temporary and nothing is sent', async () => {
    const credential = { getToken: async () => Promise.reject(new Error('secret-in-message')) };
    const without = buildGraph(graph.simulator.url, { credential });

    await assert.rejects(without.starter.prepare(), { name: 'TemporaryError', code: 'graph.unreachable' });

    assert.equal(graph.simulator.requests.length, 0);
    assert.ok(!JSON.stringify(without.lines).includes('secret-in-message'));
  });
});

describe('graph: a start that meets the network', () => {
  const urlOf = ({ port }: { port: number }) => `http://127.0.0.1:${port}`;
  /** What `prepare` says when there is no connection: temporary, and certain, because no request exists yet. */
  async function refusal(url: string, startConnectMs?: number): Promise<string> {
    const { starter, sent } = buildGraph(url, { startConnectMs });
    const error = await starter.prepare().then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof TemporaryError);
    assert.equal(error.code, 'graph.unreachable');
    assert.equal(sent.length, 0);
    return String(error.values.graphCode);
  }

  it('When the port refuses, then nothing is prepared', async () => {
    const server = await listen(() => {});
    server.close();

    assert.equal(await refusal(urlOf(server)), 'ECONNREFUSED');
  });

  it('When the name is unknown, then nothing is prepared', async () => {
    assert.match(await refusal('https://x.invalid'), /^(ENOTFOUND|EAI_AGAIN)$/);
  });

  const handshakes: [string, (socket: Socket) => void, RegExp, number?][] = [
    ['the other side does not speak TLS', (socket) => socket.end('HTTP/1.1 400 No\r\n\r\n'), /^(ERR_SSL_|EPROTO)/],
    ['it is reset within the TLS handshake', (socket) => socket.resetAndDestroy(), /^ECONNRESET$/],
    ['it ends within the TLS handshake', (socket) => socket.end(), /^(ECONNRESET|EPIPE)$/],
    ['the TLS handshake never ends', () => {}, /^timeout$/, 200],
  ];
  for (const [name, connected, code, connectMs] of handshakes) {
    it(`When ${name}, then nothing is prepared and the connection is given up`, async () => {
      const server = await listen(connected);

      const graphCode = await refusal(`https://127.0.0.1:${server.port}`, connectMs);

      assert.match(graphCode, code);
      await server.until(({ opened, closed }) => opened === 1 && closed === 1);
      server.close();
    });
  }

  it('When the answer breaks off in its body, then it is unknown', async () => {
    const breaking = await listen((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\n{"err');
        setTimeout(() => socket.destroy(), 20);
      });
    });

    const answer = await startAt(urlOf(breaking));
    breaking.close();

    assert.equal(answer.kind, 'unknown');
  });

  const answers: [string, string, StartAnswer['kind'], string | undefined][] = [
    ['an early hint before the real one', `HTTP/1.1 103 Early Hints\r\n\r\n${noContent}`, 'accepted', undefined],
    ['205 with a length', 'HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\n\r\n', 'accepted', undefined],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 'unknown', 'http304'],
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'unknown',
      'network',
    ],
    ['a status that cannot be', 'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n', 'unknown', 'network'],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'unknown', 'HPE_INVALID_CONSTANT'],
    ['a head that never ends', 'HTTP/1.1 204 No Content\r\nx: y', 'unknown', 'timeout'],
  ];
  for (const [title, text, kind, code] of answers) {
    it(`When the answer is ${title}, then it is ${kind}`, async () => {
      const server = await listen((socket) => socket.once('data', () => socket.write(text)));

      const answer = await startAt(urlOf(server), { startTimeoutMs: code === 'timeout' ? 200 : 5000 });

      assert.equal(answer.kind, kind);
      assert.equal('detail' in answer ? answer.detail?.code : undefined, code);
      await server.until(({ closed }) => closed === 1);
      assert.equal(server.opened, 1);
      server.close();
    });
  }

  for (const [title, end] of [
    ['ended', (socket: Socket) => socket.end()],
    ['broken off', (socket: Socket) => socket.destroy()],
  ] as const) {
    it(`When the connection is ${title} instead of an answer, then it is unknown`, async () => {
      const server = await listen((socket) => socket.once('data', () => end(socket)));

      const answer = await startAt(urlOf(server));
      server.close();

      assert.equal(answer.kind, 'unknown');
      assert.equal(server.opened, 1);
    });
  }

  it('When the answer is large and comes in many chunks, then all of it is read', async () => {
    const error = { padding: 'ü'.repeat(1_500_000), code: 'atTheVeryEnd', message: 'Ü' };
    const text = JSON.stringify({ error });
    const server = await listen((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 409 Conflict\r\ntransfer-encoding: chunked\r\n\r\n');
        const bytes = Buffer.from(text);
        // An odd size: a letter of two bytes is cut somewhere.
        for (let at = 0; at < bytes.length; at += 1021) {
          const chunk = bytes.subarray(at, at + 1021);
          socket.write(`${chunk.length.toString(16)}\r\n`);
          socket.write(chunk);
          socket.write('\r\n');
        }
        socket.write('0\r\n\r\n');
      });
    });

    const answer = await startAt(urlOf(server));
    server.close();

    assert.deepEqual(answer, {
      kind: 'rejected',
      isBusy: true,
      detail: { code: 'atTheVeryEnd', message: 'Ü' },
      graphRequestId: null,
    });
  });

  it('When nothing was chosen, then the POST has no body and no content type', async () => {
    const server = await serve((_request, response) => response.writeHead(204).end());

    const answer = await startAt(server.url);
    await server.close();

    assert.equal(answer.kind, 'accepted');
    assert.equal(server.seen[0]?.body, '');
    assert.equal(server.seen[0]?.headers['content-type'], undefined);
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer test-token');
  });

  it('When Graph nests its codes, then the deepest word is kept with its message', async () => {
    const error = {
      code: 'badRequest',
      message: 'Outer',
      innerError: { code: 'operationConflict', message: 'Inner', 'request-id': 'x', innerError: { code: '409' } },
    };
    const server = await serve((_request, response) => sendJson(response, 409, { error }));

    const answer = await startAt(server.url);
    await server.close();

    assert.deepEqual(answer, {
      kind: 'rejected',
      isBusy: true,
      detail: { code: 'operationConflict', message: 'Inner' },
      graphRequestId: 'graph-request-1',
    });
  });
});
