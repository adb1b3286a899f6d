// Who needs which permission is written down twice, in the bot and in the simulator, so that neither can agree with itself. Here
// both are held against Microsoft's documentation.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isGranted, type Permission } from '../../src/domain/permissions.ts';
import { missingFor, permissionsOf } from '../../src/graph/permissions.ts';
import { demandOf, Permissions } from '../../src/simulator/index.ts';

interface Operation {
  version: string;
  method: string;
  path: string;
  application: string[];
}

const { operations } = JSON.parse(readFileSync(new URL('graph-permissions.json', import.meta.url), 'utf8')) as {
  operations: Operation[];
};
const pathOf = (path: string) => path.replaceAll(/\{[^}]*\}/g, '11111111-2222-4333-8444-555555555555');
const alternativesOf = ({ application }: Operation) => application.map((one) => one.split(' and '));

/** Documented for this operation, alone or together with others of the list. */
const isEnough = (operation: Operation, granted: readonly string[]) =>
  alternativesOf(operation).some((together) => together.every((one) => granted.includes(one)));

describe('the permissions of each call', () => {
  it('When the documentation is read, then operations of every kind are in it', () => {
    assert.ok(operations.length > 40);
    for (const method of ['GET', 'POST', 'DELETE']) assert.ok(operations.some((one) => one.method === method));
  });

  for (const operation of operations) {
    const { version, method, path } = operation;
    const asked = { method, path: pathOf(path) };

    describe(`${version} ${method} ${path}`, () => {
      it('When the bot names what it needs, then that is enough by the documentation', () => {
        const named = permissionsOf(asked);

        assert.ok(named.length > 0);
        assert.ok(isEnough(operation, named), `${named} is not ${operation.application}`);
      });

      it('When the bot takes another permission for enough, then the documentation does too', () => {
        const known = [...new Set(operations.flatMap((one) => alternativesOf(one).flat()))];

        for (const permission of known.filter((one) => missingFor(asked, [one]).length === 0)) {
          assert.ok(isEnough(operation, [permission]), permission);
        }
      });

      it('When the simulator lets somebody in, then only with what is documented', () => {
        const needs = demandOf(asked)?.needs ?? [];
        const least = needs.map((oneOf) => oneOf[0] ?? '');
        const call = { ...asked, body: undefined } as unknown as Parameters<Permissions['check']>[0];

        assert.ok(needs.length > 0);
        assert.ok(isEnough(operation, least), `${least} is not ${operation.application}`);
        new Permissions(least).check(call);
        for (const one of least)
          assert.throws(() => new Permissions(least.filter((other) => other !== one)).check(call));
      });
    });
  }

  it('When a path is in no table, then nothing is said of it', () => {
    assert.deepEqual(permissionsOf({ method: 'GET', path: '/me' }), []);
    assert.deepEqual(permissionsOf({ method: 'PATCH', path: '/users/x' }), []);
  });

  it('When a call has a query, then it is the same call', () => {
    assert.deepEqual(permissionsOf({ method: 'GET', path: '/users?$top=1' }), ['User.Read.All']);
  });

  it('When a wider permission is granted, then the narrow one is not missed', () => {
    const cases: [Permission, string, boolean][] = [
      ['User.Read.All', 'User.Read.All', true],
      ['User.Read.All', 'Directory.Read.All', true],
      ['User.Read.All', 'User.ReadBasic.All', false],
      ['CloudPC.ReadWrite.All', 'CloudPC.Read.All', false],
    ];

    for (const [permission, granted, expected] of cases) assert.equal(isGranted(permission, [granted]), expected);
    const asked = { method: 'POST', path: '/users/x/checkMemberGroups' };
    assert.deepEqual(missingFor(asked, ['User.Read.All']), ['GroupMember.Read.All']);
  });
});
