// Tickets for want of seats: one for each licence and day.
import type { Tickets } from '../domain/ports.ts';
import type { Trx } from './tables.ts';

export function sqlTickets(trx: Trx): Tickets {
  return {
    async takeOver({ key, day, requestId, code }) {
      await trx
        .updateTable('tickets')
        .set({ request_id: requestId, code })
        .where('key', '=', key)
        .where('day', '=', day)
        .execute();
    },
    async claim({ key, day, requestId, code }) {
      const claimed = await trx
        .insertInto('tickets')
        .values({ key, day, request_id: requestId, code })
        .onConflict((conflict) => conflict.columns(['key', 'day']).doNothing())
        .returning('key')
        .execute();
      if (claimed.length > 0) return null;
      const before = await trx
        .selectFrom('tickets')
        .selectAll()
        .where('key', '=', key)
        .where('day', '=', day)
        .executeTakeFirstOrThrow();
      return { key, day, requestId: before.request_id, code: before.code };
    },
  };
}
