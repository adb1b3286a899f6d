// Our own middleware chain for the Graph SDK. The SDK's chain repeats POSTs, follows any host and drops the token
// silently on http; here the chain is: authorize (host check and token) → send (once, no redirects).
import {
  type Context,
  GraphClientError,
  type Middleware,
  type MiddlewareOptions,
} from '@microsoft/microsoft-graph-client';
import { type Prepared, type PreparedRequest, sendPrepared } from './send-prepared.ts';

/** What one request carries through the SDK. */
export class SendOrder implements MiddlewareOptions {
  readonly url: string;
  readonly token: string;
  /** Where the request must leave at a certain moment or not at all; null: a connection is found or made for it. */
  readonly prepared: Prepared | null;

  constructor(url: string, token: string, prepared: Prepared | null) {
    this.url = url;
    this.token = token;
    this.prepared = prepared;
  }
}

/** Puts the token on, and only for the Graph host. The URL is ours to the letter: the SDK's builder leaves `&` raw. */
class AuthorizeMiddleware implements Middleware {
  readonly #origin: string;
  #next: Middleware | undefined;

  constructor(root: string) {
    this.#origin = new URL(root).origin;
  }

  async execute(context: Context): Promise<void> {
    const order = orderOf(context);
    if (new URL(order.url).origin !== this.#origin) throw new Error('Refused to send to a host that is not Graph');
    const headers = new Headers(context.options?.headers as Record<string, string>);
    headers.set('authorization', `Bearer ${order.token}`);
    if (context.options?.body === undefined) headers.delete('content-type');
    context.request = order.url;
    context.options = { ...context.options, headers };
    await this.#next?.execute(context);
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }
}

/** Sends once. The SDK would drop the cause of a failure, so that it travels inside a GraphClientError. */
class SendMiddleware implements Middleware {
  async execute(context: Context): Promise<void> {
    const { prepared, url } = orderOf(context);
    const options = context.options as RequestInit;
    try {
      context.response = prepared
        ? await sendPrepared(prepared, url, toRequest(options))
        : await fetch(url, { ...options, redirect: 'manual' });
    } catch (cause) {
      const wrapped = new GraphClientError('No answer from Graph');
      wrapped.customError = cause;
      throw wrapped;
    }
  }
}

function toRequest({ method, headers, body, signal }: RequestInit): PreparedRequest {
  if (!signal || (body !== undefined && typeof body !== 'string'))
    throw new TypeError('A request without limit or text');
  return { method: method ?? 'GET', headers: new Headers(headers), body, signal };
}

export function createMiddleware(root: string): Middleware[] {
  return [new AuthorizeMiddleware(root), new SendMiddleware()];
}

/** What really failed, below the SDK's wrapping. */
export function causeOf(error: unknown): unknown {
  return error instanceof GraphClientError ? (error.customError ?? error) : error;
}

function orderOf(context: Context): SendOrder {
  const order = context.middlewareControl?.getMiddlewareOptions(SendOrder);
  if (!(order instanceof SendOrder)) throw new Error('A Graph request without a send order');
  return order;
}
