// Who is asking, read live: the person as Graph tells it now, the roles, and, where wanted, the Cloud PCs. No right is
// answered from a cache; the remembered UPN only saves a request, and is believed only when Graph says the same.
import { type CloudPc, isPersonal } from '../domain/cloud-pc.ts';
import { ConciergeError, NotAllowedError } from '../domain/errors.ts';
import { isSameUpn, type Person, type PersonRef, type Roles, roleGroupIds, rolesOf } from '../domain/people.ts';
import type { Deadline, Deps } from './deps.ts';

export interface Asker {
  person: Person;
  roles: Roles;
}

export interface AskerWithCloudPcs extends Asker {
  cloudPcs: CloudPc[];
}

type AskerDeps = Pick<Deps, 'policy' | 'tenant' | 'unitOfWork'>;

/** One Graph request. @throws NotAllowedError `accountDisabled`, `guest` (also who is unknown in this directory) */
export async function readAsker(deps: AskerDeps, personId: string, deadline: Deadline): Promise<Asker> {
  const groupIds = roleGroupIds(deps.policy.roles);
  const answers = await deps.tenant.read(
    { person: { ask: 'person', personId }, memberOf: { ask: 'memberOf', personId, groupIds } },
    { withinMs: deadline.left() },
  );
  return { person: enabled(answers.person), roles: rolesOf(answers.memberOf, deps.policy.roles) };
}

/** One Graph request when the UPN is remembered rightly, else two. */
export async function readAskerWithCloudPcs(
  deps: AskerDeps,
  personId: string,
  deadline: Deadline,
): Promise<AskerWithCloudPcs> {
  const hint = await deps.unitOfWork.run(async (tx) => (await tx.people.get(personId))?.upnHint ?? null);
  if (hint !== null) return readWithHint(deps, personId, hint, deadline);
  const asker = await readAsker(deps, personId, deadline);
  await remember(deps, asker.person);
  return withCloudPcs(deps, asker, deadline);
}

async function withCloudPcs(deps: AskerDeps, asker: Asker, deadline: Deadline): Promise<AskerWithCloudPcs> {
  return { ...asker, cloudPcs: await readCloudPcsOf(deps, asker.person.userPrincipalName, deadline) };
}

async function readWithHint(
  deps: AskerDeps,
  personId: string,
  hint: string,
  deadline: Deadline,
): Promise<AskerWithCloudPcs> {
  const groupIds = roleGroupIds(deps.policy.roles);
  const answers = await deps.tenant.read(
    {
      person: { ask: 'person', personId },
      memberOf: { ask: 'memberOf', personId, groupIds },
      cloudPcs: { ask: 'cloudPcsOf', upn: hint },
    },
    { withinMs: deadline.left() },
  );
  const asker: Asker = { person: enabled(answers.person), roles: rolesOf(answers.memberOf, deps.policy.roles) };
  if (isSameUpn(asker.person.userPrincipalName, hint)) return { ...asker, cloudPcs: personal(answers.cloudPcs) };
  await remember(deps, asker.person);
  return withCloudPcs(deps, asker, deadline);
}

/** For what only admins are told. No answer: no admin. */
export async function isAdminNow(deps: AskerDeps, personId: string, withinMs: number): Promise<boolean> {
  const groupIds = roleGroupIds(deps.policy.roles);
  try {
    const { memberOf } = await deps.tenant.read({ memberOf: { ask: 'memberOf', personId, groupIds } }, { withinMs });
    return rolesOf(memberOf, deps.policy.roles).admin;
  } catch (error) {
    if (error instanceof ConciergeError) return false;
    throw error;
  }
}

export async function readCloudPcsOf(deps: AskerDeps, upn: string, deadline: Deadline): Promise<CloudPc[]> {
  const { cloudPcs } = await deps.tenant.read({ cloudPcs: { ask: 'cloudPcsOf', upn } }, { withinMs: deadline.left() });
  return personal(cloudPcs);
}

/** Shared devices and cloud apps are nobody's own. */
export function personal(cloudPcs: readonly CloudPc[]): CloudPc[] {
  return cloudPcs.filter(isPersonal);
}

async function remember(deps: AskerDeps, person: Person): Promise<void> {
  await deps.unitOfWork.run((tx) => tx.people.setUpnHint(person.id, person.name, person.userPrincipalName));
}

function enabled(person: Person | null): Person {
  if (!person || person.isGuest) throw new NotAllowedError('guest');
  if (!person.accountEnabled) throw new NotAllowedError('accountDisabled');
  return person;
}

export function toRef(person: PersonRef): PersonRef {
  return { id: person.id, name: person.name };
}
