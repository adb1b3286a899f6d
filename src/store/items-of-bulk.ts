// Questions about many items of one request; none of them reads all.
import { sql } from 'kysely';
import type { Items } from '../domain/ports.ts';
import { fromTimeOrNull, toTime } from './column-values.ts';
import { fromItemRow } from './item-row.ts';
import type { Trx } from './tables.ts';

export function ofRequest(trx: Trx, requestId: string) {
  return trx.selectFrom('items').selectAll().where('request_id', '=', requestId);
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

export function sqlItemsOfBulk(trx: Trx): Pick<Items, OfBulk> {
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
