// Looks into the store behind a whole bot, on either kind of store.
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { startWholeBot, type WholeBot, type WholeBotOptions } from './whole-bot.ts';

export interface WatchedBot {
  whole: WholeBot;
  /** The rows of one statement. */
  rows<T>(statement: string, values?: unknown[]): Promise<T[]>;
  stop(): Promise<void>;
}

/** A whole bot beside whose store the test can stand. */
export async function startWatchedBot(options: WholeBotOptions): Promise<WatchedBot> {
  const opened: PGlite[] = [];
  const { create } = PGlite;
  PGlite.create = (async (...given: unknown[]) => {
    const one = await (create as (...all: unknown[]) => Promise<PGlite>).apply(PGlite, given);
    opened.push(one);
    return one;
  }) as typeof PGlite.create;
  const whole = await startWholeBot(options).finally(() => {
    PGlite.create = create;
  });
  const pool = whole.database ? new pg.Pool({ connectionString: whole.database.databaseUrl, max: 1 }) : null;
  return {
    whole,
    async rows<T>(statement: string, values: unknown[] = []) {
      if (pool) return (await pool.query(statement, values)).rows as T[];
      const store = opened.findLast((one) => !one.closed);
      if (!store) throw new Error('The store was not seen');
      return (await store.query<T>(statement, values)).rows;
    },
    async stop() {
      await pool?.end();
      await whole.stop();
    },
  };
}
