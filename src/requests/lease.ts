// Who sends a card or a notice, or works on a person's item, holds it for a short time and asks for more while the work goes on. So
// what a killed process held is free soon, and a process that was only stopped finds that somebody else has it now.
import type { Clock, Log, Tx, UnitOfWork } from '../domain/ports.ts';
import { type Instant, minute, second } from '../domain/time.ts';
import { startCounting } from './start-counting.ts';

export const leaseMs = 20 * second;
const renewEveryMs = 6 * second;
/** Longer than any work takes; what hangs for ever must not hold its row for ever. */
const longestHoldMs = 5 * minute;

interface Leased {
  lease: string | null;
  dueAt: Instant | null;
}

/** Where the row with the lease is. */
export interface LeaseHome<Row extends Leased> {
  lock(tx: Tx): Promise<Row | null>;
  save(tx: Tx, row: Row): Promise<void>;
  /** How long the lease of this row lasts, taken or renewed now; at least `leaseMs`, which it is when left out. */
  lastsMs?(row: Row): number;
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
  let isRenewing = false;
  const begun = deps.clock.monotonic();
  const timer = setInterval(() => {
    if (deps.clock.monotonic() - begun > longestHoldMs) clearInterval(timer);
    else if (!isRenewing) void renewOnce();
  }, renewEveryMs);
  const renewOnce = async () => {
    isRenewing = true;
    const counting = countSureness(deps);
    try {
      const isOurs = await deps.unitOfWork.run((tx) => renew(tx, deps.clock.now(), lease, home));
      isSure = isOurs ? counting : () => false;
    } catch (error) {
      deps.log.warn({ err: error }, 'lease not renewed');
    } finally {
      isRenewing = false;
    }
  };
  try {
    return await work(() => isSure());
  } finally {
    clearInterval(timer);
  }
}

async function renew<Row extends Leased>(tx: Tx, now: Instant, lease: string, home: LeaseHome<Row>): Promise<boolean> {
  const row = await home.lock(tx);
  if (!isHeld(row, lease)) return false;
  await home.save(tx, { ...row, dueAt: now + (home.lastsMs?.(row) ?? leaseMs) });
  return true;
}

/** Whether the row is still held by this run. */
export function isHeld<Row extends Leased>(row: Row | null, lease: string): row is Row {
  return row !== null && row.lease === lease;
}
