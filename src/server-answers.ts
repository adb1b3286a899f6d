// What the HTTP server says: JSON without details, and headers that forbid what browsers would do, on whatever goes out.
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pino } from 'pino';
import type { Request, Response, ServerOptions } from 'restify';
import type { Log } from './domain/ports.ts';
import { second } from './domain/time.ts';

const securityHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Strict-Transport-Security': 'max-age=31536000',
};
const jsonType = 'application/json; charset=utf-8';
const lingersForMs = second;

/** restify's own lines would carry requests; the types know another version of pino. */
export const silent = pino({ level: 'silent' }) as unknown as ServerOptions['log'];

export function setSecurityHeaders(res: Response): void {
  for (const [name, value] of Object.entries(securityHeaders)) res.setHeader(name, value);
}

export function reply(res: Response, status: number, body?: unknown): void {
  if (res.headersSent || res.destroyed) return;
  if (body === undefined) res.sendRaw(status, '', {});
  else res.sendRaw(status, JSON.stringify(body), { 'Content-Type': jsonType });
}

/** The rest of the body is not waited for. */
export function refuseBody(res: Response, status: number, error: string, next: (go: false) => void): void {
  res.setHeader('Connection', 'close');
  reply(res, status, { error });
  next(false);
}

const words: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
};

/** Faults of the request, as restify found them; anything else is ours. */
export function replyFault(res: Response, error: unknown, log: Log): void {
  const status = (error as { statusCode?: number } | null)?.statusCode ?? 503;
  const word = words[status];
  if (!word) log.error({ err: error }, 'request failed');
  reply(res, word ? status : 503, { error: word ?? 'ServiceUnavailable' });
}

const unreadable: Readonly<Record<string, [number, string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'RequestTimeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'HeadersTooLarge'],
};

/** What Node would answer by itself, without our headers: to what is no HTTP, comes too slowly or expects something. */
export function answerTheUnreadable(server: Server): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  const ending = new WeakSet<Socket>();
  server.prependListener('request', (req, res) => void answers.set(req.socket, res));
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    // What comes after the unreadable is unreadable as well.
    if (ending.has(socket)) return;
    const [status, reason, word] = unreadable[error.code ?? ''] ?? [400, 'Bad Request', 'BadRequest'];
    const last = answers.get(socket);
    // An answer that has begun cannot be begun again.
    const hasBegun = last?.headersSent === true && !last.writableFinished;
    if (!socket.writable || hasBegun) {
      socket.destroy();
      return;
    }
    ending.add(socket);
    endWith(socket, rawAnswer(status, reason, word));
  });
  server.on('checkExpectation', (_req: Request, res: Response) => {
    setSecurityHeaders(res);
    res.writeHead(417, { Connection: 'close', 'Content-Type': jsonType });
    res.end(JSON.stringify({ error: 'ExpectationFailed' }));
  });
}

/**
 * Node would wait for ever until the other side ends as well, and its place with it. Closed at once, what still comes in would
 * reset the connection before the answer is read.
 */
function endWith(socket: Socket, answer: string): void {
  socket.end(answer);
  setTimeout(() => socket.destroy(), lingersForMs).unref();
}

function rawAnswer(status: number, reason: string, error: string): string {
  const body = JSON.stringify({ error });
  const headers = { ...securityHeaders, 'Content-Type': jsonType, 'Content-Length': body.length, Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`;
}
