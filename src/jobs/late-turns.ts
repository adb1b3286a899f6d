// The turns that wait for a job: the only ones that carry what nothing else remembers.
import type { PgBoss } from 'pg-boss';
import { z } from 'zod/v4';
import type { WakeUp } from '../domain/ports.ts';
import { schema } from './boss.ts';

export type LateTurn = Extract<WakeUp, { queue: 'later' }>;

const data = z.object({ id: z.string(), turn: z.record(z.string(), z.unknown()) });

/** Those that are not done: waiting, to be repeated, or held by a process that has died. In the order in which they came. */
export async function readLateTurns(boss: PgBoss): Promise<LateTurn[]> {
  const { rows } = await boss
    .getDb()
    .executeSql(
      `select data from ${schema}.job where name = 'later' and state in ('created', 'retry', 'active') order by created_on, id`,
    );
  return rows.map((row: { data: unknown }) => ({ queue: 'later', ...data.parse(row.data) }));
}
