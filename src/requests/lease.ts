// Who sends a card or a notice holds it for a short time and asks for more while the sending goes on. So what a killed
// process held is free soon, and a process that was only stopped finds that somebody else has it now.
import type { Clock, Log, Tx, UnitOfWork } from '../domain/ports.ts';
import { type Instant, second } from '../domain/time.ts';

export const leaseMs = 20 * second;
const renewEveryMs = 6 * second;

interface Leased {
  lease: string | null;
  dueAt: Instant | null;
}

/** Where the row with the lease is: a card's or a notice's. */
export interface LeaseHome<Row extends Leased> {
  lock(tx: Tx): Promise<Row | null>;
  save(tx: Tx, row: Row): Promise<void>;
}

type LeaseDeps = { unitOfWork: UnitOfWork; clock: Clock; log: Log };

/** Does the work, renewing the lease until it is done. A renewal that fails is tried again; `isHeld` tells in the end. */
export async function holdingLease<Row extends Leased, T>(
  deps: LeaseDeps,
  lease: string,
  home: LeaseHome<Row>,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    deps.unitOfWork
      .run((tx) => renew(tx, deps.clock.now(), lease, home))
      .catch((error: unknown) => deps.log.warn({ err: error }, 'lease not renewed'));
  }, renewEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

async function renew<Row extends Leased>(tx: Tx, now: Instant, lease: string, home: LeaseHome<Row>): Promise<void> {
  const row = await home.lock(tx);
  if (isHeld(row, lease)) await home.save(tx, { ...row, dueAt: now + leaseMs });
}

/** Whether the row is still held by this run. */
export function isHeld<Row extends Leased>(row: Row | null, lease: string): row is Row {
  return row !== null && row.lease === lease;
}
