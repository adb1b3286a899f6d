// checking: everything is read again in one Graph request; then the start, or the reason why not.
import { hasBegunSince, takeBaseline } from '../../domain/baseline.ts';
import { findObstacle } from '../../domain/check.ts';
import { ConciergeError, traceFields } from '../../domain/errors.ts';
import type { HoldReason, Item } from '../../domain/item.ts';
import type { Request } from '../../domain/request.ts';
import { hour, minute } from '../../domain/time.ts';
import type { OperationDeps, Step } from '../operation.ts';
import { applyEvent } from './apply-event.ts';
import { waitForSignIn } from './await-sign-in.ts';
import { type FoundStarter, findStarter } from './find-starter.ts';
import { whyHoldNow } from './intents.ts';
import { readForChecks } from './read-for-check.ts';
import { type Checked, start } from './start.ts';
import { leaveToBulk, startsTogether } from './starts-together.ts';
import { waitForGraph } from './wait-for-graph.ts';

const tryAgainMs = minute;

export const checkStep: Step = {
  name: 'check',
  when: 'checking',
  async run(deps, request, item) {
    if (startsTogether(deps, request)) return leaveToBulk(deps, request);
    if (request.bulk?.pause) return holdWhileHalted(deps, item);
    const checkedAt = deps.clock.monotonic();
    const reason = await deps.unitOfWork.run((tx) => whyHoldNow(tx, deps));
    if (reason) return holdForNow(deps, item, reason);
    const found = (await readForChecks(deps, request, [item])).get(item.id);
    if (!found) return false;
    if (found instanceof ConciergeError) {
      await waitForGraph(deps, request, item, found);
      return false;
    }
    const { reading, ownersCloudPcs } = found;
    if (reading.pc && item.baseline && hasBegunSince(item.baseline, reading.pc)) {
      await applyEvent(deps, item, { type: 'foundStarted' });
      return false;
    }
    const obstacle = findObstacle(request, reading, deps.policy);
    if (obstacle || !reading.pc) {
      await applyEvent(deps, item, { type: 'refuse', reason: obstacle ?? 'gone' });
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
    const fields = { requestId: request.id, itemId: item.id, ...(by.trace ? traceFields(by.trace) : {}) };
    deps.log.warn(fields, 'the token of the requester is not enough');
    await applyEvent(deps, item, { type: 'refuse', reason: 'signInForbidden' });
    return;
  }
  if (by instanceof ConciergeError) return waitForGraph(deps, request, item, by);
  if (by.kind === 'needsSignIn') return waitForSignIn(deps, item);
  if (by.kind === 'starter') return start(deps, request, item, by, checked);
  await applyEvent(deps, item, { type: 'refuse', reason: by.reason });
}

/** Woken again when an admin lets the bulk request go on. */
async function holdWhileHalted(deps: OperationDeps, item: Item): Promise<false> {
  const until = deps.clock.now() + hour;
  await applyEvent(deps, item, { type: 'hold', reason: 'bulk', until });
  return false;
}

/** Seen again, under the lock, when the intent is committed; here it only saves the reads. */
async function holdForNow(deps: OperationDeps, item: Item, reason: HoldReason): Promise<false> {
  const until = deps.clock.now() + tryAgainMs;
  await applyEvent(deps, item, { type: 'hold', reason, until });
  return false;
}
