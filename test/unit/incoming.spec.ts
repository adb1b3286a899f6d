import assert from 'node:assert/strict';
import type { TurnContext } from 'botbuilder';
import { describe, it } from 'mocha';
import { isFromAllowedTenant, readActivity } from '../../src/teams/guard.ts';
import { type Incoming, readIncoming } from '../../src/teams/incoming.ts';
import { readLaterTurn } from '../../src/teams/later.ts';
import {
  type Activity,
  activityOf,
  botId,
  channelId,
  chatOf,
  execute,
  installation,
  message,
  personOf,
  submit,
  tenantId,
} from '../fakes/teams.ts';

const serviceUrl = 'https://smba.trafficmanager.net/emea/';

/** As it goes in the bot: through JSON and the guard. */
function read(activity: Activity): Incoming {
  const guarded = readActivity(JSON.parse(JSON.stringify({ ...activity, serviceUrl })));
  assert.ok(guarded, 'the guard takes the activity');
  const incoming = readIncoming({ activity: guarded } as TurnContext);
  assert.ok(incoming, 'the activity can be read');
  return incoming;
}

describe('Reading a message', () => {
  it('When Ada writes in her chat, then everything about it is a plain value', () => {
    const activity = message('reprovision my Cloud PC', { from: 'ada' });

    const incoming = read(activity);

    assert.deepEqual(incoming, {
      kind: 'message',
      activityId: activity.id,
      person: personOf('ada'),
      tenantId,
      teamsUser: { userId: `29:${personOf('ada').id}`, tenantId },
      place: 'personal',
      conversation: {
        conversationId: chatOf('ada'),
        serviceUrl,
        tenantId,
        kind: 'personal',
        personId: personOf('ada').id,
        channelId: null,
        teamName: null,
        channelName: null,
        botId,
        blockedAt: null,
      },
      threadId: null,
      locale: 'de-DE',
      timeZone: 'Europe/Berlin',
      text: 'reprovision my Cloud PC',
      pasted: 'reprovision my Cloud PC',
      mentions: [],
      files: [],
      button: null,
      isInvoke: false,
      replyToId: null,
    });
    assert.deepEqual(JSON.parse(JSON.stringify(incoming)), incoming);
  });

  it('When Adam writes in a channel thread, then the channel and the thread are told apart', () => {
    const incoming = read(
      message('use this channel for approvals', { from: 'adam', where: { thread: '1700000000001' } }),
    );

    assert.equal(incoming.text, 'use this channel for approvals');
    assert.equal(incoming.place, 'channel');
    assert.equal(incoming.threadId, '1700000000001');
    assert.deepEqual(incoming.conversation, {
      conversationId: channelId,
      serviceUrl,
      tenantId,
      kind: 'channel',
      personId: null,
      channelId,
      teamName: 'IT',
      channelName: 'Approvals',
      botId,
      blockedAt: null,
    });
  });

  it('When somebody writes in a group chat, then no conversation is kept', () => {
    const incoming = read(message('help', { from: 'ben', where: 'groupChat' }));

    assert.deepEqual([incoming.place, incoming.conversation, incoming.text], ['groupChat', null, 'help']);
  });

  it('When somebody else is mentioned, then the mention has the Entra object id', () => {
    const incoming = read(
      message('reprovision <at>Ben Bauer</at>', { from: 'adam', where: { thread: '1' }, mentions: ['ben'] }),
    );

    assert.equal(incoming.text, 'reprovision Ben Bauer');
    assert.deepEqual(incoming.mentions, [{ id: personOf('ben').id, name: 'Ben Bauer', text: 'Ben Bauer' }]);
  });

  it('When the Entra object id comes in capitals, then it is in lower case', () => {
    const activity = message('help', { from: 'ada' });
    activity.from.aadObjectId = activity.from.aadObjectId.toUpperCase();

    const incoming = read(activity);

    assert.equal(incoming.person?.id, personOf('ada').id);
    assert.equal(incoming.conversation?.personId, personOf('ada').id);
  });

  it('When the bot is mentioned and there is no text, then the text is empty', () => {
    const { text: _, ...activity } = message('', { from: 'ada', where: { thread: '1' } });

    assert.deepEqual([read(activity).kind, read(activity).text], ['message', '']);
    assert.equal(read({ ...activity, text: null }).text, '');
  });

  const oddities: { title: string; change: Activity; expect: Partial<Incoming> }[] = [
    {
      title: 'an unknown time zone',
      change: { entities: [{ type: 'clientInfo', timezone: 'Mars/Olympus' }] },
      expect: { timeZone: null },
    },
    { title: 'a locale that is none', change: { locale: '../../etc', entities: [] }, expect: { locale: null } },
    {
      title: 'a time zone beside the entities',
      change: { entities: [], localTimezone: 'Europe/Paris' },
      expect: { timeZone: 'Europe/Paris' },
    },
    {
      title: 'entities of another shape',
      change: { entities: [{ type: 'mention' }, { type: 'clientInfo', timezone: 5 }] },
      expect: { mentions: [], timeZone: null },
    },
    { title: 'a value without verb', change: { value: { a: 1 } }, expect: { kind: 'message', button: null } },
    { title: 'a value of null', change: { text: '', value: null }, expect: { kind: 'message', button: null } },
    {
      title: 'text beside a verb',
      change: { value: { verb: 'request.approve' } },
      expect: { kind: 'message', text: 'help' },
    },
    {
      title: 'no name',
      change: { from: { id: '29:x', aadObjectId: personOf('ada').id } },
      expect: { person: { id: personOf('ada').id, name: personOf('ada').id } },
    },
  ];

  for (const { title, change, expect } of oddities) {
    it(`When there is ${title}, then the message is still read`, () => {
      const incoming = read({ ...message('help', { from: 'ada' }), ...change });

      for (const [name, value] of Object.entries(expect)) assert.deepEqual(incoming[name as keyof Incoming], value);
    });
  }

  for (const type of ['messageUpdate', 'messageDelete', 'messageReaction', 'typing', 'event', 'somethingNew']) {
    it(`When a ${type} comes, then no command is run for it`, () => {
      const incoming = read({ ...message('reprovision my cloud pc', { from: 'ada' }), type });

      assert.deepEqual([incoming.kind, incoming.text], ['other', '']);
    });
  }

  it('When a message says that it is an edit, then no command is run for it', () => {
    const activity = message('reprovision my cloud pc', { from: 'ada' });

    assert.equal(
      read({ ...activity, channelData: { ...activity.channelData, eventType: 'editMessage' } }).kind,
      'other',
    );
  });
});

