// Tokens good and bad against the real entry: HTTP server, guard, authentication, adapter.
import assert from 'node:assert/strict';
import { ClaimsIdentity, type MicrosoftAppCredentials } from 'botframework-connector';
import { after, afterEach, before, describe, it } from 'mocha';
import sinon from 'sinon';
import { InputError } from '../../src/domain/errors.ts';
import { createAdapter } from '../../src/teams/adapter.ts';
import { createBotAuthentication } from '../../src/teams/authentication.ts';
import { clouds } from '../../src/teams/clouds.ts';
import { UnansweredError } from '../../src/teams/one-try-connector.ts';
import { createOpenAuthentication } from '../../src/teams/open-authentication.ts';
import { createReceiver } from '../../src/teams/receive.ts';
import type { TokenChanges } from '../fakes/bot-tokens.ts';
import { eventually } from '../fakes/looking.ts';
import { createFakeLog, startRunningBot } from '../fakes/running-bot.ts';
import { type Activity, botAppId, message, postActivity, postRaw, tenantId } from '../fakes/teams.ts';

type Bot = Awaited<ReturnType<typeof startRunningBot>>;

/** From now on, when it is asked for: a row lives for as long as its file. */
const minutes = (count: number) => Math.floor(Date.now() / 1000) + count * 60;
const emulator = 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/';
const emulatorClaims = { iss: emulator, ver: '1.0', appid: botAppId };

interface Row {
  title: string;
  token?: TokenChanges;
  /** The whole header; `undefined`: none. */
  header?: (good: string) => string | undefined;
  body?: (activity: Activity) => Activity;
  status: number;
}

const rows: Row[] = [
  { title: 'a good token', status: 200 },
  {
    title: 'a token that expired 4 minutes ago',
    get token() {
      return { claims: { exp: minutes(-4) } };
    },
    status: 200,
  },
  { title: 'no token', header: () => undefined, status: 401 },
  {
    title: 'a token that expired 10 minutes ago',
    get token() {
      return { claims: { exp: minutes(-10) } };
    },
    status: 401,
  },
  { title: 'a token for another bot', token: { claims: { aud: '99999999-0000-4000-8000-000000000000' } }, status: 401 },
  { title: 'a token without audience', token: { claims: { aud: undefined } }, status: 401 },
  { title: 'a token of another issuer', token: { claims: { iss: 'https://issuer.example' } }, status: 401 },
  {
    title: 'a token for another service URL',
    token: { claims: { serviceurl: 'https://other.example/' } },
    status: 401,
  },
  { title: 'a token without service URL', token: { claims: { serviceurl: undefined } }, status: 401 },
  {
    title: 'a body with another service URL',
    body: (activity) => ({ ...activity, serviceUrl: 'https://smba.trafficmanager.net/emea/' }),
    status: 401,
  },
  { title: 'a token with an unknown key id', token: { header: { kid: 'unknown' } }, status: 401 },
  { title: 'a token without key id', token: { header: { kid: undefined } }, status: 401 },
  { title: 'garbage', header: () => 'Bearer garbage', status: 401 },
  { title: 'garbage in three parts', header: () => 'Bearer a.b.c', status: 401 },
  { title: 'a Basic header', header: () => 'Basic YTpi', status: 401 },
  { title: 'a lower-case bearer', header: (good) => good.replace('Bearer', 'bearer'), status: 401 },
  {
    title: 'a channel that the key does not endorse',
    body: (activity) => ({ ...activity, channelId: 'webchat' }),
    status: 401,
  },
  { title: 'an unsigned token', token: { header: { alg: 'none' }, unsigned: true }, status: 401 },
  { title: 'a token signed with the public key', token: { hmacWithPublicKey: true }, status: 401 },
  { title: 'a token of a foreign key with the same id', token: { foreignKey: true }, status: 401 },
  {
    title: 'a token whose content was changed',
    header: (good) => {
      const [head, , signature] = good.split('.');
      const claims = { iss: 'https://api.botframework.com', aud: botAppId, exp: minutes(60), serviceurl: 'x' };
      return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
    },
    status: 401,
  },
  {
    title: 'a token that is not yet valid',
    get token() {
      return { claims: { nbf: minutes(10) } };
    },
    status: 401,
  },
  { title: 'a body without channel', body: ({ channelId: _, ...rest }) => rest, status: 401 },
  { title: 'a body without service URL', body: ({ serviceUrl: _, ...rest }) => rest, status: 401 },
  { title: 'a token of the emulator', token: { claims: emulatorClaims }, status: 401 },
  {
    title: 'a token of the emulator and a body without service URL',
    token: { claims: emulatorClaims },
    body: ({ serviceUrl: _, ...rest }) => rest,
    status: 401,
  },
  {
    title: 'a token of another bot (skill)',
    token: { claims: { ver: '1.0', appid: '99999999-0000-4000-8000-000000000000' } },
    status: 401,
  },
  { title: 'two tokens in one header', header: (good) => `${good} ${good}`, status: 401 },
  {
    title: 'a foreign tenant in the channel data',
    body: (activity) => ({ ...activity, channelData: { tenant: { id: '99999999-0000-4000-8000-000000000000' } } }),
    status: 403,
  },
  {
    title: 'a foreign tenant in the conversation',
    body: (activity) => ({
      ...activity,
      conversation: { ...activity.conversation, tenantId: '99999999-0000-4000-8000-000000000000' },
    }),
    status: 403,
  },
  {
    title: 'no tenant at all',
    body: ({ channelData: _, ...activity }) => ({
      ...activity,
      conversation: { ...activity.conversation, tenantId: undefined },
    }),
    status: 403,
  },
  {
    title: 'our tenant in upper case, in one place',
    body: ({ channelData: _, ...activity }) => ({
      ...activity,
      conversation: { ...activity.conversation, tenantId: tenantId.toUpperCase() },
    }),
    status: 200,
  },
];

