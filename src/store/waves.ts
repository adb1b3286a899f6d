// Waves: the parts of a request that run at the same time, with their counts.
import type { Selectable } from 'kysely';
import type { Waves } from '../domain/ports.ts';
import type { Wave } from '../domain/waves.ts';
import { fromTimeOrNull, toJson, toTime, toTimeOrNull } from './column-values.ts';
import type { Trx, WavesTable } from './tables.ts';

export function sqlWaves(trx: Trx): Waves {
  const ofRequest = (requestId: string) => trx.selectFrom('waves').selectAll().where('request_id', '=', requestId);
  return {
    async insertMany(waves) {
      if (waves.length === 0) return;
      const rows = waves.map((wave) => ({
        request_id: wave.requestId,
        number: wave.number,
        size: wave.size,
        ...toWaveRow(wave),
      }));
      await trx.insertInto('waves').values(rows).execute();
    },
    async of(requestId) {
      return (await ofRequest(requestId).orderBy('number').execute()).map(fromWaveRow);
    },
    async get(requestId, number) {
      const row = await ofRequest(requestId).where('number', '=', number).executeTakeFirst();
      return row ? fromWaveRow(row) : null;
    },
    async save(wave) {
      await trx
        .updateTable('waves')
        .set(toWaveRow(wave))
        .where('request_id', '=', wave.requestId)
        .where('number', '=', wave.number)
        .execute();
    },
    async due(now, limit) {
      const rows = await trx
        .selectFrom('waves')
        .select('request_id')
        .distinct()
        .where('due_at', '<=', toTime(now))
        .limit(limit)
        .execute();
      return rows.map((row) => row.request_id);
    },
  };
}

function toWaveRow(wave: Wave) {
  return {
    tally: toJson(wave.tally),
    began_at: toTimeOrNull(wave.beganAt),
    ended_at: toTimeOrNull(wave.endedAt),
    due_at: toTimeOrNull(wave.dueAt),
  };
}

function fromWaveRow(row: Selectable<WavesTable>): Wave {
  return {
    requestId: row.request_id,
    number: row.number,
    size: row.size,
    tally: row.tally,
    beganAt: fromTimeOrNull(row.began_at),
    endedAt: fromTimeOrNull(row.ended_at),
    dueAt: fromTimeOrNull(row.due_at),
  };
}
