// A database of before requests on many Cloud PCs, with rows in it, is brought to this version: everything goes on from there.
import assert from 'node:assert/strict';
import { PGlite } from '@electric-sql/pglite';
import { CompiledQuery, Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { ItemState } from '../../src/domain/item.ts';
import type { Tx } from '../../src/domain/ports.ts';
import type { RequestState } from '../../src/domain/request.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import type { Tables } from '../../src/store/tables.ts';
import { sqlUnitOfWork } from '../../src/store/unit-of-work.ts';
import { createTestDatabase, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { aCloudPc, ada, adam, anItem, noon } from '../fakes/store-rows.ts';
import { readCounts } from '../fakes/stored.ts';

/** The last version without requests on many Cloud PCs. */
const versionBefore = '0005-sign-in';

async function openEmptyDatabase(): Promise<{ db: Kysely<Tables>; close(): Promise<void> }> {
  if (testStoreKind === 'embedded') {
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: await PGlite.create() }) });
    return { db, close: () => db.destroy() };
  }
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.databaseUrl });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}

async function migrateTo(db: Kysely<Tables>, last: string): Promise<void> {
  await sql`create table schema_migrations (
    name text primary key, applied_at timestamptz not null default clock_timestamp())`.execute(db);
  for (const { name, statements } of migrations.filter((one) => one.name <= last)) {
    for (const statement of statements) await db.executeQuery(CompiledQuery.raw(statement));
    await db.insertInto('schema_migrations').values({ name }).execute();
  }
}

interface OldRow {
  id: string;
  state: RequestState;
  approvedAt?: number;
  items: ItemState[];
}

const oldRows: readonly OldRow[] = [
  { id: 'draft', state: 'draft', items: [] },
  { id: 'waiting', state: 'awaitingApproval', items: ['queued'] },
  { id: 'building', state: 'running', approvedAt: noon + 5, items: ['building'] },
  { id: 'unclear', state: 'running', approvedAt: noon + 6, items: ['needsOperator'] },
  { id: 'ready', state: 'succeeded', approvedAt: noon + 7, items: ['ready'] },
  { id: 'declined', state: 'declined', items: ['cancelled'] },
  { id: 'several', state: 'running', approvedAt: noon + 8, items: ['ready', 'failed', 'ready', 'checking'] },
];

/** Of the columns of then, as that version wrote them. */
async function insertOld(db: Kysely<Tables>, { id, state, approvedAt, items }: OldRow): Promise<void> {
  const time = (at: number) => new Date(at).toISOString();
  await sql`insert into requests (id, operation, state, revision, version, requester_id, requester_name, owner_id, owner_name,
      owner_upn, options, mail, approval, created_at, approved_at)
    values (${id}, 'reprovision', ${state}, 1, 3, ${adam.id}, ${adam.name}, ${ada.id}, ${ada.name}, 'ada@contoso.com',
      '{"osVersion":null,"accountType":null}', '{"wanted":false,"text":null}', '{"needed":1,"byAdmin":false,"rule":"r"}',
      ${time(noon)}::timestamptz, ${approvedAt === undefined ? null : time(approvedAt)}::timestamptz)`.execute(db);
  for (const [index, itemState] of items.entries())
    await sql`insert into items (id, request_id, cloud_pc_id, state, attempt, cloud_pc, given_back, saw_busy, is_slow, queued_at)
      values (${`${id}-${index}`}, ${id}, ${`pc-${id}-${index}`}, ${itemState}, 0,
        ${JSON.stringify(aCloudPc({ id: `pc-${id}-${index}` }))}::jsonb, 0, false, false, ${time(noon)}::timestamptz)`.execute(
      db,
    );
  await sql`insert into cards (id, request_id, audience, person_id, person_name, wanted, shown, state, tries)
    values (${`card-${id}`}, ${id}, 'owner', ${ada.id}, ${ada.name}, 3, 3, 'open', 0)`.execute(db);
  await sql`insert into notices (id, request_id, once_key, via, notice, audience, state, tries, created_at)
    values (${`notice-${id}`}, ${id}, 'k', 'chat', 'ready', 'owner', 'unreachable', 0, ${time(noon)}::timestamptz)`.execute(
    db,
  );
}

