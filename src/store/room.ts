// Whether the disk has room for the embedded store: without it rows are refused, and where the engine's log finds none it gives up.
import { statfs } from 'node:fs/promises';
import { TemporaryError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { minute } from '../domain/time.ts';

const megabyte = 1024 * 1024;
/** The log grows by files of 16 MB. */
const neededMb = 32;

/** @returns what throws TemporaryError `store.unavailable` (`reason: full`) while there is no room, and logs it once a minute */
export function createRoomCheck(directory: string, log: Log): () => Promise<void> {
  let quietUntil = 0;
  return async () => {
    const { bavail, bsize } = await statfs(directory);
    const freeMb = Math.floor((bavail * bsize) / megabyte);
    if (freeMb >= neededMb) return;
    if (performance.now() >= quietUntil) {
      quietUntil = performance.now() + minute;
      log.error({ code: 'store.full', directory, freeMb, neededMb }, 'the disk of the embedded store is full');
    }
    throw new TemporaryError('store.unavailable', { reason: 'full' });
  };
}
