// The one wrapper around the Graph SDK. It cures what the SDK does wrong: it has time limits,
// repeats reads only, encodes queries, keeps to one host, and never drops or gives away the token.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';
import { TemporaryError } from '../domain/errors.ts';
import type { Clock, Log } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import type { GraphCloud } from './clouds.ts';
import type { Deadline, GraphOutcome, GraphReply, GraphVersion, ReadCall } from './graph-call.ts';
import { isThrottled, isTokenRefused, isTrouble, mayWorkLater, toError, toldToWaitMs } from './graph-error.ts';
import { readNextLink } from './graph-path.ts';
import { createGraphSender, type GraphRequestRecord, type SendOnce } from './graph-sender.ts';
import { createGraphTokens, type GraphTokens } from './graph-tokens.ts';
import { type OpenConnection, openConnection } from './open-connection.ts';
import { createReadBudget, type ReadBudget } from './read-budget.ts';
import { createPause, type Pause, waitBeforeRetry } from './retry-after.ts';

/** One try of a read ends after this; a start and a mail have their own limits. */
const tryMs = 10_000;
const mostTries = 5;

export interface GraphClientDeps {
  cloud: GraphCloud;
  credential: TokenCredential;
  /** Of this program, for the User-Agent. */
  version: string;
  log: Log;
  clock: Clock;
  /** For the demo and the tests, given in code and never by a setting: another root, plain http only on the loopback. */
  baseUrl?: string;
  onRequest?: (record: GraphRequestRecord) => void;
  /** Between 0 and 1, for the jitter. */
  random?: () => number;
}

export interface GraphClient {
  /** Root of the API, without a version. */
  readonly root: string;
  /**
   * Reads, and tries again on 429, 502, 503, 504 and network faults within the deadline, and once with another token when
   * Graph has refused the one that it got (401). Also for POSTs that only read.
   * @param token of a person, to ask in their name; the application's own when left out
   * @returns the last answer, whatever its status
   * @throws TemporaryError when there is no answer, or Graph wants us to wait longer than the deadline
   */
  read(call: ReadCall, deadline: Deadline, token?: string): Promise<GraphReply>;
  /** Exactly one HTTP request, or none. Never throws. */
  readonly sendOnce: SendOnce;
  /** @throws TemporaryError `graph.unreachable` when no token can be had */
  fetchToken(timeoutMs: number): Promise<string>;
  /** To Graph, for one request through `sendOnce`. @throws TemporaryError `graph.unreachable` when there is none in time */
  openConnection(timeoutMs: number): Promise<OpenConnection>;
  /** Graph told us in some other way (inside a batch, to a start) to wait. */
  pauseReads(ms: number): void;
  /** How long reads have to wait now; 0: not at all. */
  pauseLeftMs(): number;
  /** Since when Graph answers nothing but trouble (wall clock); null: it does not. */
  troubleSince(): Instant | null;
  /** @throws TemporaryError `graph.unreadable` for a link to another host */
  nextPath(nextLink: string, version: GraphVersion): string;
}

export function createGraphClient(deps: GraphClientDeps): GraphClient {
  const root = checkRoot(deps.baseUrl ?? deps.cloud.graphRoot, deps.baseUrl !== undefined);
  const random = deps.random ?? Math.random;
  const pause = createPause(deps.clock, random);
  const budget = createReadBudget();
  const circuit = createCircuit(deps);
  const tokens = createGraphTokens(deps.credential, deps.cloud.scope, deps.log);
  const { version, log, clock, onRequest } = deps;
  const sendOnce = createGraphSender({ root, tokens, version, log, clock, onRequest });
  return {
    root,
    sendOnce,
    read: (call, deadline, token) =>
      readWithRetries(call, deadline, { sendOnce, tokens, pause, budget, circuit, random, token }),
    async fetchToken(timeoutMs) {
      try {
        return await tokens.get(AbortSignal.timeout(timeoutMs));
      } catch (cause) {
        throw new TemporaryError('graph.unreachable', { graphCode: 'noToken' }, { cause });
      }
    },
    async openConnection(timeoutMs) {
      try {
        return await openConnection(root, timeoutMs);
      } catch (error) {
        if (error instanceof TemporaryError) log.warn({ code: error.values.graphCode }, 'no connection to Graph');
        throw error;
      }
    },
    pauseReads(ms) {
      pause.extend(ms);
      budget.halve();
    },
    pauseLeftMs: pause.remainingMs,
    troubleSince: circuit.openSince,
    nextPath: (nextLink, version) => readNextLink(nextLink, root, version),
  };
}

/** A token goes over https, or to this very machine when the code (not a setting) says so. */
function checkRoot(url: string, isGivenInCode: boolean): string {
  const { protocol, hostname, origin } = new URL(url);
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isGivenInCode && isLoopback)) {
    throw new TypeError('Graph is only spoken to over https');
  }
  return origin;
}

interface Reading {
  sendOnce: SendOnce;
  tokens: GraphTokens;
  pause: Pause;
  budget: ReadBudget;
  circuit: Circuit;
  random: () => number;
  token: string | undefined;
}

/** One try, when everybody else's trouble allows it. */
async function readOnce(call: ReadCall, deadline: Deadline, reading: Reading): Promise<GraphOutcome> {
  const { pause, budget, circuit } = reading;
  const leave = await budget.enter(deadline);
  try {
    await pause.pass(deadline);
    if (deadline.remainingMs() <= 0) throw new TemporaryError('graph.slow', { graphCode: 'deadline' });
    circuit.enter();
    const timeoutMs = Math.ceil(Math.min(tryMs, deadline.remainingMs()));
    const outcome = await reading.sendOnce(call, { timeoutMs, token: reading.token });
    circuit.note(isTrouble(outcome) && !isImpatience(outcome, timeoutMs));
    const pauseMs = toldToWaitMs(outcome);
    if (pauseMs !== null) pause.extend(pauseMs);
    if (isThrottled(outcome)) budget.halve();
    else if (outcome.kind === 'reply') budget.grow();
    return outcome;
  } finally {
    leave();
  }
}

/** Who had little time left has not learnt that Graph is away. */
function isImpatience(outcome: GraphOutcome, timeoutMs: number): boolean {
  return outcome.kind === 'fault' && outcome.why === 'timeout' && timeoutMs < tryMs / 2;
}

async function readWithRetries(call: ReadCall, deadline: Deadline, reading: Reading): Promise<GraphReply> {
  let hasRenewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await readOnce(call, deadline, reading);
    // Another token of a person can only be had from them.
    if (isTokenRefused(outcome) && !hasRenewed && reading.token === undefined) {
      hasRenewed = true;
      const signal = AbortSignal.timeout(Math.ceil(deadline.remainingMs()));
      if (await reading.tokens.hasFresh(signal)) continue;
    }
    if (mayWorkLater(outcome) && attempt < mostTries) {
      const waitMs = waitBeforeRetry(outcome.kind === 'reply' ? outcome.retryAfterMs : null, attempt, reading.random);
      if (waitMs < deadline.remainingMs()) {
        await sleep(waitMs);
        continue;
      }
    }
    if (outcome.kind === 'fault') throw toError(outcome);
    return outcome;
  }
}
