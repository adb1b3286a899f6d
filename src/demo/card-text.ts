// An Adaptive Card as lines of text, for the terminal: what a person would read, from top to bottom.

/** A part of a card; properties are looked at, never trusted to be there. */
export type CardPart = Record<string, unknown>;

const indent = '  ';

/** Title, state, facts, steps, inputs and buttons, without markup. */
export function cardLines(card: CardPart): string[] {
  return [...many(card.body), ...buttonLines(card.actions)];
}

function many(parts: unknown): string[] {
  return listOf(parts).flatMap(partLines);
}

function partLines(part: CardPart): string[] {
  switch (part.type) {
    case 'TextBlock':
      return [plain(part.text)];
    case 'RichTextBlock':
      return [`“${listOf(part.inlines).map(textOf).join('')}”`];
    case 'FactSet':
      return factLines(listOf(part.facts));
    case 'Container':
      return part.style ? many(part.items).map((line) => `▌ ${line}`) : many(part.items);
    case 'ColumnSet':
      return sideBySide(listOf(part.columns).map((column) => many(column.items)));
    case 'Table':
      return listOf(part.rows).map((row) =>
        listOf(row.cells)
          .flatMap((cell) => many(cell.items))
          .join(' | '),
      );
    case 'ActionSet':
      return buttonLines(part.actions);
    case 'Input.Toggle':
      return [`[${part.value === (part.valueOn ?? 'true') ? 'x' : ' '}] ${plain(part.title)}`];
    case 'Input.ChoiceSet':
      return [
        `${plain(part.label)} ${listOf(part.choices)
          .map((choice) => `( ) ${plain(choice.title)}`)
          .join(indent)}`,
      ];
    case 'Input.Text':
      return [`${plain(part.label)} ______  (${plain(part.placeholder)})`];
    default:
      return isPart(part.fallback) ? partLines(part.fallback) : [];
  }
}

function factLines(facts: readonly CardPart[]): string[] {
  const width = Math.max(0, ...facts.map((fact) => plain(fact.title).length));
  return facts.map((fact) => `${plain(fact.title).padEnd(width)}${indent}${plain(fact.value)}`);
}

/** The first line of every column stands in the first line, and so on; an empty place keeps its width. */
function sideBySide(columns: readonly string[][]): string[] {
  const filled = columns.filter((lines) => lines.length > 0);
  const height = Math.max(0, ...filled.map((lines) => lines.length));
  const rows = Array.from({ length: height }, (_, row) => filled.map((lines) => lines[row] ?? null));
  return rows.map((row) => {
    const signWidth = Math.max(0, ...(filled[0] ?? []).map((line) => line.length));
    const isSign = signWidth <= 2 && filled.length > 1;
    const [first, ...others] = row;
    const start = isSign ? `${(first ?? '').padEnd(signWidth)} ` : [first ?? ''].join('');
    const rest = others.filter((cell) => cell !== null).join(indent);
    return isSign ? `${start}${rest}` : [start, rest].filter((text) => text !== '').join(indent);
  });
}

function buttonLines(actions: unknown): string[] {
  const titles = listOf(actions).map((action) => `[ ${plain(action.title)} ]`);
  return titles.length > 0 ? [titles.join(' ')] : [];
}

/** Every button of a card, wherever it stands. */
export function buttonsOf(card: CardPart): CardPart[] {
  return everyPart(card).filter((part) => String(part.type).startsWith('Action.'));
}

export function inputsOf(card: CardPart): CardPart[] {
  return everyPart(card).filter((part) => String(part.type).startsWith('Input.'));
}

function everyPart(part: CardPart): CardPart[] {
  const below = ['body', 'items', 'columns', 'rows', 'cells', 'actions'].flatMap((name) => listOf(part[name]));
  return [part, ...below.flatMap(everyPart)];
}

function listOf(parts: unknown): CardPart[] {
  return Array.isArray(parts) ? parts.filter(isPart) : [];
}

function isPart(value: unknown): value is CardPart {
  return typeof value === 'object' && value !== null;
}

function textOf(part: CardPart): string {
  return String(part.text ?? '');
}

/** Without Markdown's marks and escapes. */
function plain(text: unknown): string {
  return String(text ?? '')
    .replace(/(?<!\\)[*_]{1,2}/g, '')
    .replace(/\\([^\w\s])/g, '$1')
    .replaceAll('\n', ' ');
}
