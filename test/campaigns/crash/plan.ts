// What happens in one round, out of a seed: the same seed, the same plan.
import { createRandom } from '../../fakes/random.ts';

export type Kill =
  /** At the n-th request to Microsoft since the last start: before it has its effect, or before its answer is sent. */
  | { how: 'request'; nth: number; when: 'before' | 'after' }
  /** Around the destructive call; `delayMs` after that moment. */
  | { how: 'reprovision'; when: 'before' | 'after'; delayMs: number }
  /** Soon after a message or an edit has arrived: between the send and its record, mostly. */
  | { how: 'message'; nth: number; delayMs: number }
  | { how: 'time'; afterMs: number };

export interface Plan {
  seed: number;
  /** One after the other; each counts from the start that follows the one before. */
  kills: Kill[];
  /** How long the process stays away after each. */
  awayMs: number[];
  /** The store is empty, and the first kill may already fall into its making. */
  fromEmpty: boolean;
  /** What the admin does when a person must decide. */
  operator: 'startAgain' | 'close';
}

export function planRound(seed: number): Plan {
  const { next: random } = createRandom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const count = 1 + upTo(3);
  const kills = Array.from({ length: count }, () => planKill(random, upTo));
  const fromEmpty = random() < 0.1;
  if (fromEmpty) kills.unshift({ how: 'time', afterMs: upTo(3000) });
  return {
    seed,
    kills,
    awayMs: kills.map(() => upTo(1500)),
    fromEmpty,
    operator: random() < 0.7 ? 'startAgain' : 'close',
  };
}

function planKill(random: () => number, upTo: (most: number) => number): Kill {
  const when = random() < 0.5 ? 'before' : 'after';
  const kind = random();
  if (kind < 0.4) return { how: 'request', nth: 1 + upTo(20), when };
  if (kind < 0.65) return { how: 'reprovision', when, delayMs: random() < 0.5 ? 0 : upTo(40) };
  if (kind < 0.8) return { how: 'message', nth: 1 + upTo(7), delayMs: upTo(30) };
  return { how: 'time', afterMs: upTo(6000) };
}

export function describeKill(kill: Kill): string {
  switch (kill.how) {
    case 'request':
      return `${kill.when} the answer to request ${kill.nth}`;
    case 'reprovision':
      return `${kill.when} the reprovision, +${kill.delayMs} ms`;
    case 'message':
      return `${kill.delayMs} ms after message ${kill.nth}`;
    case 'time':
      return `after ${kill.afterMs} ms`;
  }
}
