// The preview is confirmed by its number: the request takes exactly what was shown. Whatever has been taken by another request
// meanwhile is left out, and everything is checked again when its wave starts.
import { type BulkCounts, isTypedAs } from '../../domain/bulk.ts';
import { wasSignedOutSince } from '../../domain/cloud-pc.ts';
import { ConflictError, InputError, NotAllowedError, NotFoundError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import type { PersonRef } from '../../domain/people.ts';
import { bulkRule, choicesFor } from '../../domain/policy.ts';
import type { Tx } from '../../domain/ports.ts';
import { decideRequest, type Options, type Request } from '../../domain/request.ts';
import type { CardView } from '../../domain/views.ts';
import { planWaves } from '../../domain/waves.ts';
import type { Asker } from '../asker.ts';
import { beginWave } from '../begin-wave.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import { newItem } from '../new-request.ts';
import { addCard, audit, saveRequest } from '../save.ts';
import { addChannelCard, type FormMessage, freeMessage, setApprovalTimers } from '../submit-reprovision.ts';
import { checkBulkChoices, checkWords, type SubmittedWords } from '../submitted-form.ts';
import { readView } from '../view.ts';
import { readBulkAdmin } from './preview-bulk.ts';

export interface BulkForm extends SubmittedWords {
  /** As it was typed. */
  confirmCount: string;
  osVersion: string | null;
  accountType: string | null;
  duringMaintenance: boolean;
}

/**
 * One Graph request.
 * @returns the card of the new state; the present card when it was submitted before
 * @throws InputError for the form's fields, `bulkNumber`; NotFoundError `draftGone`; NotAllowedError `notAdminForOthers`
 */
export async function submitBulk(
  deps: Deps,
  presser: PersonRef,
  requestId: string,
  form: BulkForm,
  message: FormMessage,
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const draft = await deps.unitOfWork.run((tx) => tx.requests.get(requestId));
  if (!draft?.bulk || draft.requester.id !== presser.id) throw new NotFoundError('draftGone');
  if (draft.state !== 'draft') return presentCard(deps, draft, origin);
  const asker = await readBulkAdmin(deps, presser.id, deadline);
  const { remaining } = draft.bulk.counts;
  if (remaining === 0) throw new InputError('bulkNothing');
  const words = checkWords(form, deps.policy);
  const options = checkBulkChoices(form, choicesFor(deps.policy, { isOwner: false, roles: asker.roles }));
  if (!isTypedAs(form.confirmCount, remaining)) throw new InputError('bulkNumber', { count: remaining });
  const duringMaintenance = mayWait(deps, options) && form.duringMaintenance;
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    return store(tx, deps, { draft, asker, words, options, duringMaintenance }, message);
  });
}

/** Only Windows 365's bulk action knows maintenance windows, and it takes no options. */
function mayWait({ bulkWay }: Pick<Deps, 'bulkWay'>, { osVersion, accountType }: Options): boolean {
  return bulkWay === 'bulkActions' && osVersion === null && accountType === null;
}

async function presentCard(deps: Deps, draft: Request, origin: Origin): Promise<CardView> {
  return deps.unitOfWork.run(async (tx) => {
    await claimOrigin(tx, origin, deps.clock);
    const request = await tx.requests.get(draft.id);
    if (!request || request.code === null) throw new ConflictError('draftGone');
    return { card: 'request', audience: 'requester', view: await readView(tx, request, deps.clock.now()) };
  });
}

interface Submitted {
  draft: Request;
  asker: Asker;
  words: ReturnType<typeof checkWords>;
  options: Options;
  duringMaintenance: boolean;
}

async function store(tx: Tx, deps: Deps, submitted: Submitted, message: FormMessage): Promise<CardView> {
  const now = deps.clock.now();
  const draft = await tx.requests.lock(submitted.draft.id);
  if (!draft?.bulk) throw new NotFoundError('draftGone');
  const { needed, byAdmin, name } = bulkRule(deps.policy);
  const { words, options, duringMaintenance } = submitted;
  const approval = { needed, byAdmin, rule: name };
  const { choice: _, ...kept } = draft.bulk;
  const bulk = { ...kept, duringMaintenance };
  const submission = { ...words, options, approval, bulk, code: '', tally: {} };
  const decided = decideRequest(draft, { type: 'submit', submission }, now, deps.policy.approval);
  if ('refused' in decided) {
    if (draft.code === null) throw new ConflictError('draftGone');
    return { card: 'request', audience: 'requester', view: await readView(tx, draft, now) };
  }
  const items = await insertItems(tx, deps, draft.id);
  if (items.length === 0) throw new NotAllowedError('bulkNothing');
  const code = await tx.requests.nextCode();
  const counts = countAgain(draft.bulk.counts, items);
  const tally = { queued: items.length };
  const request: Request = { ...decided.request, code, tally, bulk: { ...bulk, counts } };
  return begin(tx, deps, request, draft.bulk.counts.remaining - items.length, message);
}

