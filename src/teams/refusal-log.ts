// What anybody can cause without a token is told once, and then counted: nobody outside decides how long the log becomes.
import type { Log, LogFields } from '../domain/ports.ts';
import { minute } from '../domain/time.ts';

export interface RefusalLog {
  /** `msg`, and `reason` among the fields, are fixed texts: there is a line of its own for each pair. */
  add(level: 'warn' | 'error', fields: LogFields, msg: string): void;
}

/** The first of a kind is written at once; how many more have come, once within `everyMs` as long as they come. */
export function createRefusalLog(log: Log, everyMs = minute): RefusalLog {
  const more = new Map<string, number>();
  function watch(kind: string, write: (fields: LogFields) => void): void {
    more.set(kind, 0);
    const timer = setTimeout(() => {
      const count = more.get(kind) ?? 0;
      more.delete(kind);
      if (count === 0) return;
      write({ count, withinMs: everyMs });
      watch(kind, write);
    }, everyMs);
    timer.unref();
  }
  return {
    add(level, fields, msg) {
      const kind = `${msg}: ${fields.reason}`;
      const count = more.get(kind);
      if (count !== undefined) {
        more.set(kind, count + 1);
        return;
      }
      log[level](fields, msg);
      watch(kind, (counted) => log[level]({ ...fields, ...counted }, msg));
    },
  };
}
