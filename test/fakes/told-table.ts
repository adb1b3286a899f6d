// Results as a table in the output of a run.

/** Prints the rows under their headings, in columns. */
export function printTable(title: string, headings: readonly string[], rows: readonly (readonly unknown[])[]): void {
  const all = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`;
  const [head = [], ...body] = all;
  console.log(
    [`\n    ${title}`, line(head), line(widths.map((width) => '─'.repeat(width))), ...body.map(line), ''].join('\n'),
  );
}
