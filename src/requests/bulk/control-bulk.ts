// Halting a bulk request, letting it go on, cancelling its rest; and trying again what failed. For admins, whose right is read
// live at every press; a press that comes too late changes nothing and gets the present card.

import type { BulkChoice } from '../../domain/bulk.ts';
import { ConflictError, NotFoundError } from '../../domain/errors.ts';
import type { PersonRef } from '../../domain/people.ts';
import type { Tx } from '../../domain/ports.ts';
import { decideRequest, isEnded, type Request, type RequestEvent } from '../../domain/request.ts';
import type { CardView, RequestView } from '../../domain/views.ts';
import { toRef } from '../asker.ts';
import { makeBulkDue } from '../cancel-waiting.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import { findRequest } from '../find-request.ts';
import { saveRequest } from '../save.ts';
import { readView } from '../view.ts';
import { choiceOf, emptyChoice, nobody, previewBulk, readBulkAdmin } from './preview-bulk.ts';

export type BulkControl = 'pause' | 'resume' | 'stop';

/** @throws NotFoundError `unknownRequest`; NotAllowedError `notAdminForOthers` */
export async function controlBulk(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  control: BulkControl,
  origin: Origin,
  deadline: Deadline,
): Promise<RequestView> {
  const { person } = await readBulkAdmin(deps, presser.id, deadline);
  const by = toRef(person);
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.lock(requestId);
    if (!request?.bulk || request.code === null) throw new NotFoundError('unknownRequest');
    const event = await toEvent(tx, request, control, by);
    const decided = decideRequest(request, event, deps.clock.now(), deps.policy.approval);
    if ('refused' in decided) return readView(tx, request, deps.clock.now());
    const saved = await saveRequest(tx, deps, decided.request, decided.news, { actor: by });
    await goOn(tx, deps, saved, control);
    return readView(tx, saved, deps.clock.now());
  });
}

async function toEvent(tx: Tx, request: Request, control: BulkControl, by: PersonRef): Promise<RequestEvent> {
  if (control === 'pause') return { type: 'pauseBulk', by };
  if (control === 'stop') return { type: 'stopBulk', by };
  const waves = await tx.waves.of(request.id);
  return { type: 'resumeBulk', by, wave: waves.findLast(({ beganAt }) => beganAt !== null) ?? null };
}

/** What waited is due at once: the items that were held, the next wave, the rest to be cancelled. */
async function goOn(tx: Tx, deps: Deps, { id }: Request, control: BulkControl): Promise<void> {
  if (control === 'pause') return;
  const now = deps.clock.now();
  if (control === 'resume')
    for (const itemId of await tx.items.wakeHeld('bulk', now, id)) tx.wake({ queue: 'advance', itemId }, now);
  const waves = await tx.waves.of(id);
  const current = waves.findLast(({ beganAt }) => beganAt !== null);
  if (current) await tx.waves.save({ ...current, dueAt: now });
  await makeBulkDue(tx, deps, id);
}

/** What failed, as the preview of a new request. @throws as `previewBulk`; ConflictError `bulkNothing`, `notOpen` */
export async function retryBulk(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const earlier = await findRequest(deps, { id: requestId });
  if (!earlier.bulk) throw new NotFoundError('unknownRequest');
  if (!isEnded(earlier.state) || earlier.bulk.retriedBy) throw new ConflictError('notOpen');
  const failed = await deps.unitOfWork.run((tx) =>
    tx.items.inStates(requestId, ['failed'], deps.policy.limits.bulkMax),
  );
  if (failed.length === 0) throw new ConflictError('bulkNothing');
  const selection = { ...nobody, cloudPcIds: failed.map((item) => item.cloudPc.id) };
  const wish = { selection, choice: choiceOf(selection), takesFiles: false, retryOf: earlier };
  return previewBulk(deps, presser, wish, origin, deadline);
}

/** The choice behind a preview, to be changed. @throws NotFoundError `draftGone` */
export async function readChoice(deps: Deps, presser: PersonRef, requestId: string): Promise<BulkChoice> {
  const draft = await deps.unitOfWork.run((tx) => tx.requests.get(requestId));
  if (!draft?.bulk || draft.requester.id !== presser.id || draft.state !== 'draft')
    throw new NotFoundError('draftGone');
  return draft.bulk.choice ?? emptyChoice;
}
