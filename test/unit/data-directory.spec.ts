// What is said of a data directory before the engine sees it.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeStartFault, exitCodeOf } from '../../src/start-fault.ts';
import {
  assertMovable,
  assertUsable,
  clearHalfMade,
  engineVersion,
  pathsIn,
  whileMaking,
} from '../../src/store/data-directory.ts';

const files = ['PG_VERSION', 'global/pg_control', 'global/pg_filenode.map', 'base/1', 'pg_wal/1', 'pg_xact/0000'];
const mark = (state: string) =>
  JSON.stringify({ state, moveId: 'm', to: 'db.contoso.com:5432/bot', at: '2026-06-01T12:00:00Z' });

describe('a data directory', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'data-directory-'));
    for (const file of files) {
      const path = join(dataDir, 'postgres', file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${engineVersion}\n`);
    }
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const faultIn = (work: () => void): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return null;
  };

  const cases: [string, (paths: ReturnType<typeof pathsIn>) => Promise<unknown>, RegExp][] = [
    [
      'is of another PostgreSQL',
      ({ database }) => writeFile(join(database, 'PG_VERSION'), '19\n'),
      /\(store\.engine\)\.\n.*another version of PostgreSQL.*\ndirectory: .*\nfound: 19\nneeded: 18$/,
    ],
    ...files.map((file): (typeof cases)[number] => [
      `has no ${file.split('/1')[0]}`,
      ({ database }) => rm(join(database, file.replace(/^(base|pg_wal|pg_xact).*/, '$1')), { recursive: true }),
      /\(store\.damaged\)\.\n.*damaged or incomplete.*\ndirectory: .*\nmissing: [\w/.]+$/,
    ]),
    [
      'was moved to PostgreSQL',
      ({ moved }) => writeFile(moved, mark('moved')),
      /\(store\.moved\)\.\n.*set DATABASE_URL.*delete moved\.json.*\ndirectory: .*\ndatabase: db\.contoso\.com:5432\/bot\nat: 2026-06-01T12:00:00Z$/,
    ],
    [
      'is in the middle of a move',
      ({ moved }) => writeFile(moved, mark('moving')),
      /\(store\.moving\)\.\n.*move-to-postgres again/,
    ],
    [
      'has a mark of a move that cannot be read',
      ({ moved }) => writeFile(moved, '{"state":"moving"'),
      /\(store\.damaged\)\.\n.*\n.*\nmoved\.json cannot be read$/,
    ],
    [
      'is in the middle of a restore',
      ({ restoring }) => writeFile(restoring, ''),
      /\(store\.restoring\)\.\n.*restore again/,
    ],
  ];
  for (const [name, harm, words] of cases) {
    it(`When it ${name}, then it is not opened, and the words say what to do`, async () => {
      await harm(pathsIn(dataDir));

      const fault = faultIn(() => assertUsable(dataDir));

      assert.match(describeStartFault(fault), words);
      assert.equal(exitCodeOf(fault), 78);
    });
  }

  it('When it is whole, or empty, then it may be opened', async () => {
    assertUsable(dataDir);
    await rm(pathsIn(dataDir).database, { recursive: true });
    assertUsable(dataDir);
  });

  it('When a move was cut off, then a move alone may open it; when it is over, none may', async () => {
    const { moved } = pathsIn(dataDir);
    await writeFile(moved, mark('moving'));
    assertMovable(dataDir);

    await writeFile(moved, mark('moved'));
    assert.throws(() => assertMovable(dataDir), { code: 'store.moved' });
    await rm(moved);
    assertMovable(dataDir);
  });

  it('When the making of a database is cut off, then the half of it is thrown away; a database that was made is not', async () => {
    await assert.rejects(
      whileMaking(dataDir, () => Promise.reject(new Error('cut off'))),
      /cut off/,
    );
    clearHalfMade(dataDir);
    assert.deepEqual(await readdir(dataDir), ['postgres'], 'there was one before: nothing was being made');

    const { database } = pathsIn(dataDir);
    await rm(database, { recursive: true });
    const makeHalf = async () => {
      await mkdir(database);
      await writeFile(join(database, 'PG_VERSION'), '18\n');
      throw new Error('cut off');
    };
    await assert.rejects(whileMaking(dataDir, makeHalf), /cut off/);
    clearHalfMade(dataDir);
    assert.deepEqual(await readdir(dataDir), []);
  });
});
