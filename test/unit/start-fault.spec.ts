import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { InputError, TemporaryError } from '../../src/domain/errors.ts';
import { describeStartFault, exitCodeOf } from '../../src/start-fault.ts';

const listenError = (code: string) =>
  Object.assign(new Error(`listen ${code}: 127.0.0.1:3978`), { code, syscall: 'listen' });

describe('why it cannot start', () => {
  const cases: [string, unknown, RegExp][] = [
    [
      'settings have faults',
      new InputError('settings', { faults: 'PORT: is missing\nBOT_ID: is missing' }),
      /^Cannot start \(settings\)\.\nPORT: is missing\nBOT_ID: is missing$/,
    ],
    [
      'PostgreSQL does not answer',
      new TemporaryError('store.unavailable', {}, { cause: new Error('connect ECONNREFUSED 10.0.0.4:5432') }),
      /^Cannot start \(store\.unavailable\)\.\nPostgreSQL does not answer.*DATABASE_URL.*\nconnect ECONNREFUSED 10\.0\.0\.4:5432$/,
    ],
    [
      'PostgreSQL answers at none of its addresses',
      new TemporaryError(
        'store.unavailable',
        {},
        { cause: new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('no 127.0.0.1:5432')]) },
      ),
      /\nconnect ECONNREFUSED ::1:5432\nno 127\.0\.0\.1:5432$/,
    ],
    [
      'PostgreSQL refuses',
      new InputError('store.refused', {}, { cause: new Error('database "x" does not exist') }),
      /^Cannot start \(store\.refused\)\.\nPostgreSQL refuses.*\ndatabase "x" does not exist$/,
    ],
    [
      'another process has the data directory',
      new InputError('store.locked', { directory: './data' }),
      /^Cannot start \(store\.locked\)\.\nAnother process uses the data directory.*\ndirectory: \.\/data$/,
    ],
    [
      'the data directory cannot be used',
      new InputError('store.directory', { directory: '/data' }, { cause: new Error('EACCES: permission denied') }),
      /^Cannot start \(store\.directory\)\.\nThe data directory.*\ndirectory: \/data\nEACCES: permission denied$/,
    ],
    ['the port is taken', listenError('EADDRINUSE'), /^Cannot start \(EADDRINUSE\)\.\nAnother process.*PORT.*\nlisten/],
    [
      'the port is not for it',
      listenError('EACCES'),
      /^Cannot start \(EACCES\)\.\nThe bot may not listen there.*\nlisten/,
    ],
    ['there is no such address', listenError('EADDRNOTAVAIL'), /^Cannot start \(EADDRNOTAVAIL\)\..*\n.*HOST\.\nlisten/],
    ['it is a bug', new TypeError('x is not a function'), /^TypeError: x is not a function\n +at /],
    ['something odd was thrown', 'odd', /^odd$/],
  ];
  for (const [name, error, words] of cases) {
    it(`When ${name}, then the words say so`, () => {
      assert.match(describeStartFault(error), words);
    });
  }

  it('When the store or its upkeep refuses something, then there is a sentence for it', () => {
    const codes = ['store', 'upkeep'].flatMap((folder) => {
      const root = new URL(`../../src/${folder}/`, import.meta.url);
      const files = readdirSync(root).filter((name) => name.endsWith('.ts'));
      return files.flatMap((name) =>
        [...readFileSync(new URL(name, root), 'utf8').matchAll(/(?:Input|Conflict|Temporary)Error\('([\w.]+)'/g)].map(
          (found) => found[1] ?? '',
        ),
      );
    });

    assert.ok(codes.length > 20);
    for (const code of codes)
      assert.match(
        describeStartFault(new InputError(code), 'Cannot'),
        new RegExp(`^Cannot \\(${code}\\)\\.\n\\S.*[.?]$`),
      );
  });

  it('When trying again may help, then it ends with 1; when somebody has to do something first, with 78', () => {
    for (const error of [
      new TemporaryError('store.unavailable'),
      new TemporaryError('store.full'),
      new InputError('store.locked'),
      new Error('a bug'),
    ])
      assert.equal(exitCodeOf(error), 1);
    for (const what of ['pooler', 'parameter', 'damaged', 'engine', 'newer', 'moved', 'moving', 'restoring'])
      assert.equal(exitCodeOf(new InputError(`store.${what}`)), 78);
  });
});
