// The part of OData's $filter that the simulator takes: eq, ne, and, or, parentheses, startswith.
// Everything else is refused with 400, so that nothing undocumented creeps into the bot's queries.
import { badRequest } from '../graph-problem.ts';

type Predicate = (entity: Readonly<Record<string, unknown>>) => boolean;

interface Clause {
  holds: Predicate;
  /** It is `property eq value`, and nothing else. */
  equal?: { property: string; wanted: unknown };
}

interface Token {
  kind: 'word' | 'string' | 'mark' | 'end';
  text: string;
}

const tokenPattern = /\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w/]*)|([(),]))/y;

/**
 * Reads `userPrincipalName eq 'o''neil@contoso.com' and (status eq 'failed' or status eq 'provisioned')`.
 * Text is compared without case, as Graph does for UPNs, names and ids. Throws a 400 for what it cannot read.
 * @param isKnown whether the resource has the property; an unknown one is an error, not an empty answer
 */
export function parseFilter(text: string, isKnown: (property: string) => boolean): Predicate {
  const reader = new FilterReader(tokensOf(text), isKnown);
  return reader.readAll();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const rest = text.trimEnd();
  let at = 0;
  while (at < rest.length) {
    tokenPattern.lastIndex = at;
    const found = tokenPattern.exec(rest);
    if (!found) throw invalidFilter(`Syntax error at position ${at} in '${text}'.`);
    const [, quoted, word, mark] = found;
    if (quoted !== undefined) tokens.push({ kind: 'string', text: quoted.replaceAll("''", "'") });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'mark', text: mark ?? '' });
    at = tokenPattern.lastIndex;
  }
  return tokens;
}

class FilterReader {
  readonly #tokens: readonly Token[];
  readonly #isKnown: (property: string) => boolean;
  #at = 0;

  constructor(tokens: readonly Token[], isKnown: (property: string) => boolean) {
    this.#tokens = tokens;
    this.#isKnown = isKnown;
  }

  readAll(): Predicate {
    const { holds } = this.#readOr();
    if (this.#peek().kind !== 'end') throw invalidFilter(`Syntax error near '${this.#peek().text}'.`);
    return holds;
  }

  #readOr(): Clause {
    const clauses = [this.#readAnd()];
    while (this.#takes('word', 'or')) clauses.push(this.#readAnd());
    const [first] = clauses;
    if (clauses.length === 1 && first) return first;
    return { holds: isOneOf(clauses) ?? ((entity) => clauses.some(({ holds }) => holds(entity))) };
  }

  #readAnd(): Clause {
    const clauses = [this.#readComparison()];
    while (this.#takes('word', 'and')) clauses.push(this.#readComparison());
    const [first] = clauses;
    if (clauses.length === 1 && first) return first;
    return { holds: (entity) => clauses.every(({ holds }) => holds(entity)) };
  }

  #readComparison(): Clause {
    if (this.#takes('mark', '(')) {
      const inner = this.#readOr();
      this.#expectMark(')');
      return inner;
    }
    const word = this.#readWord();
    if (word.toLowerCase() === 'startswith') return { holds: this.#readStartsWith() };
    const property = this.#known(word);
    const operator = this.#readWord();
    if (operator !== 'eq' && operator !== 'ne') throw invalidFilter(`The operator '${operator}' is not supported.`);
    const wanted = comparable(this.#readLiteral());
    const holds: Predicate = (entity) => (comparable(valueAt(entity, property)) === wanted) === (operator === 'eq');
    return operator === 'eq' ? { holds, equal: { property, wanted } } : { holds };
  }

  #readStartsWith(): Predicate {
    this.#expectMark('(');
    const property = this.#known(this.#readWord());
    this.#expectMark(',');
    const prefix = comparable(this.#readLiteral());
    this.#expectMark(')');
    if (typeof prefix !== 'string') throw invalidFilter("The function 'startswith' needs text.");
    return (entity) => String(comparable(valueAt(entity, property)) ?? '').startsWith(prefix);
  }

  #readWord(): string {
    const token = this.#next();
    if (token.kind !== 'word') throw invalidFilter(`A name was expected near '${token.text}'.`);
    return token.text;
  }

  #readLiteral(): string | boolean | null {
    const token = this.#next();
    if (token.kind === 'string') return token.text;
    if (token.kind === 'word' && token.text === 'null') return null;
    if (token.kind === 'word' && (token.text === 'true' || token.text === 'false')) return token.text === 'true';
    throw invalidFilter(`A value was expected near '${token.text}'.`);
  }

  #known(property: string): string {
    if (!this.#isKnown(property)) throw invalidFilter(`Could not find a property named '${property}'.`);
    return property;
  }

  #expectMark(text: string): void {
    if (!this.#takes('mark', text)) throw invalidFilter(`'${text}' was expected near '${this.#peek().text}'.`);
  }

  #takes(kind: Token['kind'], text: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: 'the end' };
  }
}

/** Many values of one property are looked up at once: filters on a list of people are long, and directories are large. */
function isOneOf(clauses: readonly Clause[]): Predicate | undefined {
  const equals = clauses.flatMap(({ equal }) => equal ?? []);
  const property = equals[0]?.property;
  if (property === undefined || equals.length < clauses.length || equals.some((one) => one.property !== property))
    return undefined;
  const wanted = new Set(equals.map((one) => one.wanted));
  return (entity) => wanted.has(comparable(valueAt(entity, property)));
}

function valueAt(entity: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = entity;
  for (const name of path.split('/')) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value ?? null;
}

function comparable(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function invalidFilter(why: string): Error {
  return badRequest(`Invalid filter clause: ${why}`);
}
