import assert from 'node:assert/strict';
import { createServer as createPlainServer, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it } from 'mocha';
import { createServer, type HttpServer, type ServerParts } from '../../src/server.ts';
import { createFakeLog, startRunningBot } from '../fakes/running-bot.ts';
import { message, postRaw } from '../fakes/teams.ts';

type Bot = Awaited<ReturnType<typeof startRunningBot>>;

describe('Bodies of POST /api/messages', () => {
  let bot: Bot;

  before(async () => {
    bot = await startRunningBot();
  });

  after(() => bot.stop());

  const good = () => JSON.stringify(message('help', { from: 'ada', serviceUrl: bot.connector.url }));
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    postRaw(bot, body, { Authorization: `Bearer ${bot.authority.mint(bot.connector.url)}`, ...headers });

  const bodies: {
    title: string;
    body: () => string | Uint8Array<ArrayBuffer>;
    headers?: Record<string, string>;
    status: number;
  }[] = [
    { title: 'an activity', body: good, status: 200 },
    {
      title: 'an activity with a charset',
      body: good,
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      status: 200,
    },
    { title: 'nothing', body: () => '', status: 400 },
    { title: 'words', body: () => 'hello', status: 400 },
    { title: 'half an object', body: () => good().slice(0, -5), status: 400 },
    { title: 'null', body: () => 'null', status: 400 },
    { title: 'a number', body: () => '5', status: 400 },
    { title: 'a list', body: () => `[${good()}]`, status: 400 },
    { title: 'an empty object', body: () => '{}', status: 400 },
    {
      title: 'an activity without type',
      body: () => good().replace('"type":"message"', '"typ":"message"'),
      status: 400,
    },
    { title: 'an activity without sender', body: () => good().replace('"from"', '"form"'), status: 400 },
    { title: 'an activity without conversation', body: () => good().replace('"conversation"', '"conv"'), status: 400 },
    {
      title: 'an activity whose id the store could not take',
      body: () => good().replace(/"id":"([^"]*)"/, '"id":"$1\\u0000"'),
      status: 400,
    },
    {
      title: 'a conversation whose id the store could not take',
      body: () => good().replace('"id":"a:', '"id":"\\ud800a:'),
      status: 400,
    },
    {
      title: 'a prototype',
      body: () => '{"__proto__":{"type":"message"},"constructor":{"prototype":{}}}',
      status: 400,
    },
    { title: 'lists within lists', body: () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`, status: 400 },
    { title: 'objects within objects', body: () => `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`, status: 400 },
    {
      title: 'deep data in an activity',
      body: () => good().replace('{', `{"value":${'['.repeat(9000)}${']'.repeat(9000)},`),
      status: 400,
    },
    { title: 'broken characters', body: () => new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), status: 400 },
    { title: 'more than 256 KB', body: () => good().replace('help', 'x'.repeat(256 * 1024)), status: 413 },
    { title: 'almost 256 KB', body: () => good().replace('help', 'x'.repeat(250 * 1024)), status: 200 },
    {
      title: 'a form',
      body: () => 'a=1',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      status: 415,
    },
    { title: 'parts', body: good, headers: { 'Content-Type': 'multipart/form-data; boundary=x' }, status: 415 },
    { title: 'plain text', body: good, headers: { 'Content-Type': 'text/plain' }, status: 415 },
    {
      title: 'a packed activity',
      body: () => new Uint8Array(gzipSync(good())),
      headers: { 'Content-Encoding': 'gzip' },
      status: 415,
    },
    { title: 'a broken archive', body: () => 'no archive', headers: { 'Content-Encoding': 'gzip' }, status: 415 },
    { title: 'an unknown packing', body: good, headers: { 'Content-Encoding': 'br' }, status: 415 },
  ];

  for (const { title, body, headers, status } of bodies) {
    it(`When ${title} comes, then the answer is ${status}, without details, and the server lives on`, async () => {
      const turns = bot.turns.length;

      const answer = await post(body(), headers);

      assert.equal(answer.status, status);
      assert.equal(bot.turns.length - turns, status === 200 ? 1 : 0);
      const words: Record<number, unknown> = { 400: 'BadRequest', 413: 'PayloadTooLarge', 415: 'UnsupportedMediaType' };
      assert.deepEqual(answer.body, status === 200 ? '' : { error: words[status] });
      assert.equal((await post(good())).status, 200);
    });
  }

  it('When a body comes in pieces and is too big, then the answer is 413', async () => {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
      const sent = request(`${bot.url}/api/messages`, { method: 'POST', headers }, async (response) => {
        resolve({ status: response.statusCode ?? 0, text: (await response.toArray()).join('') });
      });
      sent.on('error', reject);
      for (let part = 0; part < 40; part += 1) sent.write('x'.repeat(10_000));
      sent.end();
    });

    assert.deepEqual([status, text], [413, '{"error":"PayloadTooLarge"}']);
  });

  it('When keys would change all objects, then they change none', async () => {
    await post(good().replace('{', '{"__proto__":{"polluted":1},'));

    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });
});

describe('The server', () => {
  const parts: ServerParts = {
    port: 0,
    host: '127.0.0.1',
    processActivity: async () => ({ status: 200 }),
    isReady: async () => true,
    log: createFakeLog(),
  };

  async function serve<T>(
    change: Partial<ServerParts>,
    work: (url: string, server: HttpServer) => Promise<T>,
  ): Promise<T> {
    const server = createServer({ ...parts, ...change });
    const { port } = await server.start();
    try {
      return await work(`http://127.0.0.1:${port}`, server);
    } finally {
      await server.stop();
    }
  }

  async function get(url: string, init?: RequestInit): Promise<[number, string]> {
    const response = await fetch(url, init);
    return [response.status, await response.text()];
  }

  it('When it serves, then it says that it lives', async () => {
    assert.deepEqual(await serve({}, (url) => get(`${url}/healthz`)), [200, '{"status":"ok"}']);
  });

  const stores = [
    { title: 'can be reached', isReady: async () => true, answer: [200, '{"status":"ready"}'] },
    { title: 'says no', isReady: async () => false, answer: [503, '{"status":"notReady"}'] },
    {
      title: 'throws',
      isReady: async () => Promise.reject(new Error('secret words')),
      answer: [503, '{"status":"notReady"}'],
    },
    { title: 'does not answer', isReady: () => new Promise<boolean>(() => {}), answer: [503, '{"status":"notReady"}'] },
  ];

  for (const { title, isReady, answer } of stores) {
    it(`When the store ${title}, then readiness is told so`, async () => {
      assert.deepEqual(await serve({ isReady }, (url) => get(`${url}/readyz`)), answer);
    }).timeout(5000);
  }

  it('When something outside is in trouble, then it stays ready and says what and since when', async () => {
    const graph = { state: 'circuitOpen', since: '2026-06-01T12:00:00.000Z' };
    const troubles = () => ({ graph });

    const [status, body] = await serve({ troubles }, (url) => get(`${url}/readyz`));

    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(String(body)), { status: 'degraded', graph });
  });

  it('When there are metrics, then they are plain text; else there is no such page', async () => {
    const metrics = async () => 'concierge_starts_total 1\n';

    assert.deepEqual(await serve({ metrics }, (url) => get(`${url}/metrics`)), [200, 'concierge_starts_total 1\n']);
    assert.deepEqual(await serve({}, (url) => get(`${url}/metrics`)), [404, '{"error":"NotFound"}']);
  });

  const strangers: [string, string, number][] = [
    ['GET', '/api/messages', 405],
    ['PUT', '/api/messages', 405],
    ['GET', '/', 404],
    ['GET', '/api/messages/../../etc/passwd', 404],
    ['GET', '/%ff', 404],
    ['GET', '/<script>', 404],
    ['POST', '/healthz', 405],
  ];

  for (const [method, path, status] of strangers) {
    it(`When ${method} ${path} comes, then the answer is ${status} and repeats nothing of it`, async () => {
      const [found, text] = await serve({}, (url) =>
        get(`${url}${path}`, { method, headers: { Accept: 'text/html' } }),
      );

      assert.equal(found, status);
      assert.match(text, /^\{"error":"[A-Za-z]+"\}$/);
    });
  }

  it('When it answers, then the headers forbid what browsers would do, and name no software', async () => {
    const headers = await serve({}, async (url) => (await fetch(`${url}/nothing`)).headers);

    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.deepEqual(
      [headers.get('server'), headers.get('x-powered-by'), headers.get('user-agent')],
      [null, null, null],
    );
  });

  it('When processing throws, then the answer is 503 without details, and it is logged', async () => {
    const log = createFakeLog();
    const processActivity = async () => Promise.reject(new Error('secret words'));

    const answer = await serve({ processActivity, log }, (url) => postRaw({ url }, '{}'));

    assert.deepEqual([answer.status, answer.body], [503, { error: 'ServiceUnavailable' }]);
    assert.ok(log.lines.some((line) => line.level === 'error'));
  });

  it('When a filter refuses, then nothing is processed', async () => {
    const mayEnter: ServerParts['mayEnter'] = ({ headers, remoteAddress }) =>
      remoteAddress === '127.0.0.1' && headers['x-forwarded-for'] === undefined;

    const [forwarded, direct] = await serve({ mayEnter }, async (url) => [
      await get(`${url}/healthz`, { headers: { 'X-Forwarded-For': '10.0.0.1' } }),
      await get(`${url}/healthz`),
    ]);

    assert.deepEqual(forwarded, [403, '{"error":"Forbidden"}']);
    assert.equal(direct?.[0], 200);
  });

  it('When a body does not arrive in time, then it is not waited for', async () => {
    const text = await serve({ arriveWithinMs: 200 }, async (url) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write(
        'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      );
      return (await socket.setEncoding('utf8').toArray()).join('');
    });

    assert.match(text, /^HTTP\/1\.1 408 /);
  });

  it('When it stops, then the answers under way still go out', async () => {
    const processActivity = async () => {
      await setTimeout(100);
      return { status: 200, body: { late: true } };
    };
    const server = createServer({ ...parts, processActivity });
    const { port } = await server.start();

    const pending = postRaw({ url: `http://127.0.0.1:${port}` }, '{}');
    await setTimeout(50);
    const asked = performance.now();
    await server.stop();

    assert.ok(performance.now() - asked < 2000, 'kept connections are not waited for');
    assert.deepEqual((await pending).body, { late: true });
    await server.stop();
  });

  it('When the port is taken, then the start says so', async () => {
    await serve({}, async (url) => {
      await assert.rejects(createServer({ ...parts, port: Number(new URL(url).port) }).start(), /EADDRINUSE/);
    });
  });

  it('When other servers run beside it, then their writeHead can still be chained', async () => {
    const plain = createPlainServer((_req, res) => void res.writeHead(202).end('beside'));
    await new Promise<void>((resolve) => void plain.listen(0, '127.0.0.1', resolve));

    const answer = await get(`http://127.0.0.1:${(plain.address() as { port: number }).port}`);
    plain.close();

    assert.deepEqual(answer, [202, 'beside']);
  });
});
