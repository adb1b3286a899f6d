// checking: everything is read again in one Graph request; then the start, or the reason why not.
import { hasBegunSince, takeBaseline } from '../../domain/baseline.ts';
import { type CheckReading, findObstacle } from '../../domain/check.ts';
import type { CloudPc } from '../../domain/cloud-pc.ts';
import { ConciergeError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import { isForAnother } from '../../domain/notices.ts';
import { isSameUpn, type Person, type Roles, roleGroupIds, rolesOf } from '../../domain/people.ts';
import type { Query } from '../../domain/ports.ts';
import { approvalsOf, type Request } from '../../domain/request.ts';
import { minute, second } from '../../domain/time.ts';
import { personal } from '../../requests/asker.ts';
import type { OperationDeps, Step } from '../operation.ts';
import { applyEvent } from './apply-event.ts';
import { waitForSignIn } from './await-sign-in.ts';
import { type FoundStarter, findStarter } from './find-starter.ts';
import { type Checked, start } from './start.ts';
import { waitForGraph } from './wait-for-graph.ts';

const readWithinMs = 30 * second;
const tryAgainMs = minute;

export const checkStep: Step = {
  name: 'check',
  when: 'checking',
  async run(deps, request, item) {
    const checkedAt = deps.clock.monotonic();
    if (await deps.unitOfWork.run((tx) => tx.settings.startsPaused())) return holdWhilePaused(deps, request, item);
    const found = await readForCheck(deps, request, item).catch(orConciergeError);
    if (found instanceof ConciergeError) {
      await waitForGraph(deps, request, item, found);
      return false;
    }
    const { reading, ownersCloudPcs } = found;
    if (reading.pc && item.baseline && hasBegunSince(item.baseline, reading.pc)) {
      await applyEvent(deps, request.id, item.id, { type: 'foundStarted' });
      return false;
    }
    const obstacle = findObstacle(request, reading, deps.policy);
    if (obstacle || !reading.pc) {
      await applyEvent(deps, request.id, item.id, { type: 'refuse', reason: obstacle ?? 'gone' });
      return false;
    }
    const by = await findStarter(deps, request, reading.pc).catch(orConciergeError);
    const baseline = takeBaseline(reading.pc, ownersCloudPcs);
    await startBy(deps, request, item, by, { pc: reading.pc, baseline, checkedAt });
    return false;
  },
};

function orConciergeError(error: unknown): ConciergeError {
  if (error instanceof ConciergeError) return error;
  throw error;
}

async function startBy(
  deps: OperationDeps,
  request: Request,
  item: Item,
  by: FoundStarter | ConciergeError,
  checked: Checked,
): Promise<void> {
  if (by instanceof ConciergeError && by.code === 'signIn.forbidden') {
    deps.log.warn({ requestId: request.id, itemId: item.id, ...by.trace }, 'the token of the requester is not enough');
    await applyEvent(deps, request.id, item.id, { type: 'refuse', reason: 'signInForbidden' });
    return;
  }
  if (by instanceof ConciergeError) return waitForGraph(deps, request, item, by);
  if (by.kind === 'needsSignIn') return waitForSignIn(deps, request.id, item.id);
  if (by.kind === 'starter') return start(deps, request, item, by, checked);
  await applyEvent(deps, request.id, item.id, { type: 'refuse', reason: by.reason });
}

/** Seen again, under the lock, when the intent is committed; here it only saves the reads. */
async function holdWhilePaused(deps: OperationDeps, request: Request, item: Item): Promise<false> {
  const until = deps.clock.now() + tryAgainMs;
  await applyEvent(deps, request.id, item.id, { type: 'hold', reason: 'paused', until });
  return false;
}

interface Found {
  reading: CheckReading;
  ownersCloudPcs: CloudPc[];
}

async function readForCheck(deps: OperationDeps, request: Request, item: Item): Promise<Found> {
  const approverIds = approvalsOf(request).map((decision) => decision.by.id);
  const people = [...new Set([request.requester.id, request.owner.id, ...approverIds])];
  const answers = await deps.tenant.read(queriesFor(deps, request, item, people), { withinMs: readWithinMs });
  const who = (personId: string): { person: Person | null; roles: Roles } => ({
    person: answers[`person:${personId}`] as Person | null,
    roles: rolesOf(answers[`memberOf:${personId}`] as string[], deps.policy.roles),
  });
  const owner = who(request.owner.id);
  const pc = answers.pc as CloudPc | null;
  const listed = answers.owners as CloudPc[];
  const isRenamed = owner.person !== null && !isSameUpn(owner.person.userPrincipalName, request.ownerUpn);
  const reading: CheckReading = {
    requester: who(request.requester.id),
    owner,
    approvers: approverIds.map(who),
    pc,
    capabilities: answers.actions as CheckReading['capabilities'],
    isResetEnabled: (answers.reset as boolean | undefined) ?? null,
    isCoolingDown: await isCoolingDown(deps, item),
  };
  return { reading, ownersCloudPcs: isRenamed ? await readRenamed(deps, owner.person) : personal(listed) };
}

function queriesFor(
  deps: OperationDeps,
  request: Request,
  item: Item,
  people: readonly string[],
): Record<string, Query> {
  const groupIds = roleGroupIds(deps.policy.roles);
  const queries: Record<string, Query> = {
    pc: { ask: 'cloudPc', cloudPcId: item.cloudPc.id },
    actions: { ask: 'remoteActions', cloudPcId: item.cloudPc.id },
    owners: { ask: 'cloudPcsOf', upn: request.ownerUpn },
  };
  for (const personId of people) {
    queries[`person:${personId}`] = { ask: 'person', personId };
    queries[`memberOf:${personId}`] = { ask: 'memberOf', personId, groupIds };
  }
  const asksReset = deps.policy.selfService.respectResetEnabled && !isForAnother(request);
  return asksReset ? { ...queries, reset: { ask: 'resetEnabled', personId: request.owner.id } } : queries;
}

/** The owner was renamed since the request: the list is read under the name of now. */
async function readRenamed(deps: OperationDeps, owner: Person | null): Promise<CloudPc[]> {
  if (!owner) return [];
  const { pcs } = await deps.tenant.read(
    { pcs: { ask: 'cloudPcsOf', upn: owner.userPrincipalName } },
    { withinMs: readWithinMs },
  );
  return personal(pcs);
}

async function isCoolingDown(deps: OperationDeps, item: Item): Promise<boolean> {
  const since = deps.clock.now() - deps.policy.limits.perCloudPcCooldownMs;
  const successes = await deps.unitOfWork.run((tx) => tx.items.successesOn([item.cloudPc.id], since));
  return successes.some((found) => found.item.id !== item.id);
}
