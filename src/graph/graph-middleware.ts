// Our own middleware chain for the Graph SDK. The SDK's chain repeats POSTs, follows any host and drops the token
// silently on http; here the chain is: authorize (host check and token) → send (one fetch, no redirects).
import {
  type Context,
  GraphClientError,
  type Middleware,
  type MiddlewareOptions,
} from '@microsoft/microsoft-graph-client';

/** What one request carries through the SDK. */
export class SendOrder implements MiddlewareOptions {
  readonly url: string;
  readonly token: string;
  /** Asked in the very moment before the request leaves. */
  readonly mayStillSend: () => boolean;

  constructor(url: string, token: string, mayStillSend: () => boolean) {
    this.url = url;
    this.token = token;
    this.mayStillSend = mayStillSend;
  }
}

/** Nothing was sent, because `mayStillSend` said no. */
export class WithheldError extends Error {}

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

/** One fetch. The SDK would drop the cause of a failure, so that it travels inside a GraphClientError. */
class SendMiddleware implements Middleware {
  async execute(context: Context): Promise<void> {
    const order = orderOf(context);
    try {
      checkMoment(order);
      context.response = await fetch(context.request, { ...(context.options as RequestInit), redirect: 'manual' });
    } catch (cause) {
      const wrapped = new GraphClientError('No answer from Graph');
      wrapped.customError = cause;
      throw wrapped;
    }
  }
}

function checkMoment(order: SendOrder): void {
  let mayStillSend = false;
  try {
    mayStillSend = order.mayStillSend();
  } catch (cause) {
    throw new WithheldError('could not ask whether to send', { cause });
  }
  if (!mayStillSend) throw new WithheldError('too late');
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
