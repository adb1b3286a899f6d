// What is printed and written: a line for each day, the table, and what did not hold.
import { type Row, type Theme, themes } from './bad-day.ts';
import type { Lived } from './runner.ts';

const headings: Record<Theme, string> = {
  graph: 'Microsoft Graph in trouble, at every call of the story',
  connector: 'Teams in trouble, at every message of the story',
  outcomes: 'What may become of the Cloud PC',
  store: 'PostgreSQL is gone for a minute',
  clock: 'The clock of this machine is wrong',
};

export function progressLine({ day, reason, seconds }: Lived): string {
  const mark = reason === null ? '✔' : '✘';
  const line = `  ${mark} ${day.theme} · ${day.place} · ${day.trouble} (${seconds.toFixed(1)} s)`;
  return reason === null ? line : `${line}\n      ${reason.replaceAll('\n', '\n      ')}`;
}

/** One table for each theme; days at one place that people saw alike stand in one row. */
export function toMarkdown(all: readonly Lived[]): string {
  return themes
    .map((theme) => [theme, all.filter(({ day }) => day.theme === theme).flatMap(({ row }) => row ?? [])] as const)
    .filter(([, rows]) => rows.length > 0)
    .map(([theme, rows]) => [`## ${headings[theme]}`, '', head, ...joinAlike(rows).map(toLine)].join('\n'))
    .join('\n\n');
}

const head = '| bad day | what Ada saw | what IT saw | POSTs (received/applied) | end |\n|---|---|---|---|---|';

function joinAlike(rows: readonly Row[]): Row[][] {
  const alike = Map.groupBy(rows, ({ day, ada, it, posts, end }) => JSON.stringify([day.place, ada, it, posts, end]));
  return [...alike.values()];
}

function toLine(rows: readonly Row[]): string {
  const [{ day, ada, it, posts, end }] = rows as [Row];
  const cells = [`${day.place}: ${rows.map((row) => row.day.trouble).join(', ')}`, ada, it, posts, end];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The page of the documentation: what it is, how to run it, and the tables of this run. */
export function toDocument(all: readonly Lived[]): string {
  return `${introduction(all.length)}\n\n${toMarkdown(all)}\n`;
}

function introduction(count: number): string {
  return `# Bad days

What people see when Microsoft Graph, Teams, the database or the clock fail. Each day below is lived by the whole bot, over real
HTTP, with people in front of it: Ada asks, Ivan approves, Adam administers. They press again when nothing happened, and try again
when they are told to. Where Graph and Teams are called is not listed anywhere: the story is lived once on a good day, and every
call that it made is struck by every fault.

\`\`\`
TEST_DATABASE_URL=postgres://… npm run bad-days -- --jobs 6 --out docs/bad-days.md
npm run bad-days -- --only '^graph.*reprovision'
\`\`\`

Without \`TEST_DATABASE_URL\` it runs on the embedded store, and the days without PostgreSQL are left out.

What is checked on each of these ${count} days:

- at most one POST for one approval, and one more only where Graph said for certain that nothing was applied, or Adam ordered it
- the request reaches an end, and every card of it says so in the end; what is stored is what the cards say
- nobody is told twice, unless the answer to a message was lost; a mail is never sent twice
- whoever cannot be reached is named on the other cards, and gets what was missed once they are heard from again
- no error in the log but those of that day, no answer without words that help, and no crash

“→” stands between the states that a card went through; an edit waits five seconds for the one before, so short states are skipped.
A fault with a time strikes for so long, and 403s, 401 and a channel that is not found stay until somebody writes from there again;
all others strike once.`;
}

/** The closing lines. */
export function summary(all: readonly Lived[]): string {
  const failed = all.filter(({ reason }) => reason !== null);
  const lines = [`  ${all.length - failed.length} passing`];
  if (failed.length > 0) lines.push(`  ${failed.length} failing`, ...failed.map(progressLine));
  return lines.join('\n');
}
