// Production, exactly: the build, as a process of its own, with its settings and nothing else, against Microsoft under the real
// host names over TLS. Tokens are fetched and checked by the SDKs as they are.
import assert from 'node:assert/strict';
import { assertBuilt } from '../fakes/bot-process.ts';
import { eventually, last, wordsOn } from '../fakes/looking.ts';
import { botPassword, graphClientId, graphSecret, serviceUrl } from '../fakes/microsoft/index.ts';
import { type Production, secrets, startProduction } from '../fakes/production.ts';
import { testStoreKind } from '../fakes/store.ts';
import { botAppId, message, postRaw } from '../fakes/teams.ts';

describe(`production on the ${testStoreKind} store, against Microsoft's host names`, function () {
  this.timeout(90_000);
  let production: Production;

  before(() => assertBuilt());
  afterEach(() => production.stop());

  const signedInBy = () =>
    production.microsoft.login.given.map(({ how, clientId, resource }) => `${how} ${clientId} ${resource}`).sort();
  const logged = () => production.bot.lines.join('\n');

  it('When the bot signs in with its secret, then the whole story works, with the right token for each door', async () => {
    production = await startProduction();
    const { front } = production.microsoft;

    await production.playStory();

    assert.deepEqual(
      signedInBy(),
      [`secret ${botAppId} https://api.botframework.com`, `secret ${graphClientId} https://graph.microsoft.com`],
      'each token once, by its own registration',
    );
    assert.deepEqual([...new Set(front.passages.map(({ host }) => host))].sort(), [
      'graph.microsoft.com',
      'login.botframework.com',
      'login.microsoftonline.com',
      'smba.trafficmanager.net',
    ]);
    await eventually(() =>
      assert.deepEqual(
        front.passages.filter(({ status }) => status === null || status >= 400),
        [],
      ),
    );
    for (const secret of [botPassword, graphSecret, 'token-', 'Apps no longer start', 'ada@contoso.com'])
      assert.ok(!logged().includes(secret), `${secret} stands in the log`);
    assert.equal(await production.bot.kill('SIGTERM'), 0);
  });

  it('When the bot has a managed identity, then bot and Graph sign in by it', async () => {
    production = await startProduction((microsoft) => ({
      ...Object.fromEntries(Object.keys(secrets).map((name) => [name, ''])),
      BOT_TYPE: 'UserAssignedMSI',
      ...microsoft.login.managedIdentityEnv,
    }));

    await production.playStory();

    assert.deepEqual(signedInBy(), [
      `managedIdentity ${botAppId} https://api.botframework.com`,
      `managedIdentity ${botAppId} https://graph.microsoft.com`,
    ]);
    assert.deepEqual(production.microsoft.login.refused, []);
  });

  it('When the bot has a managed identity and Graph a secret, then each signs in as itself', async () => {
    production = await startProduction((microsoft) => ({
      BOT_TYPE: 'UserAssignedMSI',
      BOT_PASSWORD: '',
      ...microsoft.login.managedIdentityEnv,
    }));

    await production.people.says('ada', 'my cloud pcs');

    await eventually(() => assert.match(wordsOn(last(production.people.messagesOf('ada'))), /CPC-ada/), 15_000);
    assert.deepEqual(signedInBy(), [
      `managedIdentity ${botAppId} https://api.botframework.com`,
      `secret ${graphClientId} https://graph.microsoft.com`,
    ]);
  });

  it('When a token is of somebody else, or none, then nobody comes in, and nothing is asked of Microsoft', async () => {
    production = await startProduction();
    const { bot, people, microsoft } = production;
    const body = JSON.stringify(message('help', { from: 'ada', serviceUrl }));
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
    await people.says('ada', 'help');
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
    production = await startProduction({ BOT_PASSWORD: 'a-wrong-password' });

    const answer = await production.people.says('ada', 'help');

    assert.ok(!JSON.stringify(answer.body ?? '').includes('bad secret'));
    await eventually(() => assert.match(logged(), /"level":"(warn|error)"/));
    assert.ok(!logged().includes('a-wrong-password'));
    assert.equal(production.microsoft.connector.messages.length, 0);
  });
});
