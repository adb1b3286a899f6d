// What every start has in common, of one Cloud PC or of many: token and connection are got before the intent is committed,
// one request is sent or none, and no layer repeats it.
import { TemporaryError } from '../domain/errors.ts';
import type { StartAnswer } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import type { GraphCall, GraphOutcome } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { isTokenRefused } from './graph-error.ts';
import type { OpenConnection } from './open-connection.ts';

export const tokenWithinMs = 10 * second;
const connectedWithinMs = 10 * second;
const answerWithinMs = 30 * second;

export interface StartLimits {
  /** Of the call, and of connecting; for tests, 30 s and 10 s when left out. */
  timeoutMs?: number;
  connectMs?: number;
}

/** One of the documented forms: whose token, which call, and what its answer means. */
export interface StartWay<Order, Answer> {
  fetchToken(): Promise<string>;
  /** What it throws says that this way cannot do it: nothing is sent. */
  callOf(order: Order): GraphCall;
  classify(outcome: GraphOutcome, order: Order): Answer;
  /** Graph did not take the token (401): nothing was applied. What it throws is nobody's business any more. */
  tokenRefused?(): Promise<void>;
}

type Unknown = Extract<StartAnswer, { kind: 'unknown' }>;
type Certain = Extract<StartAnswer, { kind: 'rejected' }>;

/** As `StartPermit` and `BulkStartPermit` are described. */
interface Permit<Order, Answer> {
  send(order: Order): Promise<Answer | Certain | Unknown>;
  discard(): void;
}

interface AnyOrder {
  mayStillSend: () => boolean;
}

interface AnyAnswer {
  kind: string;
  retryAfterMs?: number | null;
}

/** @throws TemporaryError when token or connection cannot be had, or Graph wants us to wait: nothing was sent */
export async function prepareStart<Order extends AnyOrder, Answer extends AnyAnswer>(
  client: GraphClient,
  limits: StartLimits,
  way: StartWay<Order, Answer>,
): Promise<Permit<Order, Answer>> {
  const pauseMs = client.pauseLeftMs();
  if (pauseMs > 0)
    throw new TemporaryError('graph.busy', { graphCode: 'waiting' }, { retryAfterMs: Math.ceil(pauseMs) });
  const token = await way.fetchToken();
  // Last, so that it is fresh: whoever waits on the other side does not wait long.
  const connection = await client.openConnection(limits.connectMs ?? connectedWithinMs);
  let isSpent = false;
  return {
    async send(order) {
      // A permit is for one request, whatever its holder does.
      if (isSpent) return unknown('permitSpent');
      isSpent = true;
      try {
        return await sendStart(client, limits, way, { token, connection }, order);
      } catch {
        return unknown('bug');
      } finally {
        connection.close();
      }
    },
    discard() {
      if (!isSpent) connection.close();
    },
  };
}

async function sendStart<Order extends AnyOrder, Answer extends AnyAnswer>(
  client: GraphClient,
  limits: StartLimits,
  way: StartWay<Order, Answer>,
  { token, connection }: { token: string; connection: OpenConnection },
  order: Order,
): Promise<Answer | Certain> {
  let call: GraphCall;
  try {
    call = way.callOf(order);
  } catch {
    return { kind: 'rejected', isBusy: false, detail: { code: 'notSendable', message: null }, graphRequestId: null };
  }
  const prepared = { connection, mayStillSend: order.mayStillSend };
  const timeoutMs = limits.timeoutMs ?? answerWithinMs;
  const outcome = await client.sendOnce(call, { token, timeoutMs, prepared });
  const answer = way.classify(outcome, order);
  const { retryAfterMs = null } = answer;
  if (answer.kind === 'notApplied' && retryAfterMs !== null) client.pauseReads(retryAfterMs);
  // Not waited for: what Graph said is recorded first.
  if (isTokenRefused(outcome)) way.tokenRefused?.().catch(() => {});
  return answer;
}

function unknown(code: string): Unknown {
  return { kind: 'unknown', detail: { code, message: null }, graphRequestId: null };
}
