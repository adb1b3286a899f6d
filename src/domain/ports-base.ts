// Time, names and the log.
import type { Instant } from './time.ts';

export interface Clock {
  /** Wall clock. */
  now(): Instant;
  /** Milliseconds that only go forward; for deadlines within this process. */
  monotonic(): number;
}

export interface Ids {
  /** A random UUID. */
  next(): string;
}

export type LogFields = Record<string, unknown>;

/** `msg` is fixed text, values are fields. */
export interface Log {
  debug(fields: LogFields, msg: string): void;
  info(fields: LogFields, msg: string): void;
  warn(fields: LogFields, msg: string): void;
  error(fields: LogFields, msg: string): void;
}
