// Everything that a check needs, read again now: for one item in one Graph request, for many in as few as possible.
import type { CheckReading } from '../../domain/check.ts';
import type { CloudPc } from '../../domain/cloud-pc.ts';
import type { ConciergeError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import { isForAnother } from '../../domain/notices.ts';
import { isSameUpn, type Person, type Roles, roleGroupIds, rolesOf } from '../../domain/people.ts';
import type { Look, Query } from '../../domain/ports.ts';
import { approvalsOf, type Request } from '../../domain/request.ts';
import { second } from '../../domain/time.ts';
import { personal } from '../../requests/asker.ts';
import type { OperationDeps } from '../operation.ts';

const readWithinMs = 30 * second;

export interface Found {
  reading: CheckReading;
  ownersCloudPcs: CloudPc[];
}

/** What was asked, by name; the same is asked once for all items. */
type Looks = ReadonlyMap<string, Look<Query>>;

/** @returns for each item what was found, or why it could not be read */
export async function readForChecks(
  deps: OperationDeps,
  request: Request,
  items: readonly Item[],
): Promise<Map<string, Found | ConciergeError>> {
  const looks = await look(deps, queriesFor(deps, request, items));
  const cooling = await readCoolingDown(deps, items);
  const found = new Map<string, Found | ConciergeError>();
  for (const item of items) {
    const fault = faultIn(looks, namesFor(deps, request, item));
    found.set(item.id, fault ?? (await toFound(deps, request, item, looks, cooling.has(item.id))));
  }
  return found;
}

async function look(deps: OperationDeps, queries: ReadonlyMap<string, Query>): Promise<Looks> {
  const looked = await deps.tenant.look([...queries.values()], { withinMs: readWithinMs });
  return new Map([...queries.keys()].map((name, index) => [name, looked[index] as Look<Query>]));
}

function faultIn(looks: Looks, names: readonly string[]): ConciergeError | null {
  for (const name of names) {
    const one = looks.get(name);
    if (one && 'fault' in one) return one.fault;
  }
  return null;
}

function peopleFor(request: Request, item: Item): string[] {
  const approverIds = approvalsOf(request).map((decision) => decision.by.id);
  return [...new Set([request.requester.id, item.owner.id, ...approverIds])];
}

function asksReset(deps: OperationDeps, request: Request): boolean {
  return deps.policy.selfService.respectResetEnabled && !isForAnother(request);
}

function namesFor(deps: OperationDeps, request: Request, item: Item): string[] {
  const people = peopleFor(request, item).flatMap((personId) => [`person:${personId}`, `memberOf:${personId}`]);
  const own = [`pc:${item.id}`, `actions:${item.id}`, `owners:${item.ownerUpn}`];
  return [...own, ...people, ...(asksReset(deps, request) ? [`reset:${item.owner.id}`] : [])];
}

function queriesFor(deps: OperationDeps, request: Request, items: readonly Item[]): Map<string, Query> {
  const groupIds = roleGroupIds(deps.policy.roles);
  const queries = new Map<string, Query>();
  for (const item of items) {
    const { id: cloudPcId, policyId } = item.cloudPc;
    queries.set(`pc:${item.id}`, { ask: 'cloudPc', cloudPcId, policyId });
    queries.set(`actions:${item.id}`, { ask: 'remoteActions', cloudPcId });
    queries.set(`owners:${item.ownerUpn}`, { ask: 'cloudPcsOf', upn: item.ownerUpn });
    for (const personId of peopleFor(request, item)) {
      queries.set(`person:${personId}`, { ask: 'person', personId });
      queries.set(`memberOf:${personId}`, { ask: 'memberOf', personId, groupIds });
    }
    if (asksReset(deps, request))
      queries.set(`reset:${item.owner.id}`, { ask: 'resetEnabled', personId: item.owner.id });
  }
  return queries;
}

async function toFound(
  deps: OperationDeps,
  request: Request,
  item: Item,
  looks: Looks,
  isCoolingDown: boolean,
): Promise<Found | ConciergeError> {
  const answerTo = (name: string): unknown => {
    const one = looks.get(name);
    return one && 'value' in one ? one.value : null;
  };
  const who = (personId: string): { person: Person | null; roles: Roles } => ({
    person: answerTo(`person:${personId}`) as Person | null,
    roles: rolesOf(answerTo(`memberOf:${personId}`) as string[], deps.policy.roles),
  });
  const owner = who(item.owner.id);
  const ownersCloudPcs = await readOwners(deps, item, owner.person, answerTo(`owners:${item.ownerUpn}`) as CloudPc[]);
  if (!Array.isArray(ownersCloudPcs)) return ownersCloudPcs;
  const reading: CheckReading = {
    requester: who(request.requester.id),
    owner,
    approvers: approvalsOf(request).map((decision) => who(decision.by.id)),
    pc: answerTo(`pc:${item.id}`) as CloudPc | null,
    capabilities: answerTo(`actions:${item.id}`) as CheckReading['capabilities'],
    isResetEnabled: answerTo(`reset:${item.owner.id}`) as boolean | null,
    isCoolingDown,
  };
  return { reading, ownersCloudPcs };
}

/** The owner may have been renamed since the request: the list is read under the name of now. */
async function readOwners(
  deps: OperationDeps,
  item: Item,
  owner: Person | null,
  listed: readonly CloudPc[],
): Promise<CloudPc[] | ConciergeError> {
  if (owner === null || isSameUpn(owner.userPrincipalName, item.ownerUpn)) return personal(listed);
  const query = { ask: 'cloudPcsOf' as const, upn: owner.userPrincipalName };
  const [renamed] = await deps.tenant.look([query], { withinMs: readWithinMs });
  if (!renamed) return [];
  return 'fault' in renamed ? renamed.fault : personal(renamed.value);
}

/** Items whose Cloud PC another request has rebuilt within the cool-down. */
async function readCoolingDown(deps: OperationDeps, items: readonly Item[]): Promise<Set<string>> {
  const since = deps.clock.now() - deps.policy.limits.perCloudPcCooldownMs;
  const ids = items.map((item) => item.cloudPc.id);
  const successes = await deps.unitOfWork.run((tx) => tx.items.successesOn(ids, since));
  const rebuilt = new Map(successes.map((found) => [found.item.cloudPc.id, found.item.id]));
  const isRebuilt = ({ id, cloudPc }: Item) => rebuilt.has(cloudPc.id) && rebuilt.get(cloudPc.id) !== id;
  return new Set(items.filter(isRebuilt).map(({ id }) => id));
}
