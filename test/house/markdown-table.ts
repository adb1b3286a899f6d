// Tables of the documents, for tests that hold them against what is true.

/** The cells of the first table after that heading, without its own heading. @throws when there is none */
export function tableBelow(text: string, heading: string): string[][] {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`no heading “${heading}”`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const next = lines.findIndex((line, index) => index > start && line.startsWith('#'));
  if (first < 0 || (next >= 0 && next < first)) throw new Error(`no table below “${heading}”`);
  return tableFrom(lines.slice(first)).rows;
}

/** Every table whose first column has this heading. */
export function tablesHeaded(text: string, heading: string): Table[] {
  const lines = text.split('\n');
  const begins = (index: number) => Boolean(lines[index]?.startsWith('|')) && !lines[index - 1]?.startsWith('|');
  const tables = lines.flatMap((_, index) => (begins(index) ? [tableFrom(lines.slice(index))] : []));
  return tables.filter(({ headings }) => headings[0] === heading);
}

interface Table {
  headings: string[];
  rows: string[][];
}

function tableFrom(lines: readonly string[]): Table {
  const length = lines.findIndex((line) => !line.startsWith('|'));
  const [headings = [], , ...rows] = lines.slice(0, length < 0 ? undefined : length).map(cellsOf);
  return { headings, rows };
}

function cellsOf(row: string): string[] {
  const cells = row.split('|').slice(1, -1);
  return cells.map((cell) => cell.trim());
}
