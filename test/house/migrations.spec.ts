// A rolling update: while replicas of the new version start, those of the version before go on with the same database.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { migrations } from '../../src/store/migrations/index.ts';
import type { Migration } from '../../src/store/migrations/migration.ts';
import { baseline, faultsOf, stopsTheOld } from './migration-rule.ts';

const faultsIn = (all: readonly Migration[]) => all.flatMap((one, index) => faultsOf(one, all.slice(0, index)));
/** As the first one after what is there, or after those. */
const faultsWith = (statement: string, worksWith: string | undefined = baseline, between: readonly Migration[] = []) =>
  faultsIn([
    ...migrations.filter(({ name }) => name <= baseline),
    ...between,
    { name: '9999-next', statements: [statement], worksWith },
  ]);

describe('the migrations', () => {
  it('When they are read, then each name is a number that follows and some words, and the baseline is one of them', () => {
    assert.ok(migrations.some(({ name }) => name === baseline));
    for (const [index, { name }] of migrations.entries())
      assert.match(name, new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z-]+$`));
  });

  it('When one is from after the first release, then builds of before go on reading and writing', () => {
    assert.deepEqual(faultsIn(migrations), []);
  });

  for (const statement of [
    'create table things (id text primary key, request_id text not null references requests (id), n integer check (n > 0))',
    'create index items_by_name on items (owner_name)',
    'alter table items add column note text, add column tries integer not null default 0',
    `alter table requests add column labels jsonb not null default '{}'`,
  ]) {
    it(`When it says "${statement}", then it may`, () => assert.deepEqual(faultsWith(statement), []));
  }

  for (const statement of [
    'alter table items drop column hold',
    'drop table tickets',
    'drop index items_due',
    'alter table items rename column hold to waits_for',
    'alter table items rename to things',
    'alter table items alter column attempt type bigint',
    'alter table items alter column hold set not null',
    'alter table items alter column hold drop not null',
    'alter table items alter column wave drop default',
    'alter table items add column note text not null',
    'alter table items add column note text, add column place text not null',
    'alter table items add column note text, drop column hold',
    'alter table items add column note text unique',
    'alter table items add column n integer check (n > 0)',
    'alter table items add column wave_id text references waves (request_id)',
    'alter table items add constraint some check (attempt < 9)',
    'create unique index items_once on items (request_id, cloud_pc_id)',
    'create table further (id text primary key, kind text references timers (kind))',
    'create trigger t before insert on items for each row execute function f()',
    'create or replace function refuse_audit_change() returns trigger language plpgsql as $$ begin return new; end $$',
    `update items set state = 'queued' where state = 'waiting'`,
    'delete from tickets',
    'truncate tickets',
    `insert into settings (id) values (2)`,
  ]) {
    it(`When it says "${statement}", then it is refused`, () => assert.equal(faultsWith(statement).length, 1));
  }

  it('When something is taken away, then only after a migration since whose builds nobody uses it', () => {
    const unused: Migration = { name: '0009-no-hold', statements: [], worksWith: baseline };

    assert.deepEqual(faultsWith('alter table items drop column hold', unused.name, [unused]), []);
    assert.equal(faultsWith('alter table items drop column hold', baseline, [unused]).length, 1);
    const asNew: Migration = { ...unused, statements: ['alter table items add column hold_since timestamptz'] };
    assert.equal(faultsWith('alter table items drop column hold_since', asNew.name, [asNew]).length, 1);
  });

  it('When one does not say with which builds it works, or names none that there was, then it is refused', () => {
    const statement = 'create index items_by_name on items (owner_name)';

    assert.equal(faultsIn([...migrations, { name: '9999-next', statements: [statement] }]).length, 1);
    assert.equal(faultsWith(statement, '0007-people').length, 1, 'from before the first release');
    assert.equal(faultsWith(statement, '9999-next').length, 1, 'itself');
  });

  it('When one stops all builds of before, then the page on operations names it', () => {
    const guide = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

    assert.deepEqual(
      stopsTheOld.filter((name) => !guide.includes(name)),
      [],
    );
  });

  it('When pg-boss is updated, then its own schema is the one that was looked at', () => {
    const { pgboss } = JSON.parse(
      readFileSync(new URL('../../node_modules/pg-boss/package.json', import.meta.url), 'utf8'),
    );

    assert.equal(pgboss.schema, 43, 'another schema of pg-boss: docs/decisions/0011-rolling-updates.md');
  });
});
