// Items, and the index that lets one unfinished item exist per Cloud PC.
import { type Selectable, sql } from 'kysely';
import { finishedItemStates, type Item } from '../domain/item.ts';
import type { Items } from '../domain/ports.ts';
import type { Request } from '../domain/request.ts';
import { toTime } from './column-values.ts';
import { isSuccess, sqlItemQueues } from './item-queues.ts';
import { fromItemRow, toItemRow } from './item-row.ts';
import { ofRequest, sqlItemsOfBulk } from './items-of-bulk.ts';
import { findRequests } from './requests.ts';
import { isViolationOf } from './store-error.ts';
import type { ItemsTable, Trx } from './tables.ts';

/** The predicate of the index `items_unfinished`; spelled out, because PostgreSQL proves nothing about parameters. */
const isUnfinished = sql<boolean>`state not in (${sql.join(finishedItemStates.map((state) => sql.lit(state)))})`;

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
