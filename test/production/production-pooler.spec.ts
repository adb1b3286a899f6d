// PostgreSQL through a real PgBouncer: one that keeps sessions is as good as none; one that lends them is found out at the start.
import assert from 'node:assert/strict';
import pg from 'pg';
import { openStore } from '../../src/store/open-store.ts';
import { assertBuilt, createBotProcess } from '../fakes/bot-process.ts';
import { startMicrosoft } from '../fakes/microsoft/index.ts';
import { hasPgBouncer, type Pooler, startPooler } from '../fakes/pooler.ts';
import { policyText, productionEnv, startProduction } from '../fakes/production.ts';
import { createTestDatabase, silentLog, type TestDatabase, testStoreKind } from '../fakes/store.ts';

const isThere = testStoreKind === 'postgres' && hasPgBouncer();

describe(`PostgreSQL through a pooler${isThere ? '' : ' (NOT RUN: needs TEST_DATABASE_URL, and pgbouncer of the system)'}`, function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let pooler: Pooler | null = null;

  before(async function () {
    if (!isThere) this.skip();
    await assertBuilt();
  });
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await pooler?.stop();
    pooler = null;
    await database?.drop();
  });

  async function through(settings: Record<string, string>): Promise<string> {
    pooler = await startPooler(database.databaseUrl, settings);
    return pooler.urlOf(database.databaseUrl);
  }

  async function ask<T extends object>(databaseUrl: string, query: string): Promise<T[]> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return (await client.query<T>(query)).rows;
    } finally {
      await client.end();
    }
  }

  it('When it keeps sessions, then the bot starts with it as it is, and the whole story works', async () => {
    const production = await startProduction({ DATABASE_URL: await through({ pool_mode: 'session' }) });
    try {
      await production.playStory();
      assert.equal(await production.bot.kill('SIGTERM'), 0);
      assert.deepEqual(await ask(database.databaseUrl, 'select state from requests'), [{ state: 'succeeded' }]);
    } finally {
      await production.stop();
    }
  });

  it('When it keeps sessions, then each has the limits of the bot', async () => {
    const { db, close } = await openStore({ databaseUrl: await through({ pool_mode: 'session' }), log: silentLog });
    try {
      const limit = async (name: string) =>
        (await db.selectNoFrom((eb) => eb.fn<string>('current_setting', [eb.val(name)]).as('value')).executeTakeFirst())
          ?.value;

      assert.deepEqual(
        [await limit('statement_timeout'), await limit('idle_in_transaction_session_timeout')],
        ['15s', '30s'],
      );
    } finally {
      await close();
    }
  });

  it('When it lends sessions for a transaction, then the bot says what to do, ends, and has touched nothing', async () => {
    const microsoft = await startMicrosoft();
    const env = { ...productionEnv(microsoft), DATABASE_URL: await through({ pool_mode: 'transaction' }) };
    const bot = await createBotProcess({ policy: policyText(), env });
    try {
      await assert.rejects(bot.start(), /ended while starting/);

      assert.equal(bot.child?.exitCode, 78);
      assert.match(bot.lines.join('\n'), /^Cannot start \(store\.pooler\)\.\n.*pool_mode = session/m);
      assert.deepEqual(
        await ask(database.databaseUrl, `select relname from pg_class where relname = 'schema_migrations'`),
        [],
      );
    } finally {
      await bot.remove();
      await microsoft.stop();
    }
  });

  const lending: Record<string, string>[] = [
    { pool_mode: 'transaction', server_round_robin: '1' },
    { pool_mode: 'transaction', default_pool_size: '1' },
    { pool_mode: 'statement' },
  ];
  for (const settings of lending) {
    it(`When it lends them with ${JSON.stringify(settings)}, then it is refused`, async () => {
      const databaseUrl = await through(settings);

      await assert.rejects(openStore({ databaseUrl, log: silentLog }), { name: 'InputError', code: 'store.pooler' });
    });
  }

  it('When DATABASE_URL has a parameter that it does not pass on, then that is what is said', async () => {
    const databaseUrl = `${await through({ pool_mode: 'session' })}?options=-c%20geqo%3Doff`;

    await assert.rejects(openStore({ databaseUrl, log: silentLog }), { name: 'InputError', code: 'store.parameter' });
  });
});
