// How long a commit to a call is good for.
import { second } from '../domain/time.ts';
import type { Deps } from './deps.ts';

/** After the intent is committed the call must leave within this, by the wall clock and by the monotonic one. */
const sendWithinMs = 10 * second;

/**
 * Begins to count; to be called before the commit. The answer is asked for right before the request is written.
 * @param withinMs for how long the answer is yes
 */
export function startCounting({ clock }: Pick<Deps, 'clock'>, withinMs: number = sendWithinMs): () => boolean {
  const monotonic = clock.monotonic();
  const wall = clock.now();
  return () => clock.monotonic() - monotonic < withinMs && Math.abs(clock.now() - wall) < withinMs;
}
