// The HTTP server of the pretend tenant. It listens on the loopback address only.
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delays } from './assignment/delays.ts';
import { answerBatch } from './batch.ts';
import { demoTenant } from './demo-tenant.ts';
import { answerRoute, noteArrival, perform, type Tokens, withCaller } from './dispatch.ts';
import { type ReadRequest, type RecordedRequest, readRequest, sendReply } from './exchange.ts';
import { Faults } from './faults.ts';
import type { GraphReply } from './graph-call.ts';
import { GraphProblem } from './graph-problem.ts';
import { Tenant } from './tenant.ts';
import type { TenantSeed } from './tenant-types.ts';

export interface SimulatorOptions extends Tokens {
  /** 0 or left out: any free port. */
  port?: number;
  host?: '127.0.0.1';
  /** The tenant's clock in milliseconds. */
  now?: () => number;
  /** How long a reprovision takes; 8 seconds when left out. */
  buildMs?: number;
  /** What is left out is as usual: assignment/delays.ts. */
  delays?: Partial<Delays>;
  /** Hears one line for every answer. */
  log?: (line: string) => void;
  /** How clients reach it, when that is another way than `url`: the root of the links in its answers. */
  publicUrl?: string;
}

export interface Simulator {
  /** 'http://127.0.0.1:PORT'; the API is under /v1.0 and /beta. */
  url: string;
  tenant: Tenant;
  /** Every HTTP request, in the order of arrival. */
  requests: RecordedRequest[];
  faults: Faults;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}

const usualBuildMs = 8000;

/** Hears `{ response, record }` of each exchange, right before its answer is written. */
const answering = channel('concierge:simulator:answer');

/** Starts a pretend tenant that speaks Microsoft Graph over HTTP. */
export async function startSimulator(
  options: SimulatorOptions = {},
  seed: TenantSeed = demoTenant,
): Promise<Simulator> {
  const tenant = new Tenant(seed, {
    now: options.now ?? Date.now,
    buildMs: options.buildMs ?? usualBuildMs,
    delays: options.delays,
  });
  const server = createServer();
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host = new Host(options.publicUrl ?? url, tenant, options);
  server.on('request', (request, response) => void host.serve(request, response));
  return {
    url,
    tenant,
    requests: host.requests,
    faults: host.faults,
    close: () => stop(server, host),
  };
}

class Host {
  readonly requests: RecordedRequest[] = [];
  readonly faults = new Faults();
  readonly #url: string;
  readonly #tenant: Tenant;
  readonly #options: SimulatorOptions;
  readonly #closing = new AbortController();

  constructor(url: string, tenant: Tenant, options: SimulatorOptions) {
    this.#url = url;
    this.#tenant = tenant;
    this.#options = options;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#exchange(request, response);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#options.log?.(`${request.method} ${request.url} failed in the simulator: ${error}`);
      response.destroy();
    }
  }

  stopDelays(): void {
    this.#closing.abort();
  }

  async #exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = await readRequest(request, this.#url, this.#tenant.now());
    const { call, record } = read;
    this.requests.push(record);
    noteArrival(call, this.#tenant);
    const fault = this.faults.strike(call, 'request');
    if (fault !== undefined) record.fault = fault;
    if (fault === 'hang') return;
    if (fault === 'reset') return reset(request);
    if (typeof fault === 'object' && 'delayMs' in fault) {
      await sleep(fault.delayMs, undefined, { signal: this.#closing.signal });
    }
    const reply = perform(call, this.#tenant, fault, () => this.#answer(read));
    if (fault === 'resetAfter') return reset(request);
    if (fault === 'endless') return beginAnswer(response);
    record.status = reply.status;
    answering.publish({ response, record });
    sendReply(response, call, reply);
    this.#options.log?.(`${call.method} ${request.url} ${reply.status}`);
  }

  #answer({ call: unnamed, record }: ReadRequest): GraphReply {
    if (record.version === null) throw new GraphProblem(404, `Resource not found for the path '${unnamed.path}'.`);
    const call = withCaller(unnamed, this.#options);
    if (call.path !== '/$batch') return answerRoute(call, this.#tenant);
    const parts: RecordedRequest['parts'] = [];
    record.parts = parts;
    if (call.method !== 'POST') throw new GraphProblem(405, 'A batch must be sent with POST.');
    return answerBatch(call, this.#tenant, this.faults, (part) => parts.push(part));
  }
}

function beginAnswer(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('{');
}

// A reset, not a graceful end: the client must not be able to tell that the server had anything to do with it.
function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

async function stop(server: Server, host: Host): Promise<void> {
  host.stopDelays();
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
