// The process of `npm run move-to-postgres`: from DATA_DIR to DATABASE_URL.
import { InputError } from '../domain/errors.ts';
import { moveToPostgres } from './move.ts';
import { runUpkeep } from './run.ts';

runUpkeep('Cannot move', async ({ config: { store }, log, print }) => {
  const { databaseUrl, dataDir } = store;
  if (!databaseUrl) throw new InputError('move.target');
  const moved = await moveToPostgres({ dataDir, databaseUrl, now: Date.now(), log });
  for (const { table, rows } of moved?.tables ?? []) print(`${table}: ${rows} rows, the same on both sides`);
  if (moved) print(`answers that people still wait for: ${moved.lateTurns}`);
  else print('All had arrived already.');
  print(`Everything is in PostgreSQL. Start the bot with DATABASE_URL; on ${dataDir} it does not start any more.`);
});