describe('Reading a button', () => {
  const press = {
    from: 'ivan',
    verb: 'request.approve',
    data: { requestId: 'r-1', revision: 2 },
    replyToId: '17',
  } as const;
  const button = { verb: 'request.approve', data: { requestId: 'r-1', revision: 2 }, replyToId: '17' };

  it('When it is an Action.Execute, then verb, data and message are told', () => {
    const incoming = read(execute(press));

    assert.deepEqual([incoming.kind, incoming.button, incoming.isInvoke], ['button', button, true]);
    assert.deepEqual(incoming.person, personOf('ivan'));
  });

  it('When it is the Action.Submit fallback, then it is the same button', () => {
    const incoming = read(submit(press));

    assert.deepEqual([incoming.kind, incoming.button, incoming.isInvoke], ['button', button, false]);
  });

  it('When the data carries the verb or words for Teams, then they are no data', () => {
    const data = { ...press.data, verb: 'other', msteams: { type: 'messageBack' } };

    assert.deepEqual(read(execute({ ...press, data })).button, button);
    assert.deepEqual(read({ ...submit(press), value: { ...data, verb: press.verb } }).button, button);
  });

  it('When an Action.Execute has no data, then the data is empty', () => {
    assert.deepEqual(read(execute({ from: 'ivan', verb: 'help.show' })).button?.data, {});
  });

  const misshapen: unknown[] = [
    undefined,
    null,
    'text',
    { action: null },
    { action: { type: 'Action.Execute' } },
    { action: { type: 'Action.Execute', verb: 5 } },
    { action: { type: 'Action.Execute', verb: 'v'.repeat(101) } },
    { action: { type: 'Action.Execute', verb: 'v', data: [1] } },
    { action: { type: 'Action.Submit', verb: 'v' } },
  ];

  for (const value of misshapen) {
    it(`When the invoke's value is ${JSON.stringify(value)?.slice(0, 60)}, then it is no button`, () => {
      const incoming = read({ ...execute(press), value });

      assert.deepEqual([incoming.kind, incoming.button, incoming.isInvoke], ['other', null, true]);
    });
  }

  it('When another invoke comes, then it is no button', () => {
    assert.equal(read({ ...execute(press), name: 'composeExtension/query' }).kind, 'other');
  });

  it('When a client tells of a sign-in, then it is one, and without a code that can be read there is nothing behind it', () => {
    const exchange = { id: 'x', connectionName: 'graph', token: 'of-the-client' };
    const told = (name: string, value: unknown) => {
      const incoming = read({ ...execute(press), name, value });
      if (incoming.kind === 'tokenExchange') return incoming.exchange;
      return incoming.kind === 'signedIn' ? incoming.code : incoming.kind;
    };

    assert.deepEqual(told('signin/tokenExchange', { ...exchange, more: 1 }), exchange);
    assert.equal(told('signin/verifyState', { state: '123456' }), '123456');
    for (const value of [
      undefined,
      null,
      {},
      'text',
      { state: 7 },
      { id: 'x' },
      { ...exchange, token: 'x'.repeat(30_000) },
    ])
      for (const name of ['signin/tokenExchange', 'signin/verifyState']) assert.equal(told(name, value), '');
  });
});

