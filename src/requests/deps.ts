// What every use-case gets: the ports and the policy, never the database or the queue.
import { TemporaryError } from '../domain/errors.ts';
import type { Policy } from '../domain/policy.ts';
import type { Clock, GraphSelf, Ids, Log, SignIns, Tenant, Tx, UnitOfWork } from '../domain/ports.ts';

export interface Deps {
  policy: Policy;
  clock: Clock;
  ids: Ids;
  log: Log;
  unitOfWork: UnitOfWork;
  tenant: Tenant;
  /** Single sign-on; null where it is not set up: the bot then compares ownership by itself. */
  signIns: SignIns | null;
  /** How waves are started (`GRAPH_BULK`). */
  bulkWay: 'bulkActions' | 'managedDevices' | 'each';
}

/** What somebody's turn gets besides. */
export interface TurnDeps extends Deps {
  graphSelf: GraphSelf;
}

/** How long the reads of one turn or job may take together. */
export interface Deadline {
  /** Milliseconds left. @throws TemporaryError `graph.slow` when none are */
  left(): number;
}

export function createDeadline(clock: Clock, withinMs: number): Deadline {
  const end = clock.monotonic() + withinMs;
  return {
    left() {
      const left = end - clock.monotonic();
      if (left <= 0) throw new TemporaryError('graph.slow');
      return left;
    },
  };
}

/** The activity that a use-case answers; null when it is done again by a job that has claimed it already. */
export type Origin = { conversationId: string; activityId: string } | null;

/** Teams delivered the same message twice: nothing is done and nothing is answered. */
export class RepeatedDelivery extends Error {}

/** Claims the activity in the use-case's own transaction. @throws RepeatedDelivery */
export async function claimOrigin(tx: Tx, origin: Origin, clock: Clock): Promise<void> {
  if (!origin) return;
  const isNew = await tx.seenActivities.claim(origin.conversationId, origin.activityId, clock.now());
  if (!isNew) throw new RepeatedDelivery();
}
