// Both stores, their queues, and the move between them.
import { InputError } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { startBoss, stopBoss } from '../jobs/boss.ts';
import { type LateTurn, readLateTurns } from '../jobs/late-turns.ts';
import { bossOutbox } from '../jobs/outbox.ts';
import { hasDatabase } from '../store/data-directory.ts';
import { moveStore } from '../store/move-store.ts';
import { openStore, type Store } from '../store/open-store.ts';

export interface MoveToPostgresOptions {
  dataDir: string;
  databaseUrl: string;
  /** Milliseconds since 1970. */
  now: number;
  log: Log;
}

export interface MovedToPostgres {
  tables: { table: string; rows: number }[];
  /** Turns whose answer a job was to give; every other job is only a wake-up, and the columns tell it again. */
  lateTurns: number;
}

/**
 * @returns null when all had arrived in a move that was cut off
 * @throws InputError `backup.nothing`, and those of `openStore` and `moveStore`
 */
export async function moveToPostgres(options: MoveToPostgresOptions): Promise<MovedToPostgres | null> {
  const { dataDir, databaseUrl, log } = options;
  if (!hasDatabase(dataDir)) throw new InputError('backup.nothing', { directory: dataDir });
  const source = await openStore({ dataDir, isForMove: true, log });
  try {
    const lateTurns = await readQueue(source, log);
    const target = await openStore({ databaseUrl, log });
    try {
      return await move(options, { source, target, lateTurns });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function readQueue(source: Store, log: Log): Promise<LateTurn[]> {
  const boss = await startBoss(source, log);
  try {
    return await readLateTurns(boss);
  } finally {
    await stopBoss(boss);
  }
}

async function move(
  { dataDir, databaseUrl, now, log }: MoveToPostgresOptions,
  { source, target, lateTurns }: { source: Store; target: Store; lateTurns: readonly LateTurn[] },
): Promise<MovedToPostgres | null> {
  const boss = await startBoss(target, log);
  const outbox = bossOutbox(boss, { clock: { now: () => now }, log });
  const alsoMove = async (to: Parameters<typeof outbox.send>[0]) => {
    await outbox.send(
      to,
      lateTurns.map((wakeUp) => ({ wakeUp, at: null })),
    );
  };
  try {
    const moved = await moveStore({ source, dataDir, target, databaseUrl, now, alsoMove });
    return moved && { ...moved, lateTurns: lateTurns.length };
  } finally {
    outbox.stop();
    await stopBoss(boss);
  }
}
