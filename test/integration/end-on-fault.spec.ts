// What nobody catches ends every program by one line of its log, and tells nothing that an error carries.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBuilt } from '../fakes/built-program.ts';
import { policyText } from '../fakes/production.ts';

const id = '11111111-2222-4333-8444-555555555555';
const env = { BOT_ID: id, BOT_TENANT_ID: id, BOT_TYPE: 'SingleTenant', BOT_PASSWORD: 'nobody-reads-this' };
const ways = {
  'is thrown': 'throw error;',
  'is a promise that fails': 'void Promise.reject(error);',
};

/**
 * Comes as soon as the program has said what is to become of it, and later if it never does, with all that errors of databases
 * and HTTP clients carry.
 */
const loaded = (way: string) => `
function fail() {
  const error = new Error('duplicate key');
  Object.assign(error, { code: '23505', detail: 'Key (upn)=(ada@contoso.com) exists.' });
  Object.assign(error, { config: { headers: { authorization: 'Bearer abcdefghijkl' }, data: 'Apps no longer start' } });
  ${way}
}
process.on('newListener', (event) => {
  if (event === 'uncaughtException') process.nextTick(fail);
});
setTimeout(fail, 10_000).unref();`;

describe('A fault that nobody catches', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'concierge-fault-'));
    await writeFile(join(folder, 'policy.yaml'), policyText());
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const [entry, what] of [
    ['index.js', 'is thrown'],
    ['index.js', 'is a promise that fails'],
    ['doctor/index.js', 'is thrown'],
    ['grant/index.js', 'is thrown'],
    ['upkeep/verify-audit.js', 'is thrown'],
  ] as const) {
    it(`When it ${what} in ${entry}, then that ends with 1, and one line says what names it`, async () => {
      const preload = join(folder, 'fault.mjs');
      await writeFile(preload, loaded(ways[what]));

      const { code, text } = await runBuilt(entry, { folder, env: { ...env, NODE_OPTIONS: `--import=${preload}` } });

      assert.equal(code, 1, text);
      const line = text.split('\n').find((one) => one.startsWith('{') && one.includes('ended by'));
      assert.ok(line, text);
      const { level, msg, err } = JSON.parse(line);
      assert.deepEqual([level, msg, err.message, err.code], ['error', 'ended by a fault', 'duplicate key', '23505']);
      assert.doesNotMatch(text, /ada@|Bearer|Apps/);
    });
  }
});
