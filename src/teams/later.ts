// A turn that would take too long, as a job's data: written in the transaction that claims the activity, read back the
// same way as anything that comes from outside.
import { z } from 'zod/v4';
import { claimOrigin, type Deps, type Origin } from '../requests/deps.ts';
import { keepUntilSignedIn } from '../requests/sign-in.ts';
import type { Answer, PersonsIncoming } from './turn.ts';

export interface LaterTurn {
  incoming: PersonsIncoming;
  /** It is done again after the person has signed in: they are not asked a second time. */
  isAfterSignIn: boolean;
  /** The turn was done; only its answer is still to be said. null: the whole turn is to be done. */
  answer: Answer | null;
}

export async function laterTurn(
  deps: Pick<Deps, 'unitOfWork' | 'clock' | 'ids'>,
  incoming: PersonsIncoming,
  origin: Origin,
  answer: Answer | null,
): Promise<void> {
  await deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    tx.wake({ queue: 'later', id: deps.ids.next(), turn: { incoming, answer, isAfterSignIn: false } });
  });
}

/** Keeps the turn until the person has signed in. */
export function laterWhenSignedIn(
  deps: Pick<Deps, 'unitOfWork' | 'clock'>,
  incoming: PersonsIncoming,
  origin: Origin,
): Promise<void> {
  return keepUntilSignedIn(deps, incoming.person.id, { incoming, answer: null, isAfterSignIn: true }, origin);
}

const incoming = z.looseObject({
  kind: z.enum(['message', 'button']),
  activityId: z.string(),
  person: z.object({ id: z.string(), name: z.string() }),
  text: z.string(),
  // A turn that was stored by a version before has neither.
  pasted: z.string().default(''),
  files: z.array(z.object({ name: z.string(), url: z.string(), fileType: z.string().nullable() })).default([]),
});

const answer = z.looseObject({ to: z.enum(['personal', 'here']), view: z.looseObject({}) });
const turn = z.object({ incoming, answer: answer.nullable(), isAfterSignIn: z.boolean().default(false) });

/** @throws ZodError for a job that no turn wrote */
export function readLaterTurn(data: { turn: unknown }): LaterTurn {
  // The rest of the values is what the turn made and checked before it was stored.
  return turn.parse(data.turn) as unknown as LaterTurn;
}
