// `npm run backup`: the embedded store in one file. The bot must be stopped: the directory is locked meanwhile.
import { sql } from 'kysely';
import { InputError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { assertFree, type Manifest, writeBackup } from './backup-file.ts';
import { engineVersion, hasDatabase } from './data-directory.ts';
import { appliedMigrations } from './migrate.ts';
import { openEmbedded } from './open-embedded.ts';
import type { OpenedDatabase } from './opened-database.ts';

export interface BackUpOptions {
  dataDir: string;
  /** Where to; it must not be there. */
  file: string;
  /** The version of this program. */
  program: string;
  /** Milliseconds since 1970. */
  now: number;
  log: Log;
}

/**
 * Opening the store proves that it can be opened: one that is damaged is not taken for a backup.
 * @throws InputError `backup.nothing`, `backup.exists`, `backup.unwritable`, and those of `openEmbedded`
 */
export async function backUp({ dataDir, file, program, now, log }: BackUpOptions): Promise<Manifest> {
  assertFree(file);
  // Opening it would make one.
  if (!hasDatabase(dataDir)) throw new InputError('backup.nothing', { directory: dataDir });
  const opened = await openEmbedded(dataDir, { log });
  let content: Buffer;
  let manifest: Manifest;
  try {
    manifest = {
      program,
      engine: engineVersion,
      takenAt: new Date(now).toISOString(),
      ...(await describe(opened, dataDir)),
    };
    content = await dump(opened);
  } finally {
    await opened.close();
  }
  await writeBackup(file, { manifest, content });
  return manifest;
}

async function describe({ db }: OpenedDatabase, dataDir: string): Promise<Pick<Manifest, 'migrations' | 'requests'>> {
  const migrations = await appliedMigrations(db);
  if (migrations.length === 0) throw new InputError('backup.nothing', { directory: dataDir });
  const { count } = await db
    .selectFrom('requests')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return { migrations, requests: Number(count) };
}

async function dump({ db, pglite }: OpenedDatabase): Promise<Buffer> {
  if (!pglite) throw new Error('an embedded store without its engine');
  // Then the files say it all, and the log of the last minutes need not be played.
  await sql`checkpoint`.execute(db);
  return Buffer.from(await (await pglite.dumpDataDir('gzip')).arrayBuffer());
}