for (const endorsements of [undefined, ['msteams', 'webchat']]) {
  describe(`Incoming tokens, keys ${endorsements ? 'endorsed for channels' : 'without endorsements'}`, () => {
    let bot: Bot;

    before(async () => {
      bot = await startRunningBot(endorsements ? { endorsements } : {});
    });

    after(() => bot.stop());

    for (const row of rows) {
      it(`When ${row.title} comes, then the answer is ${row.status} and the turn ${row.status === 200 ? 'runs' : 'does not run'}`, async () => {
        const serviceUrl = bot.connector.url;
        const activity = message('help', { from: 'ada', serviceUrl });
        const good = `Bearer ${bot.authority.mint(serviceUrl, row.token)}`;
        const header = row.header ? row.header(good) : good;
        const turns = bot.turns.length;

        const answer = await postRaw(
          bot,
          JSON.stringify(row.body?.(activity) ?? activity),
          header === undefined ? {} : { Authorization: header },
        );

        assert.equal(answer.status, row.status);
        assert.equal(bot.turns.length - turns, row.status === 200 ? 1 : 0);
        const words: Record<number, unknown> = { 401: { error: 'Unauthorized' }, 403: { error: 'Forbidden' }, 200: '' };
        assert.deepEqual(answer.body, words[row.status]);
      });
    }
  });
}

describe('The keys of incoming tokens', () => {
  let bot: Bot;

  before(async () => {
    bot = await startRunningBot({ endorsements: ['webchat'] });
  });

  after(() => bot.stop());

  afterEach(() => sinon.restore());

  it('When the key is not endorsed for Teams, then the answer is 401', async () => {
    const answer = await postActivity(bot, message('help', { from: 'ada' }), bot);

    assert.equal(answer.status, 401);
    assert.equal(bot.turns.length, 0);
  });

  it('When a token of another issuer comes, then nothing is fetched for it', async () => {
    const fresh = await startRunningBot();
    const token = fresh.authority.mint(fresh.connector.url, { claims: emulatorClaims });

    const answer = await postRaw(
      fresh,
      JSON.stringify(message('help', { from: 'ada', serviceUrl: fresh.connector.url })),
      {
        Authorization: `Bearer ${token}`,
      },
    );

    assert.deepEqual([answer.status, fresh.authority.fetches], [401, 0]);
    await fresh.stop();
  });

  it('When token and body agree on a service URL that is not of Teams, then the answer is 401', async () => {
    const alone = await startRunningBot();
    const serviceUrl = 'https://attacker.example/';

    const answer = await postRaw(alone, JSON.stringify(message('help', { from: 'ada', serviceUrl })), {
      Authorization: `Bearer ${alone.authority.mint(serviceUrl)}`,
    });

    assert.deepEqual([answer.status, alone.turns.length], [401, 0]);
    await alone.stop();
  });

  it('When bad tokens come, then the SDK prints nothing, while others can print', async () => {
    const print = sinon.stub(console, 'error');
    const quiet = await startRunningBot();
    const token = (changes: TokenChanges) => `Bearer ${quiet.authority.mint(quiet.connector.url, changes)}`;
    const body = JSON.stringify(message('help', { from: 'ada', serviceUrl: quiet.connector.url }));

    const bad = [{ foreignKey: true }, { claims: { exp: minutes(-10) } }, { claims: { nbf: minutes(10) } }];
    const answers = bad.map((changes) => postRaw(quiet, body, { Authorization: token(changes) }));
    console.error('something else');
    const statuses = (await Promise.all(answers)).map((answer) => answer.status);

    assert.deepEqual(statuses, [401, 401, 401]);
    assert.deepEqual(print.args, [['something else']]);
    await quiet.stop();
  });

  it('When the keys change, then the new one is refused until they are fetched again, without a fault', async () => {
    const rotated = await startRunningBot();
    assert.equal((await postActivity(rotated, message('help', { from: 'ada' }), rotated)).status, 200);

    rotated.authority.rotate();
    const answer = await postActivity(rotated, message('help', { from: 'ada' }), rotated);

    assert.equal(answer.status, 401);
    await rotated.stop();
  });

  for (const mood of ['broken', 'hanging'] as const) {
    it(`When the keys cannot be fetched (${mood}), then the answer is 503 and later tokens work again`, async () => {
      const alone = await startRunningBot({ options: { timeoutMs: 1000 } });
      alone.authority.mood = mood;

      const answer = await postActivity(alone, message('help', { from: 'ada' }), alone);

      assert.equal(answer.status, 503);
      assert.deepEqual(answer.body, { error: 'ServiceUnavailable' });
      assert.equal(alone.turns.length, 0);
      alone.authority.mood = 'well';
      await eventually(async () =>
        assert.equal((await postActivity(alone, message('help', { from: 'ada' }), alone)).status, 200),
      );
      await alone.stop();
    });
  }
});

