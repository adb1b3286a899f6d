// Gathers what is asked in the same turn of the event loop, so that it goes out together; the same thing is asked once.
import type { GraphReply, ReadCall } from './graph-call.ts';

/** A read of beta, alone or as a part of a batch. */
export type Part = Pick<ReadCall, 'method' | 'path' | 'body' | 'isEventual'>;

export type Ask = (part: Part) => Promise<GraphReply>;

/** A part that waits for its reply. */
export interface AskedPart {
  part: Part;
  resolve(reply: GraphReply): void;
  reject(error: unknown): void;
}

/** @param answer gives every part its reply or an error */
export function createAsker(answer: (parts: readonly AskedPart[]) => void): Ask {
  const known = new Map<string, Promise<GraphReply>>();
  let waiting: AskedPart[] = [];

  function flush(): void {
    const parts = waiting;
    waiting = [];
    answer(parts);
  }

  return function ask(part) {
    const key = JSON.stringify([part.method, part.path, part.body, part.isEventual]);
    const asked = known.get(key);
    if (asked) return asked;
    const reply = new Promise<GraphReply>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ part, resolve, reject });
    });
    known.set(key, reply);
    return reply;
  };
}