describe('Reading an event', () => {
  const bot = { id: botId };
  const someone = { id: '29:someone', aadObjectId: personOf('ben').id };
  const update = (change: Activity) => ({
    ...activityOf('ada', { thread: '1' }, ''),
    type: 'conversationUpdate',
    ...change,
  });

  const events: { title: string; activity: Activity; kind: Incoming['kind'] }[] = [
    { title: 'an installation', activity: installation('add', 'ada'), kind: 'installed' },
    { title: 'an upgrade', activity: installation('add-upgrade', 'ada'), kind: 'installed' },
    { title: 'a removal', activity: installation('remove', 'ada'), kind: 'uninstalled' },
    {
      title: 'the removal before an upgrade',
      activity: { ...installation('remove', 'ada'), action: 'remove-upgrade' },
      kind: 'other',
    },
    { title: 'the bot coming into a team', activity: update({ membersAdded: [bot] }), kind: 'memberAdded' },
    { title: 'somebody coming into a team', activity: update({ membersAdded: [someone] }), kind: 'memberAdded' },
    { title: 'the bot leaving a team', activity: update({ membersRemoved: [bot] }), kind: 'uninstalled' },
    { title: 'somebody leaving a team', activity: update({ membersRemoved: [someone] }), kind: 'other' },
    {
      title: 'a renamed channel',
      activity: update({ channelData: { tenant: { id: tenantId }, eventType: 'channelRenamed' } }),
      kind: 'other',
    },
  ];

  for (const { title, activity, kind } of events) {
    it(`When there is ${title}, then it is read as ${kind}`, () => {
      assert.equal(read(activity).kind, kind);
    });
  }

  it('When an installation is an upgrade, then it says so', () => {
    const isUpgrade = (activity: Activity) => (read(activity) as { isUpgrade?: boolean }).isUpgrade;

    assert.deepEqual(
      [isUpgrade(installation('add', 'ada')), isUpgrade(installation('add-upgrade', 'ada'))],
      [false, true],
    );
  });

  it('When the app was installed for a team by Graph, then the event has no person but a conversation', () => {
    const incoming = read({ ...installation('add', 'ada', { thread: '1' }), from: { id: '29:x' } });

    assert.equal(incoming.person, null);
    assert.equal(incoming.conversation?.conversationId, channelId);
  });
});

