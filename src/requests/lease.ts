// Who sends a card or a notice, or works on a person's item, holds it for a short time and asks for more while the work goes on. So
// what a killed process held is free soon, and a process that was only stopped finds that somebody else has it now.
import type { Clock, Log, Tx, UnitOfWork } from '../domain/ports.ts';
import { type Instant, second } from '../domain/time.ts';
import { startCounting } from './start-counting.ts';

export const leaseMs = 20 * second;
const renewEveryMs = 6 * second;

interface Leased {
  lease: string | null;
  dueAt: Instant | null;
}

/** Where the row with the lease is. */
export interface LeaseHome<Row extends Leased> {
  lock(tx: Tx): Promise<Row | null>;
  save(tx: Tx, row: Row): Promise<void>;
}

type LeaseDeps = { unitOfWork: UnitOfWork; clock: Clock; log: Log };

/** Counts how long a lease that is taken or renewed now is certainly this run's; to be called before the commit. */
export function countSureness(deps: Pick<LeaseDeps, 'clock'>): () => boolean {
  return startCounting(deps, leaseMs / 2);
}

/**
 * Does the work, renewing the lease until it is done. A renewal that fails is tried again; `isHeld` tells in the end.
 * @param work is told how to ask whether the row is certainly still this run's
 * @param taken what `countSureness` gave before the lease was taken
 */
export async function holdingLease<Row extends Leased, T>(
  deps: LeaseDeps,
  lease: string,
  home: LeaseHome<Row>,
  work: (isSure: () => boolean) => Promise<T>,
  taken: () => boolean = () => false,
): Promise<T> {
  let isSure = taken;
  const timer = setInterval(() => {
    const counting = countSureness(deps);
    deps.unitOfWork
      .run((tx) => renew(tx, deps.clock.now(), lease, home))
      .then((isOurs) => {
        isSure = isOurs ? counting : () => false;
      })
      .catch((error: unknown) => deps.log.warn({ err: error }, 'lease not renewed'));
  }, renewEveryMs);
  try {
    return await work(() => isSure());
  } finally {
    clearInterval(timer);
  }
}

async function renew<Row extends Leased>(tx: Tx, now: Instant, lease: string, home: LeaseHome<Row>): Promise<boolean> {
  const row = await home.lock(tx);
  if (!isHeld(row, lease)) return false;
  await home.save(tx, { ...row, dueAt: now + leaseMs });
  return true;
}

/** Whether the row is still held by this run. */
export function isHeld<Row extends Leased>(row: Row | null, lease: string): row is Row {
  return row !== null && row.lease === lease;
}
