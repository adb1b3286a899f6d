// What whoever starts the bot reads when it cannot start: what is wrong, and where to mend it.
import { ConciergeError } from './domain/errors.ts';

const sentences: Readonly<Record<string, string>> = {
  'store.unavailable': 'PostgreSQL does not answer. Is DATABASE_URL right, and can this machine reach it?',
  'store.refused': 'PostgreSQL refuses to let the bot in. Look at the user, the password and the name in DATABASE_URL.',
  'store.pooler':
    'Between the bot and PostgreSQL stands a pooler that gives each transaction another session (PgBouncer: pool_mode = transaction or statement). Let DATABASE_URL name PostgreSQL itself, or a pool of sessions (pool_mode = session).',
  'store.parameter':
    'The pooler between the bot and PostgreSQL does not take a parameter of DATABASE_URL. Take it out there, or let the pooler ignore it (PgBouncer: ignore_startup_parameters).',
  'store.locked':
    'Another process uses the data directory (DATA_DIR), and the embedded store is for one alone. Stop it, or use PostgreSQL (DATABASE_URL).',
  'store.directory': 'The data directory (DATA_DIR) cannot be made or written to.',
  'store.full': 'There is no room left on the disk of the store. Make room and start again: nothing is lost.',
  'store.damaged':
    'The embedded store cannot be opened: its files are damaged or incomplete. Put a backup in its place (npm run restore -- --replace), or begin with an empty DATA_DIR.',
  'store.engine':
    'The embedded store is of another version of PostgreSQL than this version of the bot has. Use the version that wrote it, and move to PostgreSQL with it (npm run move-to-postgres).',
  'store.newer':
    'The store is of a later version of the bot, in a way that this one cannot work with. Start that version again, or restore a backup of before.',
  'store.moved':
    'Everything in this data directory was moved to PostgreSQL: set DATABASE_URL. As long as no bot has run there since, it can be taken back: delete moved.json in the directory.',
  'store.moving':
    'A move of this data directory to PostgreSQL was cut off, and nobody knows yet whether all has arrived. Run npm run move-to-postgres again: it finds out, and ends it.',
  'store.restoring':
    'A restore of this data directory was cut off. Run npm run restore again, with the same backup and --replace.',
  'backup.nothing': 'There is no embedded store in the data directory (DATA_DIR).',
  'backup.exists': 'The file is there already, and is not written over.',
  'backup.unwritable': 'The backup cannot be written there.',
  'backup.unreadable': 'The backup cannot be read.',
  'backup.foreign': 'This file is no backup of this bot. Nothing was changed.',
  'backup.damaged': 'This backup is damaged or incomplete. Nothing was changed.',
  'restore.notEmpty':
    'There is an embedded store in the data directory (DATA_DIR). With --replace it is put aside and kept. Nothing was changed.',
  'upkeep.postgres':
    'DATABASE_URL names PostgreSQL: use pg_dump and pg_restore, or the backups of whoever runs it. This is for the embedded store.',
  'upkeep.auditKey': 'AUDIT_KEY is not set: without the key nobody can say whether a seal fits.',
  'upkeep.file': 'Say which file: npm run backup -- --to FILE, npm run restore -- --from FILE [--replace].',
  'move.target': 'Say where to: DATABASE_URL names the PostgreSQL that everything is to be moved to.',
  'move.notEmpty':
    'PostgreSQL is not empty: something has used this database, and nothing is mixed. Name an empty one. Nothing was changed.',
  'move.versions':
    'The embedded store and PostgreSQL are not of the same version of the schema. Use the version of the bot that PostgreSQL was last used with. Nothing was changed.',
  'move.elsewhere':
    'A move to another database was begun and cut off. Give the same DATABASE_URL again; or, if no bot has run on that one, drop it and delete moved.json in the data directory.',
};

const listenSentences: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another process listens there already: look at PORT and HOST.',
  EACCES: 'The bot may not listen there: look at PORT and HOST.',
  EADDRNOTAVAIL: 'This machine has no such address: look at HOST.',
};

/** sysexits.h's EX_CONFIG: a start that fails in the same way until somebody has done something, so that it need not be repeated. */
const needsSomebody = 78;
const untilSomebodyHelps = /^store\.(pooler|parameter|damaged|engine|newer|moved|moving|restoring)$/;

/** With what a process ends that could not start: 1, or 78 where trying again is no use (`RestartPreventExitStatus` of systemd). */
export function exitCodeOf(error: unknown): number {
  return error instanceof ConciergeError && untilSomebodyHelps.test(error.code) ? needsSomebody : 1;
}

/**
 * In words where it is something to be mended; anything else is a bug and keeps its stack.
 * @param head what could not be done
 */
export function describeStartFault(error: unknown, head = 'Cannot start'): string {
  if (error instanceof ConciergeError) return describeOurs(error, head);
  if (!(error instanceof Error)) return String(error);
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const sentence = syscall === 'listen' ? listenSentences[code] : undefined;
  return sentence === undefined ? (error.stack ?? error.message) : `${head} (${code}).\n${sentence}\n${error.message}`;
}

function describeOurs({ code, values, cause }: ConciergeError, head: string): string {
  const { faults, ...rest } = values;
  const lines = [faults ?? sentences[code], ...Object.entries(rest).map(([name, value]) => `${name}: ${value}`)];
  // The database's own words name the address, the user or the database, and no secret.
  if (/^(store|backup)\./.test(code)) lines.push(reasonOf(cause));
  return [`${head} (${code}).`, ...lines.filter(Boolean)].join('\n');
}

/** A name with several addresses fails with an error for each, and without words of its own. */
function reasonOf(cause: unknown): string | undefined {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('\n');
  return cause instanceof Error ? cause.message : undefined;
}
