// A start leaves on a connection that was open before its intent: what is certain there, and that nothing is written
// before the last question.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { TemporaryError } from '../../src/domain/errors.ts';
import type { StartAnswer, StartPermit } from '../../src/domain/ports.ts';
import { openConnection } from '../../src/graph/open-connection.ts';
import { sendPrepared, WithheldError } from '../../src/graph/send-prepared.ts';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import {
  buildGraph,
  type GraphPartsOptions,
  listen,
  type RawServer,
  sendJson,
  serve,
  testToken,
} from '../fakes/graph.ts';
import { type Certificates, makeCertificates } from '../fakes/microsoft/certificates.ts';

const order = { cloudPcId: demoCloudPcs.ada, options: { osVersion: null, accountType: null } };
const noContent = 'HTTP/1.1 204 No Content\r\n\r\n';
const gone: StartAnswer = {
  kind: 'notApplied',
  retryAfterMs: null,
  detail: { code: 'connectionClosed', message: null },
  graphRequestId: null,
};

function send(permit: StartPermit, mayStillSend = () => true): Promise<StartAnswer> {
  return permit.send({ ...order, mayStillSend });
}

/** Says it as soon as something has come. */
const answering = (text: string) => (socket: Socket) => socket.once('data', () => socket.write(text));

