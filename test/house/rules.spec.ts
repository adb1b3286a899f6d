// The house rules that no linter knows, read from the files themselves.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { isVerb, verbs } from '../../src/cards/button-data.ts';
import { settings } from '../../src/settings.ts';
import { actions } from '../../src/teams/actions/index.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What git does not keep, by the names at the top of .gitignore and git's own folder. */
const notKept = new Set(['.git', 'node_modules', 'dist', 'data', 'build', 'coverage', 'devTools']);

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (notKept.has(entry.name) || /\.log$|^\.env$|\.user$|^\.localConfigs$/.test(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

const sources = [...filesBelow('src')].filter((path) => path.endsWith('.ts'));
const below = (...folders: string[]) =>
  sources.filter((path) => folders.some((folder) => path.startsWith(`src/${folder}/`)));

function* nodesOf(path: string): Generator<ts.Node> {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const open: ts.Node[] = [file];
  for (let node = open.pop(); node; node = open.pop()) {
    yield node;
    ts.forEachChild(node, (child) => void open.push(child));
  }
}

const placeOf = (node: ts.Node): string => {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.getText().slice(0, 120)}`;
};

/** The nodes of these files that break a rule, as `file:line: text`. */
function findIn(files: readonly string[], isBroken: (node: ts.Node) => boolean): string[] {
  return files.flatMap((path) => [...nodesOf(path)].filter(isBroken).map(placeOf));
}

/** The words of a string or a template, what is put in left out. */
function wordsOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(' … ');
}

/** What leads to the headings of a page, as GitHub makes it of their words; of two the same, the first. */
function anchorsIn(page: string): string[] {
  const headings = page.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, words = '']) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('buttons', () => {
  it('When a verb can be read, then it has an action, and no action is for a verb that cannot come', () => {
    assert.deepEqual(Object.keys(actions).sort(), [...verbs].sort());
    for (const verb of verbs) assert.equal(typeof actions[verb], 'function');
  });

  it('When a template names a verb, then it is filled in from the typed buttons, or it is one of them', () => {
    const templates = [...filesBelow('src/cards/templates')];
    const named = templates.flatMap((path) =>
      [...read(path).matchAll(/"verb":\s*"([^"]*)"/g)].map((found) => found[1] ?? ''),
    );

    assert.ok(templates.length > 10 && named.length > 10);
    assert.deepEqual(
      named.filter((verb) => !isVerb(verb) && !/^\$\{[\w.]*verb\}$/.test(verb)),
      [],
    );
  });

  it('When a card has a button, then its verb can be read; and every verb stands on some card', () => {
    const isVerbOf = (node: ts.Node) =>
      ts.isPropertyAssignment(node) && node.name.getText() === 'verb' && ts.isStringLiteral(node.initializer);
    const onCards = below('cards')
      .filter((path) => !path.endsWith('button-data.ts'))
      .flatMap((path) => [...nodesOf(path)])
      .flatMap((node) => {
        if (isVerbOf(node)) return [((node as ts.PropertyAssignment).initializer as ts.StringLiteral).text];
        return ts.isStringLiteral(node) && isVerb(node.text) ? [node.text] : [];
      });

    assert.deepEqual(
      onCards.filter((verb) => !isVerb(verb)),
      [],
    );
    assert.deepEqual(
      verbs.filter((verb) => !onCards.includes(verb)),
      [],
    );
  });
});

describe('members of groups', () => {
  // Only what has the words is worth parsing.
  // The table of permissions names every call and sends none.
  const ofTheBot = sources.filter(
    (path) =>
      !path.startsWith('src/simulator/') &&
      path !== 'src/graph/permissions.ts' &&
      /\/members\/|\$ref|['"`]delete['"`]/i.test(read(path)),
  );
  const namesMember = (node: ts.Node) => /\/members\/|\$ref/.test(wordsOf(node) ?? '');
  const namesDelete = (node: ts.Node) => /^delete$/i.test(wordsOf(node) ?? '');
  const filesOf = (found: readonly string[]) => [...new Set(found.map((place) => place.split(':', 1)[0]))];

  // `DELETE /groups/{id}/members/{id}` without /$ref can delete the person's account.
  it('When a path leads to a member of a group, then one function builds it, and it ends in /$ref', () => {
    const found = findIn(ofTheBot, namesMember);

    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', /^src\/graph\/group-members\.ts:.*\$ref`$/);
  });

  it('When something is deleted in Graph, then only a member is taken out of a group', () => {
    const inGraph = below('graph');
    const found = filesOf(findIn(ofTheBot, namesDelete).filter((place) => !place.startsWith('src/store/')));
    const calls = findIn(
      inGraph,
      (node) => ts.isCallExpression(node) && /\.(delete|del)$/.test(node.expression.getText()),
    );

    assert.deepEqual(found, ['src/graph/graph-call.ts', 'src/graph/graph-sender.ts', 'src/graph/group-members.ts']);
    assert.deepEqual(filesOf(calls.filter((place) => / request\./.test(place))), ['src/graph/graph-sender.ts']);
  });
});

