// From the embedded store to PostgreSQL: every row, once, whatever cuts it off.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { startBoss, stopBoss } from '../../src/jobs/boss.ts';
import { bossOutbox } from '../../src/jobs/outbox.ts';
import { copiedTables } from '../../src/store/copy-tables.ts';
import { readMoveMark, writeMoveMark } from '../../src/store/data-directory.ts';
import { moveStore } from '../../src/store/move-store.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { moveToPostgres } from '../../src/upkeep/move.ts';
import { createTestDatabase, silentLog, type TestDatabase, testStoreKind } from '../fakes/store.ts';
import { noon } from '../fakes/store-rows.ts';

const log = silentLog;

describe('the move from the embedded store to PostgreSQL (only with TEST_DATABASE_URL)', function () {
  this.timeout(120_000);
  let directory: string;
  let full: string;
  let database: TestDatabase;
  let dataDir: string;

  before(async function () {
    if (testStoreKind !== 'postgres') this.skip();
    directory = await mkdtemp(join(tmpdir(), 'move-'));
    full = join(directory, 'full');
    const store = await openStore({ dataDir: full, log });
    for (const table of copiedTables) await fill(store, table);
    await leaveLateTurns(store);
    await store.close();
  });
  after(() => directory && rm(directory, { recursive: true, force: true }));

  beforeEach(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(directory, 'data-'));
    await cp(full, dataDir, { recursive: true });
  });
  afterEach(() => database.drop());

  const moveNow = (where = database) => moveToPostgres({ dataDir, databaseUrl: where.databaseUrl, now: noon, log });

  /** Every row as text, in microseconds and to the last digit. */
  async function rowsOf(store: Store): Promise<Record<string, string[]>> {
    const all: Record<string, string[]> = {};
    for (const table of copiedTables) {
      const { rows } = await sql<{
        row: string;
      }>`select to_jsonb(one)::text as row from ${sql.table(table)} one`.execute(store.db);
      all[table] = rows.map(({ row }) => row.replaceAll('+00:00', 'Z')).sort();
    }
    return all;
  }

  async function inTarget<T>(read: (store: Store) => Promise<T>): Promise<T> {
    const store = await openStore({ databaseUrl: database.databaseUrl, log });
    try {
      await sql`set timezone to 'UTC'`.execute(store.db);
      return await read(store);
    } finally {
      await store.close();
    }
  }

  const readFull = async () => {
    const store = await openStore({ dataDir, log });
    try {
      return await rowsOf(store);
    } finally {
      await store.close();
    }
  };

  it('When the schema has a table, then it is moved', async () => {
    const { rows } = await inTarget(({ db }) =>
      sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`.execute(db),
    );

    assert.deepEqual(rows.map(({ name }) => name).sort(), [...copiedTables, 'schema_migrations'].sort());
  });

  it('When everything is moved, then every column of every row is the same, and nothing is left over or added but one line', async () => {
    const before = await readFull();
    for (const table of copiedTables) assert.ok((before[table]?.length ?? 0) > 0, `${table} is empty`);

    const moved = await moveNow();

    const after = await inTarget(rowsOf);
    const added = after.audit?.filter((row) => row.includes('store.moved')) ?? [];
    assert.equal(added.length, 1);
    assert.deepEqual({ ...after, audit: after.audit?.filter((row) => !added.includes(row)) }, before);
    assert.deepEqual(
      moved?.tables,
      copiedTables.map((table) => ({ table, rows: before[table]?.length })),
    );
  });

  it('When requests are asked for afterwards, then codes and the order of rows go on where they were', async () => {
    const next = (store: Store) =>
      sql<{ code: string; item: string; decision: string; audit: string }>`select
        nextval('request_codes')::text as code, nextval('items_seq_seq')::text as item,
        nextval('decisions_id_seq')::text as decision, nextval('audit_id_seq')::text as audit`.execute(store.db);
    await moveNow();

    const { rows } = await inTarget(next);

    // 1001 and 1002 were taken, two of each of the others; the move itself wrote one line of the audit.
    assert.deepEqual(rows, [{ code: '1003', item: '3', decision: '3', audit: '4' }]);
  });

  it('When people still wait for an answer, then the job that gives it is there, once each', async () => {
    const moved = await moveNow();

    const { rows } = await inTarget(({ db }) =>
      sql<{
        data: { id: string };
        state: string;
      }>`select data, state from pgboss.job where name = 'later' order by data ->> 'id'`.execute(db),
    );
    assert.equal(moved?.lateTurns, 2);
    assert.deepEqual(
      rows.map(({ data, state }) => [data, state]),
      [
        [{ id: 'active', turn: { words: 'äöü “quoted”' } }, 'created'],
        [{ id: 'waiting', turn: { words: 'äöü “quoted”' } }, 'created'],
      ],
    );
  });

  it('When it was moved, then the bot refuses the old directory, a second move too, and the mark tells no secret', async () => {
    await moveNow();

    await assert.rejects(openStore({ dataDir, log }), { code: 'store.moved' });
    await assert.rejects(moveNow(), { code: 'store.moved' });
    const { hostname, pathname } = new URL(database.databaseUrl);
    const mark = await readFile(join(dataDir, 'moved.json'), 'utf8');
    assert.ok(mark.includes(hostname) && mark.includes(pathname));
    assert.doesNotMatch(mark, /postgres:|@/);
  });

  it('When PostgreSQL is in use already, then nothing is moved, and both are as they were', async () => {
    await inTarget(({ db }) => sql`insert into people (id, name) values ('somebody', 'Somebody')`.execute(db));
    const before = await readFull();

    await assert.rejects(moveNow(), { code: 'move.notEmpty', values: { tables: 'people' } });

    assert.equal(readMoveMark(dataDir), null);
    assert.deepEqual(await readFull(), before);
    assert.deepEqual((await inTarget(rowsOf)).requests, []);
  });

  for (const [how, worksWith, code] of [
    ['in a way that this one cannot work with', null, 'store.newer'],
    ['in a way that this one could work with', '0000-first', 'move.versions'],
  ] as const)
    it(`When PostgreSQL is ahead of this version, ${how}, then nothing is moved`, async () => {
      await inTarget(({ db }) =>
        sql`insert into schema_migrations (name, works_with) values ('9999-later', ${worksWith})`.execute(db),
      );

      await assert.rejects(moveNow(), { code });

      assert.equal(readMoveMark(dataDir), null);
    });

  it('When PostgreSQL does not answer, then nothing has happened', async () => {
    const nobody = { ...database, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' };

    await assert.rejects(moveNow(nobody), { code: 'store.unavailable' });

    assert.equal(readMoveMark(dataDir), null);
  });

  it('When a row is not the same on the other side, then nothing is moved', async () => {
    await inTarget(({ db }) =>
      sql`create function other() returns trigger language plpgsql as $$ begin new.reason := 'other'; return new; end $$`
        .execute(db)
        .then(() => sql`create trigger t before insert on requests for each row execute function other()`.execute(db)),
    );

    await assert.rejects(moveNow(), /requests does not hold the same/);

    assert.equal(readMoveMark(dataDir), null);
    assert.deepEqual((await inTarget(rowsOf)).requests, []);
  });

  describe('when it is cut off', () => {
    const cutOff = new Error('cut off');

    /** `where`: in the transaction, right after the commit, or never. */
    async function moveUntil(where: 'inside' | 'committed'): Promise<void> {
      const source = await openStore({ dataDir, isForMove: true, log });
      const target = await openStore({ databaseUrl: database.databaseUrl, log });
      const { whileMigrating } = target;
      const dying: Store = {
        ...target,
        whileMigrating: async (work) => {
          await whileMigrating(work);
          throw cutOff;
        },
      };
      const alsoMove = async () => {
        if (where === 'inside') throw cutOff;
      };
      const options = { source, dataDir, target: dying, databaseUrl: database.databaseUrl, now: noon, alsoMove };
      await assert.rejects(moveStore(options), cutOff);
      await source.close();
      await target.close();
    }

    it('When that is before the commit, then the bot goes on as if nothing had been, and a second move does all', async () => {
      const before = await readFull();
      await moveUntil('inside');

      assert.deepEqual(await readFull(), before);
      assert.ok(await moveNow());
      assert.deepEqual((await inTarget(rowsOf)).requests, before.requests);
    });

    it('When that is after the commit, then the bot refuses both ways until a second move has found out that all is there', async () => {
      const before = await readFull();
      await moveUntil('committed');

      await assert.rejects(openStore({ dataDir, log }), { code: 'store.moving' });
      assert.equal(await moveNow(), null, 'nothing was moved again');
      await assert.rejects(openStore({ dataDir, log }), { code: 'store.moved' });
      const after = await inTarget(rowsOf);
      assert.deepEqual(after.requests, before.requests);
      assert.equal(after.audit?.filter((row) => row.includes('store.moved')).length, 1);
    });

    it('When the commit never came, then a second move finds that out and does all', async () => {
      writeMoveMark(dataDir, { ...(await markOf()), moveId: 'of-a-commit-that-was-lost' });

      const moved = await moveNow();

      assert.ok(moved);
      assert.notEqual((await inTarget(rowsOf)).requests?.length, 0);
      assert.equal(readMoveMark(dataDir)?.state, 'moved');
    });

    it('When it is then sent to another database, then it is refused: there would be two of everything', async () => {
      writeMoveMark(dataDir, { ...(await markOf()), to: 'db.contoso.com:5432/bot' });

      await assert.rejects(moveNow(), { code: 'move.elsewhere' });

      assert.deepEqual((await inTarget(rowsOf)).requests, []);
    });

    const markOf = async () => {
      const { hostname, port, pathname } = new URL(database.databaseUrl);
      return { state: 'moving' as const, moveId: 'm', to: `${hostname}:${port}${pathname}`, at: '2026-06-01' };
    };
  });
});

/** Two rows: every column with something in it, and only what must be. By the catalogue, so that no column is forgotten. */
async function fill({ db }: Store, table: string): Promise<void> {
  if (table === 'settings') {
    await sql`update settings set starts_paused = true, approvals_channel = '19:x'`.execute(db);
    return;
  }
  if (table === 'audit_horizon') {
    await sql`update audit_horizon set through_id = 7, noted_at = '2026-06-01T12:00:00.123456+02:00'`.execute(db);
    return;
  }
  const { rows: columns } = await sql<{ name: string; type: string; isNeeded: boolean; isOwn: boolean }>`
    select column_name as name, data_type as type, is_nullable = 'NO' as "isNeeded",
      is_identity = 'YES' or coalesce(column_default, '') like 'nextval%' as "isOwn"
    from information_schema.columns where table_schema = 'public' and table_name = ${table}`.execute(db);
  for (const id of ['full', 'bare']) {
    const wanted = columns.filter(({ isNeeded, isOwn }) => !isOwn && (isNeeded || id === 'full'));
    const row = Object.fromEntries(wanted.map(({ name, type }) => [name, sampleOf(name, type, id)]));
    const names = sql.join(wanted.map(({ name }) => sql.ref(name)));
    await sql`insert into ${sql.table(table)} (${names})
      select ${names} from jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(row)}::jsonb)`.execute(db);
  }
  if (table === 'requests') await sql`update requests set code = 'R-' || nextval('request_codes')`.execute(db);
}

function sampleOf(name: string, type: string, id: string): unknown {
  if (type === 'jsonb')
    return { text: 'é “ü” \u2028 \\ " \u{1f600}', number: 12345678901234.25, none: null, list: [1, [], {}] };
  if (type.startsWith('timestamp')) return '2026-06-01T12:00:00.123456+02:00';
  if (type === 'boolean') return true;
  if (/int/.test(type)) return 7;
  return /(^|_)id$|^key$|^person_id$/.test(name) ? id : `${id} é “ü”\n\t\\ ' \u{1f600}`;
}

/** One that waits, one that a process held when it died; and one that was done. */
async function leaveLateTurns(store: Store): Promise<void> {
  const boss = await startBoss(store, log);
  const outbox = bossOutbox(boss, { clock: { now: () => noon }, log });
  await store.db.transaction().execute(async (trx) => {
    const turns = ['active', 'done', 'waiting'].map((id) => ({ id, turn: { words: 'äöü “quoted”' } }));
    await outbox.send(
      trx,
      turns.map((turn) => ({ wakeUp: { queue: 'later' as const, ...turn }, at: null })),
    );
    await outbox.send(trx, [{ wakeUp: { queue: 'timers' }, at: null }]);
  });
  const state = (id: string, to: string) =>
    sql`update pgboss.job set state = ${to}::pgboss.job_state where data ->> 'id' = ${id}`.execute(store.db);
  await state('active', 'active');
  await state('done', 'completed');
  await stopBoss(boss);
}
