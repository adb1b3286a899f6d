// What is installed: all of it locked, no code run by installing, licences that may come along, and a page that says so truly.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isAllowed, licenceOf, renderLicences, stated } from '../../tools/licences.ts';
import { type LockedPackage, readLockFile } from '../../tools/lock-file.ts';
import { makeSbom } from '../../tools/sbom.ts';
import { compileCache } from '../fakes/bot-process.ts';
import { tableBelow } from './markdown-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readJson = (path: string) => JSON.parse(read(path));
const page = read('docs/dependencies.md');
const locked = readLockFile();
const byPath = new Map(locked.map((one) => [one.path, one]));

/** Folders of packages that stand in an archive of another package, for its own tests: covered by the hash of that archive. */
const fixtures = [
  /^node_modules\/pino\/test\//,
  /^node_modules\/restify\/node_modules\/pino\/test\//,
  /^node_modules\/resolve\/test\//,
];

/** Every folder below any `node_modules` that holds a package, however deep, as the lock file would name it. */
function installedPackages(): string[] {
  const installed = join(root, 'node_modules');
  const all: Dirent[] = readdirSync(installed, { recursive: true, withFileTypes: true });
  const manifests = all.filter(({ name }) => name === 'package.json');
  const paths = manifests.map(
    ({ parentPath }) => `node_modules/${relative(installed, parentPath).split(sep).join('/')}`,
  );
  return paths
    .filter((path) => /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*$/.test(path))
    .filter((path) => !fixtures.some((one) => one.test(path)));
}

function versionsOf(name: string, among: readonly LockedPackage[] = locked): string[] {
  const versions = new Set(among.filter((one) => one.name === name).map(({ version }) => version));
  return [...versions].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

describe('the lock file', function () {
  this.timeout(60_000);
  const installed = installedPackages();

  it('When a package is installed, at any depth, then the lock file has it, in that version and with its hash', () => {
    const unknown = installed.filter((path) => !byPath.has(path));
    const different = installed.filter((path) => {
      const inLock = byPath.get(path);
      return inLock && readJson(`${path}/package.json`).version !== inLock.version;
    });

    assert.ok(installed.length > 400, `only ${installed.length} packages are installed`);
    assert.deepEqual(unknown, [], 'installed by something else than npm ci');
    assert.deepEqual(different, []);
    assert.deepEqual(
      locked.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')).map(({ path }) => path),
      [],
    );
  });

  it('When the lock file has a package, then it is installed or meant for another machine', () => {
    const there = new Set(installed);
    const lock: { packages: Record<string, { optional?: boolean; peer?: boolean }> } = readJson('package-lock.json');

    const missing = locked.filter(({ path }) => !there.has(path) && !lock.packages[path]?.optional);

    assert.deepEqual(
      missing.map(({ path }) => path),
      [],
    );
  });

  it('When it is read elsewhere, then it names no host', () => {
    assert.doesNotMatch(read('package-lock.json'), /"resolved"/);
    assert.match(read('.npmrc'), /^omit-lockfile-registry-resolved=true$/m);
  });

  it('When versions are chosen, then exactly', () => {
    const { dependencies, devDependencies, optionalDependencies, overrides } = readJson('package.json');
    const asked = { ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides };

    const loose = Object.entries(asked).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(String(version)),
    );

    assert.deepEqual(loose, []);
  });
});

