import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { after, before, describe, it } from 'mocha';
import { lockDirectory } from '../../src/store/directory-lock.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Tables } from '../../src/store/tables.ts';
import { createTestDatabase, inStore, silentLog, testStoreKind } from '../fakes/store.ts';
import { aRequest } from '../fakes/store-rows.ts';

const log = silentLog;

describe('opening the embedded store', function () {
  this.timeout(60_000);
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'store-open-'));
  });

  after(() => rm(directory, { recursive: true, force: true }));

  it('When it is opened, closed and opened again, then what was saved is there and the schema is left alone', async () => {
    const dataDir = join(directory, 'not', 'there', 'yet');
    const request = aRequest();
    const first = await openStore({ dataDir, log });
    await inStore(first, (tx) => tx.requests.insert(request));
    await first.close();

    const second = await openStore({ dataDir, log });

    try {
      assert.equal(second.kind, 'embedded');
      assert.deepEqual(await inStore(second, (tx) => tx.requests.get(request.id)), request);
      assert.deepEqual(await migrate(second.db, log), []);
    } finally {
      await second.close();
    }
  });

  it('When it is open in this process already, then opening it again is refused', async () => {
    const dataDir = join(directory, 'twice');
    const lock = lockDirectory(dataDir);

    await assert.rejects(openStore({ dataDir, log }), { name: 'InputError', code: 'store.locked' });

    lock.release();
    lockDirectory(dataDir).release();
  });

  it('When the directory cannot be made, then it says so', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');

    await assert.rejects(openStore({ dataDir: join(file, 'data'), log }), {
      name: 'InputError',
      code: 'store.directory',
    });
  });

  it('When it is migrated twice at once, then both succeed and each migration is applied once', async () => {
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: await PGlite.create() }) });
    try {
      const applied = await Promise.all([migrate(db, log), migrate(db, log)]);

      assert.deepEqual(
        applied.flat(),
        migrations.map(({ name }) => name),
      );
    } finally {
      await db.destroy();
    }
  });

  it('When the database is ahead of this version, then its migrations decide, by what they said of themselves', async () => {
    const warnings: unknown[] = [];
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: await PGlite.create({}) }) });
    const again = () => migrate(db, { ...log, warn: (fields) => warnings.push(fields) });
    const worksWith = (works_with: string | null) =>
      db.updateTable('schema_migrations').set({ works_with }).where('name', '=', later);
    const later = '9999-later';
    const refusal = { name: 'InputError', code: 'store.newer', values: { migrations: later } };
    try {
      await migrate(db, log);
      const remembered = await db
        .selectFrom('schema_migrations')
        .select(['name', 'works_with'])
        .orderBy('name')
        .execute();
      assert.deepEqual(
        remembered,
        migrations.map(({ name, worksWith = null }) => ({ name, works_with: worksWith })),
      );

      await db
        .insertInto('schema_migrations')
        .values({ name: later, works_with: migrations.at(-1)?.name ?? '' })
        .execute();
      assert.deepEqual([await again(), warnings], [[], [{ migrations: [later] }]], 'it works with this version');
      await worksWith('9998-between').execute();
      await assert.rejects(again(), refusal, 'with later versions than this one alone');
      await worksWith(null).execute();
      await assert.rejects(again(), refusal, 'with none of before');
    } finally {
      await db.destroy();
    }
  });
});

describe('the lock of the data directory', function () {
  this.timeout(30_000);
  let directory: string;
  let holder: ChildProcess;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'store-lock-'));
    const module = new URL('../../src/store/directory-lock.ts', import.meta.url).href;
    const program = `const { lockDirectory } = await import(${JSON.stringify(module)});
      lockDirectory(${JSON.stringify(directory)});
      console.log('held');
      setInterval(() => {}, 1000);`;
    holder = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    assert.ok(holder.stdout);
    await once(holder.stdout, 'data');
  });

  after(async () => {
    holder.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  it('When another process holds it, then this one is refused, also while the other is paused', async () => {
    assert.throws(() => lockDirectory(directory), { code: 'store.locked' });

    holder.kill('SIGSTOP');
    await wait(100);
    assert.throws(() => lockDirectory(directory), { code: 'store.locked' });
    holder.kill('SIGCONT');
  });

  it('When that process is killed, then it is free', async () => {
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;

    lockDirectory(directory).release();
  });
});

describe('opening PostgreSQL (only with TEST_DATABASE_URL)', function () {
  this.timeout(30_000);

  before(function () {
    if (testStoreKind !== 'postgres') this.skip();
  });

  it('When several processes start at once on an empty database, then all succeed', async () => {
    const { databaseUrl, drop } = await createTestDatabase();
    try {
      const stores = await Promise.all([1, 2, 3].map(() => openStore({ databaseUrl, log })));

      const { rows } = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(
        (stores[0] as (typeof stores)[number]).db,
      );
      assert.equal(rows.length, migrations.length);
      for (const store of stores) await store.ping();
      await Promise.all(stores.map((store) => store.close()));
    } finally {
      await drop();
    }
  });

  it('When there is no such database, then it says that it was refused', async () => {
    const { databaseUrl, drop } = await createTestDatabase();
    await drop();

    await assert.rejects(openStore({ databaseUrl, log }), { name: 'InputError', code: 'store.refused' });
  });
});

describe('opening a PostgreSQL that is not there', () => {
  it('When nobody listens, then it says that the store is unavailable', async () => {
    await assert.rejects(openStore({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', log }), {
      name: 'TemporaryError',
      code: 'store.unavailable',
    });
  });
});
