// Clients of the Bot Connector that send each call once, within a time limit, and only to service URLs we know. The SDK's own
// client repeats 429 and 503 (which can post a message twice), follows redirects and waits for ever.
import { type ConnectorClient, ConnectorFactory } from 'botframework-connector';

/** A call without an answer. `wasSent`: it had left (it may have arrived); false: certainly not. */
export class UnansweredError extends Error {
  readonly wasSent: boolean;

  constructor(message: string, wasSent: boolean, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UnansweredError';
    this.wasSent = wasSent;
  }
}

/** One call, when it is over. */
export interface ConnectorCall {
  method: string;
  /** From the version on, without query: `/v3/conversations/…`. */
  path: string;
  /** null: no answer. */
  status: number | null;
  ms: number;
}

export interface ConnectorRules {
  isServiceUrl: (serviceUrl: string) => boolean;
  /** For one call: getting the token, sending and reading the answer. */
  timeoutMs: number;
  onCall?: (call: ConnectorCall) => void;
}

export class OneTryConnectorFactory extends ConnectorFactory {
  readonly #inner: ConnectorFactory;
  readonly #rules: ConnectorRules;

  constructor(inner: ConnectorFactory, rules: ConnectorRules) {
    super();
    this.#inner = inner;
    this.#rules = rules;
  }

  /** @throws UnansweredError for a service URL that is not Teams' */
  override async create(serviceUrl: string, audience?: string): Promise<ConnectorClient> {
    if (!this.#rules.isServiceUrl(serviceUrl)) throw new UnansweredError('The service URL is not allowed', false);
    const client = await this.#inner.create(serviceUrl, audience);
    sendOnce(client, this.#rules);
    return client;
  }
}

/** The parts of the pipeline inside the SDK's client that are changed here; the client keeps it private. */
interface Pipeline {
  addPolicy(policy: Policy, options?: { beforePolicies?: string[]; afterPhase?: 'Sign' }): void;
  removePolicy(which: { name: string }): unknown[];
}

interface PipelineRequest {
  requestId: string;
  method: string;
  url: string;
  abortSignal?: unknown;
}

interface Policy {
  name: string;
  sendRequest(
    request: PipelineRequest,
    next: (request: PipelineRequest) => Promise<{ status: number }>,
  ): Promise<{ status: number }>;
}

const signPolicy = 'ServiceClientContext_Credentials_SignRequest';

function sendOnce(client: ConnectorClient, { timeoutMs, onCall }: ConnectorRules): void {
  const { pipeline } = (client as unknown as { client: { pipeline: Pipeline } }).client;
  for (const name of ['defaultRetryPolicy', 'redirectPolicy']) {
    if (pipeline.removePolicy({ name }).length !== 1) throw new Error(`The connector client has no ${name} to remove`);
  }
  const sent = new Set<string>();
  pipeline.addPolicy(deadlinePolicy(sent, timeoutMs), { beforePolicies: [signPolicy] });
  pipeline.addPolicy(markSentPolicy(sent), { afterPhase: 'Sign' });
  if (onCall) pipeline.addPolicy(tellPolicy(onCall), { afterPhase: 'Sign' });
}

/** Tells of each call that has left, and what came of it. */
function tellPolicy(onCall: (call: ConnectorCall) => void): Policy {
  return {
    name: 'concierge_tell',
    async sendRequest(request, next) {
      const startedAt = performance.now();
      let status: number | null = null;
      try {
        const response = await next(request);
        status = response.status;
        return response;
      } catch (error) {
        status = statusOf(error);
        throw error;
      } finally {
        const { method, url } = request;
        onCall({
          method,
          path: new URL(url).pathname.replace(/^.*?(?=\/v3\/)/, ''),
          status,
          ms: performance.now() - startedAt,
        });
      }
    },
  };
}

/** Outermost: ends the call at the deadline, and says of each fault without an answer whether the call had left. */
function deadlinePolicy(sent: Set<string>, timeoutMs: number): Policy {
  return {
    name: 'concierge_deadline',
    async sendRequest(request, next) {
      const abort = new AbortController();
      request.abortSignal = abort.signal;
      const { promise: overdue, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        reject(new Error('The connector did not answer in time'));
        abort.abort();
      }, timeoutMs);
      try {
        return await Promise.race([next(request), overdue]);
      } catch (error) {
        if (isAnswer(error)) throw error;
        const message = error instanceof Error ? error.message : 'The connector call failed';
        throw new UnansweredError(message, sent.has(request.requestId) && !neverLeft(error), { cause: error });
      } finally {
        clearTimeout(timer);
        sent.delete(request.requestId);
      }
    },
  };
}

/** Innermost, after the token is there. */
function markSentPolicy(sent: Set<string>): Policy {
  return {
    name: 'concierge_mark_sent',
    sendRequest(request, next) {
      sent.add(request.requestId);
      return next(request);
    },
  };
}

function isAnswer(error: unknown): boolean {
  return statusOf(error) !== null;
}

function statusOf(error: unknown): number | null {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return error instanceof Error && typeof statusCode === 'number' ? statusCode : null;
}

const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|CERT_|ERR_TLS|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/;

/** Names that cannot be resolved, refused connections and failed certificates: nothing was sent. */
function neverLeft(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && beforeSending.test(code);
}
