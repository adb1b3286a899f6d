// A turn that would take too long, as a job's data: written in the transaction that claims the activity, read back the
// same way as anything that comes from outside.
import { z } from 'zod/v4';
import { claimOrigin, type Deps, type Origin } from '../requests/deps.ts';
import type { PersonsIncoming } from './turn.ts';

export async function laterTurn(
  deps: Pick<Deps, 'unitOfWork' | 'clock' | 'ids'>,
  incoming: PersonsIncoming,
  origin: Origin,
): Promise<void> {
  await deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    tx.wake({ queue: 'later', id: deps.ids.next(), turn: { ...incoming } });
  });
}

const turn = z.looseObject({
  kind: z.enum(['message', 'button']),
  activityId: z.string(),
  person: z.object({ id: z.string(), name: z.string() }),
  text: z.string(),
});

/** @throws ZodError for a job that no turn wrote */
export function readLaterTurn(data: { turn: unknown }): PersonsIncoming {
  // The rest of the value is what `readIncoming` made and checked before it was stored.
  return turn.parse(data.turn) as unknown as PersonsIncoming;
}
