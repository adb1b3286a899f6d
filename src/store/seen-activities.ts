// Teams delivers twice: which activities were handled.
import type { SeenActivities } from '../domain/ports.ts';
import { toTime } from './column-values.ts';
import type { Trx } from './tables.ts';

export function sqlSeenActivities(trx: Trx): SeenActivities {
  return {
    async claim(conversationId, activityId, now) {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('seen_activities')
        .values({ conversation_id: conversationId, activity_id: activityId, seen_at: toTime(now) })
        .onConflict((conflict) => conflict.columns(['conversation_id', 'activity_id']).doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },
    async forgetBefore(before) {
      const { numDeletedRows } = await trx
        .deleteFrom('seen_activities')
        .where('seen_at', '<', toTime(before))
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}
