// "bulk reprovision": what an admin names is looked up and shown, and nothing happens. The draft keeps what was shown, and the
// request that is made of it takes exactly that.
import {
  type Bulk,
  type BulkChoice,
  type BulkSource,
  type Candidate,
  countCandidates,
  isEmptySelection,
  type Selection,
} from '../../domain/bulk.ts';
import type { BulkLine } from '../../domain/bulk-views.ts';
import { ConciergeError, InputError, NotAllowedError, TemporaryError } from '../../domain/errors.ts';
import { mostForUsual, usualDuration } from '../../domain/estimates.ts';
import type { PersonRef } from '../../domain/people.ts';
import { bulkRule, choicesFor } from '../../domain/policy.ts';
import type { Tx } from '../../domain/ports.ts';
import { draftLivesMs, type Request } from '../../domain/request.ts';
import type { CardView } from '../../domain/views.ts';
import { planWaves } from '../../domain/waves.ts';
import { mailOffer } from '../ask-reprovision.ts';
import { type Asker, readAsker, toRef } from '../asker.ts';
import { claimOrigin, type Deadline, type Deps, type Origin } from '../deps.ts';
import { newDraft } from '../new-request.ts';
import { leaveOut, listCandidates, readVips } from './find-candidates.ts';
import { findTargets, type Targets } from './find-targets.ts';
import { toLine } from './list-bulk.ts';

const leftOutShown = 5;

/** @throws NotAllowedError `notAdminForOthers`, and as `readAsker` */
export async function readBulkAdmin(deps: Deps, personId: string, deadline: Deadline): Promise<Asker> {
  const asker = await readAsker(deps, personId, deadline);
  if (!asker.roles.admin) throw new NotAllowedError('notAdminForOthers');
  return asker;
}

export const emptyChoice: BulkChoice = { people: '', group: '', policyId: null, failed: false, several: false };

/** A selection to begin with. */
export const nobody: Selection = {
  personIds: [],
  upns: [],
  cloudPcIds: [],
  rest: [],
  group: null,
  policy: null,
  failed: false,
  several: false,
  file: null,
};

/** As the form shows it; people who were mentioned have no address yet. */
export function choiceOf({ upns, cloudPcIds, rest, group, policy, failed, several }: Selection): BulkChoice {
  const people = [...upns, ...cloudPcIds, ...rest].join('\n');
  return { people, group: group ?? '', policyId: policy && 'id' in policy ? policy.id : null, failed, several };
}

/** The form in which the Cloud PCs are chosen. @throws NotAllowedError `notAdminForOthers` */
export async function chooseForBulk(
  deps: Deps,
  person: PersonRef,
  form: { choice: BulkChoice; problem: ConciergeError | null; takesFiles: boolean },
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  await readBulkAdmin(deps, person.id, deadline);
  const { policies } = await deps.tenant.read(
    { policies: { ask: 'provisioningPolicies' } },
    { withinMs: deadline.left() },
  );
  await deps.unitOfWork.run((tx) => claimOrigin(tx, origin, deps.clock));
  const { choice, problem, takesFiles } = form;
  return {
    card: 'bulkChoose',
    choice,
    policies: policies.map(({ id, name }) => ({ id, name })),
    problem: problem && { text: `error.${problem.code}`, values: problem.values },
    takesFiles,
  };
}

/**
 * @returns the preview, or the form with what must be changed first
 * @throws NotAllowedError `notAdminForOthers`; TemporaryError of Graph
 */
export async function previewBulk(
  deps: Deps,
  person: PersonRef,
  wish: { selection: Selection; choice: BulkChoice; takesFiles: boolean; retryOf: Request | null },
  origin: Origin,
  deadline: Deadline,
): Promise<CardView> {
  const asker = await readBulkAdmin(deps, person.id, deadline);
  try {
    if (isEmptySelection(wish.selection)) throw new InputError('bulkEmpty');
    checkLength(deps, wish.selection);
    const targets = await findTargets(deps, wish.selection, deadline);
    const listed = listCandidates(targets, wish.selection);
    checkSize(deps, listed);
    const vips = await readVips(deps, deadline);
    return await deps.unitOfWork.run(async (tx) => {
      await claimOrigin(tx, origin, deps.clock);
      const candidates = await leaveOut(tx, deps, listed, vips);
      const source = sourceOf(wish.selection, targets, wish.retryOf);
      const choice = keptChoice(wish, targets);
      const draft = await insertDraft(tx, deps, asker, { source, choice }, candidates);
      return toPreview(tx, deps, draft, asker.roles, candidates);
    });
  } catch (error) {
    if (!(error instanceof ConciergeError) || error instanceof TemporaryError || error.trace !== null) throw error;
    const { choice, takesFiles } = wish;
    return chooseForBulk(deps, person, { choice, problem: error, takesFiles }, origin, deadline);
  }
}

