// Ending a grace period, which deletes a Cloud PC at once, over real sockets: what is certain, what is not, and that it is
// sent once.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { GracePermit, StartAnswer } from '../../src/domain/ports.ts';
import { graphGraceEnder } from '../../src/graph/grace-ender.ts';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { buildGraph, type GraphPartsOptions, listen, sendJson, serve, type TinyServer } from '../fakes/graph.ts';

const always = () => true;
const limits = { timeoutMs: 300, connectMs: 300 };
const prepareAt = (url: string, options: GraphPartsOptions = {}): Promise<GracePermit> =>
  graphGraceEnder(buildGraph(url, options).client, limits).prepare();
const endAt = async (url: string, cloudPcId: string = demoCloudPcs.ada): Promise<StartAnswer> =>
  (await prepareAt(url)).send({ cloudPcId, mayStillSend: always });
const urlOf = ({ port }: { port: number }) => `http://127.0.0.1:${port}`;

describe('graph: the end of a grace period', () => {
  let server: TinyServer;
  let answerWith: (response: ServerResponse) => void;
  beforeEach(async () => {
    answerWith = (response) => response.writeHead(204, { 'request-id': 'graph-request-1' }).end();
    server = await serve((_request, response) => answerWith(response));
  });
  afterEach(() => server.close());

  it('When Graph takes it, then it is accepted with its request id, after one POST without a body to v1.0', async () => {
    const answer = await endAt(server.url);

    assert.deepEqual(answer, { kind: 'accepted', graphRequestId: 'graph-request-1' });
    assert.deepEqual(
      server.seen.map(({ method, url, body }) => ({ method, url, body })),
      [
        {
          method: 'POST',
          url: `/v1.0/deviceManagement/virtualEndpoint/cloudPCs/${demoCloudPcs.ada}/endGracePeriod`,
          body: '',
        },
      ],
    );
    const { headers } = server.seen[0] ?? {};
    assert.equal(headers?.['content-type'], undefined);
    assert.equal(headers?.authorization, 'Bearer test-token');
    assert.equal(headers?.['user-agent'], 'CloudPcConcierge/0.1.0');
  });

  const busy = { kind: 'rejected', isBusy: true } as const;
  const refused = { kind: 'rejected', isBusy: false } as const;
  const answers: [status: number, code: string, headers: Record<string, string>, expected: Partial<StartAnswer>][] = [
    [401, 'InvalidAuthenticationToken', {}, { kind: 'notApplied', retryAfterMs: null }],
    [429, 'TooManyRequests', { 'retry-after': '7' }, { kind: 'notApplied', retryAfterMs: 7000 }],
    [429, 'TooManyRequests', {}, { kind: 'notApplied', retryAfterMs: null }],
    [400, 'BadRequest', {}, refused],
    [403, 'Forbidden', {}, refused],
    [404, 'ResourceNotFound', {}, refused],
    [409, 'Conflict', {}, busy],
    [423, 'Locked', {}, busy],
    [408, 'RequestTimeout', {}, { kind: 'unknown' }],
    [500, 'InternalServerError', {}, { kind: 'unknown' }],
    [502, 'BadGateway', {}, { kind: 'unknown' }],
    [503, 'ServiceUnavailable', { 'retry-after': '1' }, { kind: 'unknown' }],
    [504, 'GatewayTimeout', {}, { kind: 'unknown' }],
    [307, 'Redirect', { location: 'https://graph.microsoft.com/v1.0/elsewhere' }, { kind: 'unknown' }],
  ];
  for (const [status, code, headers, expected] of answers) {
    const told = headers['retry-after'] === undefined ? '' : ' with Retry-After';
    it(`When the answer is ${status}${told}, then it is ${expected.kind} after exactly one POST`, async () => {
      answerWith = (response) => sendJson(response, status, { error: { code, message: 'Said so.' } }, headers);

      const answer = await endAt(server.url);

      assert.deepEqual(answer, {
        ...expected,
        detail: { code, message: 'Said so.' },
        graphRequestId: 'graph-request-1',
      });
      assert.equal(server.seen.length, 1);
    });
  }

  it('When a proxy answers 200 with a page of its own, then it is unknown', async () => {
    answerWith = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');

    assert.equal((await endAt(server.url)).kind, 'unknown');
    assert.equal(server.seen.length, 1);
  });

  it('When no answer comes, then it is unknown after its time limit, and it was sent once', async () => {
    answerWith = () => {};

    const answer = await endAt(server.url);

    assert.equal(answer.kind === 'unknown' && answer.detail?.code, 'timeout');
    assert.equal(server.seen.length, 1);
  });

  it('When it may not be sent any more, or that cannot be told, then nothing is sent and nothing was applied', async () => {
    const questions = [
      () => false,
      () => {
        throw new Error('broken clock');
      },
    ];
    for (const mayStillSend of questions) {
      const answer = await (await prepareAt(server.url)).send({ cloudPcId: demoCloudPcs.ada, mayStillSend });

      assert.equal(answer.kind === 'notApplied' && answer.detail?.code, 'tooLate');
    }
    assert.equal(server.seen.length, 0);
  });

  it('When a permit is used twice, then the second use sends nothing and claims nothing', async () => {
    const permit = await prepareAt(server.url);
    const order = { cloudPcId: demoCloudPcs.ada, mayStillSend: always };

    const answers = [await permit.send(order), await permit.send(order)];

    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['accepted', 'unknown'],
    );
    assert.equal(server.seen.length, 1);
  });

  it('When an id would lead to another path, then it stays one segment, or nothing is sent', async () => {
    await endAt(server.url, 'a/../b?c=d#e');
    const empty = await endAt(server.url, '');
    const dots = await endAt(server.url, '..');

    assert.match(server.seen[0]?.url ?? '', /\/cloudPCs\/a%2F\.\.%2Fb%3Fc%3Dd%23e\/endGracePeriod$/);
    for (const answer of [empty, dots]) assert.equal(answer.kind === 'rejected' && answer.detail?.code, 'notSendable');
    assert.equal(server.seen.length, 1);
  });

  it('When Graph told it to wait, then nothing is prepared meanwhile', async () => {
    answerWith = (response) => sendJson(response, 429, { error: { code: 'TooManyRequests' } }, { 'retry-after': '30' });
    const ender = graphGraceEnder(buildGraph(server.url).client, limits);
    await (await ender.prepare()).send({ cloudPcId: demoCloudPcs.ada, mayStillSend: always });

    await assert.rejects(ender.prepare(), (error: { code: string; retryAfterMs: number }) => {
      assert.equal(error.code, 'graph.busy');
      assert.ok(error.retryAfterMs > 29_000 && error.retryAfterMs <= 30_000);
      return true;
    });
    assert.equal(server.seen.length, 1);
  });

  it('When no token can be had, then nothing is prepared and nothing is sent', async () => {
    const credential = { getToken: async () => Promise.reject(new Error('no way in')) };

    await assert.rejects(prepareAt(server.url, { credential }), { name: 'TemporaryError', code: 'graph.unreachable' });

    assert.equal(server.seen.length, 0);
  });
});

