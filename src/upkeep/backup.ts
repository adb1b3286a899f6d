// The process of `npm run backup -- --to FILE`.
import { parseArgs } from 'node:util';
import { InputError } from '../domain/errors.ts';
import { backUp } from '../store/back-up.ts';
import { version } from '../version.ts';
import { runUpkeep } from './run.ts';

runUpkeep('Cannot back up', async ({ config: { store }, log, print }) => {
  const { values } = parseArgs({ options: { to: { type: 'string' } }, strict: false });
  if (store.databaseUrl) throw new InputError('upkeep.postgres');
  if (typeof values.to !== 'string') throw new InputError('upkeep.file');
  const { requests, takenAt } = await backUp({
    dataDir: store.dataDir,
    file: values.to,
    program: version,
    now: Date.now(),
    log,
  });
  print(`${values.to}: the store with ${requests} requests, as of ${takenAt}. People's names are in it: keep it safe.`);
});