/** The choice with what has been found of it: mentioned people by their addresses, and the policy by its id. */
function keptChoice({ selection, choice }: { selection: Selection; choice: BulkChoice }, targets: Targets): BulkChoice {
  const personIds = new Set(selection.personIds);
  const mentioned = targets.people.filter(({ id }) => personIds.has(id)).map((person) => person.userPrincipalName);
  const people = [...mentioned, choice.people].filter((words) => words !== '').join('\n');
  return { ...choice, people, policyId: targets.policy?.id ?? null };
}

/** Of more than twice as many, either those that are found or those that are not are too many: they need not be looked up. */
function checkLength({ policy }: Pick<Deps, 'policy'>, { upns, rest, cloudPcIds }: Selection): void {
  const max = policy.limits.bulkMax;
  const named = Math.max(upns.length + rest.length, cloudPcIds.length);
  if (named > 2 * max) throw new InputError('bulkMax', { max, found: named });
}

/** Lines that name nothing count too: each is kept. */
function checkSize(deps: Pick<Deps, 'policy'>, candidates: readonly Candidate[]): void {
  const max = deps.policy.limits.bulkMax;
  const { found, notFound } = countCandidates(candidates);
  if (found > max || notFound > max) throw new InputError('bulkMax', { max, found: Math.max(found, notFound) });
}

function sourceOf(selection: Selection, targets: Targets, retryOf: Request | null): BulkSource {
  if (retryOf) return { type: 'retry', requestId: retryOf.id, code: retryOf.code ?? '' };
  const lists = [selection.personIds, selection.upns, selection.cloudPcIds, selection.rest];
  const isListed = lists.some((list) => list.length > 0);
  const kinds = [isListed, targets.group !== null, targets.policy !== null, selection.failed].filter(Boolean).length;
  if (kinds > 1) return { type: 'list' };
  if (targets.group !== null) return { type: 'group', name: targets.group };
  if (targets.policy) return { type: 'policy', policyId: targets.policy.id, name: targets.policy.name };
  if (selection.failed) return { type: 'failed' };
  return selection.file === null ? { type: 'list' } : { type: 'file', name: selection.file };
}

async function insertDraft(
  tx: Tx,
  deps: Deps,
  { person }: Asker,
  chosen: Pick<Bulk, 'source' | 'choice'>,
  candidates: readonly Candidate[],
): Promise<Request & { bulk: Bulk }> {
  const bulk: Bulk = {
    ...chosen,
    counts: countCandidates(candidates),
    duringMaintenance: false,
    pause: null,
    tolerated: null,
    stopped: null,
    retriedBy: null,
  };
  const requester = toRef(person);
  const draft = newDraft(deps, {
    operation: 'reprovision',
    requester,
    owner: requester,
    ownerUpn: person.userPrincipalName,
    bulk,
  });
  await tx.requests.insert(draft);
  await tx.candidates.insertMany(draft.id, candidates);
  await tx.timers.set({ requestId: draft.id, kind: 'expire', dueAt: deps.clock.now() + draftLivesMs });
  return { ...draft, bulk };
}

async function toPreview(
  tx: Tx,
  deps: Deps,
  draft: Request & { bulk: Bulk },
  roles: Asker['roles'],
  candidates: readonly Candidate[],
): Promise<CardView> {
  const { policy, clock } = deps;
  const { source, counts } = draft.bulk;
  const leftOut = candidates.filter((one) => one.leftOut !== null).slice(0, leftOutShown);
  return {
    card: 'bulkPreview',
    requestId: draft.id,
    revision: draft.revision,
    source,
    counts,
    leftOut: leftOut.map((candidate): BulkLine => toLine({ candidate, item: null })),
    waves: planWaves(counts.remaining, policy.limits),
    usual: usualDuration(await tx.items.buildDurations(mostForUsual)),
    stopWhenFailedPercent: policy.limits.stopWhenFailedPercent,
    approvals: bulkRule(policy).needed,
    choices: choicesFor(policy, { isOwner: false, roles }),
    offersMaintenance: deps.bulkWay === 'bulkActions',
    mail: mailOffer(policy),
    now: clock.now(),
  };
}
