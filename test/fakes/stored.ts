// Requests with their items and waves as a submit leaves them, and everything of a request read back: the ports read no more
// than the product needs.
import { type Item, type ItemState, itemStates } from '../../src/domain/item.ts';
import type { Card, Tx } from '../../src/domain/ports.ts';
import type { Request } from '../../src/domain/request.ts';
import { sumTallies, type Tally, type Wave } from '../../src/domain/waves.ts';
import type { Store } from '../../src/store/open-store.ts';
import { inStore } from './store.ts';

const more = 100_000;

/** How many are in each state; nobody is missing, and nobody counts twice. */
export function tallyOf(items: readonly { state: ItemState }[]): Tally {
  const tally: Partial<Record<ItemState, number>> = {};
  for (const { state } of items) tally[state] = (tally[state] ?? 0) + 1;
  return tally;
}

/** The waves that these items are in. One whose request runs has begun, when it is the first. */
export function wavesOf(request: Request, items: readonly Item[]): Wave[] {
  const numbers = [...new Set(items.map(({ wave }) => wave))].sort((a, b) => a - b);
  return numbers.map((number) => {
    const inIt = items.filter(({ wave }) => wave === number);
    return {
      requestId: request.id,
      number,
      size: inIt.length,
      tally: tallyOf(inIt),
      beganAt: number === 1 ? request.approvedAt : null,
      endedAt: null,
      dueAt: null,
    };
  });
}

/**
 * Inserts a request with its items and their waves, the counts of both right.
 * @param changes what is different about the waves
 * @returns the request as it stands in the store
 * @throws where another unfinished item holds one of the Cloud PCs
 */
export async function insertRequest(
  tx: Tx,
  request: Request,
  items: readonly Item[],
  changes: Partial<Wave> = {},
): Promise<Request> {
  const counted = { ...request, tally: tallyOf(items) };
  await tx.requests.insert(counted);
  const taken = await tx.items.insertMany(items);
  if (taken.size < items.length) throw new Error('one of these Cloud PCs is held by another item');
  await tx.waves.insertMany(wavesOf(request, items).map((wave) => ({ ...wave, ...changes })));
  return counted;
}

/** One item of a request that is there, and nothing else. @returns false when another unfinished item holds its Cloud PC */
export async function insertItem(tx: Tx, item: Item): Promise<boolean> {
  return (await tx.items.insertMany([item])).has(item.id);
}

/** All items of a request, in order. */
export function itemsOf(tx: Tx, requestId: string): Promise<Item[]> {
  return tx.items.inStates(requestId, itemStates, more);
}

/** All cards of a request. */
export async function cardsOf(store: Store, requestId: string): Promise<Card[]> {
  const rows = await store.db.selectFrom('cards').select('id').where('request_id', '=', requestId).execute();
  return inStore(store, async (tx) => {
    const cards: Card[] = [];
    for (const { id } of rows) {
      const card = await tx.cards.lock(id);
      if (card) cards.push(card);
    }
    return cards;
  });
}

export interface Counts {
  request: Tally;
  waves: Tally[];
}

/** Without the states that nobody is in. */
export function onlyCounted(tally: Tally): Tally {
  return Object.fromEntries(Object.entries(tally).filter(([, count]) => count !== 0));
}

/** What the request and its waves say, and what the rows say. */
export async function readCounts(tx: Tx, requestId: string): Promise<{ kept: Counts; counted: Counts }> {
  const request = await tx.requests.get(requestId);
  const waves = await tx.waves.of(requestId);
  const items = await itemsOf(tx, requestId);
  const tallies = waves.map(({ number }) => tallyOf(items.filter(({ wave }) => wave === number)));
  // A request that assigns is about one person, and has no waves.
  const person = await tx.personItems.ofRequest(requestId);
  const all = person ? tallyOf([person]) : sumTallies(tallies);
  return {
    kept: { request: onlyCounted(request?.tally ?? {}), waves: waves.map(({ tally }) => onlyCounted(tally)) },
    counted: { request: onlyCounted(all), waves: tallies },
  };
}