describe('status codes of Graph', () => {
  const meant = new Set(['401', '403', '404', '408', '409', '410', '412', '423', '429', '501', '502', '503', '504']);

  it('When code outside of graph-error.ts decides, then not by a status code', () => {
    const files = below('graph', 'requests', 'operations', 'jobs', 'domain').filter(
      (path) => !path.endsWith('/graph-error.ts'),
    );

    const found = findIn(files, (node) => {
      if (ts.isStringLiteral(node)) return meant.has(node.text);
      if (!ts.isNumericLiteral(node)) return false;
      // 500 is a limit elsewhere: it counts beside the word.
      return meant.has(node.text) || (/^[45]\d\d$/.test(node.text) && /status/i.test(node.parent.getText()));
    });

    assert.ok(files.length > 40);
    assert.deepEqual(found, []);
  });

  it('When graph-error.ts is read, then they are there: the search above can find them', () => {
    const found = findIn(['src/graph/graph-error.ts'], (node) => ts.isNumericLiteral(node) && meant.has(node.text));

    assert.ok(found.length > 5);
  });
});

describe('words for people', () => {
  /** Faults of the settings, which stop the start, and the message of a thrown connector fault. */
  const filesForOperators = ['src/teams/bot-identity.ts', 'src/teams/one-try-connector.ts'];
  /** Text of errors and of the log is for operators. */
  const isForOperators = (node: ts.Node): boolean => {
    for (let up: ts.Node = node; up.parent; up = up.parent) {
      const { parent } = up;
      if (ts.isNewExpression(parent) && /Error$/.test(parent.expression.getText())) return true;
      if (ts.isCallExpression(parent) && /(^|\.)log\.(debug|info|warn|error)$/.test(parent.expression.getText()))
        return true;
      if (ts.isBlock(parent)) return false;
    }
    return false;
  };
  const isSentence = (words: string): boolean =>
    /^\P{L}*\p{Lu}/u.test(words) && words.split(/\s+/).filter((word) => /\p{L}{2}/u.test(word)).length >= 3;

  it('When people are to read something, then it stands in locales/', () => {
    const files = below('teams', 'requests', 'cards', 'mails', 'operations', 'jobs', 'domain').filter(
      (path) => !filesForOperators.includes(path),
    );

    const found = findIn(files, (node) => {
      const words = wordsOf(node);
      return words !== null && isSentence(words) && !isForOperators(node);
    });

    assert.ok(files.length > 80);
    assert.deepEqual(found, []);
  });

  it('When sentences, keys and names are told apart, then as people would', () => {
    for (const words of ['Please write one sentence.', 'Ask your IT.', '… Something went wrong'])
      assert.ok(isSentence(words));
    for (const words of ['error.internal', 'turn failed', 'TextBlock', 'Cloud PC', 'Europe/Berlin'])
      assert.ok(!isSentence(words));
  });

  it('When a template shows words, then they are filled in, and signs at most are its own', () => {
    const shown =
      /"(?:text|title|subtitle|label|placeholder|errorMessage|altText|speak|fallbackText|tooltip|value)":\s*"([^"]*)"/g;
    const own = [...filesBelow('src/cards/templates')].flatMap((path) =>
      [...read(path).matchAll(shown)].map((found) => (found[1] ?? '').replace(/\$\{[^}]*\}/g, '')),
    );

    assert.ok(own.length > 50);
    assert.deepEqual(
      own.filter((rest) => /\p{L}/u.test(rest) && !/^(?:true|false)$/.test(rest)),
      [],
    );
  });
});

