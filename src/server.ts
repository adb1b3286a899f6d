// The HTTP server: POST /api/messages, GET /healthz, GET /readyz, GET /metrics; nothing else. What operators ask can have a port of
// its own.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Next, Request, Response, Server as RestifyServer } from 'restify';
import type { Log } from './domain/ports.ts';
import { second } from './domain/time.ts';
import { restify } from './mended-restify.ts';
import { answerTheUnreadable, refuseBody, reply, replyFault, setSecurityHeaders, silent } from './server-answers.ts';

export interface ServerParts {
  port: number;
  host: string;
  /** Where /readyz and /metrics are, and only there; without it beside /api/messages. /healthz is at both. */
  operations?: { port: number; host: string } | null;
  /** Takes the parsed body of POST /api/messages; must not throw. */
  processActivity: (request: { body: unknown; authorization: string }) => Promise<{ status: number; body?: unknown }>;
  /** Whether the store can be reached. */
  isReady: () => Promise<boolean>;
  /** What is in trouble outside, for `/readyz`; empty when all is well. The bot still answers, so it stays ready. */
  troubles?: () => Record<string, unknown>;
  /** Prometheus text; without it there is no /metrics. */
  metrics?: () => Promise<string>;
  /** Asked before anything else; false: the request is refused. */
  mayEnter?: (request: { headers: Record<string, string | string[] | undefined>; remoteAddress: string }) => boolean;
  /** 256 KB by default. */
  maxBodyBytes?: number;
  /** Within this time a request must have arrived; 15 s by default. */
  arriveWithinMs?: number;
  /** At the same time, for each port; 1,000 by default. Each may hold a body before anybody knows whose it is. */
  maxConnections?: number;
  log: Log;
}

export interface HttpServer {
  /** Listens; gives the ports, which matter when 0 was asked for. `operationsPort`: null without one of its own. */
  start(): Promise<{ port: number; operationsPort: number | null }>;
  /** Takes nothing new, lets the answers under way go out for so long (6 s by default), and closes. */
  stop(withinMs?: number): Promise<void>;
}

/** @throws nothing; a port that is taken rejects `start` */
export function createServer(parts: ServerParts): HttpServer {
  const { operations } = parts;
  const open = openServer(parts, (server, arriveWithinMs) => {
    addMessages(server, parts, arriveWithinMs);
    addHealth(server);
    if (!operations) addOperations(server, parts);
  });
  const inner = operations
    ? openServer(parts, (server) => {
        addHealth(server);
        addOperations(server, parts);
      })
    : null;
  return {
    async start() {
      // First, so that whoever reaches the bot can be looked after.
      const operationsPort = inner && operations ? await listen(inner, operations) : null;
      const port = await listen(open, parts);
      parts.log.info({ port, host: parts.host, ...(operations ? { operationsPort } : {}) }, 'serving');
      return { port, operationsPort };
    },
    async stop(withinMs = 6 * second) {
      await Promise.all([open, inner].map((server) => server && stop(server.server, withinMs)));
    },
  };
}

type NodeServer = Server & { connectionsCheckingInterval: number; requireHostHeader: boolean };

function openServer(parts: ServerParts, addRoutes: (server: RestifyServer, arriveWithinMs: number) => void) {
  const server = restify.createServer({ name: '', log: silent });
  const arriveWithinMs = parts.arriveWithinMs ?? 15 * second;
  Object.assign(server.server as NodeServer, {
    headersTimeout: arriveWithinMs,
    requestTimeout: arriveWithinMs,
    // Without a byte in either direction, also where an answer is not read; longer than any turn.
    timeout: 5 * arriveWithinMs,
    // Longer than proxies keep a connection for the next request (60 s): what they send on one that is being closed is lost.
    keepAliveTimeout: 75 * second,
    // Node looks for those two this often alone, and takes these settings until it listens.
    connectionsCheckingInterval: Math.min(second, arriveWithinMs),
    // Its own answer would carry none of our headers; nothing here depends on the host.
    requireHostHeader: false,
    maxHeadersCount: 100,
    maxConnections: parts.maxConnections ?? 1000,
  });
  // restify's listener would leave the connection open, for ever and in nobody's care; without it there is nothing to change to.
  server.server.removeAllListeners('upgrade');
  answerTheUnreadable(server.server);
  server.pre((req: Request, res: Response, next: Next) => enter(parts, req, res, next));
  addRoutes(server, arriveWithinMs);
  server.on('restifyError', (_req: Request, res: Response, error: unknown, done: () => void) => {
    replyFault(res, error, parts.log);
    done();
  });
  server.on('error', (error) => parts.log.error({ err: error }, 'server fault'));
  return server;
}

async function listen(server: RestifyServer, { port, host }: { port: number; host: string }): Promise<number> {
  server.listen(port, host);
  await once(server.server, 'listening');
  return (server.server.address() as AddressInfo).port;
}

function enter({ mayEnter }: ServerParts, req: Request, res: Response, next: Next): void {
  setSecurityHeaders(res);
  if (mayEnter && !mayEnter({ headers: req.headers, remoteAddress: req.socket.remoteAddress ?? '' })) {
    reply(res, 403, { error: 'Forbidden' });
    next(false);
    return;
  }
  // Not `*`, whole addresses, dots and escapes: restify would see a way of ours in some of them, and answer others by itself.
  if (!/^\/[a-z/]*(\?|$)/.test(req.url ?? '')) {
    reply(res, 404, { error: 'NotFound' });
    next(false);
    return;
  }
  next();
}

function addMessages(server: RestifyServer, parts: ServerParts, arriveWithinMs: number): void {
  const { processActivity, log } = parts;
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
}

function addHealth(server: RestifyServer): void {
  server.get('/healthz', async (_req: Request, res: Response) => reply(res, 200, { status: 'ok' }));
}

function addOperations(server: RestifyServer, { isReady, troubles, metrics }: ServerParts): void {
  server.get('/readyz', async (_req: Request, res: Response) => {
    const ready = await Promise.race([isReady().catch(() => false), setTimeout(2 * second, false, { ref: false })]);
    const found = troubles?.() ?? {};
    const status = Object.keys(found).length > 0 ? 'degraded' : 'ready';
    reply(res, ready ? 200 : 503, { status: ready ? status : 'notReady', ...found });
  });
  if (!metrics) return;
  server.get('/metrics', async (_req: Request, res: Response) => {
    res.sendRaw(200, await metrics(), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
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
