// A wave begins: its items are due, and their owners get a card. A request on one Cloud PC has one wave of one.
import type { Tx } from '../domain/ports.ts';
import { hasOptions, type Request } from '../domain/request.ts';
import type { Deps } from './deps.ts';
import { audit, newCard } from './save.ts';

type BeginDeps = Pick<Deps, 'policy' | 'clock' | 'ids' | 'bulkWay'>;

/** The request's row must be locked, and nothing may stand against its going on. */
export async function beginWave(tx: Tx, deps: BeginDeps, request: Request, number: number): Promise<void> {
  const wave = await tx.waves.get(request.id, number);
  if (!wave || wave.beganAt !== null) return;
  const now = deps.clock.now();
  const items = await tx.items.beginWave(request.id, number, now);
  await tx.waves.save({ ...wave, beganAt: now, dueAt: request.bulk ? now : null });
  if (request.bulk) {
    tx.wake({ queue: 'bulk', requestId: request.id });
    await audit(tx, deps, request, null, 'request.waveBegan', { actor: null }, { wave: number, size: wave.size });
  }
  // Those that are started with one call are found by the request's own job.
  if (!request.bulk || deps.bulkWay === 'each' || hasOptions(request))
    for (const { id } of items) tx.wake({ queue: 'advance', itemId: id }, now);
  await addOwnersCards(tx, deps, request, items);
}

/** Who did not ask gets a card once it is certain that it will run. */
async function addOwnersCards(
  tx: Tx,
  deps: BeginDeps,
  request: Request,
  items: Awaited<ReturnType<Tx['items']['beginWave']>>,
): Promise<void> {
  const others = items.filter(({ owner }) => owner.id !== request.requester.id);
  const cards = [];
  for (const { id, owner } of others) {
    const conversation = await tx.conversations.ofPerson(owner.id);
    const conversationId = conversation?.conversationId ?? null;
    cards.push(newCard(deps, request, 'owner', { person: owner, conversationId, itemId: id }));
  }
  await tx.cards.insertMany(cards);
  for (const { id } of cards) tx.wake({ queue: 'deliverCard', cardId: id });
}
