import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { LogFields } from '../../src/domain/ports.ts';
import { createLog } from '../../src/log.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.c2lnbmF0dXJl';

function logged(fields: LogFields, level: 'debug' | 'info' = 'debug'): { line: string; read: Record<string, unknown> } {
  const lines: string[] = [];
  const log = createLog({ level, destination: { write: (text) => void lines.push(text) } });
  log.info(fields, 'something happened');
  const line = lines.join('');
  return { line, read: JSON.parse(line) };
}

describe('The log', () => {
  it('When something is logged, then it is one line of JSON with level, time, fields and fixed words', () => {
    const { line, read } = logged({ requestId: 'r-1', count: 2, none: null });

    assert.equal(line.split('\n').length, 2);
    assert.deepEqual(
      [read.level, read.msg, read.requestId, read.count, read.none],
      ['info', 'something happened', 'r-1', 2, null],
    );
    assert.match(String(read.time), /^\d{4}-\d\d-\d\dT/);
  });

  it('When the level is higher, then nothing is written', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', destination: { write: (text) => void lines.push(text) } });

    log.debug({}, 'a');
    log.info({}, 'b');
    assert.deepEqual(lines, []);
    log.warn({}, 'c');
    log.error({}, 'd');

    assert.equal(lines.length, 2);
  });

  const secrets: { title: string; fields: LogFields; secret: string }[] = [
    {
      title: 'an Authorization header',
      fields: { headers: { Authorization: 'Bearer abcdefgh12345' } },
      secret: 'abcdefgh12345',
    },
    { title: 'a password', fields: { bot: { password: 'hunter2hunter2' } }, secret: 'hunter2hunter2' },
    { title: 'a client secret', fields: { clientSecret: 'hunter2hunter2' }, secret: 'hunter2hunter2' },
    { title: 'an access token', fields: { deep: [{ accessToken: 'abcdefgh12345' }] }, secret: 'abcdefgh12345' },
    { title: 'a token within words', fields: { note: `sent Bearer ${jwt} away` }, secret: jwt },
    { title: 'a bare token', fields: { note: `got ${jwt}` }, secret: jwt },
    {
      title: 'a form',
      fields: { body: 'grant_type=x&client_secret=hunter2hunter2&scope=y' },
      secret: 'hunter2hunter2',
    },
    { title: 'a database URL', fields: { note: 'postgres://bot:hunter2hunter2@db/x' }, secret: 'hunter2hunter2' },
    {
      title: 'a connection string of Application Insights',
      fields: { err: new Error('no way to InstrumentationKey=hunter2hunter2;IngestionEndpoint=https://x/') },
      secret: 'hunter2hunter2',
    },
    {
      title: 'an error with a request',
      fields: { err: Object.assign(new Error('x'), { request: { headers: { authorization: 'hunter2hunter2' } } }) },
      secret: 'hunter2hunter2',
    },
    { title: 'a token in the words of an error', fields: { err: new Error(`refused ${jwt}`) }, secret: jwt },
    {
      title: 'a token in the cause of an error',
      fields: { err: new Error('x', { cause: new Error(`refused ${jwt}`) }) },
      secret: jwt,
    },
  ];

  for (const { title, fields, secret } of secrets) {
    it(`When ${title} is logged, then the secret is not in the line`, () => {
      const { line } = logged(fields);

      assert.ok(!line.includes(secret));
      assert.match(line, /hidden|"err"/);
    });
  }

  it('When an error is logged, then its name, code, words and cause are there', () => {
    const error = Object.assign(new TypeError('wrong', { cause: new Error('deeper') }), {
      code: 'E1',
      statusCode: 503,
    });

    const { err } = logged({ err: error }).read as { err: Record<string, unknown> };

    assert.deepEqual([err.type, err.message, err.code, err.statusCode], ['TypeError', 'wrong', 'E1', 503]);
    assert.equal((err.cause as Record<string, unknown>).message, 'deeper');
    assert.match(String(err.stack), /log\.spec/);
  });

  it('When a value is a ring, very long or of an odd kind, then the line is still written', () => {
    const ring: Record<string, unknown> = { big: 5n, sign: Symbol('s'), long: 'x'.repeat(100_000) };
    ring.self = ring;
    const error = new Error('x');
    error.cause = error;

    const { line } = logged({ ring, list: Array(1000).fill(ring), error });

    assert.ok(line.length < 2_000_000);
    assert.match(line, /something happened/);
  });
});
