// A request about a person begins, or is withdrawn before anything was changed.

import { decidePersonItem } from '../../domain/decide-person-item.ts';
import { isForAnother } from '../../domain/notices.ts';
import { isBeforeChanges } from '../../domain/person-moves.ts';
import type { Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import { moveTally } from '../../domain/waves.ts';
import type { Deps } from '../deps.ts';
import { addCard, audit, type Cause } from '../save.ts';

type BeginDeps = Pick<Deps, 'policy' | 'clock' | 'ids'>;

/** Its job takes it from here. Who did not ask gets a card once it is certain that it will run. */
export async function beginPerson(tx: Tx, deps: BeginDeps, request: Request): Promise<void> {
  const item = await tx.personItems.ofRequest(request.id);
  if (item?.state !== 'queued') return;
  const now = deps.clock.now();
  await tx.personItems.save({ ...item, dueAt: now });
  tx.wake({ queue: 'person', personItemId: item.id }, now);
  if (!isForAnother(request)) return;
  const conversation = await tx.conversations.ofPerson(item.person.id);
  await addCard(tx, deps, request, 'owner', {
    person: item.person,
    conversationId: conversation?.conversationId ?? null,
  });
}

/** The request's row must be locked; returns it with its new counts, to be saved. */
export async function cancelPerson(tx: Tx, deps: BeginDeps, request: Request, cause: Cause): Promise<Request> {
  const item = await tx.personItems.ofRequest(request.id);
  const change = item && decidePersonItem(item, { type: 'cancel' }, deps.clock.now());
  if (!item || !change) return request;
  await tx.personItems.save(change.item);
  await audit(tx, deps, request, item.id, 'item.cancelled', cause, { personId: item.person.id });
  return { ...request, tally: moveTally(request.tally, item.state, change.item.state) };
}

/** Nothing was changed, nor may have been. */
export async function isPersonCancellable(tx: Tx, requestId: string): Promise<boolean> {
  const item = await tx.personItems.ofRequest(requestId);
  return item === null || isBeforeChanges(item);
}
