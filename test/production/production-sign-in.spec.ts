// Single sign-on in production: the build as a process of its own, and people's tokens at the token service's real host name.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { assertBuilt } from '../fakes/bot-process.ts';
import { eventually } from '../fakes/looking.ts';
import { serviceUrl } from '../fakes/microsoft/index.ts';
import { type Production, startProduction } from '../fakes/production.ts';
import { testStoreKind } from '../fakes/store.ts';
import { type CastMember, personOf, postActivity, tenantId, tokenExchange } from '../fakes/teams.ts';
import { personsToken, ssoConnection } from '../fakes/token-service.ts';

describe(`single sign-on in production, on the ${testStoreKind} store`, function () {
  this.timeout(90_000);
  let production: Production;

  before(() => assertBuilt());
  afterEach(() => production.stop());

  async function signsIn(member: CastMember): Promise<number> {
    const { microsoft, bot } = production;
    const value = { id: randomUUID(), connectionName: ssoConnection, token: 'of-the-teams-client' };
    microsoft.tokenService.exchanges.set(value.token, personsToken(personOf(member).id, tenantId));
    const { status } = await postActivity(bot, tokenExchange(member, value), { ...microsoft, serviceUrl });
    return status;
  }

  it('When Ada signs in, then the whole story works, and the wipe is sent in her name', async () => {
    production = await startProduction({ SSO_CONNECTION: ssoConnection });
    const { microsoft, people, bot } = production;
    await people.says('ada', 'reprovision my Cloud PC');
    await eventually(
      () => assert.ok(microsoft.connector.messages.some(({ content }) => isSignInCard(content))),
      20_000,
    );

    assert.equal(await signsIn('ada'), 200);
    await production.playStory();

    const posts = microsoft.simulator.requests.filter(({ path }) => path.endsWith('/reprovision'));
    assert.deepEqual(
      posts.map(({ path }) => path),
      [`/me/cloudPCs/${demoCloudPcs.ada}/reprovision`],
    );
    assert.ok(microsoft.front.passages.some(({ host }) => host === 'api.botframework.com'));
    const logged = bot.lines.join('\n');
    for (const secret of ['eyJ', 'of-the-teams-client']) assert.ok(!logged.includes(secret), secret);
  });
});

function isSignInCard(content: { attachments?: { contentType?: string }[] }): boolean {
  return content?.attachments?.[0]?.contentType === 'application/vnd.microsoft.card.oauth';
}
