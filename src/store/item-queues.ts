// Items that are due, that wait for something, and what the past ones say.
import { sql } from 'kysely';
import type { Items } from '../domain/ports.ts';
import { fromTimeOrNull, toTime } from './column-values.ts';
import { fromItemRow } from './item-row.ts';
import type { Trx } from './tables.ts';

const successStates = ['ready', 'readyWithWarnings'] as const;
export const isSuccess = sql<boolean>`state in (${sql.join(successStates.map((state) => sql.lit(state)))})`;

export function sqlItemQueues(
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
