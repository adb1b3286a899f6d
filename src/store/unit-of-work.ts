// One transaction per use-case, with the wake-ups that belong to it.
import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { TemporaryError } from '../domain/errors.ts';
import type { Log, Tx, UnitOfWork, WakeUp } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import { keyOf } from '../domain/wake-ups.ts';
import { sqlAudit } from './audit.ts';
import { sqlAuditSeals } from './audit-seals.ts';
import { sqlCandidates } from './candidates.ts';
import { sqlCards } from './cards.ts';
import { sqlConversations } from './conversations.ts';
import { sqlIntents } from './intents.ts';
import { sqlItems } from './items.ts';
import { sqlNotices } from './notices.ts';
import { sqlPendingTurns } from './pending-turns.ts';
import { sqlPeople } from './people.ts';
import { sqlPersonItems } from './person-items.ts';
import { sqlRequests } from './requests.ts';
import { sqlSeenActivities } from './seen-activities.ts';
import { sqlSettings } from './settings.ts';
import { isRepeatable, toStoreError } from './store-error.ts';
import type { Tables, Trx } from './tables.ts';
import { sqlTickets } from './tickets.ts';
import { sqlTimers } from './timers.ts';
import { sqlWaves } from './waves.ts';

/** `at`: not before; null: now. */
export interface PlannedWakeUp {
  wakeUp: WakeUp;
  at: Instant | null;
}

export interface Outbox {
  /**
   * Sends the wake-ups in this transaction; they come without doubles and in the order of their keys.
   * What it returns is called once the transaction is committed, and never when it is rolled back.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: an outbox that has nothing to do afterwards returns nothing
  send(trx: Trx, wakeUps: PlannedWakeUp[]): Promise<void | (() => void)>;
}

export interface UnitOfWorkDeps {
  db: Kysely<Tables>;
  outbox: Outbox;
  log: Log;
  isClosed: () => boolean;
}

const mostAttempts = 5;
const pauseMs = 20;

/**
 * READ COMMITTED transactions; repeated on 40001 and 40P01, five attempts in all, and on nothing else.
 * `run` throws TemporaryError `store.unavailable` when the database does not answer. When that happens at the commit,
 * nobody knows whether it was done: a caller that must know reads again.
 */
export function sqlUnitOfWork(deps: UnitOfWorkDeps): UnitOfWork {
  return {
    async run(work) {
      for (let attempt = 1; ; attempt += 1) {
        if (deps.isClosed()) throw new TemporaryError('store.unavailable', { reason: 'closed' });
        try {
          return await runOnce(deps, work);
        } catch (error) {
          if (attempt >= mostAttempts || !isRepeatable(error)) throw toStoreError(error);
          deps.log.debug({ attempt, code: (error as { code?: string }).code }, 'transaction is repeated');
        }
        await wait(pauseMs * attempt * (0.5 + Math.random()));
      }
    },
  };
}

async function runOnce<T>({ db, outbox }: UnitOfWorkDeps, work: (tx: Tx) => Promise<T>): Promise<T> {
  let afterCommit: (() => void) | null = null;
  const result = await db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (trx) => {
      const wakeUps: PlannedWakeUp[] = [];
      const worked = await work(createTx(trx, wakeUps));
      const planned = arrange(wakeUps);
      if (planned.length > 0) afterCommit = (await outbox.send(trx, planned)) ?? null;
      return worked;
    });
  (afterCommit as (() => void) | null)?.();
  return result;
}

function createTx(trx: Trx, wakeUps: PlannedWakeUp[]): Tx {
  return {
    requests: sqlRequests(trx),
    items: sqlItems(trx),
    personItems: sqlPersonItems(trx),
    tickets: sqlTickets(trx),
    waves: sqlWaves(trx),
    candidates: sqlCandidates(trx),
    intents: sqlIntents(trx),
    cards: sqlCards(trx),
    notices: sqlNotices(trx),
    timers: sqlTimers(trx),
    conversations: sqlConversations(trx),
    people: sqlPeople(trx),
    settings: sqlSettings(trx),
    audit: sqlAudit(trx),
    auditSeals: sqlAuditSeals(trx),
    seenActivities: sqlSeenActivities(trx),
    pendingTurns: sqlPendingTurns(trx),
    async now() {
      const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(trx);
      return rows[0]?.at.getTime() ?? Date.now();
    },
    wake: (wakeUp, at) => {
      wakeUps.push({ wakeUp, at: at ?? null });
    },
  };
}

/** Each once; by key and then by time, so that transactions that send the same keys meet them in the same order. */
function arrange(wakeUps: readonly PlannedWakeUp[]): PlannedWakeUp[] {
  const unique = new Map(wakeUps.map((planned) => [`${keyOf(planned.wakeUp)} ${planned.at ?? ''}`, planned]));
  return [...unique.values()].sort((a, b) => compare(keyOf(a.wakeUp), keyOf(b.wakeUp)) || (a.at ?? 0) - (b.at ?? 0));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
