// What a migration may do to a database that builds of before go on using (docs/decisions/0011-rolling-updates.md): what is known to be
// harmless passes, everything else is refused. Statements of the migrations alone are read, which are short and written by us.
import type { Migration } from '../../src/store/migrations/migration.ts';

/** Everything up to this one is from before the first release: no build of before can be running beside them. */
export const baseline = '0008-audit-seals';

/** What no build of before can live with, for want of another way; docs/operations.md names each, and says to stop the old replicas. */
export const stopsTheOld: readonly string[] = [];

/** Their rows are never deleted, so that a table which refers to them stands in nobody's way. */
const neverDeleted = ['requests', 'items', 'intents'];

const spaceless = (statement: string): string => statement.replace(/\s+/g, ' ').trim().toLowerCase();

/** @param earlier all those before it, in order; @returns what is wrong, in words; empty when nothing is */
export function faultsOf({ name, statements, worksWith }: Migration, earlier: readonly Migration[]): string[] {
  if (name <= baseline)
    return worksWith === undefined ? [] : [`${name}: nothing works with what is from before the first release`];
  if (worksWith === undefined)
    return stopsTheOld.includes(name) ? [] : [`${name}: without worksWith all replicas must be stopped for the update`];
  const isKnown = earlier.some((one) => one.name === worksWith) && worksWith >= baseline;
  if (!isKnown) return [`${name}: worksWith names no migration from ${baseline} on`];
  const all = statements.map(spaceless);
  const own = all.flatMap((statement) => /^create table (\w+)/.exec(statement)?.[1] ?? []);
  return all.flatMap((statement) => {
    const because = refusalOf(statement, own) ?? refusalOfTaking(statement, worksWith, earlier);
    return because === null ? [] : [`${name}: ${because}: ${statement}`];
  });
}

/** null: harmless, or takes something away, which is judged by itself. */
function refusalOf(statement: string, own: readonly string[]): string | null {
  const [, table = '', change = ''] = /^alter table (\w+) (.*)$/.exec(statement) ?? [];
  if (own.includes(table) || isTaking(statement)) return null;
  if (change) return refusalOfChange(change);
  if (/^create (index|sequence|function) /.test(statement)) return null;
  if (/^create table /.test(statement)) {
    const referred = [...statement.matchAll(/references (\w+)/g)].map(([, one = '']) => one);
    const inTheWay = referred.filter((one) => !neverDeleted.includes(one) && !own.includes(one));
    return inTheWay.length > 0 ? `rows of ${inTheWay.join(', ')} could not be deleted` : null;
  }
  const target = /^(?:create unique index \w+ on|create trigger \w+ .*? on|insert into|update) (\w+)/.exec(
    statement,
  )?.[1];
  if (target && own.includes(target)) return null;
  return 'a build of before may read or write what this changes';
}

function refusalOfChange(change: string): string | null {
  for (const clause of change.split(/, (?=(?:add|alter|drop|rename) )/)) {
    if (!/^add column \w+ /.test(clause)) return 'a table that is there only gets further columns';
    if (/\b(unique|check|references|primary|generated|constraint)\b/.test(clause))
      return 'what a build of before writes may not fit a further condition';
    if (/\bnot null\b/.test(clause) && !/\bdefault\b/.test(clause))
      return 'a build of before does not write this column';
  }
  return null;
}

const taking = /^(?:drop (?:table|index)|alter table \w+ drop (?:column|constraint)) (?:if exists )?(\w+)$/;

function isTaking(statement: string): boolean {
  return taking.test(statement);
}

/** What is taken away must be unused by every build that goes on: those are of a later migration than the last that names it. */
function refusalOfTaking(statement: string, worksWith: string, earlier: readonly Migration[]): string | null {
  const [, thing] = taking.exec(statement) ?? [];
  if (thing === undefined) return null;
  const naming = earlier.filter(({ statements }) =>
    statements.some((one) => new RegExp(`\\b${thing}\\b`, 'i').test(one)),
  );
  const last = [baseline, ...naming.map(({ name }) => name)].sort().at(-1) ?? baseline;
  return last < worksWith ? null : `builds of ${last}, which may use it, would go on`;
}
