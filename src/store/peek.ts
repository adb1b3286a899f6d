// A look into a store that belongs to somebody else: no migration, no writing, and never while the bot holds an embedded one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../domain/errors.ts';
import type { Log, Tx } from '../domain/ports.ts';
import type { StoreNotAsked } from '../domain/setup-findings.ts';
import { sqlConversations } from './conversations.ts';
import { sqlNotices } from './notices.ts';
import { openEmbedded } from './open-embedded.ts';
import { openPostgres } from './open-postgres.ts';
import { sqlSettings } from './settings.ts';

export type Peek<T> = { value: T } | { notAsked: StoreNotAsked };

/**
 * Reads in one transaction that may not write. An embedded store is locked while it is read, for a second or two: a bot that starts
 * then refuses to. Never throws for what is wrong with the store.
 */
export async function peekStore<T>(
  { databaseUrl, dataDir, log }: { databaseUrl?: string | undefined; dataDir: string; log: Log },
  read: (tx: Pick<Tx, 'settings' | 'conversations' | 'notices'>) => Promise<T>,
): Promise<Peek<T>> {
  // Opening it would make one.
  if (!databaseUrl && !existsSync(join(dataDir, 'postgres'))) return { notAsked: 'empty' };
  try {
    const { db, close } = databaseUrl ? openPostgres(databaseUrl, log) : await openEmbedded(dataDir, { log });
    try {
      const transaction = db.transaction().setAccessMode('read only');
      const value = await transaction.execute((trx) =>
        read({ settings: sqlSettings(trx), conversations: sqlConversations(trx), notices: sqlNotices(trx) }),
      );
      return { value };
    } finally {
      await close();
    }
  } catch (error) {
    const isHeld = error instanceof InputError && error.code === 'store.locked';
    if (!isHeld) log.warn({ err: error }, 'the store could not be asked');
    return { notAsked: isHeld ? 'held' : 'away' };
  }
}
