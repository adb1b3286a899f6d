// A list as a file that spreadsheets open with a double click.
import { stringify } from 'csv-stringify/sync';
import type { Language } from '../domain/people.ts';

/** Excel splits a file at the list separator of the person's country. */
const separators: Readonly<Record<Language, string>> = { en: ',', de: ';', fr: ';' };

export interface CsvTable {
  headings: readonly string[];
  rows: readonly (readonly string[])[];
}

/**
 * Spreadsheets run what stands behind these, at the front and behind whatever sign another country's Excel splits at: the
 * language of the reader says nothing about the settings of their Windows. Blanks and quotes between do not hide it from all of them.
 */
const beforeFormula = /(?=[=+@＝＋－＠-])(?<=(?:^|[,;|\t\r\n])[\s"]*)/gu;

/** UTF-8 with its mark, CRLF, the separator of the language; before what a spreadsheet would run as a formula stands `'`. */
export function writeCsv({ headings, rows }: CsvTable, language: Language): Buffer {
  const text = stringify(
    [headings, ...rows].map((row) => row.map(plain)),
    { bom: true, delimiter: separators[language], record_delimiter: 'windows' },
  );
  return Buffer.from(text, 'utf8');
}

function plain(cell: string): string {
  return cell.toWellFormed().trim().replace(beforeFormula, "'");
}
