// docs/architecture.md: its picture is what the import rules allow and what the code does, and what it names is there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { queueNames } from '../../src/jobs/queues.ts';
import { tableBelow } from './markdown-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/architecture.md');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.ts'));

const singleFiles = 'single files';
/** They build the parts, so they may see all of them. */
const programs = ['index.ts', 'compose', 'doctor', 'grant', 'demo'];

function partOf(path: string): string {
  const [, first = '', ...rest] = path.split('/');
  if (rest.length > 0) return first;
  if (first.startsWith('compose')) return 'compose';
  return first === 'index.ts' ? first : singleFiles;
}

const parts = [...new Set(sources.map(partOf))];

type Edge = `${string} → ${string}`;

/** The boxes of the picture by their id, its arrows, and how many of its lines are neither. */
function readPicture(): { names: Map<string, string>; edges: Edge[]; unread: number } {
  const [, picture = ''] = /^```mermaid\n([\s\S]+?)^```$/m.exec(page) ?? [];
  const names = new Map(
    [...picture.matchAll(/^ {2}(\w+)\["<b>([\w ]+)<\/b>/gm)].map(([, id = '', name = '']) => [id, name] as const),
  );
  const nameOf = (id: string) => names.get(id) ?? `no box ${id}`;
  const arrows = [...picture.matchAll(/^ {2}(\w+) --> ([\w &]+)$/gm)];
  const edges = arrows.flatMap(([, from = '', to = '']) =>
    to.split(' & ').map((one): Edge => `${nameOf(from)} → ${nameOf(one)}`),
  );
  const lines = picture.split('\n').filter((line) => line.trim() !== '');
  return { names, edges, unread: lines.length - 1 - names.size - arrows.length };
}

function readPrograms(): { names: string[]; edges: Edge[] } {
  const rows = tableBelow(page, '## The parts').map((row) => row.map((cell) => cell.replaceAll('`', '')));
  return {
    names: rows.map(([name = '']) => name),
    edges: rows.flatMap(([name = '', , imports = '']) =>
      imports.split(', ').flatMap((one): Edge[] => (one === '' ? [] : [`${name} → ${one}`])),
    ),
  };
}

/** Every import of a file by another, of types and as a call too. */
function realImports(): { from: string; to: string }[] {
  return sources.flatMap((from) =>
    ts
      .preProcessFile(read(from), true, true)
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => ({ from, to: join(dirname(from), fileName).replaceAll('\\', '/') })),
  );
}

interface Side {
  path?: string;
  pathNot?: string;
  circular?: boolean;
  couldNotResolve?: boolean;
}

const rules = (JSON.parse(read('.dependency-cruiser.json')).forbidden as { from: Side; to: Side }[])
  .filter(({ to }) => !to.circular && !to.couldNotResolve)
  .map(({ from, to }) => ({ from: fitting(from), to: fitting(to) }));

function fitting({ path, pathNot }: Side): (file: string) => boolean {
  const wanted = path === undefined ? null : new RegExp(path);
  const unwanted = pathNot === undefined ? null : new RegExp(pathNot);
  return (file) => (wanted?.test(file) ?? true) && !(unwanted?.test(file) ?? false);
}

const filesOf = Map.groupBy(sources, partOf);
/** What may not be imported by the files of a part: one list of rules for most of them, more where rules name single files. */
const rulesOf = new Map(
  parts.map((part) => {
    const lists = (filesOf.get(part) ?? []).map((file) => rules.filter((rule) => rule.from(file)));
    const different = new Map(lists.map((list) => [list.map((rule) => rules.indexOf(rule)).join(), list]));
    return [part, [...different.values()]] as const;
  }),
);

/** Whether some file of one part may import some file of the other. */
function mayImport(from: string, to: string): boolean {
  const files = filesOf.get(to) ?? [];
  return (rulesOf.get(from) ?? []).some((list) => files.some((file) => !list.some((rule) => rule.to(file))));
}

const sorted = (edges: Iterable<Edge>): Edge[] => [...new Set(edges)].sort();

describe('docs/architecture.md', () => {
  const picture = readPicture();
  const table = readPrograms();
  const shown = sorted([...picture.edges, ...table.edges]);

  it('When the code has a part, then it is a box or a row, and there are no others', () => {
    const named = [...picture.names.values(), ...table.names];

    assert.equal(picture.unread, 0, 'lines of the picture are not understood');
    assert.ok(parts.length > 15);
    assert.deepEqual([...named].sort(), [...parts].sort());
    assert.equal(picture.edges.length + table.edges.length, shown.length, 'something is shown twice');
  });

  it('When a file imports one of another part, then there is an arrow; and every arrow is such an import', () => {
    const imports = realImports();

    const real = imports
      .map(({ from, to }): [string, string] => [partOf(from), partOf(to)])
      .filter(([from, to]) => from !== to)
      .map(([from, to]): Edge => `${from} → ${to}`);

    assert.ok(imports.length > 1500, String(imports.length));
    assert.deepEqual(shown, sorted(real));
  });

  it('When the import rules allow a part another one, then there is an arrow, but for programs; and none that they forbid', () => {
    const pairs = parts.flatMap((from) => parts.filter((to) => to !== from).map((to) => [from, to] as const));
    const allowed = sorted(
      pairs.filter(([from, to]) => mayImport(from, to)).map(([from, to]): Edge => `${from} → ${to}`),
    );

    const ofParts = (edge: Edge) => !programs.includes(edge.split(' → ')[0] ?? '');
    assert.deepEqual(shown.filter(ofParts), allowed.filter(ofParts));
    assert.deepEqual(
      shown.filter((edge) => !allowed.includes(edge)),
      [],
    );
  });

  it('When it names a file or a folder, then it is there', () => {
    const named = [...page.matchAll(/`([a-z][\w*-]*(?:\/[\w*.-]+)*(?:\.ts|\/))`/g)].map(([, path = '']) => path);
    const isThere = (path: string) => existsSync(join(root, 'src', path)) || existsSync(join(root, path));
    const fits = (path: string) => {
      const pattern = new RegExp(`^src/${path.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`);
      return sources.some((source) => pattern.test(source));
    };

    assert.ok(named.length > 40, String(named.length));
    assert.deepEqual(
      named.filter((path) => !(path.includes('*') ? fits(path) : isThere(path))),
      [],
    );
  });

  it('When there is a queue or a decision, then the page has it', () => {
    const queues = tableBelow(page, '## The store and the jobs').map(([name = '']) => name.replaceAll('`', ''));
    const [, list = ''] = page.split('\n## Decisions\n');
    const linked = [...list.matchAll(/\(decisions\/([^)]+)\)/g)].map(([, name]) => name);

    assert.deepEqual(queues.sort(), [...queueNames].sort());
    assert.deepEqual(linked, readdirSync(join(root, 'docs/decisions')).sort());
  });
});