describe('graph: the end of a grace period that meets the network', () => {
  it('When the port refuses, then nothing is prepared', async () => {
    const gone = await listen(() => {});
    gone.close();

    await assert.rejects(prepareAt(urlOf(gone)), (error) => {
      assert.ok(error instanceof TemporaryError);
      assert.deepEqual([error.code, error.values.graphCode], ['graph.unreachable', 'ECONNREFUSED']);
      return true;
    });
  });

  const ends: [string, (socket: Socket) => void][] = [
    ['reset', (socket) => socket.resetAndDestroy()],
    ['ended', (socket) => socket.end()],
    ['broken off', (socket) => socket.destroy()],
  ];
  for (const [name, end] of ends) {
    it(`When the connection is ${name} instead of an answer, then it is unknown, and no other connection is made`, async () => {
      const server = await listen((socket) => socket.once('data', () => end(socket)));

      const answer = await endAt(urlOf(server));
      server.close();

      assert.equal(answer.kind, 'unknown');
      assert.equal(server.opened, 1);
      assert.equal(server.received.match(/POST /g)?.length, 1);
    });
  }

  it('When the connection is gone before it is sent, then nothing was applied and nothing is sent', async () => {
    const server = await listen((socket) => socket.end());
    const permit = await prepareAt(urlOf(server));
    await server.until(({ closed }) => closed === 1);

    const answer = await permit.send({ cloudPcId: demoCloudPcs.ada, mayStillSend: always });
    server.close();

    assert.equal(answer.kind === 'notApplied' && answer.detail?.code, 'connectionClosed');
    assert.deepEqual([server.opened, server.received], [1, '']);
  });

  it('When it is asked whether to send, then the connection is open and nothing is on it yet', async () => {
    const server = await listen((socket) => socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n')));
    const permit = await prepareAt(urlOf(server));
    await server.until(({ opened }) => opened === 1);
    const seen: string[] = [];

    const answer = await permit.send({
      cloudPcId: demoCloudPcs.ada,
      mayStillSend: () => seen.push(server.received) > 0,
    });
    server.close();

    assert.equal(answer.kind, 'accepted');
    assert.deepEqual(seen, ['']);
    assert.equal(server.opened, 1);
  });

  it('When a permit is given up, then its connection ends and nothing is sent', async () => {
    const server = await listen(() => {});
    const permit = await prepareAt(urlOf(server));

    permit.discard();
    permit.discard();

    await server.until(({ opened, closed }) => opened === 1 && closed === 1);
    assert.equal(server.received, '');
    server.close();
  });
});
