// One TLS server for all of Microsoft's host names: takes each request to the fake behind the name, and tells a test what passes,
// before it has an effect and after, so that the test can do harm in exactly that moment.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { sentAtHeader } from '../connector.ts';
import type { Certificates } from './certificates.ts';

/** A request on its way. */
export interface Passage {
  /** Counted from 1. */
  count: number;
  host: string;
  method: string;
  path: string;
  /** When it came, and when its answer was sent; milliseconds. */
  at: number;
  answeredAt: number | null;
  status: number | null;
}

export interface Hooks {
  /** The request has come and has done nothing yet. 'drop': it never does. */
  before?: (passage: Passage) => undefined | 'drop' | Promise<undefined | 'drop'>;
  /** It has had its effect; the answer has not been sent. 'drop': it never is. */
  after?: (passage: Passage) => undefined | 'drop' | Promise<undefined | 'drop'>;
  /** A connection was made; nothing was read from it, not even the handshake. Nothing goes on until the promise ends. */
  connected?: () => void | Promise<void>;
}

/** Where a host's requests go: path in, URL of the fake out; null: there is no such thing (404). */
export type Routes = Readonly<Record<string, (path: string) => string | null>>;

export interface Front {
  port: number;
  hosts: string[];
  /** Everything that came, in order. */
  passages: Passage[];
  /** May be changed at any time. */
  hooks: Hooks;
  stop(): Promise<void>;
}

export async function startFront(routes: Routes, { key, cert }: Certificates): Promise<Front> {
  const passages: Passage[] = [];
  const front = { hooks: {} as Hooks };
  const server = createServer({ key, cert, pauseOnConnect: true } as object, (req, res) => {
    serve(front.hooks, routes, passages, req, res).catch(() => req.socket.destroy());
  });
  const sockets = new Set<Socket>();
  const tlsListeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    Promise.resolve(front.hooks.connected?.()).then(
      () => {
        for (const listener of tlsListeners) listener.call(server, socket);
      },
      () => socket.destroy(),
    );
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    hosts: Object.keys(routes),
    passages,
    get hooks() {
      return front.hooks;
    },
    set hooks(hooks: Hooks) {
      front.hooks = hooks;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

async function serve(
  hooks: Hooks,
  routes: Routes,
  passages: Passage[],
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const host = (req.headers.host ?? '').replace(/:\d+$/, '');
  const path = req.url ?? '/';
  const { method = 'GET' } = req;
  const passage: Passage = {
    count: passages.length + 1,
    host,
    method,
    path,
    at: Date.now(),
    answeredAt: null,
    status: null,
  };
  passages.push(passage);
  const body = await readAll(req);
  if ((await hooks.before?.(passage)) === 'drop') return void req.socket.destroy();
  const target = routes[host]?.(path) ?? null;
  if (target === null) {
    res.writeHead(404).end();
    return;
  }
  const answer = await forward(req, target, body, passage.at);
  if (answer === null) return void req.socket.destroy();
  passage.status = answer.status;
  if ((await hooks.after?.(passage)) === 'drop') return void req.socket.destroy();
  res.writeHead(answer.status, answer.headers);
  res.end(answer.body);
  passage.answeredAt = Date.now();
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** null: the fake broke the connection. */
function forward(req: IncomingMessage, target: string, body: Buffer, sentAt: number): Promise<Answer | null> {
  return new Promise((resolve) => {
    const { host: _host, connection: _connection, ...headers } = req.headers;
    const marked = { ...headers, [sentAtHeader]: String(sentAt) };
    const passed = httpRequest(target, { method: req.method, headers: marked }, (answer) => {
      readAll(answer).then(
        (content) => {
          const { connection: _own, 'transfer-encoding': _chunked, ...rest } = answer.headers;
          resolve({ status: answer.statusCode ?? 502, headers: rest, body: content });
        },
        () => resolve(null),
      );
    });
    passed.on('error', () => resolve(null));
    const abandon = () => passed.destroy();
    req.socket.once('close', abandon);
    passed.once('close', () => req.socket.off('close', abandon));
    passed.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
