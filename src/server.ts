// The HTTP server: POST /api/messages, GET /healthz, GET /readyz, GET /metrics; nothing else. Errors are JSON without details.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import type { Next, Request, Response, ServerOptions as RestifyOptions, Server as RestifyServer } from 'restify';
import type { Log } from './domain/ports.ts';
import { second } from './domain/time.ts';
import { restify } from './mended-restify.ts';

export interface ServerParts {
  port: number;
  host: string;
  /** Takes the parsed body of POST /api/messages; must not throw. */
  processActivity: (request: { body: unknown; authorization: string }) => Promise<{ status: number; body?: unknown }>;
  /** Whether the store can be reached. */
  isReady: () => Promise<boolean>;
  /** What is in trouble outside, for `/readyz`; empty when all is well. The bot still answers, so it stays ready. */
  troubles?: () => Record<string, unknown>;
  /** Prometheus text; without it there is no /metrics. */
  metrics?: () => string;
  /** Asked before anything else; false: the request is refused. */
  mayEnter?: (request: { headers: Record<string, string | string[] | undefined>; remoteAddress: string }) => boolean;
  /** 256 KB by default. */
  maxBodyBytes?: number;
  /** Within this time a request must have arrived; 15 s by default. */
  arriveWithinMs?: number;
  log: Log;
}

export interface HttpServer {
  /** Listens; gives the port, which matters when 0 was asked for. */
  start(): Promise<{ port: number }>;
  /** Takes nothing new, lets the answers under way go out for so long (6 s by default), and closes. */
  stop(withinMs?: number): Promise<void>;
}

const securityHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Strict-Transport-Security': 'max-age=31536000',
};

/** @throws nothing; a port that is taken rejects `start` */
export function createServer(parts: ServerParts): HttpServer {
  const server = restify.createServer({ name: '', log: silent });
  const arriveWithinMs = parts.arriveWithinMs ?? 15 * second;
  server.server.headersTimeout = arriveWithinMs;
  server.server.requestTimeout = arriveWithinMs;
  server.server.maxHeadersCount = 100;
  server.pre((req: Request, res: Response, next: Next) => enter(parts, req, res, next));
  addRoutes(server, parts, arriveWithinMs);
  server.on('restifyError', (_req: Request, res: Response, error: unknown, done: () => void) => {
    replyFault(res, error, parts.log);
    done();
  });
  server.on('error', (error) => parts.log.error({ err: error }, 'server fault'));
  return {
    start: async () => {
      server.listen(parts.port, parts.host);
      await once(server.server, 'listening');
      const { port } = server.server.address() as AddressInfo;
      parts.log.info({ port, host: parts.host }, 'serving');
      return { port };
    },
    stop: (withinMs = 6 * second) => stop(server.server, withinMs),
  };
}

function enter({ mayEnter }: ServerParts, req: Request, res: Response, next: Next): void {
  for (const [name, value] of Object.entries(securityHeaders)) res.setHeader(name, value);
  if (mayEnter && !mayEnter({ headers: req.headers, remoteAddress: req.socket.remoteAddress ?? '' })) {
    reply(res, 403, { error: 'Forbidden' });
    next(false);
    return;
  }
  next();
}

function addRoutes(server: RestifyServer, parts: ServerParts, arriveWithinMs: number): void {
  const { processActivity, isReady, metrics, log } = parts;
  const maxBodySize = parts.maxBodyBytes ?? 256 * 1024;
  const limits = (req: Request, res: Response, next: Next) => limitBody(req, res, next, maxBodySize, arriveWithinMs);
  const rules = { mapParams: false, maxBodySize };
  const parse = restify.plugins.jsonBodyParser(rules);
  server.post('/api/messages', limits, ...[parse].flat(), async (req: Request, res: Response) => {
    try {
      const answer = await processActivity({ body: req.body, authorization: req.headers.authorization ?? '' });
      reply(res, answer.status, answer.body);
    } catch (error) {
      log.error({ err: error }, 'activity could not be processed');
      reply(res, 503, { error: 'ServiceUnavailable' });
    }
  });
  server.get('/healthz', async (_req: Request, res: Response) => reply(res, 200, { status: 'ok' }));
  server.get('/readyz', async (_req: Request, res: Response) => {
    const ready = await Promise.race([isReady().catch(() => false), setTimeout(2 * second, false, { ref: false })]);
    const troubles = parts.troubles?.() ?? {};
    const status = Object.keys(troubles).length > 0 ? 'degraded' : 'ready';
    reply(res, ready ? 200 : 503, { status: ready ? status : 'notReady', ...troubles });
  });
  if (!metrics) return;
  server.get('/metrics', async (_req: Request, res: Response) => {
    res.sendRaw(200, metrics(), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
}

/**
 * Before the body is read: JSON only, and not packed (the parser would unpack without a limit, and a broken archive would end the
 * process); not too long; and it must arrive in time.
 */
function limitBody(req: Request, res: Response, next: Next, maxBytes: number, arriveWithinMs: number): void {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (req.getContentType() !== 'application/json' || encoding !== 'identity') {
    refuseBody(res, 415, 'UnsupportedMediaType', next);
    return;
  }
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) {
    refuseBody(res, 413, 'PayloadTooLarge', next);
    return;
  }
  const timer = globalThis.setTimeout(() => {
    refuseBody(res, 408, 'RequestTimeout', () => {});
    req.destroy();
  }, arriveWithinMs);
  req.once('end', () => clearTimeout(timer));
  req.once('close', () => clearTimeout(timer));
  next();
}

/** The rest of the body is not waited for. */
function refuseBody(res: Response, status: number, error: string, next: (go: false) => void): void {
  res.setHeader('Connection', 'close');
  reply(res, status, { error });
  next(false);
}

// restify's own lines would carry requests; the types know another version of pino.
const silent = pino({ level: 'silent' }) as unknown as RestifyOptions['log'];

const words: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
};

/** Faults of the request, as restify found them; anything else is ours. */
function replyFault(res: Response, error: unknown, log: Log): void {
  const status = (error as { statusCode?: number } | null)?.statusCode ?? 503;
  const word = words[status];
  if (!word) log.error({ err: error }, 'request failed');
  reply(res, word ? status : 503, { error: word ?? 'ServiceUnavailable' });
}

function reply(res: Response, status: number, body?: unknown): void {
  if (res.headersSent || res.destroyed) return;
  if (body === undefined) res.sendRaw(status, '', {});
  else res.sendRaw(status, JSON.stringify(body), { 'Content-Type': 'application/json; charset=utf-8' });
}

async function stop(server: Server, withinMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // A connection becomes idle when its answer has gone out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const end = globalThis.setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(end);
}
