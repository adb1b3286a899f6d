// `npm run backup` and `npm run restore`: what is in a backup is there again, and nothing is lost on the way to it.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type BackUpOptions, backUp } from '../../src/store/back-up.ts';
import { readBackup, writeBackup } from '../../src/store/backup-file.ts';
import { pathsIn } from '../../src/store/data-directory.ts';
import { lockDirectory } from '../../src/store/directory-lock.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore } from '../../src/store/open-store.ts';
import { restore } from '../../src/store/restore.ts';
import { inStore, silentLog } from '../fakes/store.ts';
import { anItem, aRequest, noon } from '../fakes/store-rows.ts';
import { insertRequest } from '../fakes/stored.ts';

const log = silentLog;
const request = aRequest({ state: 'approved', approvedAt: noon });
const item = anItem(request);
const later = aRequest();

describe('a backup of the embedded store', function () {
  this.timeout(120_000);
  let directory: string;
  let dataDir: string;
  let file: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'store-backup-'));
    dataDir = join(directory, 'data');
    file = join(directory, 'concierge.backup');
    const store = await openStore({ dataDir, log });
    await inStore(store, (tx) => insertRequest(tx, request, [item]));
    await store.close();
    await backUp(options());
    const again = await openStore({ dataDir, log });
    await inStore(again, (tx) => tx.requests.insert(later));
    await again.close();
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const options = (changes: Partial<BackUpOptions> = {}): BackUpOptions => ({
    dataDir,
    file,
    program: '0.1.0',
    now: noon,
    log,
    ...changes,
  });
  const restoreTo = (where: string, from = file, replace = false) =>
    restore({ dataDir: where, file: from, replace, now: noon, log });

  async function read(where: string) {
    const store = await openStore({ dataDir: where, log });
    try {
      const { rows } = await sql<{ action: string }>`select action from audit order by id`.execute(store.db);
      return await inStore(store, async (tx) => ({
        codes: [(await tx.requests.get(request.id))?.state, (await tx.requests.get(later.id))?.state],
        item: (await tx.items.get(item.id))?.state,
        isPaused: await tx.settings.startsPaused(),
        audit: rows.map(({ action }) => action),
      }));
    } finally {
      await store.close();
    }
  }

  it('When it is written, then it is for its owner alone, says what is in it, and no store was changed', async () => {
    const { manifest } = await readBackup(file);

    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(manifest, {
      program: '0.1.0',
      engine: '18',
      migrations: migrations.map(({ name }) => name),
      takenAt: new Date(noon).toISOString(),
      requests: 1,
    });
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.endsWith('.partial')),
      [],
    );
    assert.equal((await read(dataDir)).isPaused, false);
  });

  it('When the file is there already, or there is no store, or the place cannot be written to, then it says so', async () => {
    const before = await readFile(file);

    await assert.rejects(backUp(options()), { code: 'backup.exists' });
    const nowhere = join(directory, 'nowhere');
    await assert.rejects(backUp(options({ dataDir: nowhere, file: `${file}-2` })), { code: 'backup.nothing' });
    await assert.rejects(backUp(options({ file: join(directory, 'no', 'such', 'folder') })), {
      code: 'backup.unwritable',
    });

    assert.deepEqual(await readFile(file), before);
    await assert.rejects(stat(nowhere), { code: 'ENOENT' });
  });

  it('When the bot runs, then neither backup nor restore touches its store', async () => {
    const lock = lockDirectory(dataDir);
    try {
      await assert.rejects(backUp(options({ file: `${file}-3` })), { code: 'store.locked' });
      await assert.rejects(restoreTo(dataDir, file, true), { code: 'store.locked' });
    } finally {
      lock.release();
    }
  });

  it('When it is restored to an empty directory, then all is as it was, and nothing starts before somebody says so', async () => {
    const where = join(directory, 'new');

    const { keptAt } = await restoreTo(where);

    assert.equal(keptAt, null);
    assert.deepEqual(await read(where), {
      codes: ['approved', undefined],
      item: 'queued',
      isPaused: true,
      audit: ['store.restored', 'settings.startsPaused'],
    });
    assert.deepEqual((await readdir(where)).sort(), ['lock.db', 'postgres']);
  });

  it('When there is a store already, then only --replace puts the backup in its place, and the old one is kept', async () => {
    const where = join(directory, 'used');
    await cp(dataDir, where, { recursive: true });

    await assert.rejects(restoreTo(where), { code: 'restore.notEmpty' });
    assert.deepEqual((await read(where)).codes, ['approved', 'awaitingApproval']);
    const { keptAt } = await restoreTo(where, file, true);

    assert.deepEqual((await read(where)).codes, ['approved', undefined]);
    assert.ok(keptAt);
    const old = join(directory, 'old');
    await cp(keptAt, join(old, 'postgres'), { recursive: true });
    assert.deepEqual((await read(old)).codes, ['approved', 'awaitingApproval']);
  });

  it('When the backup is damaged, foreign or of a later version, then nothing is overwritten, even with --replace', async () => {
    const where = join(directory, 'spared');
    await cp(dataDir, where, { recursive: true });
    const { manifest, content } = await readBackup(file);
    const bytes = await readFile(file);
    const bad = async (name: string, change: Buffer | string) => {
      await writeFile(join(directory, name), change);
      return join(directory, name);
    };
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(bytes.length - 1000) ^ 1, bytes.length - 1000);
    const ofLater = join(directory, 'later');
    await writeBackup(ofLater, { manifest: { ...manifest, migrations: [...manifest.migrations, '9999-x'] }, content });
    const ofEngine = join(directory, 'engine');
    await writeBackup(ofEngine, { manifest: { ...manifest, engine: '19' }, content });
    const ofNothing = join(directory, 'no-archive');
    await writeBackup(ofNothing, { manifest, content: content.subarray(0, 2000) });

    for (const [from, code] of [
      [await bad('flipped', flipped), 'backup.damaged'],
      [await bad('cut', bytes.subarray(0, bytes.length - 1)), 'backup.damaged'],
      [await bad('longer', Buffer.concat([bytes, Buffer.from('x')])), 'backup.damaged'],
      [await bad('notes', 'milk\nbread\n'), 'backup.foreign'],
      [await bad('nothing', ''), 'backup.foreign'],
      [join(directory, 'not-there'), 'backup.unreadable'],
      [ofLater, 'store.newer'],
      [ofEngine, 'store.engine'],
      [ofNothing, 'backup.damaged'],
    ] as const)
      await assert.rejects(restoreTo(where, from, true), { code }, from);

    assert.deepEqual((await read(where)).codes, ['approved', 'awaitingApproval']);
  });

  it('When a restore was cut off between its two renamings, then the bot makes no empty store, and a second one ends it', async () => {
    const where = join(directory, 'cut-off');
    await cp(dataDir, where, { recursive: true });
    const { database, restoring } = pathsIn(where);
    await writeFile(restoring, '');
    await rename(database, `${database}.replaced-then`);

    await assert.rejects(openStore({ dataDir: where, log }), { code: 'store.restoring' });
    await restoreTo(where);

    assert.deepEqual((await read(where)).codes, ['approved', undefined]);
    assert.ok((await readdir(where)).includes('postgres.replaced-then'));
  });

  it('When the directory was moved to PostgreSQL, then neither is done', async () => {
    const where = join(directory, 'moved');
    await cp(dataDir, where, { recursive: true });
    const mark = { state: 'moved', moveId: 'm', to: 'db.contoso.com:5432/bot', at: '2026-06-01' };
    await writeFile(pathsIn(where).moved, JSON.stringify(mark));

    await assert.rejects(backUp(options({ dataDir: where, file: `${file}-4` })), { code: 'store.moved' });
    await assert.rejects(restoreTo(where, file, true), { code: 'store.moved' });
  });
});