describe('the sources', () => {
  it('When something is to be told, then to the log and not to the console', () => {
    const files = sources.filter((path) => !path.startsWith('src/demo/'));

    const found = findIn(
      files,
      (node) => ts.isPropertyAccessExpression(node) && node.expression.getText() === 'console',
    );

    assert.deepEqual(found, []);
  });

  it('When a program of production ends itself, then by endProcess: process.exit can wait for ever', () => {
    const found = findIn(sources, (node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.exit');

    // The demo waits before it ends, and each of its windows is ended by the demo.
    const outside = found.filter((place) => !place.startsWith('src/demo/'));
    assert.match(outside.join(), /^src\/end-process\.ts:\d+[^,]*$/);
  });

  it('When the domain imports, then only from itself', () => {
    const files = below('domain');

    const found = files.flatMap((path) =>
      [...read(path).matchAll(/(?:^|[\s;}])(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
        (one) => one[1] ?? '',
      ),
    );

    assert.ok(files.length > 10 && found.length > 10);
    assert.deepEqual(
      found.filter((from) => !/^\.\/[a-z-]+\.ts$/.test(from)),
      [],
    );
  });

  it('When the environment is read, then by config.ts alone, from where the process begins', () => {
    const found = findIn(sources, (node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env');

    // It is written there, not read: the exporter takes one switch from nowhere else.
    const writes = 'src/telemetry/application-insights.ts';
    const begins = [
      writes,
      'src/demo/',
      'src/index.ts',
      'src/doctor/index.ts',
      'src/grant/index.ts',
      'src/upkeep/run.ts',
    ];
    const outside = found.filter((place) => !begins.some((one) => place.startsWith(one)));
    assert.deepEqual(outside, []);
  });

  it('When work is left over, then it is not left in the code', () => {
    const found = sources.flatMap((path) => [...read(path).matchAll(/\b(?:TODO|FIXME|XXX|HACK)\b/g)].map(() => path));

    assert.deepEqual(found, []);
  });
});

describe('the repository', () => {
  const files = [...filesBelow('')].filter((path) => !/\.(png|ico|svg|woff2?)$/.test(path));
  const own = files.filter((path) => path !== 'package-lock.json');
  const linesWith = (pattern: RegExp, paths: readonly string[]) =>
    paths.flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
    );

  it('When a file names a place, then not one on the machine where it was written', () => {
    const found = linesWith(
      /(?<![\w.])\/(?:work|Users|tmp|workspaces?|home(?!\/(?:site|node)\b))\/[\w.]|\b[A-Z]:\\\w/,
      own,
    );

    assert.deepEqual(found, []);
  });

  it('When the lock file names a source, then it is the public registry', () => {
    const lock: { packages: Record<string, { resolved?: string }> } = JSON.parse(read('package-lock.json'));
    const hosts = Object.values(lock.packages).flatMap(({ resolved }) => (resolved ? [new URL(resolved).origin] : []));

    assert.ok(Object.keys(lock.packages).length > 100);
    assert.deepEqual(
      hosts.filter((host) => host !== 'https://registry.npmjs.org'),
      [],
    );
  });

  it('When the repository speaks, then of the product only', () => {
    // In brackets, so that this file does not hold the words itself.
    const words = [
      'cl[a]ude',
      'anthr[o]pic',
      'chat-?g[p]t',
      'g[e]mini',
      'sub-?a[g]ent',
      'a[i]-generated',
      'as an a[i]\\b',
      'this s[e]ssion',
      'the b[r]ief\\b',
    ];

    assert.deepEqual(linesWith(new RegExp(words.join('|'), 'i'), own), []);
  });

  it('When people or addresses are invented, then they are of the cast', () => {
    // Not the name before the host of a link.
    const address = /(?<!:\/\/\S*)\b[\w.'+-]+@([\w-]+(?:\.[\w-]+)*\.(?:com|org|net|de|fr|io))\b/g;

    // Microsoft's own words, as they are.
    const ours = own.filter((path) => !/^test\/contract\/description\/openapi-[\w.]+\.json$/.test(path));
    const found = ours.flatMap((path) =>
      [...read(path).matchAll(address)].flatMap(([whole, domain]) =>
        /^(?:[\w-]+\.)*contoso\.com$/i.test(domain ?? '') ? [] : [`${path}: ${whole}`],
      ),
    );

    assert.deepEqual(found, []);
  });

  it('When secrets could be committed, then none is', () => {
    const found = linesWith(
      /-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{20,}\.eyJ|\bAccount[K]ey=|\bghp_\w{20}|\bxox[bp]-/,
      own,
    );

    assert.deepEqual(found, []);
  });
});

describe('scripts', () => {
  const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
  const pages = [...filesBelow('')].filter((path) => path.endsWith('.md'));
  const documents = [...pages, '.ci/run'];

  it('When a document names a script, then package.json has it', () => {
    const named = documents.flatMap((path) =>
      [...read(path).matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test|start)\b)/g)].map(
        (found) => found[1] ?? found[2] ?? '',
      ),
    );

    assert.ok(named.length > 3);
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });

  it('When a script names a script, a file or a program, then it is there', () => {
    const missing = Object.values(scripts)
      .flatMap((line) => line.split('&&').map((part) => part.trim().split(/\s+/)))
      .map((words) => (words[0] === 'exec' ? words.slice(1) : words))
      .flatMap(([program = '', ...words]) => {
        if (program === 'npm') return words[0] === 'run' && !((words[1] ?? '') in scripts) ? [words.join(' ')] : [];
        const isThere = program === 'node' || existsSync(join(root, 'node_modules/.bin', program));
        const paths = words.filter((word) => /^[\w.][\w./-]*\.\w+$/.test(word) && !word.startsWith('dist/'));
        return [...(isThere ? [] : [program]), ...paths.filter((path) => !existsSync(join(root, path)))];
      });

    assert.deepEqual(missing, []);
  });

  it('When the build ends, then start finds what it starts', () => {
    for (const name of ['start', 'doctor', 'grant', 'backup', 'restore', 'move-to-postgres']) {
      const script = scripts[name];
      const started = /dist\/([\w/-]+)\.js/.exec(script ?? '')?.[1];
      assert.ok(existsSync(join(root, `src/${started}.ts`)));
    }
    assert.match(scripts.build ?? '', /tsconfig\.build\.json/);
  });

  it('When a document links to a file of the repository, then it is there', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)/g)].flatMap((found) => {
        const target = join(root, path, '..', found[1] ?? '');
        return existsSync(target) && statSync(target).size > 0 ? [] : [`${path}: ${found[1]}`];
      }),
    );

    assert.deepEqual(broken, []);
  });

  it('When a document links to a heading, then it is there', () => {
    const links = pages.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)#([^)\s]+)\)/g)].map(([, page = '', anchor = '']) => ({
        path,
        page: page === '' ? path : join(path, '..', page),
        anchor,
      })),
    );

    assert.ok(links.length > 20);
    assert.deepEqual(
      links.filter(({ page, anchor }) => !page.endsWith('.md') || !anchorsIn(read(page)).includes(anchor)),
      [],
    );
  });

  it('When the code or a setting names a page of docs, then it is there', () => {
    const named = [...filesBelow('')]
      .filter((path) => /\.(?:ts|js|json|ya?ml|bicep)$|^Dockerfile$|^\.ci\/run$/.test(path))
      .flatMap((path) => [...read(path).matchAll(/\bdocs\/[\w./-]+?\.md\b/g)].map(([page]) => ({ path, page })));

    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter(({ page }) => !existsSync(join(root, page))),
      [],
    );
  });
});