describe('The guard', () => {
  const good = (): Activity => ({ ...message('help', { from: 'ada' }), serviceUrl });
  const set = (path: string[], value: unknown): unknown => {
    const activity: Activity = good();
    const parent = path.slice(0, -1).reduce((object, name) => object[name], activity);
    parent[path.at(-1) ?? ''] = value;
    return JSON.parse(JSON.stringify(activity));
  };

  const required = [
    ['type'],
    ['id'],
    ['from'],
    ['from', 'id'],
    ['from', 'aadObjectId'],
    ['recipient'],
    ['recipient', 'id'],
    ['conversation'],
    ['conversation', 'id'],
  ];
  const wrong = [undefined, null, '', 5, [], {}, 'x'.repeat(3000)];

  for (const path of required) {
    it(`When ${path.join('.')} is missing or of another type, then it is no activity`, () => {
      for (const value of wrong)
        assert.equal(readActivity(set(path, value)), null, JSON.stringify(value)?.slice(0, 20));
    });
  }

  for (const path of [
    ['serviceUrl'],
    ['channelId'],
    ['text'],
    ['entities'],
    ['channelData'],
    ['timestamp'],
    ['replyToId'],
    ['attachments'],
    ['membersAdded'],
    ['conversation', 'tenantId'],
    ['channelData', 'tenant'],
  ]) {
    it(`When ${path.join('.')} is of another type, then it is no activity`, () => {
      assert.equal(readActivity(set(path, 5)), null);
      assert.equal(readActivity(set(path, true)), null);
    });
  }

  it('When the body is no object, then it is no activity', () => {
    for (const body of [undefined, null, 'text', 5, true, [], [good()]]) assert.equal(readActivity(body), null);
  });

  it('When the body is nested without end, then it is no activity, and it takes no time', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

    assert.equal(readActivity({ ...good(), value: deep }), null);
  });

  it('When an Entra object id comes in capitals, then the turn sees it in lower case', () => {
    const id = personOf('ada').id;

    assert.equal(readActivity(set(['from', 'aadObjectId'], id.toUpperCase()))?.from.aadObjectId, id);
  });

  it('When another way of answering is asked for, then it is left out', () => {
    assert.equal(readActivity({ ...good(), deliveryMode: 'expectReplies' })?.deliveryMode, undefined);
  });

  it('When an event names no Entra object id, then it is an activity all the same', () => {
    const { aadObjectId: _, ...from } = good().from;

    assert.ok(readActivity({ ...good(), type: 'conversationUpdate', from }));
    assert.equal(readActivity({ ...good(), type: 'invoke', from }), null);
  });

  it('When tenants are named, then each must be allowed', () => {
    const foreign = '99999999-0000-4000-8000-000000000000';
    const allowed = (conversation: string | undefined, channel: string | undefined) =>
      isFromAllowedTenant(
        {
          conversation: { id: 'a', tenantId: conversation },
          channelData: channel && { tenant: { id: channel } },
        } as never,
        [tenantId],
      );

    assert.deepEqual(
      [allowed(tenantId, tenantId), allowed(tenantId, undefined), allowed(undefined, tenantId.toUpperCase())],
      [true, true, true],
    );
    assert.deepEqual(
      [
        allowed(undefined, undefined),
        allowed(foreign, tenantId),
        allowed(tenantId, foreign),
        allowed(foreign, undefined),
      ],
      [false, false, false, false],
    );
  });
});

