// What races have in common: how many rounds, a starting line, and the count of who came first.
import assert from 'node:assert/strict';
import { setImmediate as aTurn, setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'mocha';
import type { Tx, UnitOfWork } from '../../src/domain/ports.ts';
import { testStoreKind } from './store.ts';

const asked = Number(process.env.RACE_ROUNDS ?? '');

/** RACE_ROUNDS, else what is quick enough for every day. */
export const rounds = roundsOr(testStoreKind === 'postgres' ? 20 : 6);

/** For races whose rounds take long. */
export function roundsOr(few: number): number {
  return Number.isInteger(asked) && asked > 0 ? asked : few;
}

/** Long enough for the rounds asked for; a round that hangs is noticed all the same. */
export const raceTimeoutMs = 60_000 + rounds * 5_000;

/** Runs the rounds one after the other; a fault says in which. */
export async function forEachRound(count: number, run: (round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    try {
      await run(round);
    } catch (error) {
      if (error instanceof Error) error.message = `round ${round + 1} of ${count}: ${error.message}`;
      throw error;
    }
  }
}

/** With fewer rounds one side may win them all by chance. */
const enoughForBoth = 100;

/** Counts how the rounds ended. */
export function startTally<Outcome extends string>(...outcomes: readonly Outcome[]) {
  const counts = new Map<string, number>(outcomes.map((outcome) => [outcome, 0]));
  const total = () => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const inWords = (what: string) =>
    `${total()} ${what}: ${[...counts].map(([outcome, count]) => `${count} ${outcome}`).join(' / ')}`;
  return {
    count(outcome: Outcome, times = 1): void {
      counts.set(outcome, (counts.get(outcome) ?? 0) + times);
    },
    /**
     * Writes the counts behind the test's title. On PostgreSQL and over many rounds each outcome must have come about:
     * a race that always ends the same way is none.
     */
    end(context: Context, what = 'rounds'): void {
      if (context.test) context.test.title += ` [${inWords(what)}]`;
      if (testStoreKind !== 'postgres' || total() < enoughForBoth) return;
      for (const [outcome, count] of counts) assert.ok(count > 0, `never ${outcome} in ${inWords(what)}`);
    },
  };
}

/** Where a transaction stands still until the others of its round stand there too. */
export type Place =
  | 'requests.lock'
  | 'requests.save'
  | 'items.insertMany'
  | 'cards.lock'
  | 'notices.lock'
  | 'seenActivities.claim'
  | 'settings.lockStarts';

const patienceMs = 2_000;

/**
 * Transactions wait for each other at one place, each on a connection of its own, and go on together, in any order.
 * The embedded store has one connection, where a transaction that waited would wait for ever: there nobody waits.
 */
export function createStartingLine(place: Place) {
  let racers = 0;
  let arrived = 0;
  let waiting = 0;
  let go = Promise.withResolvers<void>();
  async function arrive(): Promise<void> {
    if (arrived >= racers) return;
    arrived += 1;
    waiting += 1;
    if (arrived === racers) {
      // Whoever came when another had lost its patience did not meet it.
      if (waiting === racers) line.met += 1;
      go.resolve();
    }
    await Promise.race([go.promise, wait(patienceMs, undefined, { ref: false })]);
    waiting -= 1;
    for (let turns = Math.floor(Math.random() * 4); turns > 0; turns -= 1) await aTurn();
  }
  const line = {
    /** Rounds in which all of them stood there at once. */
    met: 0,
    /** The next `count` transactions that come wait for each other; later ones go through. */
    draw(count: number): void {
      racers = testStoreKind === 'postgres' ? count : 0;
      arrived = 0;
      waiting = 0;
      go = Promise.withResolvers<void>();
    },
    around: (real: UnitOfWork): UnitOfWork => ({ run: (work) => real.run((tx) => work(heldAt(tx, place, arrive))) }),
    /** On PostgreSQL. */
    assertMet(times: number): void {
      if (testStoreKind === 'postgres') assert.equal(line.met, times, 'they stood at the line together in every round');
    },
  };
  return line;
}

function heldAt(tx: Tx, place: Place, arrive: () => Promise<void>): Tx {
  const held =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await arrive();
      return call(...args);
    };
  switch (place) {
    case 'requests.lock':
      return { ...tx, requests: { ...tx.requests, lock: held(tx.requests.lock) } };
    case 'requests.save':
      return { ...tx, requests: { ...tx.requests, save: held(tx.requests.save) } };
    case 'items.insertMany':
      return { ...tx, items: { ...tx.items, insertMany: held(tx.items.insertMany) } };
    case 'cards.lock':
      return { ...tx, cards: { ...tx.cards, lock: held(tx.cards.lock) } };
    case 'notices.lock':
      return { ...tx, notices: { ...tx.notices, lock: held(tx.notices.lock) } };
    case 'seenActivities.claim':
      return { ...tx, seenActivities: { ...tx.seenActivities, claim: held(tx.seenActivities.claim) } };
    case 'settings.lockStarts':
      return { ...tx, settings: { ...tx.settings, lockStarts: held(tx.settings.lockStarts) } };
  }
}

/** Starts them all, in any order; fails when one of them fails. */
export async function race<const T extends readonly (() => Promise<unknown>)[]>(
  racers: T,
): Promise<{ [K in keyof T]: Awaited<ReturnType<T[K]>> }> {
  const started: Promise<unknown>[] = [];
  for (const index of shuffled([...racers.keys()])) started[index] = racers[index]?.() ?? Promise.resolve();
  const settled = await Promise.allSettled(started);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as never;
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, by: Math.random() }))
    .sort((a, b) => a.by - b.by)
    .map(({ value }) => value);
}