describe("The bot's identity", () => {
  const good = {
    type: 'SingleTenant',
    appId: botAppId,
    tenantId,
    password: 'secret',
    cloud: 'global',
    allowedTenants: [tenantId],
  } as const;

  const misfits = [
    { title: 'an empty app id', change: { appId: '' }, says: /BOT_ID/ },
    { title: 'an app id that is no GUID', change: { appId: 'concierge' }, says: /BOT_ID/ },
    { title: 'no tenant', change: { tenantId: '' }, says: /BOT_TENANT_ID/ },
    { title: 'SingleTenant without password', change: { password: ' ' }, says: /BOT_PASSWORD/ },
    { title: 'UserAssignedMSI with a password', change: { type: 'UserAssignedMSI' as const }, says: /BOT_PASSWORD/ },
    { title: 'no allowed tenant', change: { allowedTenants: [] }, says: /ALLOWED_TENANTS/ },
    { title: 'a type of old', change: { type: 'MultiTenant' as 'SingleTenant' }, says: /BOT_TYPE/ },
  ];

  for (const { title, change, says } of misfits) {
    it(`When there is ${title}, then the bot does not start and says why`, () => {
      assert.throws(
        () => createBotAuthentication({ ...good, ...change }),
        (error) =>
          error instanceof InputError &&
          error.code === 'settings.botIdentity' &&
          says.test(String(error.values.faults)),
      );
    });
  }

  const fits = [
    {
      cloud: 'global',
      authority: `https://login.microsoftonline.com/${tenantId}`,
      scope: 'https://api.botframework.com',
    },
    { cloud: 'usgov', authority: `https://login.microsoftonline.us/${tenantId}`, scope: 'https://api.botframework.us' },
  ] as const;

  for (const { cloud, authority, scope } of fits) {
    it(`When nothing but the identity is given (${cloud}), then tokens are asked for in that cloud`, async () => {
      const authentication = createBotAuthentication({ ...good, cloud });

      const identity = new ClaimsIdentity([{ type: 'aud', value: botAppId }]);
      const client = await authentication.createConnectorFactory(identity).create(clouds[cloud].firstContactUrl);

      const { oAuthEndpoint, oAuthScope } = client.credentials as MicrosoftAppCredentials;
      assert.deepEqual([oAuthEndpoint, oAuthScope], [authority, scope]);
      assert.equal(await authentication.credentials.isAuthenticationDisabled(), false);
    });
  }

  it('When it is a managed identity without password, then the bot starts', async () => {
    const authentication = createBotAuthentication({ ...good, type: 'UserAssignedMSI', password: undefined });

    assert.equal(await authentication.credentials.isValidAppId(botAppId), true);
    await assert.rejects(authentication.authenticateStreamingRequest('', 'msteams'), /Unauthorized/);
    await assert.rejects(authentication.authenticateChannelRequest(''), /Unauthorized/);
  });

  it('When a service URL is not of Teams, then no client is made for it', async () => {
    const factory = createBotAuthentication(good).createConnectorFactory(new ClaimsIdentity([]));

    await assert.rejects(factory.create('https://attacker.example/'), UnansweredError);
  });
});

describe('The open authentication of the demo', () => {
  const runTurns = () => {
    const turns: unknown[] = [];
    const log = createFakeLog();
    const adapter = createAdapter(createOpenAuthentication(), { log });
    const runTurn = async (context: { activity: unknown }) => void turns.push(context.activity);
    return { turns, receive: createReceiver({ adapter, allowedTenants: [tenantId], log, runTurn }) };
  };

  it('When an activity comes without a token from loopback, then its turn runs', async () => {
    const { turns, receive } = runTurns();
    const body = message('help', { from: 'ada', serviceUrl: 'http://localhost:56150/_connector' });

    const answer = await receive({ body, authorization: '' });

    assert.deepEqual([answer.status, turns.length], [200, 1]);
  });

  it('When answers would go elsewhere, or the tenant is another, then no turn runs', async () => {
    const { turns, receive } = runTurns();
    const elsewhere = message('help', { from: 'ada', serviceUrl: 'https://smba.trafficmanager.net/emea/' });
    const foreign = message('help', { from: 'ada', serviceUrl: 'http://localhost:56150/_connector' });
    foreign.conversation.tenantId = '99999999-0000-4000-8000-000000000000';

    const statuses = [];
    for (const body of [elsewhere, foreign]) statuses.push((await receive({ body, authorization: '' })).status);

    assert.deepEqual([statuses, turns], [[503, 403], []]);
  });
});
