// The audit: rows are added and read, never changed.
import type { Audit } from '../domain/ports.ts';
import { storable } from '../domain/storable.ts';
import { fromTime, toJson, toPerson, toTime } from './column-values.ts';
import type { Trx } from './tables.ts';

export function sqlAudit(trx: Trx): Audit {
  return {
    async write(row) {
      await trx
        .insertInto('audit')
        .values({
          at: toTime(row.at),
          request_id: row.requestId,
          item_id: row.itemId,
          actor_id: row.actor?.id ?? null,
          actor_name: row.actor ? storable(row.actor.name) : null,
          action: row.action,
          details: toJson(row.details),
        })
        .execute();
    },
    async of(requestId, offset, limit, itemId) {
      const all = trx.selectFrom('audit').where('request_id', '=', requestId);
      const isOf = itemId === null ? all.where('item_id', 'is', null) : all.where('item_id', '=', itemId ?? '');
      const own = itemId === undefined ? all : isOf;
      const { total } = await own.select((eb) => eb.fn.countAll<string>().as('total')).executeTakeFirstOrThrow();
      const rows = await own.selectAll().orderBy('id').offset(offset).limit(limit).execute();
      return {
        rows: rows.map((row) => ({
          at: fromTime(row.at),
          requestId: row.request_id,
          itemId: row.item_id,
          actor: toPerson(row.actor_id, row.actor_name),
          action: row.action,
          details: row.details,
        })),
        total: Number(total),
      };
    },
  };
}
