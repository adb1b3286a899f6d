// A list of people or Cloud PCs out of a CSV file: the column that holds them is found by its heading.
import { CsvError, parse } from 'csv-parse/sync';
import { InputError } from '../domain/errors.ts';
import { readTargets, type Targets } from '../domain/targets.ts';

const mostRows = 20_000;
const longestRow = 100_000;

/**
 * Reads the column of addresses or ids. Of a row below headings only the first column that names somebody counts: an id rather
 * than an address, since it is narrower. Without headings every address and id counts.
 * @throws InputError `fileNotCsv`, `fileNoColumn`, `fileTooBig` (more than 20,000 rows)
 */
export function readCsvTargets(text: string): Targets {
  const rows = parseRows(text);
  const columns = columnsByHeading(rows[0] ?? []);
  const below = columns.length > 0 ? rows.slice(1) : rows;
  if (below.length > mostRows) throw new InputError('fileTooBig');
  if (columns.length > 0) return collect(below, (row) => firstNaming(columns.map((column) => row[column] ?? '')));
  const found = collect(below, everyNaming);
  if (found.upns.length + found.cloudPcIds.length === 0) throw new InputError('fileNoColumn');
  return found;
}

// ── Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function parseRows(text: string): string[][] {
  const { body, delimiter } = findDelimiter(text);
  try {
    return parse(body, {
      bom: true,
      delimiter,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: longestRow,
      // One more than there may be, and the headings.
      to: mostRows + 2,
    });
  } catch (error) {
    if (error instanceof CsvError) throw new InputError('fileNotCsv', {}, { cause: error });
    throw error;
  }
}

/** The sign that stands most often in the first row, outside of quotes; or the one that Excel's own first line names. */
function findDelimiter(text: string): { body: string; delimiter: string } {
  const said = /^\ufeff?"?sep=([,;\t])"?\r?\n/i.exec(text.slice(0, 20));
  if (said?.[1]) return { body: text.slice(said[0].length), delimiter: said[1] };
  const line = /\S[^\r\n]*/.exec(text.slice(0, longestRow))?.[0] ?? '';
  const unquoted = line.replace(/"[^"]*"/g, '');
  const counted = ['\t', ';', ','].map((sign) => ({ sign, count: unquoted.split(sign).length }));
  const [most] = counted.sort((a, b) => b.count - a.count);
  return { body: text, delimiter: most?.sign ?? ',' };
}

// ── Columns ────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Headings as tools and people write them, the surest first. A lone "Id" may be any id, so it comes last: the directory's own
 * lists have the person's there.
 */
const headings: readonly string[][] = [
  [
    'cloudpcid',
    'cloudpcids',
    'idcloudpc',
    'idducloudpc',
    'identifiantcloudpc',
    'identifiantducloudpc',
    'cloudpckennung',
  ],
  [
    'upn',
    'userprincipalname',
    'userprincipal',
    'userupn',
    'primaryuserupn',
    'owneruserprincipalname',
    'benutzerprinzipalname',
    'benutzerprincipalname',
    'nomprincipaldelutilisateur',
    'nomdutilisateurprincipal',
  ],
  [
    'email',
    'emails',
    'mail',
    'mails',
    'emailaddress',
    'mailaddress',
    'primaryuseremailaddress',
    'emailadresse',
    'mailadresse',
    'adresseemail',
    'adressemail',
    'adresseelectronique',
    'adressedemessagerie',
    'courriel',
  ],
  ['address', 'addresses', 'adresse', 'adressen', 'adresses', 'login', 'anmeldename', 'account', 'konto', 'compte'],
  ['user', 'users', 'username', 'benutzer', 'benutzername', 'utilisateur', 'utilisateurs', 'nomdutilisateur', 'owner'],
  ['besitzer', 'proprietaire', 'person', 'personen', 'personne', 'personnes', 'people'],
  ['id', 'ids', 'identifiant', 'kennung', 'cloudpc', 'cloudpcs'],
];

function columnsByHeading(row: readonly string[]): number[] {
  // A first row that names somebody is no heading, whatever else is in it.
  if (row.some(namesTarget)) return [];
  return row
    .map((cell, column) => ({ column, rank: headings.findIndex((names) => names.includes(foldHeading(cell))) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.column - b.column)
    .map(({ column }) => column);
}

function foldHeading(cell: string): string {
  return cell
    .slice(0, 100)
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

function namesTarget(cell: string): boolean {
  return isNaming(readCell(cell));
}

// ── What they name ─────────────────────────────────────────────────────────────────────────────────────────────────

const mostCharacters = 256;

function collect(rows: readonly string[][], read: (row: readonly string[]) => Targets): Targets {
  const upns = new Set<string>();
  const cloudPcIds = new Set<string>();
  const rest = new Map<string, string>();
  for (const found of rows.map(read)) {
    for (const upn of found.upns) upns.add(upn);
    for (const id of found.cloudPcIds) cloudPcIds.add(id);
    for (const words of found.rest) if (!rest.has(words.toLowerCase())) rest.set(words.toLowerCase(), words);
  }
  return { upns: [...upns], cloudPcIds: [...cloudPcIds], rest: [...rest.values()] };
}

/** The first cell that names somebody, or else the words of the first one. */
function firstNaming(cells: readonly string[]): Targets {
  return cells.map(readCell).find(isNaming) ?? wordsOf(cells);
}

function everyNaming(cells: readonly string[]): Targets {
  const found = cells.map(readCell).filter(isNaming);
  if (found.length === 0) return wordsOf(cells);
  return {
    upns: found.flatMap(({ upns }) => upns),
    cloudPcIds: found.flatMap(({ cloudPcIds }) => cloudPcIds),
    rest: found.flatMap(({ rest }) => rest),
  };
}

const nobody: Targets = { upns: [], cloudPcIds: [], rest: [] };
const idLength = 36;

/** Most cells can be no target at first sight; a row may have a million of them. */
function readCell(cell: string): Targets {
  return cell.includes('@') || cell.length >= idLength ? readTargets(cell) : nobody;
}

function isNaming({ upns, cloudPcIds }: Targets): boolean {
  return upns.length + cloudPcIds.length > 0;
}

/** Kept as they are: "Bauer, Ben" are not two. */
function wordsOf(cells: readonly string[]): Targets {
  const cell = cells.find((one) => one !== '') ?? '';
  const words = cell.normalize('NFC').replace(/\s+/g, ' ').trim().slice(0, mostCharacters).toWellFormed();
  return { upns: [], cloudPcIds: [], rest: words === '' ? [] : [words] };
}
