// JSON batching of reads (https://learn.microsoft.com/graph/json-batching): POST /beta/$batch, at most 20 parts; the
// directory is served by beta too. Parts are throttled one by one, and the SDK would not try them again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Log } from '../domain/ports.ts';
import { minute } from '../domain/time.ts';
import type { AskedPart, Part } from './asker.ts';
import type { Deadline, GraphReply, ReadCall } from './graph-call.ts';
import type { GraphClient } from './graph-client.ts';
import { isBatchRefused, mayWorkLater, missingPart, refusalOf, toldToWaitMs } from './graph-error.ts';
import { toLogPath } from './graph-path.ts';
import { readBody } from './read-answer.ts';
import { readRetryAfter, waitBeforeRetry } from './retry-after.ts';
import { batchSchema } from './schema.ts';

const mostParts = 20;
const mostTries = 4;
const batchesAtOnce = 4;
const singlesAtOnce = 8;
const refusalLastsMs = 10 * minute;

export interface Batcher {
  /** Gives every part its reply or an error within the deadline. Never throws. */
  answer(parts: readonly AskedPart[], deadline: Deadline): Promise<void>;
  /** How many requests so many parts take now. */
  requestsFor(parts: number): number;
}

export function createBatcher(deps: { client: GraphClient; clock: Clock; log: Log; random: () => number }): Batcher {
  const { client, clock, log } = deps;
  let refusedUntil = Number.NEGATIVE_INFINITY;

  async function answer(parts: readonly AskedPart[], deadline: Deadline): Promise<void> {
    if (parts.length === 1 || clock.monotonic() < refusedUntil) return answerSingly(parts, deadline);
    return inParallel(inChunks(parts, mostParts), batchesAtOnce, (chunk) => answerChunk(chunk, deadline));
  }

  async function answerSingly(parts: readonly AskedPart[], deadline: Deadline): Promise<void> {
    await inParallel(parts, singlesAtOnce, async (asked) => {
      await client.read(toCall(asked.part), deadline).then(asked.resolve, asked.reject);
    });
  }

  async function answerChunk(chunk: readonly AskedPart[], deadline: Deadline): Promise<void> {
    let pending = chunk;
    try {
      for (let attempt = 1; pending.length > 1; attempt += 1) {
        const reply = await client.read(toBatch(pending), deadline);
        if (isBatchRefused(reply)) {
          refusedUntil = clock.monotonic() + refusalLastsMs;
          log.warn(
            { status: reply.status, parts: pending.length },
            'Graph refused a batch; single requests for a while',
          );
          break;
        }
        pending = await settle(pending, readParts(reply, pending, clock.now()), attempt, deadline);
      }
      await answerSingly(pending, deadline);
    } catch (error) {
      for (const asked of pending) asked.reject(error);
    }
  }

  /** Hands out the replies; waits, and returns the parts that are worth another try. */
  async function settle(
    pending: readonly AskedPart[],
    replies: ReadonlyMap<string, GraphReply>,
    attempt: number,
    deadline: Deadline,
  ): Promise<AskedPart[]> {
    const again: AskedPart[] = [];
    let longestWaitMs = 0;
    for (const [index, asked] of pending.entries()) {
      const reply = replies.get(String(index)) ?? missingPart();
      const pauseMs = toldToWaitMs(reply);
      if (pauseMs !== null) client.pauseReads(pauseMs);
      const waitMs = waitBeforeRetry(reply.retryAfterMs, attempt, deps.random);
      if (mayWorkLater(reply) && attempt < mostTries && waitMs < deadline.remainingMs()) {
        again.push(asked);
        longestWaitMs = Math.max(longestWaitMs, waitMs);
      } else {
        noteRefusal(log, asked.part, reply);
        asked.resolve(reply);
      }
    }
    if (again.length > 0) await sleep(longestWaitMs);
    return again;
  }

  return {
    answer,
    requestsFor: (parts) => (clock.monotonic() < refusedUntil ? parts : Math.ceil(parts / mostParts)),
  };
}

function toCall(part: Part): ReadCall {
  return { ...part, version: 'beta', wantsUnknownMembers: true };
}

function toBatch(parts: readonly AskedPart[]): ReadCall {
  const requests = parts.map(({ part }, index) => ({
    id: String(index),
    method: part.method,
    url: part.path,
    headers: {
      Prefer: 'include-unknown-enum-members',
      ...(part.isEventual ? { ConsistencyLevel: 'eventual' } : {}),
      ...(part.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(part.body === undefined ? {} : { body: part.body }),
  }));
  return { method: 'POST', version: 'beta', path: '/$batch', body: { requests } };
}

/** The line of the batch says that all is well. */
function noteRefusal(log: Log, { method, path }: Part, reply: GraphReply): void {
  const refusal = refusalOf(reply);
  if (!refusal) return;
  const { status, graphRequestId } = reply;
  log.warn({ method, path: toLogPath(path), status, graphRequestId, refusal }, 'a part of a batch was refused');
}

function readParts(reply: GraphReply, asked: readonly AskedPart[], now: number): Map<string, GraphReply> {
  const { responses } = readBody(reply, batchSchema);
  return new Map(
    responses.map(({ id, status, headers, body }): [string, GraphReply] => {
      const header = (name: string) => Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
      const retryAfterMs = readRetryAfter(String(header('retry-after') ?? ''), now);
      // JSON comes as a value; anything else (an HTML page of a gateway) as text.
      const isReadable = typeof body !== 'string';
      const { graphRequestId, serverTime } = reply;
      const part = asked[Number(id)]?.part;
      return [
        id,
        {
          kind: 'reply',
          status,
          body: isReadable ? body : undefined,
          isReadable,
          retryAfterMs,
          graphRequestId,
          serverTime,
          asked: reply.asked && part ? { ...reply.asked, method: part.method, path: part.path } : undefined,
        },
      ];
    }),
  );
}

export function inChunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

async function inParallel<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  async function workOn(): Promise<void> {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, workOn));
}
