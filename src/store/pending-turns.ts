// What people wanted before they signed in.
import type { PendingTurns } from '../domain/ports.ts';
import { toJson, toTime } from './column-values.ts';
import type { Trx } from './tables.ts';

export function sqlPendingTurns(trx: Trx): PendingTurns {
  return {
    async put(personId, turn, now) {
      const values = { turn: toJson(turn), put_at: toTime(now) };
      await trx
        .insertInto('pending_turns')
        .values({ person_id: personId, ...values })
        .onConflict((conflict) => conflict.column('person_id').doUpdateSet(values))
        .execute();
    },
    async take(personId, since) {
      const row = await trx
        .deleteFrom('pending_turns')
        .where('person_id', '=', personId)
        .returning(['turn', 'put_at'])
        .executeTakeFirst();
      return row && row.put_at >= toTime(since) ? row.turn : null;
    },
    async forgetBefore(before) {
      await trx.deleteFrom('pending_turns').where('put_at', '<', toTime(before)).execute();
    },
  };
}
