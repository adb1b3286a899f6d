// Graph for tests: the real client, tenant and starter against the simulator, or against a server of a few lines
// that misbehaves in ways the simulator does not. Always over real sockets.
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { TokenCredential } from '@azure/identity';
import type { Clock, Log, Starter, Tenant } from '../../src/domain/ports.ts';
import { findGraphCloud } from '../../src/graph/clouds.ts';
import type { GraphVersion } from '../../src/graph/graph-call.ts';
import { createGraphClient, type GraphClient, type GraphClientDeps } from '../../src/graph/graph-client.ts';
import type { GraphRequestRecord } from '../../src/graph/graph-sender.ts';
import { graphStarter } from '../../src/graph/starter.ts';
import { graphTenant } from '../../src/graph/tenant.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { readRequest } from '../contract/checks/wire.ts';
import { expectMadeUpCalls, recordCall } from '../contract/recorder.ts';
import { alsoKept } from '../logs/recorder.ts';

export const testToken = 'test-token';
export const realClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** An application's token with these permissions, as Entra writes one; nobody has signed it. */
export function tokenWith(roles: readonly string[] | null): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'https://graph.microsoft.com', idtyp: 'app', ...(roles === null ? {} : { roles }) };
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

export const credentialWith = (token: string): TokenCredential => ({
  getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
});

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  msg: string;
  fields: Record<string, unknown>;
}

export function recordLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: Record<string, unknown>, msg: string) =>
    void lines.push({ level, msg, fields });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log: alsoKept(log), lines };
}

export interface GraphParts {
  client: GraphClient;
  tenant: Tenant;
  starter: Starter;
  /** Every HTTP request, when it has ended. */
  sent: GraphRequestRecord[];
  lines: LogLine[];
}

export interface GraphPartsOptions extends Partial<GraphClientDeps> {
  reprovisionVersion?: GraphVersion;
  /** Limits of a start and of connecting for it; short where a test waits for them. */
  startTimeoutMs?: number;
  startConnectMs?: number;
}

/** The real parts on the Graph at `baseUrl`, with a fixed token and without jitter. */
export function buildGraph(baseUrl: string, options: GraphPartsOptions = {}): GraphParts {
  const { reprovisionVersion = 'v1.0', startTimeoutMs, startConnectMs, ...deps } = options;
  const { log, lines } = recordLog();
  const sent: GraphRequestRecord[] = [];
  const random = () => 0;
  const client = createGraphClient({
    cloud: findGraphCloud('global'),
    credential: { getToken: async () => ({ token: testToken, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    version: '0.1.0',
    log,
    clock: realClock,
    random,
    baseUrl,
    onRequest: (record) => sent.push(record),
    ...deps,
  });
  const tenant = graphTenant(client, { clock: realClock, log, random });
  const starter = graphStarter(client, {
    version: reprovisionVersion,
    timeoutMs: startTimeoutMs,
    connectMs: startConnectMs,
  });
  return { client, tenant, starter, sent, lines };
}

export interface SimulatedGraph extends GraphParts {
  simulator: Simulator;
}

/** The simulator with the demo tenant, and the real parts on it. The caller closes `simulator`. */
export async function startGraph(
  options: { simulator?: SimulatorOptions } & GraphPartsOptions = {},
): Promise<SimulatedGraph> {
  const { simulator: simulatorOptions, ...parts } = options;
  const simulator = await startSimulator({ token: testToken, ...simulatorOptions });
  return { simulator, ...buildGraph(simulator.url, parts) };
}

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface TinyServer {
  url: string;
  seen: SeenRequest[];
  close(): Promise<void>;
}

/**
 * A server that answers as the test says; `count` is the number of the request, from 1.
 * @param calls `madeUp`: the test tells the client what to send, so that the contract holds for the headers alone
 */
export async function serve(
  answer: (request: SeenRequest, response: ServerResponse, count: number) => void,
  { calls = 'ofTheBot' }: { calls?: 'ofTheBot' | 'madeUp' } = {},
): Promise<TinyServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
    seen.push(request);
    answer(request, response, seen.length);
  });
  if (calls === 'madeUp') expectMadeUpCalls(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface RawServer {
  port: number;
  /** The TCP sockets, also where TLS is spoken on them. */
  sockets: ReadonlySet<Socket>;
  /** Connections so far, and how many of them have ended. */
  opened: number;
  closed: number;
  /** Everything that came, with TLS after decryption. */
  received: string;
  /** Ends when what is asked is so; the time limit is the test's. */
  until(isSo: (server: RawServer) => boolean): Promise<void>;
  /** Takes a connection that came in elsewhere. */
  accept(socket: Socket): void;
  close(): void;
}

/**
 * A TCP server, with `tls` a TLS server, that does with a connection what the test says.
 * @param connected called when TCP is there, with TLS when the handshake is done
 */
export async function listen(
  connected: (socket: Socket) => void,
  tls?: TlsOptions,
  host = '127.0.0.1',
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const changes = new EventEmitter();
  const onConnected = (socket: Socket) => {
    let text = '';
    let isRecorded = false;
    socket
      .on('error', () => {})
      .on('data', (data) => {
        text += data;
        const call = isRecorded ? null : readRequest(text);
        if (call) recordCall(call, raw.port);
        isRecorded ||= call !== null;
        raw.received += data;
        changes.emit('change');
      });
    connected(socket);
  };
  const server = tls ? createTlsServer(tls, onConnected) : createTcpServer(onConnected);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    raw.opened += 1;
    changes.emit('change');
    socket
      .on('error', () => {})
      .on('close', () => {
        raw.closed += 1;
        changes.emit('change');
      });
  });
  server.on('tlsClientError', () => {});
  server.listen(0, host);
  await once(server, 'listening');
  const raw: RawServer = {
    port: (server.address() as AddressInfo).port,
    sockets,
    opened: 0,
    closed: 0,
    received: '',
    async until(isSo) {
      while (!isSo(raw)) await once(changes, 'change');
    },
    accept: (socket) => void server.emit('connection', socket),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return raw;
}

/** Sends JSON the way Graph does. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'graph-request-1', ...headers });
  response.end(JSON.stringify(body));
}