describe('settings', () => {
  const rows = read('README.md')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z][A-Z0-9_]{2,})`/g)].map((found) => found[1] ?? ''),
  );
  const environment = (name: string) =>
    [...read(`env/.env.${name}`).matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map((found) => found[1] ?? '');

  it('When the bot does not start without a setting, then the README’s table names it', () => {
    const needed = Object.entries(settings.shape).filter(([, schema]) => !schema.safeParse(undefined).success);

    assert.ok(needed.length >= 3);
    assert.deepEqual(
      needed.map(([name]) => name).filter((name) => !named.includes(name)),
      [],
    );
  });

  it('When the README’s table names a setting, then the bot reads it, or the Azure SDK does', () => {
    assert.ok(named.length > 6);
    assert.deepEqual(
      named.filter((name) => !(name in settings.shape) && !name.startsWith('AZURE_')),
      [],
    );
  });

  it('When the toolkit fills in what identifies the bot, then its files have the lines, and no secret', () => {
    for (const name of ['dev', 'local']) {
      const there = environment(name);
      assert.deepEqual(
        ['BOT_ID', 'BOT_TENANT_ID', 'TEAMS_APP_ID'].filter((setting) => !there.includes(setting)),
        [],
        name,
      );
    }
    for (const name of ['dev', 'local', 'testtool']) {
      const secrets = ['BOT_PASSWORD', 'DATABASE_URL', 'AZURE_CLIENT_SECRET'];
      assert.deepEqual(
        environment(name).filter((setting) => secrets.includes(setting)),
        [],
        name,
      );
    }
  });
});
