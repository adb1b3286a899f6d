// docs/threat-model.md: every test that it names is there, and every attacker and every threat that must be in it is.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { tableBelow } from './markdown-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const model = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');

interface Proof {
  threat: string;
  path: string;
  /** As the document writes it: `…` for what a row of the test fills in. */
  title: string;
  /** Words that stand in that file, for what a row fills in. */
  rows: string[];
}

/** The threats are the headings below “Threats”; their tests are the lines `- path: “title” (rows: “…”; “…”)`. */
function proofs(): Proof[] {
  const [, threats = ''] = model.split('\n## Threats\n');
  let threat = '';
  return threats.split('\n').flatMap((line) => {
    threat = /^### (.+)$/.exec(line)?.[1] ?? threat;
    if (!line.startsWith('- ')) return [];
    const [, path, title, rows = ''] = /^- (test\/[\w/.-]+): “(.+?)”(?: \(rows: (.+)\))?$/.exec(line) ?? [];
    assert.ok(path && title, `not the line of a test: ${line}`);
    return [{ threat, path, title, rows: rows === '' ? [] : rows.slice(1, -1).split('”; “') }];
  });
}

/** What `it` is called with in a file. */
function titlesIn(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    const title = ts.isCallExpression(node) && node.expression.getText() === 'it' ? node.arguments[0] : undefined;
    if (title && ts.isStringLiteralLike(title)) titles.push(title.text);
    if (title && ts.isTemplateExpression(title))
      titles.push(title.head.text + title.templateSpans.map(({ literal }) => `…${literal.text}`).join(''));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

describe('the threat model', () => {
  it('When it names a test, then that test is in that file, and so are the rows that it names', () => {
    const named = proofs();
    const paths = [...new Set(named.map(({ path }) => path))];
    const titles = new Map(paths.map((path) => [path, existsSync(join(root, path)) ? titlesIn(path) : []]));

    const missing = named.filter(({ path, title }) => !titles.get(path)?.includes(title));

    assert.ok(named.length > 100, `only ${named.length} tests are named`);
    assert.deepEqual(missing, []);
    const without = named.flatMap(({ path, rows }) => {
      const source = readFileSync(join(root, path), 'utf8');
      return rows.filter((row) => !source.includes(row)).map((row) => `${path}: ${row}`);
    });
    assert.deepEqual(without, []);
  });

  it('When it describes a threat, then who tries it, what stops it, and a test that shows it', () => {
    const [, threats = ''] = model.split('\n## Threats\n');
    const sections = threats.split('\n### ').slice(1);
    const shown = new Set(proofs().map(({ threat }) => threat));

    const lacking = sections.filter((section) => {
      const [title = ''] = section.split('\n');
      return !/^\*\*Who\.\*\* .+/m.test(section) || !/^\*\*Stopped by\.\*\* .+/m.test(section) || !shown.has(title);
    });

    assert.ok(sections.length > 15);
    assert.deepEqual(lacking, []);
  });

  it('When it lists who attacks, then each of them meets a threat below', () => {
    const attackers = tableBelow(model, '## Who attacks').map(([name = '']) => name);
    const [, threats = ''] = model.split('\n## Threats\n');
    const met = [...threats.matchAll(/^\*\*Who\.\*\* (.+)$/gm)].map((found) => found[1]).join(' ');

    assert.ok(attackers.length >= 7);
    assert.deepEqual(
      attackers.filter((name) => !met.toLowerCase().includes(name.toLowerCase())),
      [],
    );
  });

  it('When the threats are looked up that nobody would leave out, then each has its section', () => {
    const demanded = [
      'Forged button data',
      'Replayed presses and messages',
      'A request of somebody else',
      'Approving one’s own',
      'An address that changes or passes on',
      'A right that is lost meanwhile',
      'Names that look like others',
      'Markdown, HTML and templates',
      'OData',
      'Formulas in exports',
      'Secrets and words in logs',
    ];

    assert.deepEqual(
      demanded.filter((title) => !model.includes(`\n### ${title}\n`)),
      [],
    );
  });
});
