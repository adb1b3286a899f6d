// The HTTP server as strangers meet it: which ways in there are, what stands on every answer, who is slow, and how long the log becomes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { METHODS, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import { createServer, type ServerParts } from '../../src/server.ts';
import { createRefusalLog } from '../../src/teams/refusal-log.ts';
import { eventually } from '../fakes/looking.ts';
import { createFakeLog, type RunningBotOptions, startRunningBot } from '../fakes/running-bot.ts';
import { message, postActivity, postRaw } from '../fakes/teams.ts';
import { printTable } from '../fakes/told-table.ts';

type Bot = Awaited<ReturnType<typeof startRunningBot>>;

const forbidding: Record<string, RegExp> = {
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cache-control': /^no-store$/,
  'strict-transport-security': /^max-age=\d{8}$/,
};

function assertForbidding(headers: Record<string, unknown>, of: string): void {
  for (const [name, value] of Object.entries(forbidding))
    assert.match(String(headers[name]), value, `${name} of ${of}`);
  for (const name of ['server', 'x-powered-by', 'x-aspnet-version', 'access-control-allow-origin', 'allow-origin'])
    assert.equal(headers[name], undefined, `${name} of ${of}`);
}

function headersOf(answer: string): Record<string, string> {
  const [head = ''] = answer.split('\r\n\r\n');
  const lines = head.split('\r\n').slice(1);
  return Object.fromEntries(lines.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]*: /, '')]));
}

interface Answer {
  status: number;
  text: string;
  headers: Record<string, unknown>;
}

