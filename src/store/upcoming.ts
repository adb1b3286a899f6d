// What the columns say will be due soon.
import { type Kysely, sql } from 'kysely';
import type { WakeUp } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import { fromTime, toTime } from './column-values.ts';
import type { Tables } from './tables.ts';

/** Those whose time is in a column. */
type Queue = Exclude<WakeUp['queue'], 'later' | 'refresh' | 'seal'>;

/** More than this at once would be a flood; the rest is met at the next look or by the sweep. */
const mostAtOnce = 1000;

/** Wake-ups whose time lies after `from` and not after `until`, soonest first. */
export async function findUpcoming(
  db: Kysely<Tables>,
  from: Instant,
  until: Instant,
): Promise<{ wakeUp: WakeUp; at: Instant }[]> {
  const [after, last] = [toTime(from), toTime(until)];
  const { rows } = await sql<{ queue: Queue; id: string; at: Date }>`
    select * from (
      select 'advance' as queue, id, due_at as at from items where due_at > ${after} and due_at <= ${last}
      union all
      select 'person', id, due_at from person_items where due_at > ${after} and due_at <= ${last}
      union all
      select 'deliverCard', id, due_at from cards
        where due_at > ${after} and due_at <= ${last} and state in ('open', 'sending')
      union all
      select 'deliverNotice', id, due_at from notices
        where due_at > ${after} and due_at <= ${last} and state in ('pending', 'sending')
      union all
      select 'bulk', request_id, min(due_at) from waves where due_at > ${after} and due_at <= ${last} group by request_id
      union all
      select 'timers', '', min(due_at) from timers where due_at > ${after} and due_at <= ${last} having count(*) > 0
      union all
      select 'watch', '', min(look_at) from items where look_at > ${after} and look_at <= ${last} having count(*) > 0
    ) upcoming order by at limit ${sql.lit(mostAtOnce)}`.execute(db);
  return rows.map((row) => ({ wakeUp: toWakeUp(row.queue, row.id), at: fromTime(row.at) }));
}

function toWakeUp(queue: Queue, id: string): WakeUp {
  switch (queue) {
    case 'advance':
      return { queue, itemId: id };
    case 'person':
      return { queue, personItemId: id };
    case 'bulk':
      return { queue, requestId: id };
    case 'deliverCard':
      return { queue, cardId: id };
    case 'deliverNotice':
      return { queue, noticeId: id };
    case 'timers':
    case 'watch':
      return { queue };
  }
}
