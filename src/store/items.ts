// Items, and the index that lets one unfinished item exist per Cloud PC.
import { type Selectable, sql } from 'kysely';
import { finishedItemStates, type Item } from '../domain/item.ts';
import type { Items } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import { fromTimeOrNull, toTime } from './column-values.ts';
import { fromItemRow, toItemRow } from './item-row.ts';
import { findRequests } from './requests.ts';
import { isViolationOf } from './store-error.ts';
import type { ItemsTable, Trx } from './tables.ts';

/** The predicate of the index `items_unfinished`; spelled out, because PostgreSQL proves nothing about parameters. */
const isUnfinished = sql<boolean>`state not in (${sql.join(finishedItemStates.map((state) => sql.lit(state)))})`;
const successStates = ['ready', 'readyWithWarnings'] as const;
const isSuccess = sql<boolean>`state in (${sql.join(successStates.map((state) => sql.lit(state)))})`;

export function sqlItems(trx: Trx): Items {
  return {
    async first(requestId) {
      const row = await ofRequest(trx, requestId).orderBy('seq').limit(1).executeTakeFirst();
      return row ? fromItemRow(row) : null;
    },
    async get(itemId) {
      const row = await trx.selectFrom('items').selectAll().where('id', '=', itemId).executeTakeFirst();
      return row ? fromItemRow(row) : null;
    },
    insertMany: (items) => insertItems(trx, items),
    save: (item) => saveItem(trx, item),
    unfinishedOn: (cloudPcIds) => findUnfinished(trx, cloudPcIds),
    successesOn: (cloudPcIds, since) => findSuccesses(trx, cloudPcIds, toTime(since)),
    ...sqlItemQueues(trx),
    ...sqlItemsOfBulk(trx),
  };
}

function ofRequest(trx: Trx, requestId: string) {
  return trx.selectFrom('items').selectAll().where('request_id', '=', requestId);
}

const insertedAtOnce = 500;

async function insertItems(trx: Trx, items: readonly Item[]): Promise<Set<string>> {
  const inserted = new Set<string>();
  for (let at = 0; at < items.length; at += insertedAtOnce) {
    const rows = items
      .slice(at, at + insertedAtOnce)
      .map((item) => ({ id: item.id, request_id: item.requestId, ...toItemRow(item) }));
    const kept = await trx
      .insertInto('items')
      .values(rows)
      .onConflict((conflict) => conflict.column('cloud_pc_id').where(isUnfinished).doNothing())
      .returning('id')
      .execute();
    for (const { id } of kept) inserted.add(id);
  }
  return inserted;
}

type OfBulk =
  | 'inStates'
  | 'dueInWaves'
  | 'nextDueInWaves'
  | 'ownedBy'
  | 'troubled'
  | 'sumAttempts'
  | 'firstStartAt'
  | 'beginWave'
  | 'lookNowAtLate';

/** Questions about many items of one request; none of them reads all. */
function sqlItemsOfBulk(trx: Trx): Pick<Items, OfBulk> {
  const toBeStarted = (requestId: string, lastWave: number) =>
    trx
      .selectFrom('items')
      .where('request_id', '=', requestId)
      .where('wave', '<=', lastWave)
      .where('state', 'in', ['queued', 'checking']);
  return {
    async inStates(requestId, states, limit) {
      const rows = await ofRequest(trx, requestId)
        .where('state', 'in', [...states])
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(fromItemRow);
    },
    async dueInWaves(requestId, lastWave, now, limit) {
      const rows = await toBeStarted(requestId, lastWave)
        .selectAll()
        .where('due_at', '<=', toTime(now))
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(fromItemRow);
    },
    async nextDueInWaves(requestId, lastWave) {
      const { next } = await toBeStarted(requestId, lastWave)
        .select((eb) => eb.fn.min<Date | null>('due_at').as('next'))
        .executeTakeFirstOrThrow();
      return fromTimeOrNull(next);
    },
    async ownedBy(requestId, personId) {
      const row = await ofRequest(trx, requestId).where('owner_id', '=', personId).orderBy('seq').executeTakeFirst();
      return row ? fromItemRow(row) : null;
    },
    async troubled(requestId, limit) {
      const rows = await ofRequest(trx, requestId)
        .where(sql<boolean>`state in ('failed', 'timedOut', 'needsOperator')`)
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      return rows.map(fromItemRow);
    },
    async sumAttempts(requestId) {
      const { sum } = await trx
        .selectFrom('items')
        .select((eb) => eb.fn.sum<string | null>('attempt').as('sum'))
        .where('request_id', '=', requestId)
        .executeTakeFirstOrThrow();
      return Number(sum ?? 0);
    },
    async firstStartAt(requestId) {
      const { first } = await trx
        .selectFrom('items')
        .select((eb) => eb.fn.min<Date | null>('starting_at').as('first'))
        .where('request_id', '=', requestId)
        .executeTakeFirstOrThrow();
      return fromTimeOrNull(first);
    },
    async beginWave(requestId, wave, now) {
      const rows = await trx
        .updateTable('items')
        .set({ due_at: toTime(now) })
        .where('request_id', '=', requestId)
        .where('wave', '=', wave)
        .where('state', '=', 'queued')
        .returning(['id', 'owner_id', 'owner_name'])
        .execute();
      return rows.map((row) => ({ id: row.id, owner: { id: row.owner_id, name: row.owner_name } }));
    },
    async lookNowAtLate(requestId, now) {
      await trx
        .updateTable('items')
        .set({ look_at: toTime(now) })
        .where('request_id', '=', requestId)
        .where('state', 'in', ['needsOperator', 'timedOut'])
        .execute();
    },
  };
}

