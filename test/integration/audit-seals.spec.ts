// The chain of seals over the audit: what is changed behind the back of the bot is found, and nothing that is in order is accused.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { sealAudit, verifyAudit } from '../../src/requests/seal-audit.ts';
import type { Store } from '../../src/store/open-store.ts';
import { assertBuilt } from '../fakes/bot-process.ts';
import { openTestStore, recordingOutbox, silentLog, testStoreKind } from '../fakes/store.ts';
import { adam, noon } from '../fakes/store-rows.ts';

const key = 'a key that only the settings know, long enough';

describe(`the seals of the audit (${testStoreKind} store)`, function () {
  this.timeout(60_000);
  let store: Store;

  beforeEach(async () => {
    store = await openTestStore();
  });
  afterEach(() => store.close());

  const deps = () => ({ unitOfWork: store.unitOfWork(recordingOutbox()), log: silentLog });
  const seal = () => sealAudit(deps(), key);
  const verify = (withKey = key) => verifyAudit(deps(), withKey);

  async function write(...actions: string[]): Promise<void> {
    await deps().unitOfWork.run(async (tx) => {
      for (const action of actions) {
        const details = { reason: 'because', list: [1, 'zwei'], nothing: null };
        await tx.audit.write({ at: noon + 0.5, requestId: 'r', itemId: null, actor: adam, action, details });
      }
    });
  }

  /** As if the last look had been six minutes ago. */
  async function later(): Promise<void> {
    await sql`update audit_horizon set noted_at = noted_at - interval '6 minutes'`.execute(store.db);
  }

  /** Two looks: the first notes what there is, the second seals it. */
  async function sealAll(): Promise<void> {
    for (let look = 0; look < 2; look += 1) {
      await later();
      await seal();
    }
  }

  /** By whoever has the rights of the owner of the tables. */
  async function behindTheBack(statement: string, table = 'audit'): Promise<void> {
    await sql.raw(`alter table ${table} disable trigger all`).execute(store.db);
    await sql.raw(statement).execute(store.db);
    await sql.raw(`alter table ${table} enable trigger all`).execute(store.db);
  }

  it('When rows are written and time passes, then they are sealed, each once, and all fits', async () => {
    await write('a', 'b', 'c');
    await sealAll();
    await write('d');
    assert.deepEqual(await sums(), { seals: 1, rows: 3, unsealed: 1, broken: null });

    await sealAll();

    assert.deepEqual(await sums(), { seals: 2, rows: 4, unsealed: 0, broken: null });
    await sealAll();
    assert.equal((await verify()).seals, 2, 'nothing new, no seal');
  });

  it('When a row has just been written, then it is not sealed yet, since one with a lower number may still come', async () => {
    await later();
    await write('a');
    await seal();
    assert.equal((await verify()).seals, 0);

    await seal();

    assert.equal((await verify()).seals, 0);
  });

  it('When there are more rows than a seal takes, then it takes several, and they follow each other', async () => {
    await write(...Array.from({ length: 2100 }, (_, at) => `action-${at}`));

    await sealAll();

    assert.deepEqual(await sums(), { seals: 3, rows: 2100, unsealed: 0, broken: null });
  });

  for (const [what, statement] of [
    ['is changed', `update audit set actor_name = 'Somebody' where action = 'b'`],
    ['has other details', `update audit set details = '{}' where action = 'b'`],
    ['is taken away', `delete from audit where action = 'b'`],
    ['is taken away at the edge of a seal', `delete from audit where action = 'c'`],
    [
      'is put in between',
      `insert into audit (id, at, action, details) select max(id) - 1000, now(), 'e', '{}' from audit where action = 'b'`,
    ],
  ] as const)
    it(`When a row ${what} behind its back, then the seal does not fit any more`, async () => {
      await write('a', 'b', 'c');
      await sealAll();
      await write('d');
      await sealAll();
      assert.equal((await verify()).broken, null);

      await behindTheBack(statement);

      assert.ok((await verify()).broken);
    });

  it('When a seal itself is made to fit, then the one behind it does not', async () => {
    await write('a');
    await sealAll();
    await write('b');
    await sealAll();

    await behindTheBack(`delete from audit_seals where id = (select min(id) from audit_seals)`, 'audit_seals');

    assert.ok((await verify()).broken);
  });

  it('When the key is another one, then nothing fits', async () => {
    await write('a');
    await sealAll();

    assert.ok((await verify('another key, which is also long enough for it')).broken);
  });

  it('When there is no key, then nothing is sealed', async () => {
    await write('a');
    await later();
    await sealAudit(deps(), null);
    await later();
    await sealAudit(deps(), null);

    assert.deepEqual(await sums(), { seals: 0, rows: 0, unsealed: 1, broken: null });
  });

  it('When an operator asks, then the program says what fits, and ends with 1 where something does not', async function () {
    if (testStoreKind !== 'postgres') this.skip();
    await assertBuilt();
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(store.db);
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    url.pathname = `/${rows[0]?.name}`;
    await write('a', 'b');
    await sealAll();
    const ask = (withKey: string) => runProgram({ DATABASE_URL: url.href, AUDIT_KEY: withKey });

    const fits = await ask(key);
    const other = await ask('another key, which is also long enough for it');
    const none = await ask('');

    assert.deepEqual([fits.code, other.code, none.code], [0, 1, 1], JSON.stringify([fits, other, none]));
    assert.match(fits.text, /1 seals over 2 rows fit; 0 newer/);
    assert.match(other.text, /Seal 1 does NOT fit: it was made over 2 rows, there are 2 now/);
    assert.match(none.text, /AUDIT_KEY is not set/);
    assert.doesNotMatch(fits.text + other.text, /long enough/);
  });

  async function sums() {
    const { seals, rows, unsealed, broken } = await verify();
    return { seals, rows, unsealed, broken };
  }
});

const program = fileURLToPath(new URL('../../dist/upkeep/verify-audit.js', import.meta.url));

function runProgram(settings: Record<string, string>): Promise<{ code: number; text: string }> {
  const env = { PATH: process.env.PATH ?? '', ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [program], { env, timeout: 20_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? -1);
      resolve({ code, text: stdout + stderr });
    });
  });
}
