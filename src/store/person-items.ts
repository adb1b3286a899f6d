// Items about people, and the index that lets one unfinished item exist per person.
import { type Selectable, sql } from 'kysely';
import { finishedItemStates } from '../domain/item.ts';
import type { PersonItem } from '../domain/person-item.ts';
import type { PersonItems } from '../domain/ports.ts';
import { fromTimeOrNull, toJson, toTime, toTimeOrNull } from './column-values.ts';
import { sqlRequests } from './requests.ts';
import type { PersonItemsTable, Trx } from './tables.ts';

/** The predicate of the index `person_items_unfinished`; spelled out, because PostgreSQL proves nothing about parameters. */
const isUnfinished = sql<boolean>`state not in (${sql.join(finishedItemStates.map((state) => sql.lit(state)))})`;

export function sqlPersonItems(trx: Trx): PersonItems {
  const rows = () => trx.selectFrom('person_items').selectAll();
  return {
    async get(personItemId) {
      return fromRow(await rows().where('id', '=', personItemId).executeTakeFirst());
    },
    async ofRequest(requestId) {
      return fromRow(await rows().where('request_id', '=', requestId).executeTakeFirst());
    },
    async insert(item) {
      const inserted = await trx
        .insertInto('person_items')
        .values({ id: item.id, request_id: item.requestId, person_id: item.person.id, ...toRow(item) })
        .onConflict((conflict) => conflict.column('person_id').where(isUnfinished).doNothing())
        .returning('id')
        .execute();
      return inserted.length > 0;
    },
    async save(item) {
      await trx.updateTable('person_items').set(toRow(item)).where('id', '=', item.id).execute();
    },
    async unfinishedOf(personId) {
      const item = fromRow(await rows().where('person_id', '=', personId).where(isUnfinished).executeTakeFirst());
      const request = item && (await sqlRequests(trx).get(item.requestId));
      return item && request ? { item, request } : null;
    },
    async due(now, limit) {
      const due = await trx
        .selectFrom('person_items')
        .select('id')
        .where('due_at', '<=', toTime(now))
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return due.map(({ id }) => id);
    },
    async endClaims(now) {
      const freed = await trx
        .updateTable('person_items')
        .set({ due_at: toTime(now), claim: null })
        .where('claim', 'is not', null)
        .where(isUnfinished)
        .returning('id')
        .execute();
      return freed.map(({ id }) => id);
    },
    async wakePaused(now) {
      const woken = await trx
        .updateTable('person_items')
        .set({ due_at: toTime(now) })
        .where('hold', '=', 'paused')
        .where('due_at', 'is not', null)
        .returning('id')
        .execute();
      return woken.map(({ id }) => id);
    },
  };
}

function toRow({ id: _id, requestId: _request, state, step, hold, dueAt, claim, ...rest }: PersonItem) {
  return { state, step, hold, due_at: toTimeOrNull(dueAt), claim, item: toJson(rest) };
}

function fromRow(row: Selectable<PersonItemsTable> | undefined): PersonItem | null {
  if (!row) return null;
  const { id, request_id: requestId, state, step, hold, due_at: dueAt, claim } = row;
  return { ...row.item, id, requestId, state, step, hold, dueAt: fromTimeOrNull(dueAt), claim };
}