/** What is due, and what the past says. */
function sqlItemQueues(
  trx: Trx,
): Pick<
  Items,
  | 'claimLooks'
  | 'postponeLooks'
  | 'lookNow'
  | 'nextLookAt'
  | 'awaitingAnswer'
  | 'due'
  | 'wakeHeld'
  | 'waitingForSignIn'
  | 'buildDurations'
> {
  return {
    async claimLooks(now, until, limit) {
      const rows = await trx
        .updateTable('items')
        .set({ look_at: toTime(until) })
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('items')
            .select('id')
            .where('look_at', '<=', toTime(now))
            .orderBy('look_at')
            .orderBy('seq')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .returningAll()
        .execute();
      return rows.sort((a, b) => Number(a.seq) - Number(b.seq)).map(fromItemRow);
    },
    async postponeLooks(looks) {
      if (looks.length === 0) return;
      const rows = looks.map(
        ({ itemId, from, to }) => sql`(${itemId}::text, ${toTime(from)}::timestamptz, ${toTime(to)}::timestamptz)`,
      );
      await sql`update items set look_at = looks.next from (values ${sql.join(rows)}) as looks (id, claimed, next)
        where items.id = looks.id and items.look_at = looks.claimed`.execute(trx);
    },
    async lookNow(now) {
      await trx
        .updateTable('items')
        .set({ look_at: toTime(now) })
        .where('look_at', '>', toTime(now))
        .where('state', 'in', ['starting', 'building'])
        .execute();
    },
    async nextLookAt() {
      const row = await trx
        .selectFrom('items')
        .select((eb) => eb.fn.min('look_at').as('next'))
        .where('look_at', 'is not', null)
        .executeTakeFirstOrThrow();
      return fromTimeOrNull(row.next);
    },
    async awaitingAnswer() {
      const rows = await trx
        .selectFrom('items')
        .selectAll()
        .where('state', '=', 'starting')
        .where('unknown_since', 'is', null)
        .orderBy('seq')
        .execute();
      return rows.map(fromItemRow);
    },
    async due(now, limit) {
      const rows = await trx
        .selectFrom('items')
        .select('id')
        .where('due_at', '<=', toTime(now))
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },
    async wakeHeld(reason, now, requestId) {
      const held = trx
        .updateTable('items')
        .set({ due_at: toTime(now) })
        .where('hold', '=', reason)
        .where('state', 'in', ['queued', 'checking']);
      const rows = await (requestId === undefined ? held : held.where('request_id', '=', requestId))
        .returning('id')
        .execute();
      return rows.map((row) => row.id);
    },
    async waitingForSignIn(requesterId) {
      const rows = await trx
        .selectFrom('items')
        .selectAll('items')
        .innerJoin('requests', 'requests.id', 'items.request_id')
        .where('items.state', '=', 'needsSignIn')
        .where('requests.requester_id', '=', requesterId)
        .orderBy('items.seq')
        .execute();
      return rows.map(fromItemRow);
    },
    async buildDurations(limit) {
      const rows = await trx
        .selectFrom('items')
        .select(['starting_at', 'ended_at'])
        .where(isSuccess)
        .where('starting_at', 'is not', null)
        .orderBy('ended_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => (row.ended_at?.getTime() ?? 0) - (row.starting_at?.getTime() ?? 0));
    },
  };
}

/**
 * An item that stays on its Cloud PC cannot meet the index. Where it moves (the Cloud PC was replaced), a savepoint
 * keeps the transaction usable when the new one is held already.
 */
async function saveItem(trx: Trx, item: Item): Promise<boolean> {
  if (await updateItem(trx, item, item.cloudPc.id)) return true;
  await sql`savepoint save_item`.execute(trx);
  try {
    const isThere = await updateItem(trx, item, null);
    if (!isThere) throw new Error('an item was saved that is not in the store');
    await sql`release savepoint save_item`.execute(trx);
    return true;
  } catch (error) {
    if (!isViolationOf(error, 'items_unfinished')) throw error;
    await sql`rollback to savepoint save_item`.execute(trx);
    return false;
  }
}

/** @param stayingOn only when the row is an unfinished item of this Cloud PC; null: whatever it was */
async function updateItem(trx: Trx, item: Item, stayingOn: string | null): Promise<boolean> {
  const update = trx.updateTable('items').set(toItemRow(item)).where('id', '=', item.id);
  const { numUpdatedRows } = await (stayingOn === null
    ? update
    : update.where('cloud_pc_id', '=', stayingOn).where(isUnfinished)
  ).executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

async function findUnfinished(trx: Trx, cloudPcIds: readonly string[]) {
  if (cloudPcIds.length === 0) return [];
  const rows = await trx
    .selectFrom('items')
    .selectAll()
    .where('cloud_pc_id', 'in', [...cloudPcIds])
    .where(isUnfinished)
    .orderBy('seq')
    .execute();
  return withRequests(trx, rows);
}

async function findSuccesses(trx: Trx, cloudPcIds: readonly string[], since: Date) {
  if (cloudPcIds.length === 0) return [];
  const rows = await trx
    .selectFrom('items')
    .selectAll()
    .distinctOn('cloud_pc_id')
    .where('cloud_pc_id', 'in', [...cloudPcIds])
    .where(isSuccess)
    .where('ended_at', '>', since)
    .orderBy('cloud_pc_id')
    .orderBy('ended_at', 'desc')
    .execute();
  return withRequests(trx, rows);
}

async function withRequests(trx: Trx, rows: readonly Selectable<ItemsTable>[]) {
  const requests = await findRequests(
    trx,
    rows.map((row) => row.request_id),
  );
  return rows.flatMap((row): { item: Item; request: Request }[] => {
    const request = requests.get(row.request_id);
    return request ? [{ item: fromItemRow(row), request }] : [];
  });
}
