// How much there is in the queue.
import type { PgBoss } from 'pg-boss';
import type { QueueFigure } from '../domain/figures.ts';
import { schema } from './boss.ts';
import { queueNames } from './queues.ts';

/** Every queue, also the empty ones, so that a figure does not vanish where it becomes nothing. */
export async function readQueueFigures(boss: PgBoss): Promise<QueueFigure[]> {
  const { rows } = (await boss.getDb().executeSql(
    `select name, state = 'active' as "isRunning", count(*)::int as count
     from ${schema}.job where state in ('created', 'retry', 'active') group by 1, 2`,
  )) as { rows: { name: string; isRunning: boolean; count: number }[] };
  const find = (queue: string, isRunning: boolean) =>
    rows.find((row) => row.name === queue && row.isRunning === isRunning)?.count ?? 0;
  return queueNames.flatMap((queue) => [
    { queue, state: 'waiting' as const, count: find(queue, false) },
    { queue, state: 'running' as const, count: find(queue, true) },
  ]);
}