describe('install scripts', () => {
  const hooks = ['preinstall', 'install', 'postinstall'];
  /** 'name version hook', as npm would run them: a binding.gyp alone is an `install`. */
  const scriptsIn = (path: string): string[] => {
    const { name, version, scripts = {} } = readJson(`${path}/package.json`);
    const named = hooks.filter((hook) => hook in scripts);
    const builds = named.length === 0 && existsSync(join(root, path, 'binding.gyp')) ? ['install'] : [];
    return [...named, ...builds].map((hook) => `${name} ${version} ${hook}`);
  };

  it('When npm installs, then it runs none', () => {
    assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
  });

  it('When a package brings one, then the page lists it and says why it is not needed', () => {
    const rows = tableBelow(page, '## Install scripts');

    const brought = [...new Set([...byPath.keys()].filter((path) => existsSync(join(root, path))).flatMap(scriptsIn))];

    const listed = rows.map(([name, version, script]) => `${name} ${version} ${script?.replaceAll('`', '')}`);
    assert.deepEqual(brought.sort(), listed.sort());
    assert.ok(rows.every(([, , , why]) => (why ?? '').length > 20));
  });

  it('When the lock file knows of one, also for other machines, then the page lists its package', () => {
    const known = locked
      .filter(({ hasInstallScript }) => hasInstallScript)
      .map(({ name, version }) => `${name} ${version}`);

    const listed = tableBelow(page, '## Install scripts').map(([name, version]) => `${name} ${version}`);

    assert.deepEqual([...new Set(known)].sort(), [...new Set(listed)].sort());
  });
});

describe('licences', () => {
  it('When a package comes along, then its licence is one that may', () => {
    const refused = locked.filter((one) => !isAllowed(one)).map((one) => `${one.name}: ${licenceOf(one) || 'none'}`);

    assert.deepEqual(refused, []);
  });

  it('When a licence is not on the list, is unknown or only for tools, then it may not come along', () => {
    const one: LockedPackage = { ...locked[0]!, name: 'x', isDev: false };

    for (const licence of ['GPL-3.0-only', 'UNLICENSED', 'MIT AND GPL-3.0-only', null, 'SEE LICENSE IN LICENSE'])
      assert.equal(isAllowed({ ...one, licence }), false, String(licence));
    assert.equal(isAllowed({ ...one, name: 'argparse', licence: 'PSF-2.0' }), false);
    assert.equal(isAllowed({ ...one, licence: '(GPL-2.0-only OR MIT)' }), true);
  });

  it('When a licence was looked up by hand, then the package says none and brings that text', () => {
    for (const [name, licence] of Object.entries(stated)) {
      assert.equal(locked.find((one) => one.name === name)?.licence, null, name);
      const folder = join(root, 'node_modules', name);
      const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|readme)/i.test(file));
      const text = texts.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
      assert.equal(licence, 'MIT');
      assert.match(text, /Permission is hereby granted, free of charge|\bMIT\b/, name);
    }
  });

  it('When docs/licences.md is read, then it is what `npm run licences` writes', () => {
    assert.equal(read('docs/licences.md'), renderLicences(locked), 'run `npm run licences`');
  });
});

describe('the bill of materials', function () {
  this.timeout(60_000);

  it('When it is made, then it names every package of the product with version, hash and licence, and what needs what', async () => {
    const sbom = await makeSbom({ withTools: false });

    const { component } = sbom.metadata;
    assert.deepEqual([sbom.bomFormat, sbom.specVersion], ['CycloneDX', '1.5']);
    assert.match(sbom.serialNumber, /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual([component.name, component.type], ['cloud-pc-concierge', 'application']);
    const product = locked.filter(({ isDev }) => !isDev);
    const expected = new Map(product.map((one) => [`${one.name}@${one.version}`, one]));
    assert.deepEqual(sbom.components.map((one) => one['bom-ref']).sort(), [...expected.keys()].sort());
    for (const one of sbom.components) {
      const { integrity } = expected.get(one['bom-ref']) ?? {};
      const hash = Buffer.from(integrity?.replace('sha512-', '') ?? '', 'base64').toString('hex');
      assert.deepEqual(one.hashes, [{ alg: 'SHA-512', content: hash }], one['bom-ref']);
      assert.equal(one.purl, `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`);
      assert.equal(one.licenses?.length, 1, `licence of ${one.name}`);
    }
    const references = new Set([component['bom-ref'], ...expected.keys()]);
    assert.deepEqual(sbom.dependencies.map(({ ref }) => ref).sort(), [...references].sort());
    assert.ok(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).every((ref) => references.has(ref)));
    const asked = Object.entries(readJson('package.json').dependencies).map(([name, version]) => `${name}@${version}`);
    const own = sbom.dependencies.find(({ ref }) => ref === component['bom-ref'])?.dependsOn ?? [];
    assert.deepEqual(
      asked.filter((ref) => !own.includes(ref)),
      [],
    );
  });
});

