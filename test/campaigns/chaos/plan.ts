// What happens in one round, out of a seed: who wants what, which faults strike when, and how the bot is set up.
import { second } from '../../../src/domain/time.ts';
import { createRandom, type Random } from '../../fakes/random.ts';
import type { FaultKind } from './faults.ts';

export type StoryPlan =
  /** Somebody's own Cloud PC; two approvers press at once. */
  | { kind: 'own' }
  | { kind: 'declined' }
  /** Adam asks for a worker; the approval and his cancelling may cross. */
  | { kind: 'forWorker'; worker: number; isCancelled: boolean }
  | { kind: 'bulk'; workers: readonly number[] }
  | { kind: 'assign'; person: 'cleo' | 'owen' };

export interface FaultPlan {
  kind: FaultKind;
  afterMs: number;
  /** Out of which its details are drawn. */
  seed: number;
}

export interface RoundPlan {
  seed: number;
  stories: StoryPlan[];
  faults: FaultPlan[];
  /** `GRAPH_BULK`. */
  bulkWay: 'bulkActions' | 'managedDevices' | 'each';
  /** Each of so many builds fails; 0: none. */
  failEvery: number;
  /** What an admin does about a start whose outcome nobody knows. */
  operator: 'startAgain' | 'close';
  /** How many activities of a hundred arrive twice at once. */
  doubledPercent: number;
}

export const fleetSize = 12;
/** Nothing is broken any more after this. */
const stormMs = 45 * second;

/** @param kinds the faults that this store and machine allow */
export function planRound(seed: number, kinds: readonly FaultKind[]): RoundPlan {
  const random = createRandom(seed);
  return {
    seed,
    stories: planStories(random),
    faults: planFaults(random, kinds),
    bulkWay: random.pick(['bulkActions', 'managedDevices', 'each']),
    failEvery: random.pick([0, 0, 3]),
    operator: random.chance(0.7) ? 'startAgain' : 'close',
    doubledPercent: 25,
  };
}

function planStories(random: Random): StoryPlan[] {
  const inBulk = random.between(3, 6);
  const alone = random.between(2, 4);
  const workers = Array.from({ length: fleetSize }, (_, at) => at);
  return [
    { kind: 'own' },
    { kind: 'declined' },
    { kind: 'bulk', workers: workers.slice(0, inBulk) },
    ...workers.slice(inBulk, inBulk + alone).map(
      (worker): StoryPlan => ({
        kind: 'forWorker',
        worker,
        isCancelled: random.chance(0.3),
      }),
    ),
    { kind: 'assign', person: random.pick(['cleo', 'owen']) },
  ];
}

/** Every kind comes in its turn, so that none is left out by chance for long. */
function planFaults(random: Random, kinds: readonly FaultKind[]): FaultPlan[] {
  const first = random.between(0, kinds.length - 1);
  const count = random.between(10, 16);
  return Array.from({ length: count }, (_, at) => ({
    kind: kinds[(first + at) % kinds.length] as FaultKind,
    afterMs: random.between(1 * second, stormMs),
    seed: random.between(0, 2 ** 31),
  })).sort((a, b) => a.afterMs - b.afterMs);
}