function ask(port: number, method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (response) => {
      const text = (await response.setEncoding('utf8').toArray()).join('');
      resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Says it, letter by letter as it stands, and gives all that comes back until the connection is closed. */
async function say(port: number, words: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(words);
  return (await socket.setEncoding('utf8').toArray()).join('');
}

const parts: Omit<ServerParts, 'log'> = {
  port: 0,
  host: '127.0.0.1',
  processActivity: async () => ({ status: 200 }),
  isReady: async () => true,
  metrics: async () => 'concierge_starts_total 1\n',
};

describe('The ways in', function () {
  this.timeout(60_000);
  const documented: Record<string, Record<string, number>> = {
    'POST /api/messages': { public: 415, operations: 404 },
    'GET /healthz': { public: 200, operations: 200 },
    'GET /readyz': { public: 404, operations: 200 },
    'GET /metrics': { public: 404, operations: 200 },
  };
  const paths = [
    ...['/api/messages', '/healthz', '/readyz', '/metrics'],
    ...[
      '/',
      '/api',
      '/api/',
      '/API/MESSAGES',
      '/api/messages/',
      '//api/messages',
      '/api/messages/1',
      '/api/messages;x=1',
    ],
    ...[
      '/api%2fmessages',
      '/api/messages%00',
      '/api/./messages',
      '/healthz/',
      '/HEALTHZ',
      '/readyz.json',
      '/metrics/all',
    ],
    ...[
      '/api/notify',
      '/api/callback',
      '/api/health',
      '/favicon.ico',
      '/robots.txt',
      '/.env',
      '/.git/config',
      '/admin',
    ],
    ...['/debug', '/debug/pprof', '/swagger', '/openapi.json', '/package.json', '/data', '/__proto__', '/constructor'],
    ...['/..%2f..%2fetc%2fpasswd', '/?x=/api/messages', '*', 'http://attacker.example/api/messages'],
  ];
  const methods = METHODS.filter((method) => method !== 'CONNECT');
  const told: [string, string, number, number, string][] = [];
  after(() => printTable('Every method on every path', ['server', 'port', 'asked', 'way in', 'which'], told));

  async function walk(port: number): Promise<Map<string, Answer>> {
    const answers = new Map<string, Answer>();
    for (const path of paths) {
      const some = await Promise.all(methods.map(async (method) => [method, await ask(port, method, path)] as const));
      for (const [method, answer] of some) answers.set(`${method} ${path}`, answer);
    }
    return answers;
  }

  function check(server: string, port: string, answers: Map<string, Answer>, isWay: (way: string) => boolean): void {
    const ways = [];
    for (const [asked, { status, text, headers }] of answers) {
      assertForbidding(headers, asked);
      if (status === 404 || status === 405) {
        assert.match(text, asked.startsWith('HEAD') ? /^$/ : /^\{"error":"(NotFound|MethodNotAllowed)"\}$/, asked);
      } else ways.push([asked, status]);
    }
    const expected = Object.entries(documented).filter(([way]) => isWay(way));
    assert.deepEqual(
      Object.fromEntries(ways),
      Object.fromEntries(expected.map(([way, on]) => [way, on[port] === 404 ? on.operations : on[port]])),
    );
    told.push([server, port, answers.size, ways.length, ways.map(([asked]) => asked).join(', ')]);
  }

  it('When every method is tried on every path of the one port, then only what is documented is there', async () => {
    const log = createFakeLog();
    const server = createServer({ ...parts, log });
    const { port, operationsPort } = await server.start();

    const answers = await walk(port);
    await server.stop();

    assert.equal(operationsPort, null);
    check('one port', 'public', answers, () => true);
    assert.deepEqual(
      log.lines.filter(({ level }) => level !== 'info'),
      [],
    );
  });

  it('When operators have a port of their own, then the public one has Teams’ way and that it lives, and no more', async () => {
    const log = createFakeLog();
    const server = createServer({ ...parts, log, operations: { port: 0, host: '127.0.0.1' } });
    const { port, operationsPort } = await server.start();
    assert.ok(operationsPort);

    const [open, inner] = [await walk(port), await walk(operationsPort)];
    await server.stop();

    check('two ports', 'public', open, (way) => documented[way]?.public !== 404);
    check('two ports', 'operations', inner, (way) => documented[way]?.operations !== 404);
    await assert.rejects(ask(operationsPort, 'GET', '/healthz'), /ECONNREFUSED/);
  });

  it('When the port of operators is taken, then the start says so, and nothing stays open', async () => {
    const first = createServer({ ...parts, log: createFakeLog() });
    const { port } = await first.start();
    const second = createServer({ ...parts, log: createFakeLog(), operations: { port, host: '127.0.0.1' } });

    await assert.rejects(second.start(), /EADDRINUSE/);

    await second.stop();
    await first.stop();
  });
});

describe('Every answer', () => {
  let bot: Bot;

  before(async () => {
    bot = await startRunningBot({ server: { arriveWithinMs: 400 } });
  });
  after(() => bot.stop());

  const post = 'POST /api/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
  const json = `${post}Content-Type: application/json\r\n`;
  const raw: Record<string, [string, number]> = {
    'no HTTP at all': ['\x16\x03\x01\x02\0\x01\0', 400],
    'a line that never was': ['HELLO\r\n\r\n', 400],
    'a version that never was': ['GET /healthz HTTP/7.3\r\nHost: x\r\n\r\n', 400],
    'headers without end': [`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    'a header with a line of its own': ['GET /healthz HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n', 400],
    'no host': ['GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 200],
    'an expectation': ['GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: a miracle\r\n\r\n', 417],
    'an upgrade': ['GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n', 200],
    'two lengths': [`${json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    'a length and pieces': [`${json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 400],
    'a length that is none': [`${json}Content-Length: -1\r\n\r\n{}`, 400],
    'a piece that is none': [`${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    'pieces in a way that is not offered': [`${json}Transfer-Encoding: gzip\r\n\r\n{}`, 400],
    'no JSON': [`${json}Content-Length: 2\r\n\r\n{]`, 400],
    'no activity': [`${json}Content-Length: 2\r\n\r\n{}`, 400],
    'too long a body': [`${json}Content-Length: 999999999\r\n\r\n{`, 413],
    'no type': [`${post}Content-Length: 2\r\n\r\n{}`, 415],
    'headers that do not end in time': ['GET /healthz HTTP/1.1\r\nHost: x\r\n', 408],
    'a body that does not end in time': [`${json}Content-Length: 20\r\n\r\n{`, 408],
    'a body that nobody asked for, and that does not end': [
      'PUT /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20\r\n\r\n{',
      404,
    ],
  };

  for (const [what, [words, status]] of Object.entries(raw)) {
    it(`When there is ${what}, then the answer is ${status}, short, and has every header that forbids`, async () => {
      const answer = await say(bot.port, words);

      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assertForbidding(headersOf(answer), what);
      assert.match(answer.split('\r\n\r\n')[1] ?? '', /^(?:[0-9a-f]+\r\n)?\{"(error|status)":"\w+"\}(?:\r\n0)?$/);
    });
  }

  it('When a token is bad, the tenant another or the keys are away, then the headers are there as well', async () => {
    const activity = { ...message('help', { from: 'ada', serviceUrl: bot.connector.url }) };
    const token = { Authorization: `Bearer ${bot.authority.mint(bot.connector.url)}` };
    bot.authority.mood = 'broken';
    const away = await postRaw(bot, JSON.stringify(activity), token);
    bot.authority.mood = 'well';
    const bad = await postRaw(bot, JSON.stringify(activity));
    await eventually(async () => assert.equal((await postRaw(bot, JSON.stringify(activity), token)).status, 200));
    const tenant = { id: '99999999-0000-4000-8000-000000000000' };
    const other = await postRaw(bot, JSON.stringify({ ...activity, channelData: { tenant } }), token);

    assert.deepEqual([away.status, bad.status, other.status], [503, 401, 403]);
    for (const { headers, status } of [away, bad, other]) assertForbidding(Object.fromEntries(headers), String(status));
  });

  it('When a proxy keeps its connection for the next request, then for longer than proxies do', async () => {
    const answer = await say(
      bot.port,
      'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );

    assert.match(answer, /^Keep-Alive: timeout=75\r$/m);
    assert.equal(answer.match(/^HTTP\/1\.1 200 /gm)?.length, 2);
  });

  it('When the second thing on a connection cannot be read, then that is answered as well', async () => {
    const fine = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    const socket = connect(bot.port, '127.0.0.1');
    const heard: string[] = [];
    socket.setEncoding('utf8').on('data', (text: string) => heard.push(text));

    socket.write(fine);
    await eventually(() => assert.match(heard.join(''), /"ok"/));
    socket.write(`GET /healthz HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    await once(socket, 'close');

    const [, second = ''] = heard.join('').split(/(?=HTTP\/1\.1 431 )/);
    assertForbidding(headersOf(second), 'the second');
  });

  it('When somebody goes on writing what cannot be read, then the answer is there when they have done', async () => {
    const socket = connect(bot.port, '127.0.0.1').pause();
    const heard: string[] = [];
    socket.setEncoding('utf8').on('data', (text: string) => heard.push(text));

    socket.write('GET /healthz HTTP/1.1\r\nX: ');
    for (let piece = 0; piece < 20; piece += 1) {
      socket.write('x'.repeat(20_000));
      await wait(5);
    }
    socket.resume();
    await once(socket, 'close');

    assert.match(heard.join(''), /^HTTP\/1\.1 431 /);
  });

  it('When somebody wants a tunnel, then there is none', async () => {
    assert.equal(await say(bot.port, 'CONNECT attacker.example:443 HTTP/1.1\r\nHost: attacker.example\r\n\r\n'), '');
  });
});

describe('Who is slow', function () {
  this.timeout(60_000);
  let bot: Bot;
  let slow: Socket[];

  async function start(server: RunningBotOptions['server']): Promise<void> {
    bot = await startRunningBot({ server });
    slow = [];
  }
  afterEach(async () => {
    for (const socket of slow) socket.destroy();
    await bot.stop();
  });

  const begin = {
    headers: 'POST /api/messages HTTP/1.1\r\nHost: x\r\nX-Slow: ',
    body: 'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"',
  };

  /** Sends a letter now and then, so that the connection is never quiet. */
  async function open(kind: keyof typeof begin, count: number): Promise<Promise<string>[]> {
    const sockets = Array.from({ length: count }, () => connect(bot.port, '127.0.0.1'));
    slow.push(...sockets);
    return sockets.map(async (socket) => {
      socket.on('error', () => {});
      socket.write(begin[kind]);
      const drip = setInterval(() => socket.write('x'), 100);
      const heard = await socket
        .setEncoding('utf8')
        .toArray()
        .catch(() => []);
      clearInterval(drip);
      return heard.join('');
    });
  }

  const isServed = async () => (await postActivity(bot, message('help', { from: 'ada' }), bot)).status;

  it('When 200 send their headers and 200 their bodies a letter at a time, then others are served, and those are shut out in time', async () => {
    const arriveWithinMs = 3000;
    await start({ arriveWithinMs });
    assert.equal(await isServed(), 200);

    const begun = performance.now();
    const heard = [...(await open('headers', 200)), ...(await open('body', 200))];
    const meanwhile = await Promise.all(Array.from({ length: 30 }, isServed));
    const servedIn = performance.now() - begun;
    const answers = await Promise.all(heard);
    const endedIn = performance.now() - begun;

    assert.deepEqual(new Set(meanwhile), new Set([200]));
    assert.ok(servedIn < arriveWithinMs, `others waited: ${servedIn} ms`);
    // Those who still write when the answer comes may lose it on the way.
    const answered = answers.filter((text) => text !== '');
    assert.ok(answered.every((text) => text.startsWith('HTTP/1.1 408 ')));
    assert.ok(answered.length >= 200, `${answered.length} answers`);
    assert.ok(endedIn < arriveWithinMs * 4, `the last was shut out after ${endedIn} ms`);
    assert.equal(await isServed(), 200);
    printTable(
      'Slow senders',
      ['headers', 'bodies', 'others served', 'in ms', 'slow shut out after ms', 'log lines'],
      [[200, 200, meanwhile.length, servedIn.toFixed(), endedIn.toFixed(), bot.log.lines.length]],
    );
    assert.ok(bot.log.lines.length <= 1, 'each of them wrote a line');
  });

  it('When more connections come than are served at once, then they are closed, and others are served as soon as there is room', async () => {
    await start({ arriveWithinMs: 1500, maxConnections: 20 });

    const heard = await open('headers', 40);
    const closedAtOnce = (await Promise.all(heard.slice(20))).filter((text) => text === '').length;
    await Promise.all(heard);

    assert.ok(closedAtOnce >= 15, `${closedAtOnce} were closed`);
    await eventually(async () => assert.equal(await isServed(), 200));
  });
});

describe('Who never closes', function () {
  this.timeout(60_000);
  const places = 5;
  const long = 'concierge_starts_total 1\n'.repeat(500_000);
  const json = 'HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const half = 'Content-Length: 20\r\n\r\n{';
  const said: Record<string, string> = {
    'nothing at all': '',
    'half a header': 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Ha',
    'half a body for Teams’ way': `POST /api/messages ${json}${half}`,
    'half a body for another way': `POST /nothing ${json}${half}`,
    'half a body where none is read': `GET /healthz ${json}${half}`,
    'half a body of no type': `POST /api/messages HTTP/1.1\r\nHost: x\r\n${half}`,
    'half a body that is too long': `POST /api/messages ${json}Content-Length: 999999999\r\n\r\n{`,
    'an expectation': `POST /api/messages ${json}Expect: a miracle\r\n${half}`,
    'no HTTP': '\x16\x03\x01\x02\0\x01\0',
    'headers without end': `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}`,
    'that it is the last': 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'that it wants more than is buffered on the way': 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n',
  };

  /** Takes every place with connections that say this, read nothing, ignore that the other side has ended, and stay. */
  async function servedBeside(words: string): Promise<string> {
    const limits = { arriveWithinMs: 300, maxConnections: places };
    const server = createServer({ ...parts, ...limits, metrics: async () => long, log: createFakeLog() });
    const { port } = await server.start();
    const sockets = Array.from({ length: places }, () => connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
    for (const socket of sockets) socket.on('error', () => {}).write(words);
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    try {
      await eventually(async () => assert.equal((await ask(port, 'GET', '/healthz')).status, 200), 4000);
      return 'served';
    } catch (error) {
      return String(error);
    } finally {
      for (const socket of sockets) socket.destroy();
      await server.stop(0);
    }
  }

  it('When all places are taken by who says something and then stays silent, then they are free again in time', async () => {
    const served = Object.entries(said).map(async ([what, words]) => [what, await servedBeside(words)]);

    const expected = Object.keys(said).map((what) => [what, 'served']);
    assert.deepEqual(Object.fromEntries(await Promise.all(served)), Object.fromEntries(expected));
  });
});

describe('The log, when the door is knocked at', () => {
  let bot: Bot;

  before(async () => {
    bot = await startRunningBot();
  });
  after(() => bot.stop());

  it('When two thousand bad tokens and foreign tenants come, then it has one line of each kind', async () => {
    const body = (changes: object = {}) =>
      JSON.stringify({ ...message('help', { from: 'ada', serviceUrl: bot.connector.url }), ...changes });
    const header = (token: string) => ({ Authorization: `Bearer ${token}` });
    const expired = Math.floor(Date.now() / 1000) - 3600;
    const tokens = ['', 'a.b.c', bot.authority.mint(bot.connector.url, { foreignKey: true })];
    const old = bot.authority.mint(bot.connector.url, { claims: { exp: expired } });
    const good = bot.authority.mint(bot.connector.url);
    const tenant = { id: '99999999-0000-4000-8000-000000000000' };
    const knocks = [
      ...tokens.map((token) => () => postRaw(bot, body(), header(token))),
      () => postRaw(bot, body(), header(old)),
      () => postRaw(bot, body({ channelData: { tenant } }), header(good)),
    ];

    const statuses: Record<number, number> = {};
    for (let round = 0; round < 400; round += 1) {
      for (const { status } of await Promise.all(knocks.map((knock) => knock())))
        statuses[status] = (statuses[status] ?? 0) + 1;
    }

    assert.deepEqual(statuses, { 401: 1600, 403: 400 });
    assert.deepEqual(
      bot.log.lines
        .filter(({ level }) => level !== 'info')
        .map(({ fields, msg }) => `${msg}, ${fields.reason}`)
        .toSorted(),
      [
        'activity of another tenant refused, undefined',
        'activity without a good token refused, null',
        'activity without a good token refused, the token has expired: is the clock of this machine right?',
      ],
    );
  });

  it('When refusals go on, then how many is told once in a while, and when they have ended, nothing', async () => {
    const log = createFakeLog();
    const refusals = createRefusalLog(log, 100);

    for (let count = 0; count < 500; count += 1) refusals.add('warn', { reason: null }, 'refused');
    refusals.add('warn', { reason: 'clock' }, 'refused');
    await eventually(() => assert.equal(log.lines.length, 3));
    await wait(300);
    refusals.add('warn', { reason: null }, 'refused');

    assert.deepEqual(
      log.lines.map(({ fields }) => fields),
      [{ reason: null }, { reason: 'clock' }, { reason: null, count: 499, withinMs: 100 }, { reason: null }],
    );
  });
});
