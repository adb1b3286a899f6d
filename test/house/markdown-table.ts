// Tables of the documents, for tests that hold them against what is true.

/** The cells of the first table after that heading, without its own heading. @throws when there is none */
export function tableBelow(text: string, heading: string): string[][] {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`no heading “${heading}”`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const next = lines.findIndex((line, index) => index > start && line.startsWith('#'));
  if (first < 0 || (next >= 0 && next < first)) throw new Error(`no table below “${heading}”`);
  const rest = lines.slice(first);
  const length = rest.findIndex((line) => !line.startsWith('|'));
  const rows = rest.slice(0, length < 0 ? undefined : length);
  return rows.slice(2).map((row) => {
    const cells = row.split('|').slice(1, -1);
    return cells.map((cell) => cell.trim());
  });
}