/** What was taken meanwhile counts among those that are left out, as the list shows it. */
function countAgain(shown: BulkCounts, items: readonly Item[]): BulkCounts {
  const remaining = items.length;
  const notSignedOut = items.filter(({ cloudPc }) => !wasSignedOutSince(cloudPc)).length;
  return { ...shown, leftOut: shown.leftOut + shown.remaining - remaining, remaining, notSignedOut };
}

/** The lines that remain become items, in waves; lines whose Cloud PC was taken meanwhile are left out. */
async function insertItems(tx: Tx, deps: Deps, requestId: string): Promise<Item[]> {
  const remaining = await tx.candidates.remaining(requestId);
  const items = remaining.flatMap(({ number, owner, ownerUpn, cloudPc }) =>
    owner && ownerUpn !== null && cloudPc
      ? [{ number, item: newItem(deps, { requestId, wave: 1, owner, ownerUpn, cloudPc }) }]
      : [],
  );
  const cloudPcIds = items.map(({ item }) => item.cloudPc.id);
  const held = new Map(
    (await tx.items.unfinishedOn(cloudPcIds)).map(({ item, request }) => [item.cloudPc.id, request.code ?? '']),
  );
  const free = items.filter(({ item }) => !held.has(item.cloudPc.id));
  const sizes = planWaves(free.length, deps.policy.limits);
  const numbers = sizes.flatMap((size, index) => Array.from({ length: size }, () => index + 1));
  const waved = free.map(({ item }, index) => ({ ...item, wave: numbers[index] ?? 1 }));
  const kept = await tx.items.insertMany(waved);
  await tx.candidates.resolve(
    requestId,
    items.map(({ number, item }) => {
      const isKept = kept.has(item.id);
      const leftOut = isKept ? null : { reason: 'running' as const, code: held.get(item.cloudPc.id) ?? '' };
      return { number, itemId: isKept ? item.id : null, leftOut };
    }),
  );
  const inserted = waved.filter(({ id }) => kept.has(id));
  await insertWaves(tx, requestId, inserted);
  return inserted;
}

async function insertWaves(tx: Tx, requestId: string, items: readonly Item[]): Promise<void> {
  const byWave = Map.groupBy(items, ({ wave }) => wave);
  await tx.waves.insertMany(
    [...byWave].map(([number, { length: size }]) => ({
      requestId,
      number,
      size,
      tally: { queued: size },
      beganAt: null,
      endedAt: null,
      dueAt: null,
    })),
  );
}

async function begin(tx: Tx, deps: Deps, request: Request, taken: number, message: FormMessage): Promise<CardView> {
  const actor = request.requester;
  const { counts, source } = request.bulk ?? {};
  const details = { reason: request.reason, rule: request.approval.rule, source, counts };
  const saved = await saveRequest(tx, deps, request, 'submitted', { actor, details });
  if (taken > 0) await audit(tx, deps, saved, null, 'request.takenMeanwhile', { actor: null }, { n: taken });
  await addCard(tx, deps, saved, 'requester', { person: actor, ...(await freeMessage(tx, message)) });
  await addChannelCard(tx, deps, saved);
  await tx.timers.clear(saved.id);
  if (saved.state === 'approved') await beginWave(tx, deps, saved, 1);
  else await setApprovalTimers(tx, deps, saved);
  if (source?.type === 'retry') {
    await audit(tx, deps, saved, null, 'request.retries', { actor, details: { code: source.code } });
    await nameSuccessor(tx, deps, saved, source.requestId);
  }
  return { card: 'request', audience: 'requester', view: await readView(tx, saved, deps.clock.now()) };
}

/** The request whose failures this one takes on shows it too. Locked after this one, and nobody locks them the other way round. */
async function nameSuccessor(tx: Tx, deps: Deps, request: Request, earlierId: string): Promise<void> {
  const earlier = await tx.requests.lock(earlierId);
  if (!earlier?.bulk || request.code === null) return;
  const bulk = { ...earlier.bulk, retriedBy: { requestId: request.id, code: request.code } };
  const cause = { actor: request.requester, details: { code: request.code } };
  const saved = await saveRequest(tx, deps, { ...earlier, bulk }, null);
  await audit(tx, deps, saved, null, 'request.retried', cause);
}
