// One HTTP exchange: reading the request, recording it, writing the answer.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordedPart } from './batch.ts';
import type { Fault } from './faults.ts';
import { type GraphCall, type GraphReply, type GraphVersion, splitPath } from './graph-call.ts';

export interface RecordedRequest {
  method: string;
  /** Decoded, within the version; the whole path when Graph has no such version. */
  path: string;
  version: GraphVersion | null;
  query: Record<string, string>;
  /** Parsed JSON; the text itself when it was not JSON. */
  body: unknown;
  /** null: no answer was sent, or none yet. */
  status: number | null;
  /** Milliseconds, by the tenant's clock. */
  at: number;
  headers: { clientRequestId?: string; userAgent?: string; prefer?: string };
  /** What struck the request; left out when nothing did. */
  fault?: Fault;
  /** For $batch. */
  parts?: RecordedPart[];
}

export interface ReadRequest {
  call: GraphCall;
  record: RecordedRequest;
}

/** Reads a request to the end. The call of an unknown version is built as for v1.0; its record says null. */
export async function readRequest(request: IncomingMessage, baseUrl: string, nowMs: number): Promise<ReadRequest> {
  const body = parseBody(await readText(request));
  const url = new URL(baseUrl + (request.url ?? '/'));
  const target = splitPath(url.pathname);
  const requestId = randomUUID();
  const headers = flatHeaders(request);
  const call: GraphCall = {
    method: request.method ?? 'GET',
    version: target?.version ?? 'v1.0',
    path: target?.path ?? url.pathname,
    query: url.searchParams,
    headers,
    body,
    personId: null,
    root: `${baseUrl}/${target?.version ?? 'v1.0'}`,
    requestId,
    clientRequestId: headers['client-request-id'] ?? requestId,
  };
  const record: RecordedRequest = {
    method: call.method,
    path: call.path,
    version: target?.version ?? null,
    query: Object.fromEntries(call.query),
    body,
    status: null,
    at: nowMs,
    headers: {
      clientRequestId: headers['client-request-id'],
      userAgent: headers['user-agent'],
      prefer: headers.prefer,
    },
  };
  return { call, record };
}

/** Writes the answer with Graph's two request ids. */
export function sendReply(response: ServerResponse, call: GraphCall, reply: GraphReply): void {
  const headers: Record<string, string> = {
    ...reply.headers,
    'request-id': call.requestId,
    'client-request-id': call.clientRequestId,
  };
  if (reply.body === undefined) {
    response.writeHead(reply.status, headers);
    response.end();
    return;
  }
  const isText = typeof reply.body === 'string';
  headers['Content-Type'] = isText ? 'text/html' : 'application/json; odata.metadata=minimal; charset=utf-8';
  // Not chained: restify, in the same process, puts a writeHead in place that returns nothing.
  response.writeHead(reply.status, headers);
  response.end(isText ? reply.body : JSON.stringify(reply.body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
