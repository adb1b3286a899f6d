// A list as a file that spreadsheets open with a double click.
import { stringify } from 'csv-stringify/sync';
import type { Language } from '../domain/people.ts';

/** Excel splits a file at the list separator of the person's country. */
const separators: Readonly<Record<Language, string>> = { en: ',', de: ';', fr: ';' };

export interface CsvTable {
  headings: readonly string[];
  rows: readonly (readonly string[])[];
}

/** UTF-8 with its mark, CRLF, the separator of the language; what a spreadsheet would run as a formula begins with `'`. */
export function writeCsv({ headings, rows }: CsvTable, language: Language): Buffer {
  const text = stringify(
    [headings, ...rows].map((row) => row.map(plain)),
    {
      bom: true,
      delimiter: separators[language],
      record_delimiter: 'windows',
      escape_formulas: true,
    },
  );
  return Buffer.from(text, 'utf8');
}

/** White space before a formula would hide it from the check, not from every spreadsheet. */
function plain(cell: string): string {
  return cell.toWellFormed().trim();
}
