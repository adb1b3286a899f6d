// Who gets through the door beyond the table of `authentication.spec.ts`: issuers of other clouds, service URLs, channels, keys that
// change, and the server of the keys when it is away, slow or lying.
import assert from 'node:assert/strict';
import { AuthenticationConstants, GovernmentConstants } from 'botframework-connector';
import { after, afterEach, describe, it } from 'mocha';
import { hour, minute, second } from '../../src/domain/time.ts';
import { type Cloud, clouds } from '../../src/teams/clouds.ts';
import { type AuthorityMood, authorityLies, type TokenChanges } from '../fakes/bot-tokens.ts';
import { eventually } from '../fakes/looking.ts';
import { type RunningBotOptions, startRunningBot } from '../fakes/running-bot.ts';
import { type Activity, botAppId, message, postActivity, postRaw, tenantId } from '../fakes/teams.ts';
import { printTable } from '../fakes/told-table.ts';

type Bot = Awaited<ReturnType<typeof startRunningBot>>;

interface Row {
  title: string;
  cloud?: Cloud;
  endorsements?: string[];
  token?: TokenChanges;
  /** Of token and body alike; the fake connector's when left out. */
  serviceUrl?: string;
  body?: (activity: Activity) => Activity;
  status: number;
}

const emulators = {
  'version 1': 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/',
  'version 2': 'https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0',
  'version 1 of older days': 'https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/',
  'version 2 of older days': 'https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0',
  'version 1, government': 'https://sts.windows.net/cab8a31a-1906-4287-a0d8-4eef66b95f6e/',
  'version 2, government': 'https://login.microsoftonline.us/cab8a31a-1906-4287-a0d8-4eef66b95f6e/v2.0',
};
const emulatorRows = (['global', 'usgov'] as const).flatMap((cloud) =>
  Object.entries(emulators).flatMap(([which, iss]): Row[] =>
    ['1.0', '2.0'].map((ver) => ({
      title: `the emulator’s issuer, ${which}, ver ${ver}, in the cloud ${cloud}`,
      cloud,
      token: { claims: { iss, ver, appid: botAppId, azp: botAppId } },
      status: 401,
    })),
  ),
);

const cloudRows: Row[] = (['global', 'usgov'] as const).flatMap((cloud): Row[] => {
  const other = cloud === 'global' ? 'usgov' : 'global';
  return [
    { title: `the issuer of its own cloud, ${cloud}`, cloud, status: 200 },
    {
      title: `the issuer of ${other} in the cloud ${cloud}`,
      cloud,
      token: { claims: { iss: clouds[other].tokenIssuer } },
      status: 401,
    },
    {
      title: `the connector of its own cloud, ${cloud}`,
      cloud,
      serviceUrl: clouds[cloud].firstContactUrl,
      status: 200,
    },
    {
      title: `the connector of ${other} in the cloud ${cloud}`,
      cloud,
      serviceUrl: clouds[other].firstContactUrl,
      status: 401,
    },
  ];
});

const issuers: Record<string, unknown> = {
  'with a slash at the end': 'https://api.botframework.com/',
  'over http': 'http://api.botframework.com',
  'in upper case': 'HTTPS://API.BOTFRAMEWORK.COM',
  'with a NUL at the end': 'https://api.botframework.com\0',
  'in a list': ['https://api.botframework.com'],
  'of the bot’s own tenant': `https://sts.windows.net/${tenantId}/`,
  'that is missing': undefined,
};