describe(`a database of before bulk requests (${testStoreKind} store)`, function () {
  this.timeout(60_000);
  let db: Kysely<Tables>;
  let close: () => Promise<void>;
  let applied: string[];

  before(async () => {
    ({ db, close } = await openEmptyDatabase());
    await migrateTo(db, versionBefore);
    for (const row of oldRows) await insertOld(db, row);
    applied = await migrate(db, silentLog);
  });
  after(() => close());

  const inStore = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    sqlUnitOfWork({ db, outbox: recordingOutbox(), log: silentLog, isClosed: () => false }).run(work);

  it('When it is opened, then what is missing is applied, once', async () => {
    assert.deepEqual(
      applied,
      migrations.map(({ name }) => name).filter((name) => name > versionBefore),
    );
    assert.deepEqual(await migrate(db, silentLog), []);
  });

  for (const { id, state, approvedAt = null, items } of oldRows) {
    it(`When a request was ${state} (${id}), then its ${items.length} items are counted, and are in a wave that has begun if it was approved`, async () => {
      const { request, waves, counts } = await inStore(async (tx) => ({
        request: await tx.requests.get(id),
        waves: await tx.waves.of(id),
        counts: await readCounts(tx, id),
      }));

      assert.deepEqual([request?.state, request?.bulk, request?.version], [state, null, 3]);
      assert.deepEqual(counts.kept, counts.counted);
      assert.deepEqual(
        waves.map(({ tally: _tally, ...wave }) => wave),
        items.length === 0
          ? []
          : [{ requestId: id, number: 1, size: items.length, beganAt: approvedAt, endedAt: null, dueAt: null }],
      );
    });
  }

  it('When several items are counted, then each state is, as a number', async () => {
    const request = await inStore((tx) => tx.requests.get('several'));

    assert.deepEqual(request?.tally, { ready: 2, failed: 1, checking: 1 });
    assert.deepEqual((await inStore((tx) => tx.requests.get('draft')))?.tally, {});
  });

  it('When items are read, then they are their request’s owner’s, in the first wave, and part of no bulk action', async () => {
    const item = await inStore((tx) => tx.items.get('building-0'));

    assert.deepEqual(
      [item?.owner, item?.ownerUpn, item?.wave, item?.bulkActionId, item?.waitsForWindow],
      [ada, 'ada@contoso.com', 1, null, false],
    );
    assert.equal(item?.cloudPc.id, 'pc-building-0');
  });

  it('When cards and notices are read, then they belong to the request as a whole', async () => {
    const [card, notice, lost] = await inStore(async (tx) => [
      await tx.cards.lock('card-building'),
      await tx.notices.lock('notice-building'),
      await tx.notices.countLost('building', 'owner'),
    ]);

    assert.deepEqual([card?.itemId, notice?.itemId, lost], [null, null, 1]);
    const woken = await inStore((tx) => tx.cards.want('building', 4, noon));
    assert.deepEqual(woken, ['card-building']);
  });

  it('When somebody asks for a Cloud PC that was held before, then it still is', async () => {
    const request = await inStore((tx) => tx.requests.get('waiting'));
    assert.ok(request);
    const again = (cloudPcId: string) => anItem(request, { cloudPc: aCloudPc({ id: cloudPcId }) });
    const wished = [again('pc-building-0'), again('pc-unclear-0'), again('pc-ready-0')];

    const taken = await inStore((tx) => tx.items.insertMany(wished));

    assert.deepEqual(taken, new Set([wished[2]?.id]));
  });

  it('When a waiting request is approved, then its wave can begin, and its item is due', async () => {
    const begun = await inStore((tx) => tx.items.beginWave('waiting', 1, noon + 9));
    const item = await inStore((tx) => tx.items.get('waiting-0'));

    assert.deepEqual(
      begun.find(({ id }) => id === 'waiting-0'),
      { id: 'waiting-0', owner: ada },
    );
    assert.equal(item?.dueAt, noon + 9);
  });
});
