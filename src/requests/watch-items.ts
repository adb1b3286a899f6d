// One look at everything that is being built, with as few Graph requests as possible.
import { isDeepStrictEqual } from 'node:util';
import { hasBegunSince } from '../domain/baseline.ts';
import { decideItem } from '../domain/decide-item.ts';
import { mostForUsual } from '../domain/estimates.ts';
import { type Item, type ItemEvent, isWatched } from '../domain/item.ts';
import { type Pace, pauseUntilNextLook, usualEnd } from '../domain/pace.ts';
import type { Look, PostponedLook, Query, Tx } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { personal } from './asker.ts';
import type { Deps } from './deps.ts';
import { changeItem } from './save.ts';

/** What is due beyond these waits for the next time. */
const atOnce = 2000;
const lookWithinMs = 25 * second;
/** For so long nobody else looks at them; a process that died in between is not waited for. */
const claimedForMs = lookWithinMs + 5 * second;
/** Rows of one statement. */
const postponedAtOnce = 500;

type Watched = Extract<Query, { ask: 'cloudPc' | 'cloudPcsOf' }>;

interface Looked {
  /** As it was claimed. */
  item: Item;
  event: ItemEvent;
}

/**
 * Looks at what is due. Each item's next look comes at its own pace; the next tick is `watchEveryMs` after this one.
 * While the id is gone the owner's list is read instead, so that one tick stays one request for each twenty.
 */
export async function watchItems(deps: Deps, watchEveryMs: number): Promise<void> {
  const { unitOfWork, clock } = deps;
  const items = await unitOfWork.run((tx) => {
    const now = clock.now();
    return tx.items.claimLooks(now, now + claimedForMs, atOnce);
  });
  if (items.length > 0) {
    const pace = await unitOfWork.run(async (tx): Promise<Pace> => {
      return { watchEveryMs, usual: usualEnd(await tx.items.buildDurations(mostForUsual)) };
    });
    await takeAll(deps, await heedBulkActions(deps, await lookAt(deps, items)), pace);
  }
  await unitOfWork.run(async (tx) => {
    const next = await tx.items.nextLookAt();
    if (next !== null) tx.wake({ queue: 'watch' }, Math.max(next, clock.now() + (items.length > 0 ? watchEveryMs : 0)));
  });
}

async function lookAt(deps: Deps, items: readonly Item[]): Promise<Looked[]> {
  const queries = items.map(
    (item): Watched =>
      item.missingSince !== null
        ? { ask: 'cloudPcsOf', upn: item.ownerUpn }
        : { ask: 'cloudPc', cloudPcId: item.cloudPc.id, policyId: item.cloudPc.policyId },
  );
  const looks = await deps.tenant.look(queries, { withinMs: lookWithinMs });
  return items.flatMap((item, index) => {
    const look = looks[index];
    return look ? [{ item, event: toEvent(look, item) }] : [];
  });
}

/**
 * Of what was started together Graph tells counts only. Where nothing of a bulk action is open any more, a Cloud PC that has not
 * been rebuilt by it never will be.
 */
async function heedBulkActions(deps: Deps, looks: readonly Looked[]): Promise<Looked[]> {
  const asked = new Set(looks.flatMap((look) => findLeftBehind(deps, look) ?? []));
  if (asked.size === 0) return [...looks];
  const ids = [...asked];
  const queries = ids.map((bulkActionId) => ({ ask: 'bulkAction' as const, bulkActionId }));
  const answers = await deps.tenant.look(queries, { withinMs: lookWithinMs });
  const ended = new Set(
    ids.filter((_id, index) => {
      const answer = answers[index];
      // One that is not there after so long will never say anything of it.
      return answer && 'value' in answer && (answer.value === null || answer.value.hasEnded);
    }),
  );
  return looks.map((look) => {
    const bulkActionId = findLeftBehind(deps, look);
    return bulkActionId !== null && ended.has(bulkActionId)
      ? { item: look.item, event: { type: 'bulkEnded', bulkActionId } }
      : look;
  });
}

/** The bulk action of a Cloud PC of which nothing has been seen for long enough; null: it is not one of those. */
function findLeftBehind({ clock, policy }: Deps, { item, event }: Looked): string | null {
  const { bulkActionId, baseline, buildingAt } = item;
  if (bulkActionId === null || !baseline || item.state !== 'building' || item.sawBusy) return null;
  if (event.type !== 'seen' || hasBegunSince(baseline, event.pc)) return null;
  return clock.now() - (buildingAt ?? clock.now()) >= policy.limits.unknownAfterMs ? bulkActionId : null;
}

/** Most looks change nothing but the time of the next one: those are written together, without a lock. */
async function takeAll(deps: Deps, looks: readonly Looked[], pace: Pace): Promise<void> {
  const now = deps.clock.now();
  const [quiet, telling] = [looks.filter((look) => isQuiet(deps, look)), looks.filter((look) => !isQuiet(deps, look))];
  const postponed = quiet.map(
    ({ item }): PostponedLook => ({ itemId: item.id, from: item.lookAt ?? now, to: nextLook(item, now, pace) }),
  );
  for (let at = 0; at < postponed.length; at += postponedAtOnce)
    await deps.unitOfWork.run((tx) => tx.items.postponeLooks(postponed.slice(at, at + postponedAtOnce)));
  for (const look of telling) await deps.unitOfWork.run((tx) => take(tx, deps, look, pace));
}

function isQuiet({ clock, policy }: Deps, { item, event }: Looked): boolean {
  const change = decideItem(item, event, clock.now(), policy.limits);
  return change?.news === null && isDeepStrictEqual({ ...change.item, lookAt: item.lookAt }, item);
}

function nextLook(item: Item, now: number, pace: Pace): number {
  return Math.round(now + pauseUntilNextLook(item, now, pace, Math.random()));
}

async function take(tx: Tx, deps: Deps, { item: looked, event }: Looked, pace: Pace): Promise<void> {
  const request = await tx.requests.lock(looked.requestId);
  const item = await tx.items.get(looked.id);
  if (!request || !item || !isWatched(item) || !isAsLooked(item, looked)) return;
  const changed = await changeItem(tx, deps, request, item, event);
  const after = changed?.change.item ?? item;
  if (after.lookAt !== null) await tx.items.save({ ...after, lookAt: nextLook(after, deps.clock.now(), pace) });
}

/** An adoption, an admin's choice or a newer look of somebody else may have come between: then this one is too old. */
function isAsLooked(item: Item, looked: Item): boolean {
  const { cloudPc, lookAt: claimedUntil, attempt, intentId } = looked;
  const isSame = item.cloudPc.id === cloudPc.id && item.attempt === attempt && item.intentId === intentId;
  return isSame && item.lookAt === claimedUntil;
}

function toEvent(look: Look<Watched>, item: Item): ItemEvent {
  if ('fault' in look) return { type: 'time' };
  const { value } = look;
  if (Array.isArray(value)) {
    const pcs = personal(value);
    const same = pcs.find((pc) => pc.id === item.cloudPc.id);
    return same ? { type: 'seen', pc: same } : { type: 'gone', ownersCloudPcs: pcs };
  }
  return value === null ? { type: 'gone', ownersCloudPcs: null } : { type: 'seen', pc: value };
}
