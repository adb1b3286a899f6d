// "assign <licence> to <person>": who asks, what the person has, what is free, and then the form. Nothing is reserved.
import {
  choiceValue,
  findEntitlements,
  findMeant,
  namesLicence,
  offerGroups,
  toChoice,
  whatPersonHas,
} from '../../domain/assign-form.ts';
import { NotAllowedError } from '../../domain/errors.ts';
import type { NamedPerson, Written } from '../../domain/form-views.ts';
import { isForAnother } from '../../domain/notices.ts';
import type { Person, PersonRef } from '../../domain/people.ts';
import type { GroupChoices } from '../../domain/person-views.ts';
import { assignRule, maySee, whyNoAssign } from '../../domain/policy.ts';
import type { Tx } from '../../domain/ports.ts';
import { draftLivesMs, type OperationName, type Request } from '../../domain/request.ts';
import type { TextView } from '../../domain/text-views.ts';
import type { CardView } from '../../domain/views.ts';
import { mailOffer } from '../ask-reprovision.ts';
import { type Asker, readAsker, toRef } from '../asker.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import { findTarget, type Target } from '../find-target.ts';
import { newDraft } from '../new-request.ts';
import type { SubmittedWords } from '../submitted-form.ts';
import { type PersonReading, readPerson } from './read-person.ts';

/**
 * @param words of the licence, as they were typed; '' when none were
 * @throws NotAllowedError `selfServiceOff`, `notAdminForOthers`; NotFoundError `personNotFound`
 */
export async function askAssign(
  deps: Deps,
  asker: PersonRef,
  target: Target,
  words: string,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const wished = await findPerson(deps, asker, target, 'assign', origin, deadline);
  if ('card' in wished) return wished;
  const { admin, person } = wished;
  const reading = await readPerson(deps, aboutPerson(person), [admin.person.id, person.id], deadline.left());
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const entitlements = findEntitlements(deps.policy, reading);
    const cannot = await whyCannot(
      tx,
      deps,
      admin,
      person,
      entitlements.length === 0 ? { type: 'nothingOffered' } : null,
    );
    if (cannot) return cannot;
    const draft = await insertDraft(tx, deps, 'assign', admin, person);
    const isNamed = namesLicence(words);
    const [only, ...others] = entitlements;
    const meant = isNamed ? findMeant(entitlements, words) : others.length === 0 ? only : null;
    const problem = meant || !isNamed ? null : { text: 'error.licenceUnclear', values: { text: words } };
    return assignForm(deps, draft, reading, { chosen: meant ? choiceValue(meant) : null, problem, form: null });
  });
}

type CannotAssign = Extract<CardView, { card: 'cannotAssign' }>['reason'];

export interface Wished {
  admin: Asker;
  person: Person;
}

/** The same for assign and unassign: whom it is for, and whether the asker may. */
export async function findPerson(
  deps: Deps,
  asker: PersonRef,
  target: Target,
  operation: OperationName,
  origin: Origin,
  deadline: Deadline,
): Promise<Wished | CardView> {
  const admin = await readAsker(deps, asker.id, deadline);
  const isSelf = target.type === 'self' || (target.type === 'id' && target.personId === asker.id);
  const early = whyNoAssign(deps.policy, { isSelf, roles: admin.roles });
  if (early) throw new NotAllowedError(early);
  if (target.type === 'self' || isSelf) return { admin, person: admin.person };
  const found = await findTarget(deps, target, operation, deadline);
  if (!('card' in found)) return { admin, person: found };
  await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
  return found;
}

export function aboutPerson(person: Person) {
  return { person: toRef(person), upn: person.userPrincipalName, order: null };
}

export const named = (person: Person): NamedPerson => ({ ...toRef(person), upn: person.userPrincipalName });

/** Something runs for this person already, as far as the asker may know, or there is nothing to ask for. */
export async function whyCannot(
  tx: Tx,
  deps: Deps,
  asker: Asker,
  person: Person,
  nothing: Extract<CannotAssign, { type: 'hasNone' | 'unusable' | 'nothingOffered' }> | null,
): Promise<CardView | null> {
  const running = await tx.personItems.unfinishedOf(person.id);
  const now = deps.clock.now();
  const card = { card: 'cannotAssign' as const, person: named(person), now };
  if (!running) return nothing && { ...card, reason: nothing };
  const { request } = running;
  if (!maySee(asker.person.id, asker.roles, request)) return { ...card, reason: { type: 'runningUnknown' } };
  const { id: requestId, revision } = request;
  return { ...card, reason: { type: 'running', requestId, revision, code: request.code ?? '' } };
}

export async function insertDraft(
  tx: Tx,
  deps: Deps,
  operation: OperationName,
  { person: requester }: Asker,
  person: Person,
): Promise<Request> {
  const draft = newDraft(deps, {
    operation,
    requester: toRef(requester),
    owner: toRef(person),
    ownerUpn: person.userPrincipalName,
    bulk: null,
  });
  await tx.requests.insert(draft);
  await tx.timers.set({ requestId: draft.id, kind: 'expire', dueAt: deps.clock.now() + draftLivesMs });
  return draft;
}

/** What the form of assign said. */
export interface AssignForm extends SubmittedWords {
  licence: string | null;
  provisioning: string | null;
  settings: string | null;
  ticket: boolean;
}

export interface AssignFormState {
  chosen: string | null;
  /** What must be changed first. */
  problem: TextView | null;
  /** As it was sent, where it comes back. */
  form: AssignForm | null;
}

export function assignForm(
  deps: Deps,
  draft: Request,
  reading: PersonReading,
  { chosen, problem, form }: AssignFormState,
): CardView {
  const { policy } = deps;
  const groupsOf = (part: 'provisioning' | 'settings') => keepChosen(offerGroups(part, policy, reading), form?.[part]);
  const isSelf = !isForAnother(draft);
  return {
    card: 'assign',
    requestId: draft.id,
    revision: draft.revision,
    person: { ...draft.owner, upn: draft.ownerUpn },
    isSelf,
    has: whatPersonHas(reading, policy),
    entitlements: findEntitlements(policy, reading).map((one) => toChoice(one, reading)),
    chosen,
    provisioning: groupsOf('provisioning'),
    settings: groupsOf('settings'),
    mail: mailOffer(policy),
    offersTicket: policy.ticket.enabled,
    needsApproval: needsApproval(deps, draft, reading),
    problem,
    written: form && { ...writtenOn(form), ticket: form.ticket },
    now: deps.clock.now(),
  };
}

function keepChosen(groups: GroupChoices | null, chosen: string | null | undefined): GroupChoices | null {
  const isOffered = groups?.choices.some(({ value }) => value === chosen) ?? false;
  return groups && isOffered && chosen ? { ...groups, preset: chosen } : groups;
}

export function writtenOn({ reason, mail, mailText }: SubmittedWords): Written {
  return { reason, mail, mailText };
}

export function needsApproval({ policy }: Deps, { requester, owner }: Request, { standings }: PersonReading): boolean {
  const asker = standings.get(requester.id);
  const person = standings.get(owner.id);
  if (!asker || !person) return true;
  const standing = { isSelf: requester.id === owner.id, roles: asker.roles };
  return assignRule(policy, standing, person.roles.vip).needed > 0;
}
