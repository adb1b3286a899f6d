// What the bot tells about itself never changes what it does.
import type { Log } from '../domain/ports.ts';

export type Harmless = <Args extends unknown[]>(tell: (...args: Args) => void) => (...args: Args) => void;

/** What was done is done, whether it can be told or not: a commit must not look like a failure, nor a call as if it had not been made. */
export function createHarmless(log: Log): Harmless {
  return (tell) =>
    (...args) => {
      try {
        tell(...args);
      } catch (error) {
        log.warn({ err: error }, 'telemetry failed');
      }
    };
}
