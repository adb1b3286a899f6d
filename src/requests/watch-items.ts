// One look at everything that is being built, with as few Graph requests as possible.
import { type Item, type ItemEvent, isWatched } from '../domain/item.ts';
import type { Look, Query, Tx } from '../domain/ports.ts';
import { second } from '../domain/time.ts';
import { personal } from './asker.ts';
import type { Deps } from './deps.ts';
import { changeItem } from './save.ts';

/** A batch holds 20; what is left comes at once after. */
const atOnce = 200;
const lookWithinMs = 25 * second;

type Watched = Extract<Query, { ask: 'cloudPc' | 'cloudPcsOf' }>;

/**
 * Looks at what is due; the next look is `watchEveryMs` after this one.
 * While the id is gone the owner's list is read instead, so that one tick stays one request for each twenty.
 */
export async function watchItems(deps: Deps, watchEveryMs: number): Promise<void> {
  const items = await deps.unitOfWork.run((tx) => tx.items.toLookAt(deps.clock.now(), atOnce));
  if (items.length > 0) {
    const upns = await deps.unitOfWork.run((tx) => readUpns(tx, items));
    const queries = items.map((item): Watched => {
      const upn = upns.get(item.requestId);
      return item.missingSince !== null && upn !== undefined
        ? { ask: 'cloudPcsOf', upn }
        : { ask: 'cloudPc', cloudPcId: item.cloudPc.id };
    });
    const looks = await deps.tenant.look(queries, { withinMs: lookWithinMs });
    for (const [index, item] of items.entries()) {
      const look = looks[index];
      if (look) await deps.unitOfWork.run((tx) => take(tx, deps, item, look, watchEveryMs));
    }
  }
  await deps.unitOfWork.run(async (tx) => {
    const next = await tx.items.nextLookAt();
    if (next !== null)
      tx.wake({ queue: 'watch' }, Math.max(next, deps.clock.now() + (items.length > 0 ? watchEveryMs : 0)));
  });
}

async function readUpns(tx: Tx, items: readonly Item[]): Promise<Map<string, string>> {
  const upns = new Map<string, string>();
  for (const requestId of new Set(items.filter((item) => item.missingSince !== null).map((item) => item.requestId))) {
    const request = await tx.requests.get(requestId);
    if (request) upns.set(requestId, request.ownerUpn);
  }
  return upns;
}

async function take(tx: Tx, deps: Deps, looked: Item, look: Look<Watched>, watchEveryMs: number): Promise<void> {
  const request = await tx.requests.lock(looked.requestId);
  const item = (await tx.items.of(looked.requestId)).find((one) => one.id === looked.id);
  if (!request || !item || !isWatched(item) || !isAsLooked(item, looked)) return;
  const changed = await changeItem(tx, deps, request, item, toEvent(look, item));
  const after = changed?.change.item ?? item;
  const next = deps.clock.now() + watchEveryMs;
  if (after.lookAt !== null && after.lookAt < next) await tx.items.save({ ...after, lookAt: next });
}

/** An adoption, an admin's choice or a newer look of somebody else may have come between: then this one is too old. */
function isAsLooked(item: Item, looked: Item): boolean {
  const { cloudPc, lookAt, attempt, intentId } = looked;
  const isSame = item.cloudPc.id === cloudPc.id && item.attempt === attempt && item.intentId === intentId;
  return isSame && item.lookAt === lookAt;
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
