import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { InputError, TemporaryError } from '../../src/domain/errors.ts';
import { isRefused, isRepeatable, toStoreError } from '../../src/store/store-error.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('store errors', () => {
  for (const code of ['57P01', '57014', '53300', '08006', 'ECONNREFUSED', 'ETIMEDOUT']) {
    it(`When the code is ${code}, then the store is unavailable`, () => {
      const error = toStoreError(withCode(code));

      assert.ok(error instanceof TemporaryError);
      assert.equal(error.code, 'store.unavailable');
    });
  }

  for (const words of [
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'PGlite is closed',
  ]) {
    it(`When it says "${words}", then the store is unavailable`, () => {
      assert.ok(toStoreError(new Error(words)) instanceof TemporaryError);
    });
  }

  it('When every address of a host failed, then the store is unavailable', () => {
    assert.ok(toStoreError(new AggregateError([withCode('ECONNREFUSED')])) instanceof TemporaryError);
  });

  it('When it is anything else, then it stays as it is', () => {
    for (const error of [
      withCode('23505'),
      withCode('40001'),
      new InputError('ECONNRESET'),
      new Error('a bug'),
      null,
    ]) {
      assert.equal(toStoreError(error), error);
    }
  });

  it('When a transaction lost against another, then it may be repeated; after nothing else', () => {
    assert.deepEqual(
      ['40001', '40P01', '40002', '23505', '57014'].map((code) => isRepeatable(withCode(code))),
      [true, true, false, false, false],
    );
    assert.equal(isRepeatable(null), false);
  });

  it('When the password or the name is wrong, then it was refused', () => {
    assert.deepEqual(
      ['28P01', '28000', '3D000', '57P03'].map((code) => isRefused(withCode(code))),
      [true, true, true, false],
    );
  });
});
