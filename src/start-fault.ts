// What whoever starts the bot reads when it cannot start: what is wrong, and where to mend it.
import { ConciergeError } from './domain/errors.ts';

const sentences: Readonly<Record<string, string>> = {
  'store.unavailable': 'PostgreSQL does not answer. Is DATABASE_URL right, and can this machine reach it?',
  'store.refused': 'PostgreSQL refuses to let the bot in. Look at the user, the password and the name in DATABASE_URL.',
  'store.locked':
    'Another process uses the data directory (DATA_DIR), and the embedded store is for one alone. Stop it, or use PostgreSQL (DATABASE_URL).',
  'store.directory': 'The data directory (DATA_DIR) cannot be made or written to.',
};

const listenSentences: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another process listens there already: look at PORT and HOST.',
  EACCES: 'The bot may not listen there: look at PORT and HOST.',
  EADDRNOTAVAIL: 'This machine has no such address: look at HOST.',
};

/** In words where it is something to be mended; anything else is a bug and keeps its stack. */
export function describeStartFault(error: unknown): string {
  if (error instanceof ConciergeError) return describeOurs(error);
  if (!(error instanceof Error)) return String(error);
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const sentence = syscall === 'listen' ? listenSentences[code] : undefined;
  return sentence === undefined
    ? (error.stack ?? error.message)
    : `Cannot start (${code}).\n${sentence}\n${error.message}`;
}

function describeOurs({ code, values, cause }: ConciergeError): string {
  const { faults, ...rest } = values;
  const lines = [faults ?? sentences[code], ...Object.entries(rest).map(([name, value]) => `${name}: ${value}`)];
  // The database's own words name the address, the user or the database, and no secret.
  if (code.startsWith('store.')) lines.push(reasonOf(cause));
  return [`Cannot start (${code}).`, ...lines.filter(Boolean)].join('\n');
}

/** A name with several addresses fails with an error for each, and without words of its own. */
function reasonOf(cause: unknown): string | undefined {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('\n');
  return cause instanceof Error ? cause.message : undefined;
}
