import assert from 'node:assert/strict';
import { ConciergeError } from '../../src/domain/errors.ts';
import type { GraphFault, GraphReply } from '../../src/graph/graph-call.ts';
import {
  classifyBulkStart,
  classifyStart,
  detailOf,
  expectSuccess,
  isBatchRefused,
  toError,
} from '../../src/graph/graph-error.ts';
import { findCode, isBeforeSending } from '../../src/graph/network-fault.ts';

function reply(status: number, body: unknown = undefined, more: Partial<GraphReply> = {}): GraphReply {
  return { kind: 'reply', status, body, isReadable: true, retryAfterMs: null, graphRequestId: 'g-1', ...more };
}

function fault(more: Partial<GraphFault> = {}): GraphFault {
  return { kind: 'fault', why: 'network', code: null, isBeforeSending: false, cause: null, ...more };
}

function systemError(code: string, syscall?: string): Error {
  return Object.assign(new Error(code), { code, syscall });
}

describe('graph: errors', () => {
  const codes: [number, string, string][] = [
    [302, 'TemporaryError', 'graph.unreachable'],
    [400, 'InputError', 'graph.badRequest'],
    [401, 'NotAllowedError', 'graph.forbidden'],
    [403, 'NotAllowedError', 'graph.forbidden'],
    [404, 'NotFoundError', 'graph.notFound'],
    [408, 'TemporaryError', 'graph.slow'],
    [409, 'ConflictError', 'graph.conflict'],
    [410, 'NotFoundError', 'graph.notFound'],
    [422, 'InputError', 'graph.badRequest'],
    [423, 'ConflictError', 'graph.conflict'],
    [429, 'TemporaryError', 'graph.busy'],
    [500, 'TemporaryError', 'graph.unreachable'],
    [503, 'TemporaryError', 'graph.unreachable'],
    [504, 'TemporaryError', 'graph.unreachable'],
    [509, 'TemporaryError', 'graph.unreachable'],
  ];
  for (const [status, name, code] of codes) {
    it(`When the status is ${status}, then the error is ${name} ${code}`, () => {
      const error = toError(reply(status));

      assert.ok(error instanceof ConciergeError);
      assert.deepEqual([error.name, error.code], [name, code]);
    });
  }

  it('When Graph is busy, then the error says how long to wait', () => {
    const error = toError(reply(429, undefined, { retryAfterMs: 9000 })) as { retryAfterMs?: number };

    assert.equal(error.retryAfterMs, 9000);
  });

  it("When Graph's message names somebody, then the error does not", () => {
    const body = { error: { code: 'Request_ResourceNotFound', message: "'ada@contoso.com' does not exist" } };

    const error = toError(reply(404, body));

    assert.doesNotMatch(JSON.stringify(error) + error.message, /contoso/);
    assert.deepEqual(error.values, { graphCode: 'Request_ResourceNotFound' });
  });

  it('When a success is no JSON, then it is unreadable', () => {
    assert.throws(() => expectSuccess(reply(200, undefined, { isReadable: false })), { code: 'graph.unreadable' });
  });

  it('When a batch is refused, then it is for a reason that single requests need not share', () => {
    const refusals = [400, 404, 405, 413, 501, 500, 401, 403, 408, 429, 200].filter((status) =>
      isBatchRefused(reply(status)),
    );

    assert.deepEqual(refusals, [400, 404, 405, 413]);
  });

  const details: [string, unknown, unknown][] = [
    ['nothing', undefined, { code: 'http409', message: null }],
    ['a word', 'text', { code: 'http409', message: null }],
    ['an empty code', { error: { code: '', message: 'No.' } }, { code: 'http409', message: 'No.' }],
    [
      'a number inside',
      {
        error: { code: 'TooManyRequests', message: 'Later.', innerError: { code: '429', message: 'x', status: '429' } },
      },
      { code: 'TooManyRequests', message: 'Later.' },
    ],
    [
      'a deeper word, in the other spelling',
      { error: { code: 'badRequest', message: 'Outer.', innererror: { code: 'cloudPcNotFound' } } },
      { code: 'cloudPcNotFound', message: 'Outer.' },
    ],
  ];
  for (const [name, body, expected] of details) {
    it(`When the error body holds ${name}, then the detail is the deepest word`, () => {
      assert.deepEqual(detailOf(reply(409, body)), expected);
    });
  }
});

