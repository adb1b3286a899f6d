// Which job does what, and how many of each run at a time in one process.
import type { PgBoss } from 'pg-boss';
import type { Log } from '../domain/ports.ts';
import { advanceBulk } from '../operations/bulk/advance-bulk.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { advancePerson } from '../operations/person/advance-person.ts';
import type { PersonDeps } from '../operations/person/step.ts';
import { deliverCard } from '../requests/deliver-card.ts';
import { deliverNotice } from '../requests/deliver-notice.ts';
import type { NoticeDeps } from '../requests/notice-row.ts';
import { refreshOpenCards } from '../requests/refresh-cards.ts';
import { sealAudit } from '../requests/seal-audit.ts';
import { fireTimers } from '../requests/timers.ts';
import { watchItems } from '../requests/watch-items.ts';
import { advance } from './advance.ts';
import type { JobData } from './queues.ts';
import { sweep } from './sweep.ts';
import { type WorkOptions, work } from './work.ts';

export interface WorkerDeps {
  boss: PgBoss;
  deps: OperationDeps & PersonDeps & NoticeDeps;
  watchEveryMs: number;
  /** null: the audit is not sealed. */
  auditKey: string | null;
  runLater(data: JobData['later']): Promise<void>;
  around?: WorkOptions['around'];
  log: Log;
}

export async function startWorkers({
  boss,
  deps,
  watchEveryMs,
  auditKey,
  runLater,
  around,
  log,
}: WorkerDeps): Promise<void> {
  const many = (concurrency: number) => ({ concurrency, around, log });
  await work(boss, 'advance', ({ itemId }) => advance(deps, itemId), many(4));
  await work(boss, 'person', ({ personItemId }) => advancePerson(deps, personItemId), many(4));
  await work(boss, 'bulk', ({ requestId }) => advanceBulk(deps, requestId), many(2));
  await work(boss, 'deliverCard', ({ cardId }) => deliverCard(deps, cardId), many(4));
  await work(boss, 'deliverNotice', ({ noticeId }) => deliverNotice(deps, noticeId), many(2));
  await work(boss, 'timers', () => fireTimers(deps), many(1));
  await work(boss, 'watch', () => watchItems(deps, watchEveryMs), many(1));
  await work(boss, 'refresh', () => refreshOpenCards(deps), many(1));
  await work(boss, 'seal', () => sealAudit(deps, auditKey), many(1));
  await work(boss, 'sweep', () => sweep(deps), many(1));
  await work(boss, 'later', runLater, many(2));
}
