// One HTTP request on a connection that is open already. Whether it was sent is known here, not guessed: nothing is
// written before the last question is answered, and the write follows in the same breath.
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { Readable } from 'node:stream';
import { isBodiless } from './graph-error.ts';
import type { OpenConnection } from './open-connection.ts';

export interface Prepared {
  connection: OpenConnection;
  /** Asked in the very moment before the request is written; false: nothing is sent. */
  mayStillSend: () => boolean;
}

/** Certain: not one byte of the request was written. */
export class WithheldError extends Error {
  readonly code: 'tooLate' | 'connectionClosed';

  constructor(code: WithheldError['code'], options?: { cause?: unknown }) {
    super(code, options);
    this.code = code;
  }
}

export interface PreparedRequest {
  method: string;
  headers: Headers;
  body?: string;
  /** Ends the request and the reading of its answer. */
  signal: AbortSignal;
}

/**
 * Redirects are not followed, nothing is repeated.
 * @param url of the host to which the connection leads
 * @throws WithheldError when nothing was sent; any other error says nothing about what the other side has got
 */
export function sendPrepared(prepared: Prepared, url: string, wanted: PreparedRequest): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const { connection } = prepared;
  // No `agent`, not even `false`: any agent would open a connection of its own instead of taking this one.
  const request = (url.startsWith('https:') ? requestTls : requestPlain)(url, {
    method: wanted.method,
    headers: { ...Object.fromEntries(wanted.headers), connection: 'close', 'accept-encoding': 'identity' },
    createConnection: () => connection.socket,
    signal: wanted.signal,
  });
  let isWritten = false;
  request.on('error', (cause) => {
    const why = wanted.signal.aborted ? 'tooLate' : 'connectionClosed';
    reject(isWritten ? cause : new WithheldError(why, { cause }));
  });
  request.once('close', () => reject(new Error('The connection ended without an answer')));
  request.once('response', (message) => {
    try {
      resolve(toResponse(message));
    } catch (error) {
      message.destroy();
      reject(error);
    }
  });
  // The socket has been given to the request; nothing of the request is on it yet.
  request.once('socket', () => {
    try {
      checkMoment(prepared);
      isWritten = true;
      write(request, connection, wanted.body);
    } catch (error) {
      reject(error);
      request.destroy();
    }
  });
  return promise;
}

function checkMoment({ connection, mayStillSend }: Prepared): void {
  if (!connection.isUsable()) throw new WithheldError('connectionClosed');
  let mayWrite = false;
  try {
    mayWrite = mayStillSend();
  } catch (cause) {
    throw new WithheldError('tooLate', { cause });
  }
  if (!mayWrite) throw new WithheldError('tooLate');
}

/** Hands head and body to the operating system at once, before anything else can run. */
function write(request: ClientRequest, connection: OpenConnection, body: string | undefined): void {
  connection.take();
  request.end(body);
}

/** @throws RangeError for a status that no answer can have */
function toResponse(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (let at = 0; at < message.rawHeaders.length; at += 2)
    headers.append(message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? '');
  if (!isBodiless(status)) return new Response(Readable.toWeb(message) as ReadableStream, { status, headers });
  message.on('error', () => {}).resume();
  return new Response(null, { status, headers });
}
