// How things stand in the store and at Graph, whichever store it is: only one process can have the embedded one open, so the bot is
// ended for a look and started again.
import { join } from 'node:path';
import { sql } from 'kysely';
import { openStore } from '../../../src/store/open-store.ts';
import type { Microsoft } from '../../fakes/microsoft/index.ts';
import { silentLog, type TestDatabase } from '../../fakes/store.ts';
import type { Standing } from './judge-after.ts';
import { changesSent } from './judge-starts.ts';
import type { Replicas } from './replicas.ts';

export type Where = { databaseUrl: string } | { dataDir: string };

export interface Looks {
  where: Where;
  /** Asks the store while the bot runs; of the embedded one, between two runs. */
  look<T>(read: (where: Where) => Promise<T>): Promise<T>;
  /** Ends every process for good. */
  stopAll(): Promise<void>;
  /** With what each process ended that was told to. */
  codes: readonly (number | null)[];
}

export function createLooks({ all, revive }: Pick<Replicas, 'all' | 'revive'>, database: TestDatabase | null): Looks {
  const [first] = all;
  if (!first) throw new Error('there is no bot');
  const codes: (number | null)[] = [];
  const where = database ? { databaseUrl: database.databaseUrl } : { dataDir: join(first.bot.folder, 'data') };
  return {
    where,
    codes,
    async look(read) {
      if (database) return read(where);
      codes.push(await first.bot.kill('SIGTERM'));
      const found = await read(where);
      await revive(first);
      return found;
    },
    async stopAll() {
      for (const { bot } of all) codes.push(await bot.kill('SIGTERM'));
    },
  };
}

/** What was asked, decided, done and told. Cards and the states of messages go on by themselves. */
const tables: Readonly<Record<string, string>> = {
  requests: 'to_jsonb(one)',
  items: 'to_jsonb(one)',
  person_items: 'to_jsonb(one)',
  waves: 'to_jsonb(one)',
  candidates: 'to_jsonb(one)',
  decisions: 'to_jsonb(one)',
  intents: 'to_jsonb(one)',
  tickets: 'to_jsonb(one)',
  timers: 'to_jsonb(one)',
  audit: 'to_jsonb(one)',
  settings: 'to_jsonb(one)',
  notices: `jsonb_build_object('id', id, 'request_id', request_id, 'via', via, 'notice', notice)`,
};

export async function readStanding(where: Where, microsoft: Microsoft): Promise<Standing> {
  const store = await openStore({ ...where, log: silentLog });
  try {
    const rows: string[] = [];
    for (const [table, columns] of Object.entries(tables)) {
      const found = await sql<{ row: string }>`
        select (${sql.raw(columns)})::text as row from ${sql.table(table)} one`.execute(store.db);
      rows.push(...found.rows.map(({ row }) => `${table} ${row}`));
    }
    return { rows, sent: changesSent(microsoft).map(({ method, path, at }) => `${method} ${path} at ${at}`) };
  } finally {
    await store.close();
  }
}
