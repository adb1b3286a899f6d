// The process of `npm run restore -- --from FILE [--replace]`.
import { parseArgs } from 'node:util';
import { InputError } from '../domain/errors.ts';
import { restore } from '../store/restore.ts';
import { runUpkeep } from './run.ts';

runUpkeep('Cannot restore', async ({ config: { store }, log, print }) => {
  const options = { from: { type: 'string' }, replace: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options, strict: false });
  if (store.databaseUrl) throw new InputError('upkeep.postgres');
  if (typeof values.from !== 'string') throw new InputError('upkeep.file');
  const { manifest, keptAt } = await restore({
    dataDir: store.dataDir,
    file: values.from,
    replace: values.replace === true,
    now: Date.now(),
    log,
  });
  print(`${store.dataDir}: the store with ${manifest.requests} requests, as of ${manifest.takenAt}.`);
  if (keptAt !== null) print(`What was there before is kept in ${keptAt}: delete it when nobody needs it.`);
  print(`All starts are paused, since what was done after ${manifest.takenAt} is not in it.`);
  print('Start the bot, say "status", cancel what has been done since, and then "resume starts".');
});
