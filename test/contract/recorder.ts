// Loaded into every process of the tests that serves a fake Graph: sees each request to /v1.0 and /beta as it came over the wire,
// whichever fake it meets, and holds it against Graph's description. The simulator's answers are held against it too.
// What was found is appended to a file of this process; the end of the run reads them all (run.ts).

import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RecordedRequest } from '../../src/simulator/index.ts';
import { checkAnswer } from './checks/check-answer.ts';
import { checkCall, checkMadeUpCall, type SentCall } from './checks/check-call.ts';
import type { Finding } from './checks/checklist.ts';

/** Set for the run: where the records go. Without it nothing is recorded. */
export const folderVariable = 'GRAPH_CONTRACT_RECORDS';
/** A request that a test sends by itself carries it: it says nothing about the bot's client. */
export const sentByTest = { 'x-sent-by': 'test' } as const;

export interface ContractRecord extends Finding {
  /** `test`: sent by a test itself; `madeUp`: the bot's client was told by a test what to send. */
  what: 'call' | 'madeUp' | 'test' | 'answer';
  /** `client-request-id`; null: none. */
  id: string | null;
  port: number;
  /** '/beta/users', without the query. */
  path: string;
  /** Title of the test that ran. */
  test: string;
}

const madeUp = new WeakSet<Server>();
const answers = new WeakMap<ServerResponse, RecordedRequest>();
let test = '';

/** The paths and bodies that come to this server are the test's: only the headers are the client's own. */
export function expectMadeUpCalls(server: Server): void {
  madeUp.add(server);
}

export function noteTest(title: string): void {
  test = title;
}

/** A request that came in some other way than over Node's HTTP server. */
export function recordCall(call: SentCall, port: number): void {
  if (process.env[folderVariable] !== undefined && isGraphPath(call.target)) write('call', checkCall(call), call, port);
}

subscribe('http.server.request.start', (message) => {
  const { request, response, server } = message as Exchange;
  if (process.env[folderVariable] !== undefined && isGraphPath(request.url)) watch(request, response, server);
});

subscribe('concierge:simulator:answer', (message) => {
  const { response, record } = message as { response: ServerResponse; record: RecordedRequest };
  answers.set(response, record);
});

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

function watch(request: IncomingMessage, response: ServerResponse, server: Server): void {
  const { port } = server.address() as AddressInfo;
  const call: SentCall = {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: flat(request.headers),
    body: '',
  };
  onBody(request, (body) => {
    call.body = body;
    if (isOfTest(call)) write('test', { operations: [], rules: 0, violations: [] }, call, port);
    else if (madeUp.has(server)) write('madeUp', checkMadeUpCall(call), call, port);
    else write('call', checkCall(call), call, port);
  });
  onAnswer(response, ({ status, headers, body }) => {
    const record = answers.get(response);
    if (record === undefined) return;
    const asked = { method: call.method, target: call.target, requestHeaders: call.headers, requestBody: call.body };
    write('answer', checkAnswer({ ...asked, status, headers, body, deliberate: deliberateIn(record) }), call, port);
  });
}

/** A fault that brings its own body stands in place of Graph's words: the test that set it means it so. */
function deliberateIn({ fault, parts = [] }: RecordedRequest): boolean | string[] {
  const hasOwnBody = (one: RecordedRequest['fault']) => typeof one === 'object' && 'body' in one;
  return hasOwnBody(fault) || parts.filter((part) => hasOwnBody(part.fault)).map(({ id }) => id);
}

function isOfTest({ headers }: SentCall): boolean {
  return headers['x-sent-by'] === sentByTest['x-sent-by'];
}

function isGraphPath(target: string | undefined): boolean {
  return /^\/(v1\.0|beta)(\/|$)/.test(target ?? '');
}

/** Hears the body without touching the stream: whoever reads it gets it as ever. */
export function onBody(request: IncomingMessage, heard: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const push = request.push;
  request.push = function (this: IncomingMessage, chunk: Buffer | null, ...rest: unknown[]) {
    if (chunk !== null) chunks.push(chunk);
    else heard(Buffer.concat(chunks).toString('utf8'));
    return (push as (...args: unknown[]) => boolean).call(this, chunk, ...rest);
  } as typeof push;
}

function onAnswer(
  response: ServerResponse,
  heard: (answer: { status: number; headers: Record<string, string>; body: string }) => void,
): void {
  const chunks: Buffer[] = [];
  let written: OutgoingHttpHeaders = {};
  const { writeHead, write: writeChunk, end } = response as unknown as Record<string, (...args: unknown[]) => unknown>;
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  Object.assign(response, {
    writeHead(...args: unknown[]) {
      written = { ...response.getHeaders(), ...(args.at(-1) as OutgoingHttpHeaders) };
      return writeHead?.apply(response, args);
    },
    write(...args: unknown[]) {
      keep(args[0]);
      return writeChunk?.apply(response, args);
    },
    end(...args: unknown[]) {
      keep(args[0]);
      return end?.apply(response, args);
    },
  });
  response.once('finish', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    heard({ status: response.statusCode, headers: flat(written), body });
  });
}

function flat(headers: OutgoingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function write(what: ContractRecord['what'], finding: Finding, call: SentCall, port: number): void {
  const folder = process.env[folderVariable];
  if (folder === undefined) return;
  const id = call.headers['client-request-id'] ?? null;
  const record: ContractRecord = { what, id, port, path: call.target.split('?', 1)[0] ?? '', test, ...finding };
  appendFileSync(join(folder, `${process.pid}.ndjson`), `${JSON.stringify(record)}\n`);
}
