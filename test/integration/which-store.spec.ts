// Says which store the store and race tests of this run used.
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { openTestStore, testStoreKind } from '../fakes/store.ts';

describe(`store of this run: ${testStoreKind}${testStoreKind === 'embedded' ? ' (PostgreSQL not run: TEST_DATABASE_URL is not set)' : ''}`, function () {
  this.timeout(30_000);

  it('When TEST_DATABASE_URL is set, then the store and race tests run on that PostgreSQL', async function () {
    if (testStoreKind === 'embedded') this.skip();
    const store = await openTestStore();

    const { rows } = await sql<{ version: string }>`select version()`.execute(store.db);
    await store.close();

    assert.match(rows[0]?.version ?? '', /^PostgreSQL/);
    assert.equal(store.kind, 'postgres');
  });
});
