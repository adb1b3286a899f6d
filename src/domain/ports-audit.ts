// What was done, by whom, and the seals over it.
import type { PersonRef } from './people.ts';
import type { Instant } from './time.ts';

export interface AuditRow {
  at: Instant;
  requestId: string | null;
  itemId: string | null;
  actor: PersonRef | null;
  action: string;
  details: Record<string, unknown>;
}

export interface Audit {
  write(row: AuditRow): Promise<void>;
  /** @param itemId of this item alone, or (null) of the request as a whole; left out: all */
  of(
    requestId: string,
    offset: number,
    limit: number,
    itemId?: string | null,
  ): Promise<{ rows: AuditRow[]; total: number }>;
}

/** One link of the chain over the audit. */
export interface AuditSeal {
  id: string;
  /** Number of the last row that it covers. */
  throughId: string;
  rows: number;
  /** Hex. */
  seal: string;
}

/** What is signed: the seal before, and every row since, in one canonical text. */
export type Sign = (text: string) => string;

export interface AuditSeals {
  /**
   * Seals rows that no transaction under way can come before; at most so many.
   * @returns null when there are none, or while another process does it
   */
  seal(sign: Sign, atMost: number): Promise<AuditSeal | null>;
  /** The seals behind the given one, in order, each with what `sign` makes of its rows now. @param after null: from the first */
  check(
    sign: Sign,
    after: AuditSeal | null,
    atMost: number,
  ): Promise<{ stored: AuditSeal; now: string; rows: number }[]>;
  /** How many rows no seal covers yet. */
  unsealed(): Promise<number>;
}
