// What must hold when all is over: nothing comes of old buttons, the audit's chain is whole, and every process ends as it is told to.
import type { AuditVerdict } from '../../../src/requests/seal-audit.ts';
import type { Violation } from './rules.ts';

/** How things stand, to be compared with how they stand later. */
export interface Standing {
  /** Every row that says what was asked, decided, done and told: the table and the row as JSON. */
  rows: readonly string[];
  /** Everything that Graph was asked to change. */
  sent: readonly string[];
}

/** @param may `forms`: buttons were pressed that offer a new form, which is an entry for it and no more */
export function judgeUntouched(before: Standing, after: Standing, may: 'nothing' | 'forms'): Violation[] {
  const rule = 'old buttons are harmless';
  const gone = surplusOf(before.rows, after.rows);
  const come = surplusOf(after.rows, before.rows);
  const unwanted = may === 'nothing' ? come : withoutForms(come);
  return [
    ...gone.map((row) => ({ rule, what: `changed or gone: ${row.slice(0, 600)}` }) as const),
    ...unwanted.map((row) => ({ rule, what: `new: ${row.slice(0, 600)}` }) as const),
    ...surplusOf(after.sent, before.sent).map((call) => ({ rule, what: `sent to Graph: ${call}` }) as const),
  ];
}

function withoutForms(rows: readonly string[]): string[] {
  const drafts = draftsIn(rows);
  return rows.filter((row) => {
    const { table, columns } = readRow(row);
    if (table === 'requests') return !drafts.has(columns.id);
    return !((table === 'timers' || table === 'candidates') && drafts.has(columns.request_id));
  });
}

/** Ids of the forms that nobody has sent. */
export function draftsIn(rows: readonly string[]): ReadonlySet<unknown> {
  const requests = rows.map(readRow).filter(({ table }) => table === 'requests');
  return new Set(requests.filter(({ columns }) => columns.state === 'draft').map(({ columns }) => columns.id));
}

function readRow(row: string): { table: string; columns: Record<string, unknown> } {
  const end = row.indexOf(' ');
  return { table: row.slice(0, end), columns: JSON.parse(row.slice(end + 1)) };
}

/** What the one has more often than the other. */
function surplusOf(some: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const one of others) counts.set(one, (counts.get(one) ?? 0) + 1);
  return some.filter((one) => {
    const left = counts.get(one) ?? 0;
    counts.set(one, left - 1);
    return left <= 0;
  });
}

/** Each press is answered as Teams wants it, also one that comes too late. */
export function judgePresses(answered: readonly { verb: string; status: number }[]): Violation[] {
  return answered
    .filter(({ status }) => status !== 200)
    .map(({ verb, status }) => ({ rule: 'old buttons are harmless', what: `${verb} was answered ${status}` }));
}

export function judgeChain({
  seals,
  unsealed,
  broken,
}: Pick<AuditVerdict, 'seals' | 'unsealed' | 'broken'>): Violation[] {
  if (!broken && seals > 0 && unsealed === 0) return [];
  const what = broken ? `seal ${broken.seal.id}` : `${seals} seals, ${unsealed} rows without one`;
  return [{ rule: 'the audit’s chain verifies', what }];
}

/** Only a disk without room ends a process; and then one that was full while it was written to. */
export function judgeEnds(codes: readonly (number | null)[], endedByItself: number, fullDisks: number): Violation[] {
  const rule = 'a process ends in order';
  const violations: Violation[] = codes
    .filter((code) => code !== 0)
    .map((code) => ({ rule, what: `it ended with ${code}` }));
  if (endedByItself > fullDisks)
    violations.push({ rule, what: `${endedByItself} ended by themselves, with a full disk ${fullDisks} times` });
  return violations;
}
