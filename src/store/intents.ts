// Intents: the committed licences to send one destructive call.
import type { Intents } from '../domain/ports.ts';
import { toJson, toTime, toTimeOrNull } from './column-values.ts';
import type { Trx } from './tables.ts';

export function sqlIntents(trx: Trx): Intents {
  return {
    async insert(intent) {
      // An earlier attempt's intent that nobody answered (the process died) stays unknown for good. One of the same
      // attempt is left open, so that the index `intents_open` refuses the second licence.
      await trx
        .updateTable('intents')
        .set({ state: 'unknown', answered_at: toTime(intent.committedAt) })
        .where('item_id', '=', intent.itemId)
        .where('state', '=', 'open')
        .where('attempt', '<', intent.attempt)
        .execute();
      await trx
        .insertInto('intents')
        .values({
          id: intent.id,
          item_id: intent.itemId,
          request_id: intent.requestId,
          cloud_pc_id: intent.cloudPcId,
          attempt: intent.attempt,
          baseline: toJson(intent.baseline),
          options: toJson(intent.options),
          state: intent.state,
          committed_at: toTime(intent.committedAt),
          answered_at: toTimeOrNull(intent.answeredAt),
          graph_request_id: intent.graphRequestId,
        })
        .execute();
    },
    async answer(intentId, state, at, graphRequestId) {
      await trx
        .updateTable('intents')
        .set({ state, answered_at: toTime(at), graph_request_id: graphRequestId })
        .where('id', '=', intentId)
        // A late answer is the truth about an unknown one; a known answer stays.
        .where('state', 'in', ['open', 'unknown'])
        .execute();
    },
    async countSince(since) {
      const { count } = await trx
        .selectFrom('intents')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('committed_at', '>=', toTime(since))
        .where('state', '<>', 'notApplied')
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}
