// Bicep read by its grammar: what no compiler is needed for.
import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';

const grammar = fileURLToPath(import.meta.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));

export interface BicepFile {
  /** 'line:column: words' of what is no Bicep. */
  faults: string[];
  parameters: { name: string; isOptional: boolean; isSecret: boolean }[];
  outputs: string[];
  /** By symbol, with the path that they include. */
  modules: { name: string; path: string; gives: string[] }[];
  /** As they are written, without a version. */
  resourceTypes: string[];
  /** Whether the name stands anywhere besides where it is declared. */
  isUsed(name: string): boolean;
}

/** Gives what reads the text of a file. */
export async function openBicep(): Promise<(text: string) => BicepFile> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (text) => readBicep(parser, text);
}

function readBicep(parser: Parser, text: string): BicepFile {
  const tree = parser.parse(text);
  if (!tree) throw new Error('the parser gave up');
  const nodes = [...walk(tree.rootNode)];
  const named = (type: string) => nodes.filter((node) => node.type === type);
  const names = named('identifier').map(({ text }) => text);
  return {
    faults: nodes.filter((node) => node.isError || node.isMissing).map(placeOf),
    parameters: named('parameter_declaration').map((node) => ({
      name: firstOf(node, 'identifier'),
      isOptional: /=/.test(node.text.replace(/^[^\n]*?param/, 'param').split('\n')[0] ?? ''),
      isSecret: /@secure\(\)/.test(decoratorsBefore(node)),
    })),
    outputs: named('output_declaration').map((node) => firstOf(node, 'identifier')),
    modules: named('module_declaration').map((node) => ({
      name: firstOf(node, 'identifier'),
      path: firstOf(node, 'string').replaceAll("'", ''),
      gives: givenTo(node),
    })),
    resourceTypes: [...text.matchAll(/^\s*resource \w+ '([^'@]+)/gm)].map((found) => found[1] ?? ''),
    isUsed: (name) => names.filter((one) => one === name).length > 1,
  };
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) if (child) yield* walk(child);
}

function firstOf(node: Node, type: string): string {
  return node.children.find((child) => child?.type === type)?.text ?? '';
}

function decoratorsBefore(node: Node): string {
  const texts: string[] = [];
  for (let one = node.previousSibling; one && /decorator/.test(one.type); one = one.previousSibling)
    texts.push(one.text);
  return texts.join('\n') + node.text;
}

/** The names below `params:`. */
function givenTo(node: Node): string[] {
  const params = [...walk(node)].find((one) => one.type === 'object_property' && /^params\s*:/.test(one.text));
  const object = params?.children.find((child) => child?.type === 'object');
  return (object?.children ?? []).flatMap((child) =>
    child?.type === 'object_property' ? [child.text.split(':', 1)[0]?.trim() ?? ''] : [],
  );
}

function placeOf(node: Node): string {
  return `${node.startPosition.row + 1}:${node.startPosition.column + 1}: ${node.text.slice(0, 80)}`;
}