const tokenRows: Row[] = [
  { title: 'a foreign key that the header brings along (jwk)', token: { foreignKey: 'embedded' }, status: 401 },
  {
    title: 'a foreign key that the header points to (jku, x5u)',
    token: {
      foreignKey: true,
      header: { jku: 'https://issuer.example/keys', x5u: 'https://issuer.example/key.pem', x5c: ['AAAA'] },
    },
    status: 401,
  },
  { title: 'a key id that is a path', token: { header: { kid: '../../keys' } }, status: 401 },
  { title: 'a key id of every object', token: { header: { kid: '__proto__' } }, status: 401 },
  { title: 'a key id that is a list', token: { header: { kid: ['x'] } }, status: 401 },
  { title: 'an algorithm in small letters', token: { header: { alg: 'rs256' } }, status: 401 },
  { title: 'another RSA algorithm than the signature’s', token: { header: { alg: 'RS512' } }, status: 401 },
  { title: 'a padding that is not offered', token: { header: { alg: 'PS256' } }, status: 401 },
  { title: 'a token without an end', token: { claims: { exp: undefined } }, status: 401 },
  { title: 'a token whose end is a text', token: { claims: { exp: '9999999999' } }, status: 401 },
  { title: 'audiences in a list, ours among them', token: { claims: { aud: [botAppId, 'x'] } }, status: 401 },
  { title: 'a service URL in a list', token: { claims: { serviceurl: ['x'] } }, status: 401 },
  ...Object.entries(issuers).map(([which, iss]) => ({
    title: `an issuer ${which}`,
    token: { claims: { iss } },
    status: 401,
  })),
];

const serviceUrls: Record<string, string> = {
  'another host': 'https://attacker.example/',
  'Teams’ host as user name': 'https://smba.trafficmanager.net@attacker.example/emea/',
  'a user name before it': 'https://user:pass@smba.trafficmanager.net/emea/',
  'something before it': 'https://attacker-smba.trafficmanager.net/emea/',
  'something below it': 'https://x.smba.trafficmanager.net/emea/',
  'something behind it': 'https://smba.trafficmanager.net.attacker.example/emea/',
  'it in a path': 'https://attacker.example/smba.trafficmanager.net/',
  'it in a fragment': 'https://attacker.example#.smba.trafficmanager.net/',
  'another port': 'https://smba.trafficmanager.net:8443/emea/',
  http: 'http://smba.trafficmanager.net/emea/',
  'a dot at the end': 'https://smba.trafficmanager.net./emea/',
  'wide letters': 'https://ｓｍｂａ.trafficmanager.net/emea/',
  'letters of another alphabet': 'https://smbа.trafficmanager.net/emea/',
  'a line break in it': 'https://smba.traffic\nmanager.net/emea/',
  'blanks around it': ' https://smba.trafficmanager.net/emea/ ',
  backslashes: 'https:\\\\smba.trafficmanager.net\\emea/',
  'a backslash before another host': 'https://smba.trafficmanager.net\\@attacker.example/',
  'a query behind it': 'https://smba.trafficmanager.net/emea/?to=attacker.example',
  'this machine': 'https://127.0.0.1/',
  'the machine’s metadata': 'http://169.254.169.254/metadata/identity',
  'a file': 'file:///smba.trafficmanager.net/emea/',
  'no protocol': '//smba.trafficmanager.net/emea/',
  DoD: 'https://smba.infra.dod.teams.microsoft.us/dod',
};
const serviceRows: Row[] = [
  { title: 'a service URL of Teams', serviceUrl: 'https://smba.trafficmanager.net/emea/', status: 200 },
  ...Object.entries(serviceUrls).map(([which, serviceUrl]) => ({
    title: `a service URL: ${which}`,
    serviceUrl,
    status: serviceUrl.includes('\n') ? 400 : 401,
  })),
];

const channels = [
  'webchat',
  'directline',
  'emulator',
  'skype',
  'email',
  'AseChannel',
  'MSTEAMS',
  'msteams ',
  'msteams\0',
];
const endorsed = ['msteams', ...channels];
const channelRows: Row[] = [
  { title: 'the channel of Teams', endorsements: endorsed, status: 200 },
  ...channels.map((channelId) => ({
    title: `the channel ${JSON.stringify(channelId)}`,
    endorsements: endorsed,
    body: (activity: Activity) => ({ ...activity, channelId }),
    status: channelId.endsWith('\0') ? 400 : 401,
  })),
  { title: 'a channel that is a list', body: (activity) => ({ ...activity, channelId: ['msteams'] }), status: 400 },
];

