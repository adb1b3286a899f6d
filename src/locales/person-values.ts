// What the sentences about a request that assigns Windows 365 or takes it back may name.
import type { MembershipChange, PersonItem } from '../domain/person-item.ts';
import type { TicketState } from '../domain/person-views.ts';
import type { Request } from '../domain/request.ts';
import type { RequestView } from '../domain/views.ts';
import { explainPerson, isOwn, undoOf } from './person-outcome.ts';
import { requestValues } from './request-values.ts';
import { dotted, moment, type Sentence, say, type Value, type Values, type Words } from './sentence.ts';

/** Whether a request is about a person's Windows 365 rather than about Cloud PCs. */
export function isAboutPerson({ operation }: Pick<Request, 'operation'>): boolean {
  return operation !== 'reprovision';
}

export type PersonValues = ReturnType<typeof personValues>;

/** A draft has no person item yet: then there are only the words that always fit. */
export function personValues(view: RequestView) {
  const { request, person, now } = view;
  const item = person?.item ?? null;
  const undone = item ? undoOf(item) : 'unchanged';
  const of = { operation: request.operation, owner: request.owner.name, licence: licenceOf(item) };
  return {
    ...requestValues(view),
    ...of,
    ...(item?.operation === 'unassign' && item.order.cloudPcs.length > 0 ? { pc: goingOf(item) } : {}),
    what: say('personCard.what', of),
    upn: item?.upn ?? request.ownerUpn,
    seats: seatsOf(item),
    reason: explainPerson(item)?.happened ?? say('common.unknown'),
    undone: say(`personCard.undoneIs.${undone}`),
    since: moment(item?.buildingAt ?? item?.stepSince ?? null, 'clock', 'common.unknown'),
    span: { span: (item?.endedAt ?? now) - (item?.buildingAt ?? item?.startedAt ?? now) },
    waited: { span: now - (item?.stepSince ?? now) },
    ended: moment(request.endedAt ?? item?.endedAt ?? null, 'smart', 'common.unknown'),
    until: moment(item?.cloudPc?.graceEndsAt ?? null, 'smart', 'common.unknown'),
  } satisfies Values;
}

/** The Cloud PCs that go, by their names. */
function goingOf({ order }: Pick<PersonItem, 'order'>): string {
  return order.cloudPcs.map(({ name }) => name).join(', ');
}

/** What people call it: the licence group, or the Frontline policy with its size. */
export function licenceOf(item: Pick<PersonItem, 'order'> | null): Words {
  const entitlement = item?.order.entitlement;
  if (!entitlement) return say('common.windows365');
  if (entitlement.kind === 'licence') return entitlement.group.name;
  return dotted(entitlement.policyName, entitlement.planName);
}

function seatsOf(item: Pick<PersonItem, 'seats'> | null): Value {
  return item?.seats ? say('personCard.seatsUsed', { ...item.seats }) : say('common.unknown');
}

export function ticketWords({ state, to, at, code }: TicketState): Sentence {
  switch (state) {
    case 'pending':
      return say('personCard.ticketPending', { to });
    case 'sent':
      return say('personCard.ticketSent', { to, when: moment(at, 'smart', 'common.unknown') });
    case 'sentBefore':
      return say('personCard.ticketSentBefore', { code });
    case 'failed':
      return say('personCard.ticketFailed', { to });
  }
}

export interface ChangeLists {
  /** What this request did and has taken back. */
  undone: Words | null;
  /** What it did, and what stands. */
  done: Words | null;
  /** What it could not do, take back, or nobody knows. */
  notDone: Words | null;
}

/** The changes of this request by the names of their groups; null: there are none of that kind. */
export function changeLists({ changes, operation }: Pick<PersonItem, 'changes' | 'operation'>): ChangeLists {
  const own = changes.filter(isOwn);
  const list = (states: readonly MembershipChange['state'][], toWords: (change: MembershipChange) => Sentence) =>
    listed(own.filter(({ state }) => states.includes(state)).map(toWords));
  return {
    undone: list(['undone'], wasChanged),
    done: list(['done'], wasChanged),
    notDone: list(['notUndone', 'intended'], (change) => whatIsLeft(change, operation)),
  };
}

function wasChanged({ direction, group }: MembershipChange): Sentence {
  return say(direction === 'join' ? 'personCard.joined' : 'personCard.left', { group: group.name });
}

/** assign: what could not be taken back; unassign takes nothing back, so it is what could not be done. */
function whatIsLeft({ direction, group, state }: MembershipChange, operation: PersonItem['operation']): Sentence {
  if (state === 'intended') return say('personCard.unclearIn', { group: group.name });
  const isIn = operation === 'unassign' || direction === 'join';
  return say(isIn ? 'personCard.stillIn' : 'personCard.notBackIn', { group: group.name });
}

/** @returns null when there are none */
export function listed(words: readonly Words[]): Words | null {
  const [first, ...rest] = words;
  return first === undefined ? null : dotted(first, ...rest);
}