describe('graph: what became of a start', () => {
  it('When any status comes, then only what is certain is called so', () => {
    const kinds = new Map<string, number[]>();
    for (let status = 200; status < 600; status += 1) {
      const { kind } = classifyStart(reply(status));
      kinds.set(kind, [...(kinds.get(kind) ?? []), status]);
    }

    assert.equal(kinds.get('accepted')?.length, 100);
    assert.deepEqual(kinds.get('notApplied'), [401, 429]);
    assert.equal(kinds.get('rejected')?.length, 97);
    assert.ok(kinds.get('unknown')?.includes(408));
    assert.ok(kinds.get('unknown')?.includes(304));
    assert.equal(kinds.get('unknown')?.length, 201);
  });

  it('When there is no answer, then only a fault before sending is certain', () => {
    assert.equal(classifyStart(fault()).kind, 'unknown');
    assert.equal(classifyStart(fault({ why: 'timeout' })).kind, 'unknown');
    assert.equal(classifyStart(fault({ code: 'ECONNREFUSED', isBeforeSending: true })).kind, 'notApplied');
    for (const code of ['tooLate', 'connectionClosed']) {
      assert.deepEqual(classifyStart(fault({ why: 'withheld', code, isBeforeSending: true })), {
        kind: 'notApplied',
        retryAfterMs: null,
        detail: { code, message: null },
        graphRequestId: null,
      });
    }
  });
});

describe('graph: what became of a start of many', () => {
  const refused = (status: number, code: string, message: string) =>
    classifyBulkStart(reply(status, { error: { code, message } })).kind;

  it('When any status comes, then it is what it is for one, but that the operation may be gone', () => {
    const others: [number, string, string][] = [];
    for (let status = 200; status < 600; status += 1) {
      const [one, many] = [classifyStart(reply(status)), classifyBulkStart(reply(status))];
      if (many.kind !== one.kind) others.push([status, one.kind, many.kind]);
    }

    assert.deepEqual(others, [
      [404, 'rejected', 'wayGone'],
      [405, 'rejected', 'wayGone'],
      [410, 'rejected', 'wayGone'],
    ]);
    assert.equal(classifyBulkStart(fault()).kind, 'unknown');
    assert.equal(classifyBulkStart(fault({ why: 'noToken', isBeforeSending: true })).kind, 'notApplied');
  });

  it('When a refusal says that there is no such operation, then it is gone; in any other words it is a refusal', () => {
    const segment = "Resource not found for the segment 'bulkReprovisionCloudPc'.";

    assert.equal(refused(400, 'BadRequest', segment), 'wayGone');
    assert.equal(refused(400, 'ResourceNotFound', 'No.'), 'wayGone');
    assert.equal(refused(400, 'BadRequest', 'No HTTP resource was found that matches the request URI'), 'wayGone');
    assert.equal(refused(400, 'BadRequest', 'No method match route template'), 'wayGone');
    for (const message of [
      'The Cloud PC was not found.',
      'The resource is busy. No action matched the licence.',
      'Invalid value for the property cloudPcIds.',
      'The displayName is not found.',
    ])
      assert.equal(refused(400, 'BadRequest', message), 'rejected', message);
    assert.equal(refused(403, 'Forbidden', segment), 'rejected');
    assert.equal(refused(500, 'InternalServerError', segment), 'unknown');
    assert.equal(refused(429, 'TooManyRequests', segment), 'notApplied');
  });
});

describe('graph: faults of the network', () => {
  const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause });
  const certain = [
    systemError('ENOTFOUND', 'getaddrinfo'),
    systemError('EAI_AGAIN', 'getaddrinfo'),
    systemError('ECONNREFUSED', 'connect'),
    systemError('EHOSTUNREACH', 'connect'),
    systemError('ENETUNREACH', 'connect'),
    systemError('ETIMEDOUT', 'connect'),
    systemError('UND_ERR_CONNECT_TIMEOUT'),
    systemError('DEPTH_ZERO_SELF_SIGNED_CERT'),
    systemError('CERT_HAS_EXPIRED'),
    systemError('ERR_TLS_CERT_ALTNAME_INVALID'),
    systemError('ERR_SSL_WRONG_VERSION_NUMBER'),
    new AggregateError([systemError('ECONNREFUSED', 'connect'), systemError('ENETUNREACH', 'connect')]),
  ];
  const uncertain = [
    systemError('ECONNRESET', 'read'),
    systemError('EPIPE', 'write'),
    systemError('EHOSTUNREACH', 'read'),
    systemError('ETIMEDOUT', 'read'),
    systemError('UND_ERR_SOCKET'),
    systemError('UND_ERR_HEADERS_TIMEOUT'),
    systemError('UND_ERR_BODY_TIMEOUT'),
    new AggregateError([systemError('ECONNREFUSED', 'connect'), systemError('ECONNRESET', 'read')]),
    new Error('no code'),
    'no error',
  ];
  for (const cause of certain) {
    it(`When ${findCode(cause)} comes before anything left, then it is certain, and not when the head had left`, () => {
      assert.equal(isBeforeSending(fetchFailed(cause), false), true);
      assert.equal(isBeforeSending(fetchFailed(cause), true), false);
    });
  }
  for (const cause of uncertain) {
    it(`When ${findCode(cause) ?? String(cause)} comes while data flows, then nothing is certain`, () => {
      assert.equal(isBeforeSending(fetchFailed(cause), false), false);
    });
  }
});
