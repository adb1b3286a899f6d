// Saving what a decision changed of a person's item: the row, the counts, its audit line, cards, notices, the ticket.

import { decidePersonItem } from '../../domain/decide-person-item.ts';
import type { PersonChange, PersonEvent } from '../../domain/person-events.ts';
import type { PersonItem } from '../../domain/person-item.ts';
import { noticesForPerson } from '../../domain/person-notices.ts';
import type { Ticket, Tx } from '../../domain/ports.ts';
import { decideRequest, type Request } from '../../domain/request.ts';
import { dayIn } from '../../domain/time.ts';
import { moveTally } from '../../domain/waves.ts';
import type { Deps } from '../deps.ts';
import { audit, type Cause, order, saveRequest } from '../save.ts';

type SaveDeps = Pick<Deps, 'policy' | 'clock' | 'ids'>;

/** Applies one event; the request's row must be locked. Returns null when the event does not fit any more. */
export async function changePersonItem(
  tx: Tx,
  deps: SaveDeps,
  request: Request,
  item: PersonItem,
  event: PersonEvent,
  cause: Cause = { actor: null },
): Promise<{ request: Request; change: PersonChange } | null> {
  const decided = decidePersonItem(item, event, deps.clock.now());
  if (!decided) return null;
  const isOutOfSeats = decided.news === 'outOfSeats' || decided.news === 'outOfSeatsLate';
  const change = isOutOfSeats ? await withTicket(tx, deps, request, decided) : decided;
  const { item: next, news } = change;
  await tx.personItems.save(next);
  if (next.dueAt !== null) tx.wake({ queue: 'person', personItemId: next.id }, next.dueAt);
  if (!news && !looksDifferent(item, next)) return { request, change };
  const counted = { ...request, tally: moveTally(request.tally, item.state, next.state) };
  if (!news) return { request: await saveRequest(tx, deps, counted, null), change };
  await audit(tx, deps, counted, next.id, `item.${news}`, cause, auditDetails(next, event));
  const rolled = decideRequest(counted, { type: 'itemsChanged' }, deps.clock.now(), deps.policy.approval);
  const latest = 'refused' in rolled ? counted : rolled.request;
  const saved = await saveRequest(tx, deps, latest, 'refused' in rolled ? null : rolled.news, cause);
  await order(tx, deps, saved, noticesForPerson(news, saved, deps.policy), `${next.id}:${next.attempt}`);
  return { request: saved, change };
}

/** What a card says of it. */
function looksDifferent(before: PersonItem, after: PersonItem): boolean {
  return before.step !== after.step || before.state !== after.state || before.hold !== after.hold;
}

/** Once for each licence and day; whoever comes later is told which request it was sent for. */
async function withTicket(tx: Tx, deps: SaveDeps, request: Request, change: PersonChange): Promise<PersonChange> {
  const { ticket } = deps.policy;
  const { item } = change;
  if (!item.order.ticket || !ticket.enabled || ticket.queue === null || request.code === null) return change;
  const { entitlement } = item.order;
  const key = entitlement.kind === 'licence' ? entitlement.group.id : `${entitlement.policyId}:${entitlement.planId}`;
  const day = dayIn(deps.clock.now(), deps.policy.channel.timeZone);
  const before = await claimTicket(tx, { key, day, requestId: request.id, code: request.code });
  const action = before ? 'item.ticketSentBefore' : 'item.ticketOrdered';
  await audit(tx, deps, request, item.id, action, { actor: null }, { code: before?.code ?? request.code });
  // Whoever looks after the ticket looks there.
  if (before) await noteFurtherCase(tx, deps, before, request);
  if (!before)
    await order(tx, deps, request, [{ via: 'ticket', notice: 'outOfSeats', audience: 'channel' }], `${item.id}:ticket`);
  return { ...change, item: { ...item, ticket: { to: ticket.queue, code: before?.code ?? request.code } } };
}

/** @returns the ticket of that day that has left or will; null: this request sends it */
async function claimTicket(tx: Tx, ticket: Ticket): Promise<Ticket | null> {
  const before = await tx.tickets.claim(ticket);
  if (!before) return null;
  const notice = await tx.notices.ticketOf(before.requestId);
  if (notice?.state !== 'refused' && notice?.state !== 'unreachable') return before;
  await tx.tickets.takeOver(ticket);
  return null;
}

async function noteFurtherCase(tx: Tx, deps: SaveDeps, before: Ticket, { code, owner }: Request): Promise<void> {
  await tx.audit.write({
    at: deps.clock.now(),
    requestId: before.requestId,
    itemId: null,
    actor: null,
    action: 'item.ticketFurtherCase',
    details: { code, person: owner.name, personId: owner.id },
  });
}

function auditDetails(item: PersonItem, event: PersonEvent): Record<string, unknown> {
  const { order, step, state, attempt, outcome, failing, cloudPc, intentId } = item;
  const groupId = 'groupId' in event ? event.groupId : null;
  const changed = item.changes.find(({ group }) => group.id === groupId)?.group;
  const ended = outcome ?? failing;
  return {
    personId: item.person.id,
    person: item.person.name,
    licence: order.entitlement.group.name,
    step,
    state,
    attempt,
    ...(changed ? { groupId: changed.id, group: changed.name } : {}),
    ...(cloudPc ? { cloudPcId: cloudPc.id, cloudPc: cloudPc.name } : {}),
    ...(intentId ? { intentId } : {}),
    ...(item.hold ? { hold: item.hold } : {}),
    ...(ended ? { outcome: ended.code, graphCode: ended.detail?.code } : {}),
  };
}
