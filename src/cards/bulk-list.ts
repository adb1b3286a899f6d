// The list of a bulk request as rows for a file: the same words as on its card, made plain.
import type { Candidate } from '../domain/bulk.ts';
import type { Item } from '../domain/item.ts';
import type { Reader } from '../domain/people.ts';
import { type Instant, minute } from '../domain/time.ts';
import { whyLeftOut, whyOf } from '../locales/bulk-words.ts';
import { dotted, say } from '../locales/sentence.ts';
import type { Texts } from '../locales/texts.ts';
import { createWriter, type Writer } from './writer.ts';

export interface BulkRow {
  candidate: Candidate;
  item: Item | null;
}

const columns = [
  'owner',
  'address',
  'cloudPc',
  'id',
  'wave',
  'state',
  'reason',
  'started',
  'ended',
  'minutes',
] as const;

/** Times are written as ISO 8601 in UTC, which every spreadsheet sorts. */
export function bulkList(texts: Texts, reader: Reader, rows: readonly BulkRow[], now: Instant) {
  const writer = createWriter(texts, reader, now);
  return {
    headings: columns.map((column) => writer.plain(say(`csv.${column}`))),
    rows: rows.map((row) => toCells(writer, row)),
  };
}

function toCells(writer: Writer, { candidate, item }: BulkRow): string[] {
  const { owner, ownerUpn, words, cloudPc, leftOut } = candidate;
  const cells: Record<(typeof columns)[number], string> = {
    owner: owner?.name ?? words,
    address: ownerUpn ?? '',
    cloudPc: item?.newName ?? item?.cloudPc.name ?? cloudPc?.name ?? '',
    id: item?.cloudPc.id ?? cloudPc?.id ?? '',
    wave: item ? String(item.wave) : '',
    state: writer.plain(say(`csv.is.${stateOf({ candidate, item })}`)),
    reason: leftOut ? writer.plain(whyLeftOut(leftOut)) : reasonOf(writer, item),
    started: isoOf(item?.startingAt ?? null),
    ended: isoOf(item?.endedAt ?? null),
    minutes: minutesOf(item),
  };
  return columns.map((column) => cells[column]);
}

function stateOf({ candidate, item }: BulkRow): string {
  if (candidate.leftOut) return 'leftOut';
  return item?.state ?? 'toRebuild';
}

function reasonOf(writer: Writer, item: Item | null): string {
  const [first, ...rest] = item ? whyOf(item) : [];
  return first ? writer.plain(dotted(first, ...rest)) : '';
}

function isoOf(at: Instant | null): string {
  return at === null ? '' : new Date(at).toISOString();
}

function minutesOf(item: Item | null): string {
  if (!item || item.startingAt === null || item.endedAt === null) return '';
  return String(Math.max(1, Math.round((item.endedAt - item.startingAt) / minute)));
}
