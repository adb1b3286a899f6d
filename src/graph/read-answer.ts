// From a successful reply to a checked value.
import type { z } from 'zod/v4';
import type { GraphReply } from './graph-call.ts';
import { expectSuccess, unreadable } from './graph-error.ts';

/**
 * The body of a successful reply, checked.
 * @throws ConciergeError for a refusal (`graph-error.ts`); TemporaryError `graph.unreadable` for another shape
 */
export function readBody<Schema extends z.ZodType>(reply: GraphReply, schema: Schema): z.output<Schema> {
  const read = schema.safeParse(expectSuccess(reply).body);
  if (!read.success) throw unreadable('unexpectedShape');
  return read.data;
}

/** Elements of a page that can be read; the others are left out. */
export function readElements<Schema extends z.ZodType>(values: readonly unknown[], schema: Schema): z.output<Schema>[] {
  return values.flatMap((value) => {
    const read = schema.safeParse(value);
    return read.success ? [read.data] : [];
  });
}
