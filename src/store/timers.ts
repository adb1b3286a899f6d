// Timers of open approvals and drafts: at most one of a kind per request.
import type { Timers } from '../domain/ports.ts';
import { fromTime, fromTimeOrNull, toTime } from './column-values.ts';
import type { Trx } from './tables.ts';

export function sqlTimers(trx: Trx): Timers {
  return {
    async set(timer) {
      const due = { due_at: toTime(timer.dueAt) };
      await trx
        .insertInto('timers')
        .values({ request_id: timer.requestId, kind: timer.kind, ...due })
        .onConflict((conflict) => conflict.columns(['request_id', 'kind']).doUpdateSet(due))
        .execute();
    },
    async clear(requestId) {
      await trx.deleteFrom('timers').where('request_id', '=', requestId).execute();
    },
    async take(requestId, kind, now) {
      const { numDeletedRows } = await trx
        .deleteFrom('timers')
        .where('request_id', '=', requestId)
        .where('kind', '=', kind)
        .where('due_at', '<=', toTime(now))
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },
    async due(now, limit) {
      const rows = await trx
        .selectFrom('timers')
        .selectAll()
        .where('due_at', '<=', toTime(now))
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ requestId: row.request_id, kind: row.kind, dueAt: fromTime(row.due_at) }));
    },
    async nextDueAt() {
      const { next } = await trx
        .selectFrom('timers')
        .select((eb) => eb.fn.min<Date | null>('due_at').as('next'))
        .executeTakeFirstOrThrow();
      return fromTimeOrNull(next);
    },
  };
}
