// Notices: each is written once and has its own state.
import type { Selectable, Updateable } from 'kysely';
import type { Notice, Notices } from '../domain/ports.ts';
import { storable } from '../domain/storable.ts';
import { day, type Instant } from '../domain/time.ts';
import { fromTime, fromTimeOrNull, toPerson, toTime, toTimeOrNull } from './column-values.ts';
import type { NoticesTable, Trx } from './tables.ts';

const liveStates: Notice['state'][] = ['pending', 'sending'];
const lostStates: Notice['state'][] = ['unreachable', 'refused'];
/** They ask for a decision; once it has been given they would only mislead. */
const askingNotices: Notice['notice'][] = ['noChannel', 'approvalReminder', 'approvalEscalation'];

export function sqlNotices(trx: Trx): Notices {
  return {
    async insert(notice, once) {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('notices')
        .values({
          id: notice.id,
          request_id: notice.requestId,
          item_id: notice.itemId,
          once_key: onceKey(notice, once),
          created_at: toTime(notice.createdAt),
          ...toNoticeRow(notice),
        })
        .onConflict((conflict) => conflict.columns(['request_id', 'once_key']).doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },
    async lock(noticeId) {
      const row = await trx.selectFrom('notices').selectAll().where('id', '=', noticeId).forUpdate().executeTakeFirst();
      return row ? fromNoticeRow(row) : null;
    },
    async save(notice) {
      await trx.updateTable('notices').set(toNoticeRow(notice)).where('id', '=', notice.id).execute();
    },
    reopen: (where, now) => reopenNotices(trx, where, now),
    async endLeases(now) {
      const rows = await trx
        .updateTable('notices')
        .set({ due_at: toTime(now), lease: null })
        .where((eb) => eb.or([eb('state', '=', 'sending'), eb('lease', 'is not', null)]))
        .returning('id')
        .execute();
      return rows.map((row) => row.id);
    },
    async countLost(requestId, audience, except = '') {
      const { count } = await trx
        .selectFrom('notices')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('request_id', '=', requestId)
        .where('audience', '=', audience)
        .where('via', '=', 'chat')
        .where('state', 'in', lostStates)
        .where('notice', 'not in', askingNotices)
        .where((eb) => (audience === 'channel' ? eb('person_id', 'is', null) : eb.lit(true)))
        .where('id', '<>', except)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    async countMailsLost(since) {
      const { count } = await trx
        .selectFrom('notices')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('via', '<>', 'chat')
        .where('state', 'in', lostStates)
        .where('created_at', '>', toTime(since))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    ticketOf: (requestId) => newestVia(trx, requestId, 'ticket'),
    mailOf: (requestId) => newestVia(trx, requestId, 'mail'),
    async due(now, limit) {
      const rows = await trx
        .selectFrom('notices')
        .select('id')
        .where('due_at', '<=', toTime(now))
        .where('state', 'in', liveStates)
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },
  };
}

async function newestVia(trx: Trx, requestId: string, via: Notice['via']): Promise<Notice | null> {
  const rows = trx.selectFrom('notices').selectAll().where('request_id', '=', requestId).where('via', '=', via);
  const row = await rows.orderBy('created_at', 'desc').limit(1).executeTakeFirst();
  return row ? fromNoticeRow(row) : null;
}

function onceKey(notice: Notice, once: string): string {
  return [notice.notice, notice.via, notice.person?.id ?? 'channel', once].join('|');
}

/** A channel's notices are replies below its card, so the card says which channel that is. */
async function reopenNotices(trx: Trx, where: Parameters<Notices['reopen']>[0], now: Instant): Promise<string[]> {
  const rows = await trx
    .updateTable('notices')
    .set({ state: 'pending', tries: 0, due_at: toTime(now) })
    .where('state', 'in', lostStates)
    // A mail that was refused, or whose outcome is unclear, is never sent again.
    .where('via', '=', 'chat')
    .where((eb) =>
      eb.or([
        eb('notice', 'not in', askingNotices),
        eb('request_id', 'in', (sub) =>
          sub.selectFrom('requests').select('requests.id').where('requests.state', '=', 'awaitingApproval'),
        ),
      ]),
    )
    .where('created_at', '>', toTime(now - day))
    .where((eb) =>
      'personId' in where
        ? eb('person_id', '=', where.personId)
        : eb.and([
            eb('person_id', 'is', null),
            eb('request_id', 'in', (sub) =>
              sub
                .selectFrom('cards')
                .select('cards.request_id')
                .where('cards.audience', '=', 'channel')
                .where('cards.conversation_id', '=', where.conversationId),
            ),
          ]),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

function toNoticeRow(notice: Notice) {
  return {
    via: notice.via,
    notice: notice.notice,
    audience: notice.audience,
    person_id: notice.person?.id ?? null,
    person_name: notice.person ? storable(notice.person.name) : null,
    mail: notice.mail,
    state: notice.state,
    tries: notice.tries,
    due_at: toTimeOrNull(notice.dueAt),
    sent_at: toTimeOrNull(notice.sentAt),
    lease: notice.lease,
  } satisfies Updateable<NoticesTable>;
}

function fromNoticeRow(row: Selectable<NoticesTable>): Notice {
  return {
    id: row.id,
    requestId: row.request_id,
    itemId: row.item_id,
    via: row.via,
    notice: row.notice,
    audience: row.audience,
    person: toPerson(row.person_id, row.person_name),
    mail: row.mail,
    state: row.state,
    tries: row.tries,
    createdAt: fromTime(row.created_at),
    dueAt: fromTimeOrNull(row.due_at),
    sentAt: fromTimeOrNull(row.sent_at),
    lease: row.lease,
  };
}