describe('the page on dependencies', function () {
  this.timeout(60_000);
  const old = tableBelow(page, '## Old, or several at once');
  const list = (cell: string | undefined) => (cell ?? '').split(', ');

  it('When it lists what is old, then the versions and who asks for them are those of the lock file', () => {
    const wrong = old.flatMap(([name = '', versions, users]) => {
      const true_ = versionsOf(name).join(', ');
      const asking = [...new Set(locked.filter(({ needs }) => needs.includes(name)).map((one) => one.name))];
      const isRight =
        versions === true_ &&
        users ===
          asking
            .filter((one) => !isTool(one))
            .sort()
            .join(', ');
      return isRight ? [] : [`${name}: ${true_} for ${asking.join(', ')}`];
    });

    assert.deepEqual(wrong, []);
  });

  it('When an override stands in package.json, then the page has it with its version and its reason', () => {
    const { overrides } = readJson('package.json') as { overrides: Record<string, string> };

    const rows = tableBelow(page, '## Overrides');

    assert.deepEqual(
      rows.map(([name, version]) => [name, version]),
      Object.entries(overrides),
    );
    for (const [name = '', version] of rows) assert.deepEqual(versionsOf(name), [version]);
  });

  it('When a line is known to be old or stands beside another major one, then the page has a row for it', () => {
    const named = [
      'lodash',
      'axios',
      'qs',
      'jsonwebtoken',
      '@xmldom/xmldom',
      'fast-xml-parser',
      'node-fetch',
      'formidable',
    ];
    const more = [
      '@azure/msal-node',
      'uuid',
      'find-my-way',
      'send',
      'openai',
      'gpt-tokenizer',
      'ws',
      'antlr4ts',
      'xpath',
    ];

    const rows = old.map(([name]) => name ?? '');

    assert.deepEqual(
      [...named, ...more].filter((name) => !rows.includes(name)),
      [],
    );
    assert.deepEqual(rows, [...rows].sort());
    assert.ok(old.every(([, , , , why]) => (why ?? '').length > 5));
  });

  it('When the bot is loaded, then of the old ones what the page says, and nothing that is a tool', async () => {
    const script = fileURLToPath(new URL('loaded-packages.ts', import.meta.url));
    const env = { ...process.env, NODE_COMPILE_CACHE: compileCache, NODE_OPTIONS: '' };

    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });

    const loaded = (JSON.parse(stdout) as string[]).flatMap((path) => byPath.get(path) ?? []);
    assert.ok(loaded.length > 150, `only ${loaded.length} packages`);
    // `debug` colours what it prints where that happens to be installed.
    const colours = ['node_modules/has-flag', 'node_modules/supports-color'];
    assert.deepEqual(
      loaded.flatMap(({ isDev, path }) => (isDev && !colours.includes(path) ? [path] : [])),
      [],
    );
    const wrong = old.flatMap(([name = '', , , said]) => {
      const versions = versionsOf(name, loaded).join(', ') || 'no';
      return versions === said ? [] : [`${name}: ${versions}`];
    });
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      old.flatMap(([, , users]) => list(users)).filter((name) => versionsOf(name).length === 0),
      [],
    );
  });

  it('When a template computes, then with nothing that reads or writes XML', () => {
    const files = [...readdirSync(join(root, 'src/cards/templates'))].map((name) =>
      read(`src/cards/templates/${name}`),
    );

    const called = new Set(files.flatMap((text) => [...text.matchAll(/\b([A-Za-z]+)\(/g)].map((found) => found[1])));

    assert.ok(files.length > 20);
    assert.deepEqual([...called], ['count']);
  });

  /** Everything of that name only builds and tests. */
  function isTool(name: string): boolean {
    return locked.filter((one) => one.name === name).every(({ isDev }) => isDev);
  }
});
