// Cards: `wanted > shown` means that an edit is due.
import { type ExpressionBuilder, type Selectable, sql, type Updateable } from 'kysely';
import type { Card, Cards } from '../domain/ports.ts';
import { endedRequestStates } from '../domain/request.ts';
import { storable } from '../domain/storable.ts';
import { day, type Instant } from '../domain/time.ts';
import { fromTimeOrNull, toPerson, toTime, toTimeOrNull } from './column-values.ts';
import type { CardsTable, Tables, Trx } from './tables.ts';

/** States in which `deliver` may still do something. */
const liveStates: Card['state'][] = ['open', 'sending'];
/** Given up until somebody is heard from there: by then a block, a permission or the bot's own secret may have been mended. */
const lostStates: Card['state'][] = ['unreachable', 'refused'];

export function sqlCards(trx: Trx): Cards {
  return {
    insert: (card) => insertCards(trx, [card]),
    insertMany: (cards) => insertCards(trx, cards),
    async lock(cardId) {
      return fromCardRow(await selectCards(trx).where('id', '=', cardId).forUpdate().executeTakeFirst());
    },
    async inChannel(requestId) {
      const channels = selectCards(trx).where('request_id', '=', requestId).where('audience', '=', 'channel');
      return fromCardRow(await channels.orderBy('id').limit(1).executeTakeFirst());
    },
    async countLost(requestId, audience, except = '') {
      const { count } = await trx
        .selectFrom('cards')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('request_id', '=', requestId)
        .where('audience', '=', audience)
        .where('state', 'in', lostStates)
        .where('id', '<>', except)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    async save(card) {
      const { wanted, ...row } = toCardRow(card);
      await trx
        .updateTable('cards')
        // What somebody wanted meanwhile stays wanted.
        .set({ ...row, wanted: sql<number>`greatest(wanted, ${sql.lit(wanted)})` })
        .where('id', '=', card.id)
        .execute();
    },
    async has(conversationId, activityId) {
      const found = await trx
        .selectFrom('cards')
        .select('id')
        .where('conversation_id', '=', conversationId)
        .where('activity_id', '=', activityId)
        .executeTakeFirst();
      return found !== undefined;
    },
    want: (requestId, version, now, onlyOf) => wantCards(trx, requestId, version, now, onlyOf ?? null),
    async due(now, limit) {
      const rows = await trx
        .selectFrom('cards')
        .select('id')
        .where('due_at', '<=', toTime(now))
        .where('state', 'in', liveStates)
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },
    reopen: (where, now) => reopenCards(trx, where, now),
    async endLeases(now) {
      const rows = await trx
        .updateTable('cards')
        .set({ state: 'open', due_at: toTime(now), lease: null })
        .where('state', '=', 'sending')
        .returning('id')
        .execute();
      return rows.map((row) => row.id);
    },
    waitingForChannel: () => findWaitingForChannel(trx),
  };
}

function selectCards(trx: Trx) {
  return trx.selectFrom('cards').selectAll();
}

const insertedAtOnce = 500;

async function insertCards(trx: Trx, cards: readonly Card[]): Promise<void> {
  for (let at = 0; at < cards.length; at += insertedAtOnce) {
    const rows = cards
      .slice(at, at + insertedAtOnce)
      .map((card) => ({ id: card.id, request_id: card.requestId, item_id: card.itemId, ...toCardRow(card) }));
    await trx.insertInto('cards').values(rows).execute();
  }
}

async function wantCards(
  trx: Trx,
  requestId: string,
  version: number,
  now: Instant,
  onlyOf: { itemId: string | null } | null,
): Promise<string[]> {
  const isMeant = (eb: ExpressionBuilder<Tables, 'cards'>) => {
    if (onlyOf === null) return eb.lit(true);
    const whole = eb('item_id', 'is', null);
    return onlyOf.itemId === null ? whole : eb.or([whole, eb('item_id', '=', onlyOf.itemId)]);
  };
  await trx
    .updateTable('cards')
    .set({ wanted: version })
    .where('request_id', '=', requestId)
    .where(isMeant)
    .where('wanted', '<', version)
    .execute();
  const rows = await trx
    .updateTable('cards')
    // While a card is being sent, or waits as Teams asked, its time is a lease or a pause: it must not be cut short.
    .set({
      due_at: sql<Date>`case when state = 'open' and tries = 0 then ${toTime(now)} else coalesce(due_at, ${toTime(now)}) end`,
    })
    .where('request_id', '=', requestId)
    .where(isMeant)
    .where('state', 'in', liveStates)
    .whereRef('wanted', '>', 'shown')
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Cards of requests that are open, or ended within a day: nobody is sent last year's cards on the first hello. */
async function reopenCards(trx: Trx, where: Parameters<Cards['reopen']>[0], now: Instant): Promise<string[]> {
  const rows = await trx
    .updateTable('cards')
    .set({ state: 'open', tries: 0, due_at: toTime(now) })
    .where('state', 'in', lostStates)
    .where((eb) =>
      'personId' in where ? eb('person_id', '=', where.personId) : eb('conversation_id', '=', where.conversationId),
    )
    .where('request_id', 'in', (eb) =>
      eb
        .selectFrom('requests')
        .select('id')
        .where((request) => request.or([request('ended_at', 'is', null), request('ended_at', '>', toTime(now - day))])),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Never placed, or in a channel that takes nothing any more. */
async function findWaitingForChannel(trx: Trx): Promise<string[]> {
  const rows = await trx
    .selectFrom('cards')
    .innerJoin('requests', 'requests.id', 'cards.request_id')
    .select('cards.id')
    .where('cards.audience', '=', 'channel')
    .where('requests.submitted_at', 'is not', null)
    .where('requests.state', 'not in', [...endedRequestStates])
    .where((eb) =>
      eb.or([eb('cards.conversation_id', 'is', null), eb('cards.state', 'in', ['unreachable', 'refused'])]),
    )
    .orderBy('requests.submitted_at')
    .execute();
  return rows.map((row) => row.id);
}

function toCardRow(card: Card) {
  return {
    audience: card.audience,
    person_id: card.person?.id ?? null,
    person_name: card.person ? storable(card.person.name) : null,
    conversation_id: card.conversationId,
    activity_id: card.activityId,
    wanted: card.wanted,
    shown: card.shown,
    state: card.state,
    tries: card.tries,
    due_at: toTimeOrNull(card.dueAt),
    shown_at: toTimeOrNull(card.shownAt),
    lease: card.lease,
  } satisfies Updateable<CardsTable>;
}

function fromCardRow(row: Selectable<CardsTable> | undefined): Card | null {
  if (!row) return null;
  return {
    id: row.id,
    requestId: row.request_id,
    itemId: row.item_id,
    audience: row.audience,
    person: toPerson(row.person_id, row.person_name),
    conversationId: row.conversation_id,
    activityId: row.activity_id,
    wanted: row.wanted,
    shown: row.shown,
    state: row.state,
    tries: row.tries,
    dueAt: fromTimeOrNull(row.due_at),
    shownAt: fromTimeOrNull(row.shown_at),
    lease: row.lease,
  };
}