describe('graph: the connection of a start', () => {
  let certificates: Certificates;
  let selfSigned: { key: string; cert: string };
  const usual = getCACertificates('default');
  before(async () => {
    certificates = await makeCertificates(['localhost']);
    const own = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', algorithm: 'sha256' });
    selfSigned = { key: own.private, cert: own.cert };
    setDefaultCACertificates([...usual, await readFile(certificates.caFile, 'utf8')]);
  });
  after(async () => {
    setDefaultCACertificates(usual);
    await certificates.remove();
  });

  let server: RawServer;
  afterEach(() => server.close());

  const transports = [
    { name: 'TCP', root: () => `http://localhost:${server.port}`, tls: () => undefined },
    { name: 'TLS', root: () => `https://localhost:${server.port}`, tls: () => certificates },
  ];
  for (const { name, root, tls } of transports) {
    describe(`over ${name}`, () => {
      async function prepareAt(connected: (socket: Socket) => void, options: GraphPartsOptions = {}) {
        server = await listen(connected, tls());
        const graph = buildGraph(root(), options);
        const permit = await graph.starter.prepare();
        return { ...graph, permit };
      }

      it('When it is prepared, then the connection is there and nothing has been written on it', async () => {
        await prepareAt(() => {});

        assert.deepEqual([server.opened, server.closed, server.received], [1, 0, '']);
      });

      it('When it is sent, then the POST leaves on that connection, whole, and the connection ends with the answer', async () => {
        const { permit, sent } = await prepareAt(answering('HTTP/1.1 204 No Content\r\nrequest-id: graph-1\r\n\r\n'));
        const options = { osVersion: 'windows11', accountType: 'administrator' } as const;

        const answer = await permit.send({ ...order, options, mayStillSend: () => true });

        assert.deepEqual(answer, { kind: 'accepted', graphRequestId: 'graph-1' });
        await server.until(({ closed }) => closed === 1);
        assert.equal(server.opened, 1);
        const [head = '', body = ''] = server.received.split('\r\n\r\n');
        const [line, ...headers] = head.split('\r\n');
        const expected = '{"osVersion":"windows11","userAccountType":"administrator"}';
        assert.equal(
          line,
          `POST /v1.0/deviceManagement/virtualEndpoint/cloudPCs/${demoCloudPcs.ada}/reprovision HTTP/1.1`,
        );
        assert.deepEqual(
          headers
            .map((header) => header.replace(/^client-request-id: .*/, 'client-request-id: x').toLowerCase())
            .sort(),
          [
            'accept-encoding: identity',
            'accept: application/json',
            `authorization: bearer ${testToken}`,
            'client-request-id: x',
            'connection: close',
            `content-length: ${expected.length}`,
            'content-type: application/json',
            `host: localhost:${server.port}`,
            'user-agent: cloudpcconcierge/0.1.0',
          ],
        );
        assert.equal(body, expected);
        assert.equal(sent.length, 1);
      });

      it('When it may not be sent any more, then the other side saw a connection and not one byte of a request', async () => {
        const { permit, sent } = await prepareAt(answering(noContent));
        let asked = 0;

        const answer = await send(permit, () => {
          asked += 1;
          return false;
        });

        assert.equal(answer.kind === 'notApplied' && answer.detail?.code, 'tooLate');
        await server.until(({ closed }) => closed === 1);
        assert.deepEqual([asked, server.opened, server.received, sent.length], [1, 1, '', 0]);
      });

      it('When the other side ended it before, then nothing was sent, and that is certain', async () => {
        const { permit, sent } = await prepareAt((socket) => socket.end());
        await server.until(({ closed }) => closed === 1);

        const answer = await send(permit);

        assert.deepEqual(answer, gone);
        assert.deepEqual([server.opened, server.received, sent.length], [1, '', 0]);
      });

      it('When the other side said something before it was asked, then that is no answer, and nothing is sent', async () => {
        const { permit } = await prepareAt((socket) => socket.write('HTTP/1.1 202 Accepted\r\n\r\n'));
        await new Promise((resolve) => setTimeout(resolve, 100));

        const answer = await send(permit);

        assert.deepEqual(answer, gone);
        assert.equal(server.received, '');
      });

      it('When it is discarded, then the connection ends, and the permit sends nothing any more', async () => {
        const { permit } = await prepareAt(answering(noContent));

        permit.discard();
        permit.discard();

        await server.until(({ closed }) => closed === 1);
        assert.deepEqual(await send(permit), gone);
        assert.deepEqual([server.opened, server.received], [1, '']);
      });

      it('When it is discarded after it was sent, then the answer still comes', async () => {
        const { permit } = await prepareAt((socket) => {
          socket.once('data', () => setTimeout(() => socket.write(noContent), 50));
        });

        const answering = send(permit);
        permit.discard();
        await server.until(({ received }) => received !== '');
        permit.discard();

        assert.equal((await answering).kind, 'accepted');
        permit.discard();
      });

      it('When nobody uses it, then it ends by itself', async () => {
        server = await listen(() => {}, tls());

        await openConnection(root(), 5000, 50);

        await server.until(({ closed }) => closed === 1);
      });

      it('When it was sent, then its age does not end it', async () => {
        server = await listen((socket) => {
          socket.once('data', () => setTimeout(() => socket.write(noContent), 300));
        }, tls());
        const connection = await openConnection(root(), 5000, 150);
        const wanted = { method: 'POST', headers: new Headers(), signal: AbortSignal.timeout(5000) };

        const response = await sendPrepared({ connection, mayStillSend: () => true }, `${root()}/x`, wanted);

        assert.equal(response.status, 204);
      });

      it('When the time for the call is over before it begins, then nothing is sent, and that is certain', async () => {
        server = await listen(() => {}, tls());
        const connection = await openConnection(root(), 5000);
        const wanted = { method: 'POST', headers: new Headers(), signal: AbortSignal.abort() };

        const sending = sendPrepared({ connection, mayStillSend: () => true }, `${root()}/x`, wanted);

        await assert.rejects(sending, new WithheldError('tooLate'));
        await server.until(({ closed }) => closed === 1);
        assert.equal(server.received, '');
      });
    });
  }

  it('When a connection is reset before, then nothing was sent, and that is certain', async () => {
    server = await listen(() => {});
    const permit = await buildGraph(`http://127.0.0.1:${server.port}`).starter.prepare();
    for (const socket of server.sockets) socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 100));

    assert.deepEqual(await send(permit), gone);
    assert.equal(server.opened, 1);
  });

  it('When Graph redirects, then the redirect is not followed and the token goes nowhere', async () => {
    server = await listen(answering(noContent));
    const thief = `http://127.0.0.1:${server.port}/`;
    const graph = await serve((_request, response) => sendJson(response, 307, {}, { location: thief }));
    const permit = await buildGraph(graph.url).starter.prepare();

    const answer = await send(permit);
    await graph.close();

    assert.equal(answer.kind === 'unknown' && answer.detail?.code, 'http307');
    assert.equal(graph.seen.length, 1);
    assert.equal(server.opened, 0);
  });

  it('When the token is fetched, then no connection waits for it', async () => {
    server = await listen(() => {});
    const opened: number[] = [];
    const getToken = async () => {
      opened.push(server.opened);
      return { token: testToken, expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    const { starter } = buildGraph(`http://127.0.0.1:${server.port}`, { credential: { getToken } });

    const permit = await starter.prepare();
    permit.discard();

    assert.deepEqual(opened, [0]);
    assert.equal(server.opened, 1);
  });

  it('When it connects over TLS, then it asks for the host by name and for HTTP/1.1', async () => {
    const { promise: shaken, resolve } = Promise.withResolvers<Socket>();
    server = await listen(resolve, { ...certificates, ALPNProtocols: ['h2', 'http/1.1'] });

    const connection = await openConnection(`https://localhost:${server.port}`, 5000);
    const { servername, alpnProtocol } = (await shaken) as TLSSocket;
    connection.close();

    assert.deepEqual([servername, alpnProtocol], ['localhost', 'http/1.1']);
  });

  it('When the host is an IPv6 address, then it is found', async function () {
    const { lo = [] } = networkInterfaces();
    if (!lo.some(({ address }) => address === '::1')) this.skip();
    server = await listen(() => {}, undefined, '::1');

    const connection = await openConnection(`http://[::1]:${server.port}`, 5000);
    connection.close();

    await server.until(({ opened }) => opened === 1);
  });

  it('When TLS breaks after the POST has left, then it is unknown, whatever the code says', async () => {
    server = await listen((socket) => {
      socket.once('data', () => [...server.sockets][0]?.write('This is no TLS record.'));
    }, certificates);
    const permit = await buildGraph(`https://localhost:${server.port}`).starter.prepare();

    const answer = await send(permit);

    assert.equal(answer.kind, 'unknown');
    assert.match(('detail' in answer && answer.detail?.code) || '', /^ERR_SSL_/);
  });

  const doubtful: [string, () => { key: string; cert: string }, string, RegExp][] = [
    ['an authority that is not known', () => selfSigned, 'localhost', /^DEPTH_ZERO_SELF_SIGNED_CERT$/],
    ['another host', () => certificates, '127.0.0.1', /^ERR_TLS_CERT_ALTNAME_INVALID$/],
  ];
  for (const [title, its, host, code] of doubtful) {
    it(`When the certificate is of ${title}, then nothing is prepared and nothing was sent`, async () => {
      server = await listen(() => {}, its());
      const { starter, lines } = buildGraph(`https://${host}:${server.port}`);

      const error = await starter.prepare().catch((reason: unknown) => reason);

      assert.ok(error instanceof TemporaryError);
      assert.equal(error.code, 'graph.unreachable');
      assert.match(String(error.values.graphCode), code);
      assert.deepEqual(
        lines.map(({ level, msg }) => [level, msg]),
        [['warn', 'no connection to Graph']],
      );
      await server.until(({ closed }) => closed === 1);
      assert.equal(server.received, '');
    });
  }
});
