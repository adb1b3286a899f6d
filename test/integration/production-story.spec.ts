// Production, exactly: the build, as a process of its own, with its settings and nothing else, against Microsoft under the real
// host names over TLS. Tokens are fetched and checked by the SDKs as they are.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { demoCloudPcs, demoGroups, demoMailboxes } from '../../src/simulator/index.ts';
import { assertBuilt, type BotProcess, createBotProcess } from '../fakes/bot-process.ts';
import {
  botPassword,
  graphClientId,
  graphSecret,
  type Microsoft,
  serviceUrl,
  startMicrosoft,
} from '../fakes/microsoft/index.ts';
import { createPeople, type People } from '../fakes/people.ts';
import { createTestDatabase, type TestDatabase, testStoreKind } from '../fakes/store.ts';
import { botAppId, message, postActivity, postRaw, tenantId } from '../fakes/teams.ts';
import { cardOf, eventually, last, wordsOn } from '../fakes/whole-bot.ts';

const policy = `
roles: { admins: [${demoGroups.admins}], approvers: [${demoGroups.approvers}], vip: [${demoGroups.vip}] }
mail: { from: ${demoMailboxes.sender} }
`;

describe(`production on the ${testStoreKind} store, against Microsoft's host names`, function () {
  this.timeout(90_000);
  let microsoft: Microsoft;
  let database: TestDatabase | null;
  let bot: BotProcess;
  let people: People;

  before(() => assertBuilt());
  beforeEach(async () => {
    microsoft = await startMicrosoft();
    database = testStoreKind === 'postgres' ? await createTestDatabase() : null;
  });
  afterEach(async () => {
    await bot.remove();
    await microsoft.stop();
    await database?.drop();
  });

  async function start(settings: Record<string, string>, machine: Record<string, string> = {}): Promise<void> {
    bot = await createBotProcess({
      policy,
      env: {
        ...microsoft.env,
        NODE_ENV: 'production',
        BOT_ID: botAppId,
        BOT_TENANT_ID: tenantId,
        WATCH_EVERY: '1s',
        ...(database ? { DATABASE_URL: database.databaseUrl } : {}),
        ...settings,
        ...machine,
      },
    });
    await bot.start();
    people = createPeople(bot, { ...microsoft, serviceUrl });
  }

  const startWithSecrets = (extra: Record<string, string> = {}) =>
    start({
      BOT_TYPE: 'SingleTenant',
      BOT_PASSWORD: botPassword,
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: graphClientId,
      AZURE_CLIENT_SECRET: graphSecret,
      ...extra,
    });

  /** The whole story; every step as the people see it. */
  async function playStory(): Promise<void> {
    const set = await people.says('adam', 'use this channel for approvals', { thread: '1' });
    assert.equal(set.status, 200);
    await people.says('ada', 'reprovision my Cloud PC');
    const form = await eventually(() => last(people.messagesOf('ada')));
    assert.match(wordsOn(form), /gelöscht/);
    const inputs = { reason: 'Apps no longer start', saved: 'true', mail: 'true' };
    const submitted = await people.presses('ada', form, 'request.submit', inputs);
    assert.equal(submitted.status, 200);
    const approval = await eventually(() => {
      const found = people.channelMessages().find((one) => wordsOn(one).includes('Ada Arendt?'));
      assert.ok(found);
      return found;
    }, 15_000);
    const approved = await people.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
    assert.equal(approved.status, 200);
    await eventually(() => {
      const mine = people.messagesOf('ada').map((one) => wordsOn(one));
      assert.ok(
        mine.some((words) => words.startsWith('Ihr Cloud-PC ist bereit')),
        mine.join('\n'),
      );
      const card = people.channelMessages().find((one) => one.id === approval.id);
      assert.match(wordsOn(cardOf(card)), /Ready/);
      assert.equal(microsoft.simulator.tenant.mails.length, 1);
    }, 40_000);
    assert.deepEqual(microsoft.simulator.tenant.reprovisionPosts(demoCloudPcs.ada), { received: 1, applied: 1 });
  }

  const hostsAsked = () => [...new Set(microsoft.front.passages.map(({ host }) => host))].sort();
  const logged = () => bot.lines.join('\n');

  it('When the bot signs in with its secret, then the whole story works, with the right token for each door', async () => {
    await startWithSecrets();

    await playStory();

    assert.deepEqual(
      microsoft.login.given.map(({ how, clientId, resource }) => `${how} ${clientId} ${resource}`).sort(),
      [`secret ${botAppId} https://api.botframework.com`, `secret ${graphClientId} https://graph.microsoft.com`],
      'each token once, by its own registration',
    );
    assert.deepEqual(hostsAsked(), [
      'graph.microsoft.com',
      'login.botframework.com',
      'login.microsoftonline.com',
      'smba.trafficmanager.net',
    ]);
    assert.deepEqual(
      microsoft.front.passages.filter(({ status }) => status === null || status >= 400),
      [],
    );
    const secrets = [botPassword, graphSecret, 'token-', 'Apps no longer start', 'ada@contoso.com'];
    for (const secret of secrets) assert.ok(!logged().includes(secret), `${secret} stands in the log`);
    assert.equal(await bot.kill('SIGTERM'), 0);
  });

  it('When the bot has a managed identity, then bot and Graph sign in by it, also where Graph has a secret besides', async () => {
    await start({ BOT_TYPE: 'UserAssignedMSI' }, microsoft.login.managedIdentityEnv);
    await playStory();
    assert.deepEqual(
      microsoft.login.given.map(({ how, clientId, resource }) => `${how} ${clientId} ${resource}`).sort(),
      [
        `managedIdentity ${botAppId} https://api.botframework.com`,
        `managedIdentity ${botAppId} https://graph.microsoft.com`,
      ],
    );
    await bot.kill();
    microsoft.login.given.length = 0;

    await bot.start({ AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: graphClientId, AZURE_CLIENT_SECRET: graphSecret });
    await people.says('ada', 'my cloud pcs');

    await eventually(() => assert.match(wordsOn(last(people.messagesOf('ada'))), /CPC-ada/), 15_000);
    assert.deepEqual(
      microsoft.login.given.map(({ how, clientId, resource }) => `${how} ${clientId} ${resource}`).sort(),
      [
        `managedIdentity ${botAppId} https://api.botframework.com`,
        `secret ${graphClientId} https://graph.microsoft.com`,
      ],
    );
    assert.deepEqual(microsoft.login.refused, []);
  });

  it('When a token is of somebody else, or none, then nobody comes in, and nothing is asked of Microsoft', async () => {
    await startWithSecrets();
    const activity = message('help', { from: 'ada', serviceUrl });
    const body = JSON.stringify(activity);
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
    await postActivity(bot, message('help', { from: 'ada' }), { ...microsoft, serviceUrl });
    const before = microsoft.connector.calls.length;

    const answers = [
      await postRaw(bot, body),
      await postRaw(bot, body, bearer(microsoft.authority.mint(serviceUrl, { foreignKey: true }))),
      await postRaw(bot, body, bearer(microsoft.authority.mint('https://smba.trafficmanager.net/amer/'))),
      await postRaw(bot, body, bearer(microsoft.login.tokenFor('https://api.botframework.com'))),
    ];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401, 401],
    );
    assert.equal(microsoft.connector.calls.length, before);
  });

  it('When the bot may not sign in, then it says so in its log, without the secret, and tells the world nothing', async () => {
    await startWithSecrets({ BOT_PASSWORD: 'a-wrong-password' });

    const answer = await postActivity(bot, message('help', { from: 'ada' }), { ...microsoft, serviceUrl });

    assert.ok(!JSON.stringify(answer.body ?? '').includes('bad secret'));
    await eventually(() => assert.match(logged(), /"level":"(warn|error)"/));
    assert.ok(!logged().includes('a-wrong-password'));
    assert.equal(microsoft.connector.messages.length, 0);
  });

  it('When it is built, then nothing of the simulator or the demo is in it', async () => {
    await startWithSecrets();

    for (const part of ['simulator', 'demo'])
      await assert.rejects(stat(new URL(`../../dist/${part}`, import.meta.url)), { code: 'ENOENT' });
  });
});
