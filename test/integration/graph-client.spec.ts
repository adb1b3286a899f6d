// The wrapper around the SDK: each fault of the SDK (time limits, retries, hosts, tokens, encoding) is cured. What single
// faults make of a read stands in the fault table (graph-faults.spec.ts).
import assert from 'node:assert/strict';
import { findGraphCloud } from '../../src/graph/clouds.ts';
import { type ReadCall, startDeadline } from '../../src/graph/graph-call.ts';
import { createGraphClient, type GraphClient } from '../../src/graph/graph-client.ts';
import { buildGraph, realClock, recordLog, sendJson, serve as serveFake, type TinyServer } from '../fakes/graph.ts';
import { quickest } from '../fakes/quickest.ts';

const call: ReadCall = { method: 'GET', version: 'beta', path: '/users/me?$select=id' };

/** What the client is told to send here is this spec's, not the bot's. */
function serve(answer: Parameters<typeof serveFake>[0]): Promise<TinyServer> {
  return serveFake(answer, { calls: 'madeUp' });
}

function read(client: GraphClient, withinMs: number, what: ReadCall = call) {
  return client.read(what, startDeadline(realClock, withinMs));
}

describe('graph: reading', () => {
  let server: TinyServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('When the server hangs, then the read ends within its limit as slow', async () => {
    server = await serve(() => {});
    const { client } = buildGraph(server.url);

    const ms = await quickest(900, () =>
      assert.rejects(read(client, 300), { name: 'TemporaryError', code: 'graph.slow' }),
    );

    assert.ok(ms >= 290 && ms < 900, `took ${ms} ms`);
  });

  it('When the credential hangs, then the read ends within its limit and nothing is sent', async () => {
    server = await serve((_request, response) => sendJson(response, 200, {}));
    const { client } = buildGraph(server.url, { credential: { getToken: () => new Promise(() => {}) } });

    const ms = await quickest(900, () => assert.rejects(read(client, 200), { code: 'graph.unreachable' }));

    assert.ok(ms < 900, `took ${ms} ms`);
    assert.equal(server.seen.length, 0);
  });

  for (const status of [429, 502, 503, 504]) {
    it(`When a read meets ${status} once, then it is sent again with another client-request-id`, async () => {
      server = await serve((_request, response, count) =>
        count === 1 ? sendJson(response, status, {}, { 'retry-after': '0' }) : sendJson(response, 200, { id: 'a' }),
      );
      const { client, sent } = buildGraph(server.url);

      const reply = await read(client, 2000);

      assert.deepEqual(reply.body, { id: 'a' });
      assert.deepEqual(
        sent.map((record) => record.status),
        [status, 200],
      );
      assert.equal(new Set(server.seen.map(({ headers }) => headers['client-request-id'])).size, 2);
    });
  }

  for (const status of [400, 401, 403, 404, 409, 500]) {
    it(`When a read meets ${status}, then it is not sent again`, async () => {
      server = await serve((_request, response) => sendJson(response, status, { error: { code: 'x' } }));
      const { client } = buildGraph(server.url);

      const reply = await read(client, 2000);

      assert.equal(reply.status, status);
      assert.equal(server.seen.length, 1);
    });
  }

  it('When the trouble lasts, then it stops after five tries', async () => {
    server = await serve((_request, response) => sendJson(response, 503, {}, { 'retry-after': '0' }));
    const { client } = buildGraph(server.url);

    const reply = await read(client, 5000);

    assert.equal(reply.status, 503);
    assert.equal(server.seen.length, 5);
  });

  it('When Retry-After is longer than the limit, then the read ends at once', async () => {
    server = await serve((_request, response) => sendJson(response, 429, {}, { 'retry-after': '30' }));
    const { client } = buildGraph(server.url);

    const reply = await read(client, 5000);

    assert.equal(reply.status, 429);
    assert.equal(reply.retryAfterMs, 30_000);
    assert.equal(server.seen.length, 1);
  });

  it('When Graph told one read to wait, then another one fails as busy without a request when its limit is shorter', async () => {
    server = await serve((_request, response) => sendJson(response, 429, {}, { 'retry-after': '30' }));
    const { client } = buildGraph(server.url);
    await read(client, 1000);

    const error = await read(client, 1000, { ...call, path: '/groups' }).catch((reason) => reason);

    assert.equal(error.code, 'graph.busy');
    assert.ok(error.retryAfterMs > 28_000 && error.retryAfterMs <= 30_000);
    assert.equal(server.seen.length, 1);
  });

  it('When Graph told one read to wait, then another one waits as long when its limit allows', async () => {
    server = await serve((request, response) =>
      request.url.includes('users')
        ? sendJson(response, 429, {}, { 'retry-after': '1' })
        : sendJson(response, 200, { id: 'a' }),
    );
    const { client } = buildGraph(server.url);
    const afterTheOther = async () => {
      await read(client, 500);
      await read(client, 5000, { ...call, path: '/groups' });
    };

    const ms = await quickest(2000, afterTheOther);

    assert.ok(ms >= 900 && ms < 2000, `took ${ms} ms`);
    assert.equal(server.seen.length % 2, 0);
  }).timeout(20_000);

  it('When Graph answers nothing but trouble, then it is asked no more but now and then, and what works again is used at once', async () => {
    let isAway = true;
    server = await serve((_request, response) => sendJson(response, isAway ? 503 : 200, {}));
    let movedMs = 0;
    const clock = { now: () => Date.now() + movedMs, monotonic: () => performance.now() + movedMs };
    const { client } = buildGraph(server.url, { clock });
    const readNow = () => client.read(call, startDeadline(clock, 8000));
    await readNow();
    await assert.rejects(readNow, { code: 'graph.unreachable', values: { graphCode: 'circuitOpen' } });
    const asked = server.seen.length;
    const since = client.troubleSince();

    await Promise.all(Array.from({ length: 50 }, () => assert.rejects(readNow, { code: 'graph.unreachable' })));
    const askedWhileOpen = server.seen.length - asked;
    movedMs += 5000;
    isAway = false;
    const { status } = await client.read(call, startDeadline(clock, 8000));
    await Promise.all(Array.from({ length: 20 }, readNow));

    assert.deepEqual([asked, askedWhileOpen, status], [8, 0, 200]);
    assert.ok(since !== null);
    assert.equal(client.troubleSince(), null);
  });

  it('When every part of a batch is trouble, then that is trouble too', async () => {
    const body = {
      responses: [
        { id: '0', status: 503 },
        { id: '1', status: 502 },
      ],
    };
    server = await serve((_request, response) => sendJson(response, 200, body));
    const { client } = buildGraph(server.url);
    const batch: ReadCall = { method: 'POST', version: 'beta', path: '/$batch', body: { requests: [] } };

    for (let times = 0; times < 8; times += 1) await read(client, 1000, batch);

    await assert.rejects(read(client, 1000, batch), { code: 'graph.unreachable' });
    assert.equal(server.seen.length, 8);
  });

  it('When Graph said that it is too much, then half as many reads go out at once', async () => {
    let underWay = 0;
    let most = 0;
    server = await serve((request, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      const answer = () => {
        underWay -= 1;
        sendJson(response, request.url.includes('first') ? 429 : 200, {}, { 'retry-after': '0' });
      };
      setTimeout(answer, 20);
    });
    const { client } = buildGraph(server.url);
    await read(client, 15, { ...call, path: '/first' }).catch(() => {});
    for (let times = 0; times < 2; times += 1) client.pauseReads(0);
    most = 0;

    await Promise.all(Array.from({ length: 40 }, () => read(client, 5000)));

    assert.ok(most >= 2 && most <= 8, `${most} at once`);
  });

  it('When the gateway answers in HTML, then the reply is unreadable and not a bug', async () => {
    server = await serve((_request, response) =>
      response.writeHead(500, { 'content-type': 'text/html' }).end('<p>Bad</p>'),
    );
    const { client } = buildGraph(server.url);

    const reply = await read(client, 1000);

    assert.equal(reply.isReadable, false);
    assert.equal(reply.body, undefined);
  });
});