describe('Reading files', () => {
  const file = (name: string, change: object = {}) => ({
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    contentUrl: `https://contoso-my.sharepoint.com/personal/adam/Documents/${name}`,
    name,
    content: {
      downloadUrl: `https://contoso-my.sharepoint.com/download.aspx?file=${name}`,
      uniqueId: '70D29F4A-05B7-434A-B7E6-B651FBFEF508',
      fileType: 'csv',
    },
    ...change,
  });
  const html = { contentType: 'text/html', content: '<p>bulk reprovision</p>' };
  const attach = (...attachments: unknown[]) => read({ ...message('bulk', { from: 'adam' }), attachments }).files;

  it('When a list comes with a message, then it is told where it is, beside the words', () => {
    const activity = { ...message('bulk reprovision', { from: 'adam' }), attachments: [html, file('people.csv')] };

    const incoming = read(activity);

    assert.equal(incoming.text, 'bulk reprovision');
    assert.deepEqual(incoming.files, [
      {
        name: 'people.csv',
        url: 'https://contoso-my.sharepoint.com/download.aspx?file=people.csv',
        fileType: 'csv',
      },
    ]);
  });

  it('When a list comes without a word, then it is a message all the same', () => {
    const incoming = read({ ...message('', { from: 'adam' }), text: undefined, attachments: [file('people.csv')] });

    assert.equal(incoming.kind, 'message');
    assert.equal(incoming.files.length, 1);
  });

  it('When there are more than five, then the first five are read', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];

    assert.deepEqual(
      attach(...names.map((name) => file(name))).map(({ name }) => name),
      ['a', 'b', 'c', 'd', 'e'],
    );
  });

  it('When an attachment is something else or has not the shape of a file, then it is none', () => {
    const others = [
      html,
      {},
      { contentType: 'image/*', contentUrl: 'https://contoso.com/picture.png' },
      file('a.csv', { content: null }),
      file('a.csv', { content: { downloadUrl: 7 } }),
      file('a.csv', { content: { downloadUrl: '' } }),
      file('a.csv', { content: { downloadUrl: 'h'.repeat(8193) } }),
      file('a.csv', { name: 'a'.repeat(257) }),
      file('a.csv', { name: undefined }),
    ];

    assert.deepEqual(attach(...others), []);
  });

  it('When Teams does not say what type it is, then that is null', () => {
    assert.equal(attach(file('a', { content: { downloadUrl: 'https://x', fileType: null } }))[0]?.fileType, null);
  });

  it('When a message with a file is edited, then nothing is read', () => {
    const activity = message('bulk', { from: 'adam' });
    const edited = { ...activity, channelData: { ...activity.channelData, eventType: 'editMessage' } };

    assert.deepEqual(read({ ...edited, attachments: [file('a.csv')] }).files, []);
  });

  it('When the turn is stored for a job, then its files survive; one that was stored before there were any has none', () => {
    const incoming = read({ ...message('bulk', { from: 'adam' }), attachments: [file('people.csv')] });

    const stored = JSON.parse(JSON.stringify({ turn: { incoming, answer: null } }));
    const { files: _files, ...older } = stored.turn.incoming;

    assert.deepEqual(readLaterTurn(stored).incoming, incoming);
    assert.deepEqual(readLaterTurn({ turn: { incoming: older, answer: null } }).incoming.files, []);
  });
});

describe('Reading the answer to an offered file', () => {
  const request = 'dddddddd-0005-4000-8000-000000000005';
  const context = { request, what: 'bulkList' };
  const uploadInfo = {
    contentUrl: 'https://contoso-my.sharepoint.com/personal/adam/Documents/R-1042.csv',
    name: 'R-1042.csv',
    uploadUrl: 'https://contoso-my.sharepoint.com/upload?id=1',
    uniqueId: '70D29F4A',
    fileType: 'csv',
  };
  const consent = (value: unknown): Activity => ({
    ...activityOf('adam', 'personal', serviceUrl),
    type: 'invoke',
    name: 'fileConsent/invoke',
    replyToId: '1700000000001',
    value,
  });

  it('When the person agrees, then it says where the file may be put', () => {
    const incoming = read(consent({ type: 'fileUpload', action: 'accept', context, uploadInfo }));

    assert.equal(incoming.kind, 'fileConsent');
    assert.deepEqual(pick(incoming), {
      action: 'accept',
      requestId: request,
      upload: uploadInfo,
      consentActivityId: '1700000000001',
      isInvoke: true,
      person: personOf('adam'),
    });
  });

  it('When the person does not want it, then nothing is to be put anywhere', () => {
    const incoming = read(consent({ type: 'fileUpload', action: 'decline', context, uploadInfo }));

    assert.deepEqual([incoming.kind, pick(incoming).action, pick(incoming).upload], ['fileConsent', 'decline', null]);
  });

  it('When it is not of a card of ours, or has another shape, then it is nothing that is known', () => {
    const accept = { type: 'fileUpload', action: 'accept', context, uploadInfo };
    for (const value of [
      undefined,
      null,
      'accept',
      {},
      { ...accept, type: 'other' },
      { ...accept, action: 'maybe' },
      { ...accept, context: undefined },
      { ...accept, context: { request, what: 'other' } },
      { ...accept, context: { request: 'R-1042', what: 'bulkList' } },
      { ...accept, uploadInfo: undefined },
      { ...accept, uploadInfo: { ...uploadInfo, uploadUrl: 7 } },
      { ...accept, uploadInfo: { ...uploadInfo, name: '' } },
    ])
      assert.equal(read(consent(value)).kind, 'other', JSON.stringify(value));
  });

  function pick(incoming: Incoming) {
    assert.equal(incoming.kind, 'fileConsent');
    const { action, requestId, upload, consentActivityId, isInvoke, person } = incoming as Extract<
      Incoming,
      { kind: 'fileConsent' }
    >;
    return { action, requestId, upload, consentActivityId, isInvoke, person };
  }
});
