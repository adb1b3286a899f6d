// All that wait for a person in a bulk request, settled at once, under the same rules as one: only by an admin, audited, and
// only as they were shown.

import { isTypedAs } from '../../domain/bulk.ts';
import { ConflictError, InputError, NotFoundError } from '../../domain/errors.ts';
import type { ItemEvent, ItemState } from '../../domain/item.ts';
import type { PersonRef } from '../../domain/people.ts';
import type { Tx } from '../../domain/ports.ts';
import type { Request } from '../../domain/request.ts';
import type { RequestView } from '../../domain/views.ts';
import { countIn } from '../../domain/waves.ts';
import { toRef } from '../asker.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import { audit, type Cause, changeItem, saveRequest } from '../save.ts';
import { readView } from '../view.ts';
import { readBulkAdmin } from './preview-bulk.ts';

export type SettleChoice = 'check' | 'treatAsStarted' | 'close' | 'startAgain';

/** Items of one transaction. */
const atOnce = 50;
const unsettled: readonly ItemState[] = ['needsOperator', 'timedOut'];

export interface Settling {
  choice: SettleChoice;
  /** Sum of all attempts, as the card showed it: when one more waits for a person, the press is too old. */
  attempts: number;
  /** For starting again: the number, as it was typed; null where it was not asked for. */
  confirmCount: string | null;
}

/** @throws NotFoundError `unknownRequest`; NotAllowedError `notAdminForOthers`; InputError `bulkNumber` */
export async function settleBulk(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  settling: Settling,
  origin: Origin,
  deadline: Deadline,
): Promise<RequestView> {
  const { person } = await readBulkAdmin(deps, presser.id, deadline);
  const cause: Cause = { actor: toRef(person) };
  const isRight = await deps.unitOfWork.run((tx) => prepare(tx, deps, requestId, settling, cause, origin));
  while (isRight && settling.choice !== 'check') {
    const done = await deps.unitOfWork.run((tx) => settleSome(tx, deps, requestId, settling, cause));
    if (done === 0) break;
  }
  return deps.unitOfWork.run(async (tx) => {
    const request = await tx.requests.get(requestId);
    if (!request) throw new NotFoundError('unknownRequest');
    return readView(tx, request, deps.clock.now());
  });
}

/** @returns whether the press is about what waits now */
async function prepare(
  tx: Tx,
  deps: Deps,
  requestId: string,
  { choice, attempts, confirmCount }: Settling,
  cause: Cause,
  origin: Origin,
): Promise<boolean> {
  await claimOrigin(tx, origin, deps.clock);
  const request = await lockBulk(tx, requestId);
  if ((await tx.items.sumAttempts(requestId)) !== attempts) return false;
  // Nothing more is started of a request whose rest was cancelled.
  if (choice === 'startAgain' && request.bulk?.stopped) return false;
  const n = countIn(request.tally, statesFor(choice));
  if (n === 0) return false;
  if (choice === 'startAgain' && !isTypedAs(confirmCount, n)) throw new InputError('bulkNumber', { count: n });
  if (choice === 'check') {
    await tx.items.lookNowAtLate(requestId, deps.clock.now());
    tx.wake({ queue: 'watch' });
  }
  await audit(tx, deps, request, null, 'request.settled', cause, { choice, n });
  await saveRequest(tx, deps, request, null);
  return true;
}

/** What never ended can be closed or looked at; starting it again, or following it as started, is for what never answered. */
function statesFor(choice: SettleChoice): readonly ItemState[] {
  return choice === 'close' || choice === 'check' ? unsettled : ['needsOperator'];
}

/** The sum of attempts may have grown since: then the rest is left for a new press. @returns how many were settled */
async function settleSome(
  tx: Tx,
  deps: Deps,
  requestId: string,
  { choice, attempts }: Settling,
  cause: Cause,
): Promise<number> {
  let request = await lockBulk(tx, requestId);
  if (choice === 'check' || (await tx.items.sumAttempts(requestId)) !== attempts) return 0;
  if (choice === 'startAgain' && request.bulk?.stopped) return 0;
  const items = await tx.items.inStates(requestId, statesFor(choice), atOnce);
  let settled = 0;
  for (const item of items) {
    const event: ItemEvent = { type: choice, attempt: item.attempt };
    const changed = await changeItem(tx, deps, request, item, event, cause);
    request = changed?.request ?? request;
    if (changed) settled += 1;
  }
  return settled;
}

async function lockBulk(tx: Tx, requestId: string): Promise<Request> {
  const request = await tx.requests.lock(requestId);
  if (!request?.bulk || request.code === null) throw new NotFoundError('unknownRequest');
  return request;
}

/** For the card on which it is chosen. @throws NotFoundError `unknownRequest`; ConflictError `notOpen` when nothing waits */
export async function showUnsettled(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  origin: Origin,
  deadline: Deadline,
): Promise<RequestView> {
  await readBulkAdmin(deps, presser.id, deadline);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await lockBulk(tx, requestId);
    if (countIn(request.tally, unsettled) === 0) throw new ConflictError('notOpen');
    return readView(tx, request, deps.clock.now());
  });
}