describe('graph: what is sent and to whom', () => {
  it('When a read is sent, then it carries program, token, request id and the wish for new words', async () => {
    const server = await serve((_request, response) => sendJson(response, 200, {}));
    const { client, sent } = buildGraph(server.url);

    await read(client, 1000, { ...call, wantsUnknownMembers: true });
    await server.close();

    const [request] = server.seen;
    assert.equal(request?.url, '/beta/users/me?$select=id');
    assert.equal(request?.headers['user-agent'], 'CloudPcConcierge/0.1.0');
    assert.equal(request?.headers.authorization, 'Bearer test-token');
    assert.equal(request?.headers.prefer, 'include-unknown-enum-members');
    assert.equal(request?.headers['client-request-id'], sent[0]?.clientRequestId);
  });

  it('When a query has odd but encoded characters, then the SDK leaves it alone', async () => {
    const server = await serve((_request, response) => sendJson(response, 200, {}));
    const { client } = buildGraph(server.url);
    const path = '/users?$skiptoken=a%26b==&x=(https://y)=1&$filter=mail%20eq%20%27a%26b%27&$select=id&$select=mail';

    await read(client, 1000, { ...call, path });
    await server.close();

    assert.equal(server.seen[0]?.url, `/beta${path}`);
  });

  it('When Graph redirects, then the redirect is not followed and the token goes nowhere', async () => {
    const thief = await serve((_request, response) => sendJson(response, 200, {}));
    const server = await serve((_request, response) => sendJson(response, 302, {}, { location: thief.url }));
    const { client } = buildGraph(server.url);

    const reply = await read(client, 1000);
    await Promise.all([server.close(), thief.close()]);

    assert.equal(reply.status, 302);
    assert.equal(thief.seen.length, 0);
  });

  for (const baseUrl of ['http://graph.microsoft.com', 'http://192.0.2.1', 'ftp://127.0.0.1']) {
    it(`When the root is ${baseUrl}, then no client is made`, () => {
      assert.throws(() => buildGraph(baseUrl), TypeError);
    });
  }

  it('When a cloud of the table would be plain http, then no client is made, loopback or not', () => {
    const cloud = { ...findGraphCloud('global'), graphRoot: 'http://127.0.0.1:1' };
    const credential = { getToken: async () => null };

    assert.throws(
      () => createGraphClient({ cloud, credential, version: '1', log: recordLog().log, clock: realClock }),
      TypeError,
    );
  });

  it('When no base URL is given, then the root is that of the cloud', () => {
    const { client } = buildGraph('http://127.0.0.1:1', { baseUrl: undefined, cloud: findGraphCloud('usgov') });

    assert.equal(client.root, 'https://graph.microsoft.us');
  });

  it('When paths hold UPNs and values, then the log and the records do not', async () => {
    const server = await serve((_request, response) =>
      sendJson(response, 400, { error: { code: 'x', message: 'ada@contoso.com is wrong' } }),
    );
    const { client, sent, lines } = buildGraph(server.url);

    await read(client, 500, { ...call, path: '/users/ada%40contoso.com?$select=id' });
    await read(client, 500, { ...call, path: '/users/ada?$select=id' });
    await read(client, 500, { ...call, path: "/users?$filter=mail%20eq%20'ada%40contoso.com'" });
    await server.close();

    assert.equal(lines.length, 3);
    assert.doesNotMatch(JSON.stringify([lines, sent]), /ada[@%?]|contoso/i);
    assert.deepEqual(
      sent.map(({ path }) => path),
      ['/users/{person}?$select', '/users/{person}?$select', '/users?$filter'],
    );
    assert.equal(lines[0]?.fields.graphRequestId, 'graph-request-1');
  });
});
