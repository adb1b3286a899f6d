// The audit is sealed in batches by a keyed hash chain, and looked through for what does not fit it any more. Whoever can write to the
// store but does not know the key can change nothing unnoticed; that the newest seals were cut off shows beside the log.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditSeal, Sign } from '../domain/ports.ts';
import type { Deps } from './deps.ts';

const atOnce = 1000;

function signWith(key: string): Sign {
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}

/** @param key null: nothing is sealed */
export async function sealAudit(
  { unitOfWork, log }: Pick<Deps, 'unitOfWork' | 'log'>,
  key: string | null,
): Promise<void> {
  if (key === null) return;
  for (;;) {
    const sealed = await unitOfWork.run((tx) => tx.auditSeals.seal(signWith(key), atOnce));
    if (!sealed) return;
    const { id, throughId, rows, seal } = sealed;
    log.info({ sealId: id, throughId, rows, seal }, 'audit sealed');
    if (rows < atOnce) return;
  }
}

export interface AuditVerdict {
  seals: number;
  rows: number;
  unsealed: number;
  newest: AuditSeal | null;
  /** The first seal that does not fit its rows, and how many rows there are instead; null: all fit. */
  broken: { seal: AuditSeal; rows: number } | null;
}

/** Reads the whole audit, seal by seal. @throws TemporaryError `store.unavailable` */
export async function verifyAudit({ unitOfWork }: Pick<Deps, 'unitOfWork'>, key: string): Promise<AuditVerdict> {
  const verdict: AuditVerdict = { seals: 0, rows: 0, unsealed: 0, newest: null, broken: null };
  for (;;) {
    const after = verdict.newest;
    const checked = await unitOfWork.run((tx) => tx.auditSeals.check(signWith(key), after, 20));
    if (checked.length === 0) break;
    for (const { stored, now, rows } of checked) {
      if (!isSame(stored.seal, now)) return { ...verdict, broken: { seal: stored, rows } };
      verdict.seals += 1;
      verdict.rows += rows;
      verdict.newest = stored;
    }
  }
  verdict.unsealed = await unitOfWork.run((tx) => tx.auditSeals.unsealed());
  return verdict;
}

function isSame(stored: string, now: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(now)];
  return a.length === b.length && timingSafeEqual(a, b);
}