const foreign = '99999999-0000-4000-8000-000000000000';
const withTenants = (inConversation: unknown, inChannelData: unknown) => (activity: Activity) => ({
  ...activity,
  conversation: { ...activity.conversation, tenantId: inConversation },
  channelData: { tenant: { id: inChannelData } },
});
const tenantRows: Row[] = [
  { title: 'a foreign tenant in both places', body: withTenants(foreign, foreign), status: 403 },
  { title: 'ours in one place, a foreign one in the other', body: withTenants(tenantId, foreign), status: 403 },
  { title: 'ours with a blank behind it', body: withTenants(`${tenantId} `, undefined), status: 403 },
  {
    title: 'ours with something behind it',
    body: withTenants(`${tenantId}${foreign}`.slice(0, 64), undefined),
    status: 403,
  },
  { title: 'an empty tenant', body: withTenants('', undefined), status: 400 },
  { title: 'tenants in a list, ours among them', body: withTenants([tenantId, foreign], undefined), status: 400 },
  { title: 'a tenant for every tenant', body: withTenants('common', undefined), status: 403 },
];

const rows = [...tokenRows, ...cloudRows, ...emulatorRows, ...serviceRows, ...channelRows, ...tenantRows];

describe('The door, asked by tokens that are good elsewhere', () => {
  const bots = new Map<string, Bot>();
  const told: [string, number, number][] = [];

  async function botFor({ cloud, endorsements }: Row): Promise<Bot> {
    const kind = `${cloud} ${endorsements}`;
    const bot = bots.get(kind) ?? (await startRunningBot({ cloud, endorsements }));
    bots.set(kind, bot);
    return bot;
  }

  after(async () => {
    for (const bot of bots.values()) await bot.stop();
    printTable('What came through the door', ['came', 'answer', 'turns'], told);
  });

  for (const row of rows) {
    it(`When there is ${row.title}, then the answer is ${row.status} and the turn ${row.status === 200 ? 'runs' : 'does not run'}`, async () => {
      const bot = await botFor(row);
      const serviceUrl = row.serviceUrl ?? bot.connector.url;
      const activity = message('help', { from: 'ada', serviceUrl });
      const turns = bot.turns.length;

      const answer = await postRaw(bot, JSON.stringify(row.body?.(activity) ?? activity), {
        Authorization: `Bearer ${bot.authority.mint(serviceUrl, row.token)}`,
      });

      told.push([row.title, answer.status, bot.turns.length - turns]);
      assert.equal(answer.status, row.status);
      assert.equal(bot.turns.length - turns, row.status === 200 ? 1 : 0);
      const words: Record<number, string> = { 400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden' };
      assert.deepEqual(answer.body, row.status === 200 ? '' : { error: words[row.status] });
      assert.equal(bot.connector.calls.length, 0);
    });
  }
});

describe('The keys of tokens', () => {
  let bot: Bot;
  let now: number;

  async function start({
    timeoutMs = 300,
    ...options
  }: RunningBotOptions & { timeoutMs?: number } = {}): Promise<void> {
    now = 1_000_000;
    bot = await startRunningBot({ ...options, options: { timeoutMs, keysClock: () => now } });
  }
  afterEach(() => bot.stop());

  const status = async () => (await postActivity(bot, message('help', { from: 'ada' }), bot)).status;
  const linesOf = (msg: string) => bot.log.lines.filter((line) => line.msg === msg).length;

  it('When they are fetched, then from the address that the SDK would take in each cloud', async () => {
    await start();

    assert.deepEqual(
      [clouds.global.tokenMetadataUrl, clouds.usgov.tokenMetadataUrl],
      [
        AuthenticationConstants.ToBotFromChannelOpenIdMetadataUrl,
        GovernmentConstants.ToBotFromChannelOpenIdMetadataUrl,
      ],
    );
  });

  it('When they change while it runs, then the new ones are looked for once in a minute, however many ask', async () => {
    await start();
    assert.equal(await status(), 200);
    const old = bot.authority.mint(bot.connector.url);
    bot.authority.rotate();

    const soon = await Promise.all(Array.from({ length: 20 }, status));
    const { fetches } = bot.authority;
    now += minute;
    const later = await Promise.all(Array.from({ length: 20 }, status));
    const again = await Promise.all(Array.from({ length: 20 }, status));
    const withdrawn = await postRaw(
      bot,
      JSON.stringify(message('help', { from: 'ada', serviceUrl: bot.connector.url })),
      {
        Authorization: `Bearer ${old}`,
      },
    );

    assert.deepEqual(new Set(soon), new Set([401]));
    assert.deepEqual(new Set([...later, ...again]), new Set([200]));
    assert.equal(withdrawn.status, 401);
    assert.deepEqual([fetches, bot.authority.fetches], [2, 4]);
  });

  it('When they are a day old, then they are fetched again while the old ones go on', async () => {
    await start();
    assert.equal(await status(), 200);
    now += 24 * hour;

    assert.equal(await status(), 200);

    await eventually(() => assert.equal(bot.authority.fetches, 4));
  });

  for (const mood of ['broken', 'hanging'] as const) {
    it(`When they cannot be fetched again (${mood}), then the old ones go on for two days in all, at once, and new ones after that`, async () => {
      const timeoutMs = 2 * second;
      await start({ timeoutMs });
      await eventually(async () => {
        now += second;
        assert.equal(await status(), 200);
      });
      bot.authority.mood = mood;
      now += 47 * hour;

      const begun = performance.now();
      assert.equal(await status(), 200);
      const took = performance.now() - begun;
      now += hour;
      const late = await status();
      bot.authority.mood = 'well';
      await eventually(async () => {
        now += second;
        assert.equal(await status(), 200);
      });

      assert.equal(late, 503);
      assert.ok(mood === 'broken' || took < timeoutMs, `it waited for the fetch: ${took} ms`);
    });
  }

  it('When fifty activities wait for them, then they are fetched once, and all are answered', async () => {
    await start();

    const statuses = await Promise.all(Array.from({ length: 50 }, status));

    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.equal(bot.authority.fetches, 2);
  });

  it('When their server is away and many ask, then it is asked once in a second, and the log has one line', async () => {
    await start();
    bot.authority.mood = 'broken';

    const statuses = [];
    for (let round = 0; round < 5; round += 1)
      statuses.push(...(await Promise.all(Array.from({ length: 20 }, status))));

    assert.deepEqual(new Set(statuses), new Set([503]));
    assert.equal(bot.authority.fetches, 1);
    assert.equal(linesOf('tokens cannot be checked now'), 1);
  });

  it('When an unknown key comes while their server is away, then known ones go on', async () => {
    await start();
    assert.equal(await status(), 200);
    bot.authority.mood = 'broken';
    now += minute;
    const unknown = bot.authority.mint(bot.connector.url, { header: { kid: 'unknown' } });

    const answer = await postRaw(bot, JSON.stringify(message('help', { from: 'ada', serviceUrl: bot.connector.url })), {
      Authorization: `Bearer ${unknown}`,
    });

    assert.equal(answer.status, 503);
    assert.equal(await status(), 200);
  });

  const told: [string, number, number, number][] = [];
  after(() => printTable('What the server of the keys did', ['it', 'answer', 'turns', 'afterwards'], told));

  for (const mood of ['broken', 'hanging', ...authorityLies] satisfies AuthorityMood[]) {
    it(`When their server ${mood === 'broken' || mood === 'hanging' ? `is ${mood}` : mood}, then nobody comes in until it is well again`, async () => {
      await start({ timeoutMs: second });
      bot.authority.mood = mood;

      const answer = await status();
      const turns = bot.turns.length;
      bot.authority.mood = 'well';
      const afterwards = await eventually(async () => {
        now += second;
        const found = await status();
        assert.equal(found, 200);
        return found;
      });

      told.push([mood, answer, turns, afterwards]);
      assert.deepEqual([answer, turns], [503, 0]);
      assert.deepEqual(
        bot.log.lines.map(({ msg }) => msg).filter((msg) => msg !== 'serving'),
        ['tokens cannot be checked now'],
      );
    });
  }
});
