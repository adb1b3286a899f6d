// Two processes start at once on an empty database: the migrations, and then the queue's schema and its queues.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { queueNames, queueOptions } from '../../src/jobs/queues.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { forEachRound, race, raceTimeoutMs, roundsOr, startTally } from '../fakes/race.ts';
import type { StartReport } from '../fakes/starting-process.ts';
import { createTestDatabase, testStoreKind } from '../fakes/store.ts';

const program = new URL('../fakes/starting-process.ts', import.meta.url);
const rounds = roundsOr(5);

describe('two processes that start at once (PostgreSQL only; the embedded store has one)', function () {
  this.timeout(raceTimeoutMs);
  let children: ChildProcess[] = [];

  before(function () {
    if (testStoreKind !== 'postgres') return this.skip();
    children = [fork(program), fork(program)];
  });
  after(async () => {
    for (const child of children.filter((one) => one.exitCode === null)) {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    }
  });

  async function startIn(child: ChildProcess | undefined, databaseUrl: string): Promise<StartReport> {
    assert.ok(child?.connected, 'the process is there');
    const report = once(child, 'message');
    child.send({ databaseUrl });
    const [value] = (await report) as [StartReport];
    return value;
  }

  it('When both find the database empty, then both start, and every migration and every queue is there once', async function () {
    const tally = startTally('first process migrates', 'second process migrates');
    let sideBySide = 0;
    await forEachRound(rounds, async () => {
      const database = await createTestDatabase();
      try {
        const { databaseUrl } = database;

        const [first, second] = await race([
          () => startIn(children[0], databaseUrl),
          () => startIn(children[1], databaseUrl),
        ]);

        assert.deepEqual([first.faults, second.faults], [[], []]);
        const names = migrations.map((migration) => migration.name);
        assert.deepEqual([...first.migrations, ...second.migrations], names, 'by one of both');
        assert.deepEqual(await readDatabase(databaseUrl), {
          migrations: names,
          queues: queueNames.map((name) => `${name} ${queueOptions(name).policy}`).toSorted(),
          settings: 1,
        });
        if (first.from < second.until && second.from < first.until) sideBySide += 1;
        tally.count(first.migrations.length > 0 ? 'first process migrates' : 'second process migrates');
      } finally {
        await database.drop();
      }
    });
    // Now and then the machine lets one be done before the other has begun; a round like that proves nothing, and it must stay rare.
    assert.ok(sideBySide >= rounds * 0.8, `side by side in ${sideBySide} of ${rounds} rounds only`);
    tally.end(this);
  });
});

async function readDatabase(databaseUrl: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const read = async (query: string): Promise<string[]> =>
      (await client.query<{ value: string }>(query)).rows.map((row) => row.value);
    return {
      migrations: await read('select name as value from schema_migrations order by name'),
      queues: (await read(`select name || ' ' || policy as value from pgboss.queue`)).toSorted(),
      settings: (await read('select id::text as value from settings')).length,
    };
  } finally {
    await client.end();
  }
}
