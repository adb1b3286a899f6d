// Databases that the engine cannot open, or that are not for this version: a sentence, always the same.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describeStartFault, exitCodeOf } from '../../src/start-fault.ts';
import { engineVersion, pathsIn } from '../../src/store/data-directory.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { inStore, silentLog } from '../fakes/store.ts';
import { aRequest } from '../fakes/store-rows.ts';

const log = silentLog;
const request = aRequest();

interface Case {
  name: string;
  harm: (dataDir: string, database: string) => Promise<unknown>;
  code: string;
  words: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'whose control file is overwritten',
    harm: (_, database) => writeFile(join(database, 'global/pg_control'), Buffer.alloc(8192, 7)),
    code: 'store.damaged',
    words: /damaged or incomplete.*\n.*\n.*FATAL/,
  },
  {
    name: 'whose log is gone',
    harm: async (_, database) => {
      await rm(join(database, 'pg_wal'), { recursive: true });
      await mkdir(join(database, 'pg_wal'));
    },
    code: 'store.damaged',
    words: /damaged or incomplete.*\n.*\n.*PANIC/,
  },
  {
    name: 'whose tables are empty files',
    harm: async (_, database) => {
      const folder = join(database, 'base/5');
      for (const file of await readdir(folder)) await truncate(join(folder, file), 0);
    },
    code: 'store.damaged',
    words: /damaged or incomplete/,
  },
];

describe('a data directory that cannot be used', function () {
  this.timeout(120_000);
  let directory: string;
  let whole: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'store-damage-'));
    whole = join(directory, 'whole');
    const store = await openStore({ dataDir: whole, log });
    await inStore(store, (tx) => tx.requests.insert(request));
    await store.close();
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const copy = async (): Promise<string> => {
    const dataDir = await mkdtemp(join(directory, 'copy-'));
    await cp(whole, dataDir, { recursive: true });
    return dataDir;
  };
  const faultOf = (dataDir: string) =>
    openStore({ dataDir, log }).then(
      async (store) => {
        await store.close();
        return assert.fail('it was opened');
      },
      (error: unknown) => error,
    );
  const holds = async (store: Store) => {
    try {
      return await inStore(store, (tx) => tx.requests.get(request.id));
    } finally {
      await store.close();
    }
  };

  for (const { name, harm, code, words } of cases) {
    it(`When it is one ${name}, then the bot says so and does not start, and again the same`, async () => {
      const dataDir = await copy();
      await harm(dataDir, pathsIn(dataDir).database);

      for (const fault of [await faultOf(dataDir), await faultOf(dataDir)]) {
        const said = describeStartFault(fault);
        assert.match(said, new RegExp(`^Cannot start \\(${code.replace('.', '\\.')}\\)\\.\n`));
        assert.match(said, words);
        assert.doesNotMatch(said, /\n\s+at /);
        assert.equal(exitCodeOf(fault), 78, 'whoever starts it again and again can know that it is no use');
      }
    });
  }

  it('When it is of a later version of the bot, then this one says so and leaves it, and the later one goes on', async () => {
    const dataDir = await copy();
    const store = await openStore({ dataDir, log });
    await sql`insert into schema_migrations (name) values ('9999-later')`.execute(store.db);
    await store.close();

    const fault = await faultOf(dataDir);
    const again = await faultOf(dataDir);

    assert.match(
      describeStartFault(fault),
      /\(store\.newer\)\.\n.*later version of the bot.*\nmigrations: 9999-later$/,
    );
    assert.deepEqual([exitCodeOf(fault), describeStartFault(again)], [78, describeStartFault(fault)]);
  });

  it('When the making of the store was cut off, then the half of it is thrown away and it is made', async () => {
    const dataDir = await copy();
    const { making, database } = pathsIn(dataDir);
    await writeFile(making, '');
    await rm(join(database, 'global/pg_control'));

    const store = await openStore({ dataDir, log });

    assert.equal(await holds(store), null);
    await assert.rejects(readFile(making), { code: 'ENOENT' });
  });

  it('When a store is made, then it is of the version that is expected, for its owner alone', async () => {
    const { database } = pathsIn(whole);

    assert.equal((await readFile(join(database, 'PG_VERSION'), 'utf8')).trim(), engineVersion);
    assert.deepEqual((await readdir(whole)).sort(), ['lock.db', 'postgres']);
  });
});
