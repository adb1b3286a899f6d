// The end of a process by what nobody caught.
import type { Log } from './domain/ports.ts';
import { endProcess } from './end-process.ts';

/** Node would print the whole error past the log: those of databases carry rows, those of HTTP requests with their headers and bodies. */
export function endOnFault(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'ended by a fault');
    endProcess(1);
  });
}
