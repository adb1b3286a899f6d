// The judge of the chaos campaign is judged itself: each thing that must hold is broken once, and it must say so.
import assert from 'node:assert/strict';
import type { Item } from '../../src/domain/item.ts';
import type { AuditRow } from '../../src/domain/ports.ts';
import type { FleetMember } from '../campaigns/bulk/tenant.ts';
import type { Disturbance } from '../campaigns/chaos/faults.ts';
import { judgeChain, judgeEnds, judgePresses, judgeUntouched, type Standing } from '../campaigns/chaos/judge-after.ts';
import { collectButtons, keepAnswers, pressAll, sortButtons } from '../campaigns/chaos/old-buttons.ts';
import { judge } from '../campaigns/chaos/oracle.ts';
import { type Rule, rules } from '../campaigns/chaos/rules.ts';
import type { Played } from '../campaigns/chaos/stories.ts';
import type { Evidence } from '../campaigns/crash/evidence.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import type { Microsoft } from '../fakes/microsoft/index.ts';
import { type Activity, channelId, chatOf, personOf } from '../fakes/teams.ts';

const text = (words: string) => ({ type: 'AdaptiveCard', body: [{ type: 'TextBlock', text: words }] });
const adas = 'f1ee7000-0000-4000-8000-000000000001';
const start = `/deviceManagement/virtualEndpoint/cloudPCs/${adas}/reprovision`;
const cleo = personOf('cleo').id;
const members = '/groups/cccccccc-0000-4000-8000-000000000001/members';

/** Ada's Cloud PC: approved at 1000, started at 2000, told at 9000. Cléo gets one: approved at 3000, a member since 4000. */
function aGoodRound() {
  const message = (id: string, conversationId: string, words: string, summary: string): ConnectorMessage => {
    const content = { summary, attachments: [{ content: text(words) }] };
    return { id, conversationId, content, earlier: [], edits: 0, sentAt: 9000, arrivedAt: 9010, changedAt: 9010 };
  };
  const messages = [
    message('1', chatOf('ada'), 'R-1001 | Fertig', 'CPC-ada-7F3KQ: Fertig (R-1001)'),
    message('2', `${channelId};messageid=2`, 'Ada Arendt R-1001', 'R-1001: Ready'),
    message('3', chatOf('ada'), 'Ihr Cloud-PC ist bereit', 'Ihr Cloud-PC ist bereit · R-1001'),
  ];
  const posts = { received: 1, applied: 1 };
  const sending = '/users/concierge@contoso.com/sendMail';
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${cleo}` };
  const call = (method: string, path: string, status: number | null, at: number, body: unknown = null) => ({
    ...{ method, path, status, at, body },
    fault: undefined as unknown,
  });
  const requests = [
    call('POST', start, 204, 2000),
    call('POST', `${members}/$ref`, 204, 4000, reference),
    call('DELETE', `${members}/${cleo}/$ref`, 204, 4100),
    call('POST', sending, 202, 9005),
  ];
  const mails = [{ from: 'concierge@contoso.com', message: { subject: 'ready' }, at: 9000 }];
  const audit = [
    { action: 'request.approved', at: 1000, itemId: null, details: {} },
    { action: 'mail.sent', at: 9020, itemId: null, details: { mail: 'ready', personId: personOf('ada').id } },
  ] as unknown as AuditRow[];
  const item = {
    id: 'item-1',
    state: 'ready',
    cloudPc: { id: adas, name: 'CPC-ada-7F3KQ' },
    outcome: { code: 'ready', detail: null },
  } as Item;
  const counts = () => ({ request: { ready: 1 }, waves: [{ ready: 1 }] });
  const card = (audience: 'requester' | 'channel', activityId: string | null, words: string) => ({
    card: { audience, activityId, wanted: 5, shown: 5, state: 'open' },
    content: text(words),
  });
  const request = { id: 'a', state: 'succeeded', code: 'R-1001', operation: 'reprovision', owner: personOf('ada') };
  const cards = [card('requester', '1', 'R-1001 | Fertig'), card('channel', '2', 'Ada Arendt R-1001')];
  const notice = { requestId: 'a', personId: personOf('ada').id, notice: 'ready', createdAt: 9000, state: 'sent' };
  const notices = [
    { ...notice, via: 'chat', mail: null },
    { ...notice, via: 'mail', mail: 'ready' },
  ];
  const assigned = {
    request: { ...request, id: 'b', code: 'R-1002', operation: 'assign', owner: personOf('cleo') },
    audit: [{ action: 'request.approved', at: 3000, itemId: null, details: {} }] as unknown as AuditRow[],
  };
  const evidence = {
    requests: [
      { request, items: [item], audit, counts: { kept: counts(), counted: counts() }, cards },
      { ...assigned, items: [], counts: { kept: counts(), counted: counts() }, cards: [] },
    ],
    notices,
    leftOver: [] as string[],
  };
  const played = [
    { plan: { kind: 'own' }, about: /CPC-ada-/, approvedAt: 1000, stuck: null },
    { plan: { kind: 'assign', person: 'cleo' }, about: /Costa/, approvedAt: 3000, stuck: null },
  ] as Played[];
  const disturbances: Disturbance[] = [];
  const microsoft = {
    simulator: { tenant: { reprovisionPosts: () => posts, mails }, requests },
    connector: { messages },
  } as unknown as Microsoft;
  const seen = {
    evidence: evidence as unknown as Evidence,
    microsoft,
    played,
    fleet: [] as FleetMember[],
    disturbances,
  };
  return {
    ...{ messages, posts, requests, mails, audit, item, request, cards, notices, evidence, assigned, played },
    judge: () => judge(seen),
    /** The same message once more. */
    again: (index: number) =>
      void messages.push({ ...messages[index]!, id: 'again', sentAt: 9500, arrivedAt: 9510, changedAt: 9510 }),
    disturb: (kind: Disturbance['kind'], name: string, from: number, to: number, more: Partial<Disturbance> = {}) =>
      void disturbances.push({ kind, name, from, to, conversationId: null, offsetMs: 0, ...more }),
    /** Nobody knows whether the mail left; by this clock it was told at that time. */
    loseMail(toldAt = 9020) {
      mails.splice(0);
      Object.assign(notices[1]!, { state: 'refused' });
      Object.assign(audit[1]!, { action: 'mail.unclear', at: toldAt });
    },
    /** Teams has only the summary of a card. */
    shorten: () => Object.assign(messages[0]!, { content: { text: 'short', summary: 'Fertig (R-1001)' } }),
  };
}

type GoodRound = ReturnType<typeof aGoodRound>;

const broken: readonly (readonly [Rule, string, (round: GoodRound) => void])[] = [
  [
    'every story came to its decision',
    'a story stuck',
    ({ played }) => Object.assign(played[0]!, { stuck: 'the form' }),
  ],
  ['every approved request reached an end', 'it runs', ({ request }) => Object.assign(request, { state: 'running' })],
  ['one start at most per approval', 'two starts were sent', ({ posts }) => Object.assign(posts, { received: 2 })],
  ['one start at most per approval', 'nobody approved', ({ audit }) => audit.splice(0, 1)],
  [
    'never two starts at once for a Cloud PC',
    'Graph was busy',
    ({ requests }) => Object.assign(requests[0]!, { status: 409 }),
  ],
  ['no start without an approval', 'the POST came first', ({ requests }) => Object.assign(requests[0]!, { at: 900 })],
  [
    'no start without an approval',
    'it was another’s',
    ({ requests }) => Object.assign(requests[0]!, { path: start.replace('1/', '2/') }),
  ],
  [
    'no start without an approval',
    'many were started at once',
    ({ requests }) => requests.push({ ...requests[0]!, path: '/deviceManagement/virtualEndpoint/bulkActions' }),
  ],
  [
    'no start without an approval',
    'somebody became a member before it was approved',
    ({ requests }) => Object.assign(requests[1]!, { at: 2900 }),
  ],
  [
    'no start without an approval',
    'somebody was taken out of a group before it was approved',
    ({ requests }) => Object.assign(requests[2]!, { at: 2900 }),
  ],
  [
    'no start without an approval',
    'somebody else became a member',
    ({ requests }) => Object.assign(requests[2]!, { path: `${members}/${personOf('owen').id}/$ref` }),
  ],
  [
    'no start without an approval',
    'somebody became a member, and what was approved was for another',
    ({ assigned }) => Object.assign(assigned.request, { owner: personOf('owen') }),
  ],
  [
    'no start without an approval',
    'somebody became a member in a batch, of a request that nobody approved',
    ({ requests, assigned }) => {
      assigned.audit.splice(0);
      const parts = [{ id: '1', method: 'DELETE', url: `${members}/${cleo}/$ref`, status: 204 }];
      requests.splice(1, 2, Object.assign({ ...requests[1]! }, { path: '/$batch', parts }));
    },
  ],
  [
    'a Cloud PC was rebuilt where it is said, and nowhere else',
    'nothing was rebuilt',
    ({ posts }) => Object.assign(posts, { received: 1, applied: 0 }),
  ],
  [
    'a Cloud PC was rebuilt where it is said, and nowhere else',
    'it is called cancelled',
    ({ item }) => Object.assign(item, { state: 'cancelled', outcome: { code: 'cancelled', detail: null } }),
  ],
  [
    'every card shows what the store holds',
    'other words',
    ({ cards }) => Object.assign(cards[0]!, { content: text('Läuft') }),
  ],
  [
    'every card shows what the store holds',
    'never sent',
    ({ cards }) => Object.assign(cards[1]!.card, { activityId: null }),
  ],
  ['every card shows what the store holds', 'behind', ({ cards }) => Object.assign(cards[1]!.card, { wanted: 6 })],
  [
    'every card shows what the store holds',
    'unreachable',
    ({ cards }) => Object.assign(cards[0]!.card, { state: 'unreachable' }),
  ],
  ['every card shows what the store holds', 'not in Teams', ({ messages }) => messages.splice(0, 1)],
  [
    'every card shows what the store holds',
    'only a summary is shown, after another fault of Teams',
    ({ shorten, disturb }) => {
      shorten();
      disturb('teams', '502', 9008, 69_008, { conversationId: chatOf('ada') });
    },
  ],
  [
    'every card shows what the store holds',
    'only a summary is shown, and another message was too big long before',
    ({ shorten, disturb, messages }) => {
      shorten();
      Object.assign(messages[0]!, { changedAt: 40_000 });
      disturb('teams', '413', 9008, 69_008, { conversationId: chatOf('ada') });
    },
  ],
  [
    'no notice and no card lost',
    'a notice was not sent',
    ({ notices }) => Object.assign(notices[0]!, { state: 'unreachable' }),
  ],
  ['no notice and no card lost', 'a mail is missing, and nothing happened', ({ loseMail }) => loseMail()],
  [
    'no notice and no card lost',
    'a mail is missing, and what happened was before it was ordered',
    ({ loseMail, disturb }) => {
      loseMail();
      disturb('kill', 'SIGKILL', 100, 200);
    },
  ],
  [
    'no notice and no card lost',
    'a mail is missing, and Graph failed elsewhere',
    ({ loseMail, disturb }) => {
      loseMail();
      disturb('graph', 'status 504', 9000, 109_000);
    },
  ],
  [
    'no notice and no card lost',
    'a mail is missing, and Graph had said that it did nothing',
    ({ loseMail, requests }) => {
      loseMail();
      Object.assign(requests[3]!, { status: 429, fault: { status: 429 } });
    },
  ],
  [
    'no notice and no card lost',
    'a mail is missing, and the history does not say so',
    ({ loseMail, audit, disturb }) => {
      loseMail();
      audit.splice(1);
      disturb('kill', 'SIGKILL', 9005, 9010);
    },
  ],
  [
    'no notice and no card lost',
    'a mail is still being sent, whatever happened',
    ({ loseMail, notices, disturb }) => {
      loseMail();
      Object.assign(notices[1]!, { state: 'sending' });
      disturb('kill', 'SIGKILL', 9005, 9010);
    },
  ],
  [
    'no notice and no card lost',
    'Graph refused a mail',
    ({ loseMail, audit, disturb }) => {
      loseMail();
      Object.assign(audit[1]!, { action: 'mail.refused' });
      disturb('kill', 'SIGKILL', 9005, 9010);
    },
  ],
  [
    'no notice and no card lost',
    'a ticket is still to be sent',
    ({ notices }) => Object.assign(notices[1]!, { via: 'ticket', state: 'pending' }),
  ],
  ['no notice and no card lost', 'a mail that was sent never came', ({ mails }) => mails.splice(0)],
  ['nothing told twice without a cause', 'told twice', ({ again }) => again(2)],
  ['nothing told twice without a cause', 'a card came twice', ({ again }) => again(0)],
  ['nothing told twice without a cause', 'a card came twice in the channel', ({ again }) => again(1)],
  [
    'nothing told twice without a cause',
    'somebody has a card whose card it is not',
    ({ again, messages }) => {
      again(0);
      Object.assign(messages.at(-1)!, { conversationId: chatOf('ben') });
    },
  ],
  [
    'nothing told twice without a cause',
    'told twice, with a fault long before',
    ({ again, disturb }) => {
      again(2);
      disturb('kill', 'SIGKILL', 100, 200);
    },
  ],
  [
    'nothing told twice without a cause',
    'a card came twice while Graph failed',
    ({ again, disturb }) => {
      again(0);
      disturb('graph', 'status 504', 9005, 109_005);
    },
  ],
  [
    'nothing told twice without a cause',
    'a card came twice after a fault of Teams that leaves no doubt',
    ({ again, disturb }) => {
      again(0);
      disturb('teams', '429', 9005, 69_005, { conversationId: chatOf('ada') });
    },
  ],
  [
    'nothing told twice without a cause',
    'a card came twice after a fault in another chat',
    ({ again, disturb }) => {
      again(0);
      disturb('teams', '502 after the effect', 9005, 69_005, { conversationId: chatOf('ben') });
    },
  ],
  ['no mail sent twice', 'one mail twice', ({ mails }) => mails.push({ ...mails[0]!, at: 9500 })],
  [
    'no mail sent twice',
    'a mail that nobody ordered',
    ({ mails }) => mails.push({ ...mails[0]!, message: { subject: 'other' } }),
  ],
  ['no request made twice', 'two requests', ({ evidence }) => evidence.requests.push(evidence.requests[0]!)],
  ['nothing is left to do', 'something is', ({ evidence }) => evidence.leftOver.push('item checking is due')],
  [
    'the counts are right',
    'counted wrong',
    ({ evidence }) => Object.assign(evidence.requests[0]!.counts.kept.request, { ready: 2 }),
  ],
];

describe('the judge of the chaos campaign', () => {
  it('When all went well, then it has nothing to say', () => {
    const { violations, approvals, starts, ends } = aGoodRound().judge();

    assert.deepEqual(violations, []);
    assert.deepEqual({ approvals, starts }, { approvals: 1, starts: 1 });
    assert.deepEqual(ends, { 'reprovision succeeded': 1, 'assign succeeded': 1 });
  });

  for (const [rule, what, harm] of broken)
    it(`When ${what}, then it says: ${rule}`, () => {
      const round = aGoodRound();
      harm(round);

      const { violations } = round.judge();

      assert.ok(
        violations.some((one) => one.rule === rule),
        JSON.stringify(violations),
      );
    });

  it('When it was told twice around a fault between the send and its record, then that is excused, and counted', () => {
    for (const index of [0, 1, 2]) {
      const round = aGoodRound();
      round.again(index);
      round.disturb('kill', 'SIGKILL', 9005, 9020);

      const { violations, excusedDoubles } = round.judge();

      assert.deepEqual(violations, []);
      assert.equal(excusedDoubles, 1);
    }
  });

  it('When a card came again because Teams had said that it is gone, then that is excused', () => {
    const round = aGoodRound();
    round.again(0);
    round.disturb('teamsRefuses', '404 message', 9490, 69_490, { conversationId: chatOf('ada') });

    assert.deepEqual(round.judge().violations, []);
  });

  it('When Teams called a card too big, then its summary will do', () => {
    const round = aGoodRound();
    round.shorten();
    round.disturb('teams', '413', 9008, 69_008, { conversationId: chatOf('ada') });

    assert.deepEqual(round.judge().violations, []);
  });

  it('When Graph throttled the first try, then the second is no second start', () => {
    const round = aGoodRound();
    round.posts.received = 2;
    round.requests.unshift({ ...round.requests[0]!, status: 429 });

    assert.deepEqual(round.judge().violations, []);
  });

  it('When a mail is missing because its sender was killed, cut off or stopped, then that is excused', () => {
    for (const kind of ['kill', 'stop', 'storeCut', 'storeGone', 'storeRestarted', 'diskFull'] as const) {
      const round = aGoodRound();
      round.loseMail();
      round.disturb(kind, kind, 9005, 9010);

      assert.deepEqual(round.judge().violations, [], kind);
    }
  });

  it('When a mail is missing because Graph did not say what became of it, then that is excused', () => {
    for (const [status, fault] of [
      [504, { applyThenStatus: 504 }],
      [null, 'reset'],
    ]) {
      const round = aGoodRound();
      round.loseMail();
      Object.assign(round.requests[3]!, { status, fault });

      assert.deepEqual(round.judge().violations, []);
    }
  });

  it('When the word of a lost mail was written by a clock that was wrong, then the time on the wall counts', () => {
    const late = 40_000;
    for (const isClockKnown of [true, false]) {
      const round = aGoodRound();
      round.loseMail(late - 30_000);
      round.disturb('kill', 'SIGKILL', late - 5000, late - 4990);
      if (isClockKnown) round.disturb('clock', 'clock -30 s', late - 10_000, late + 5000, { offsetMs: -30_000 });

      assert.equal(round.judge().violations.length, isClockKnown ? 0 : 1);
    }
  });
});

const row = (table: string, columns: Record<string, unknown>) => `${table} ${JSON.stringify(columns)}`;

/** One request has ended, one form was never sent. */
function aStanding(): Standing & { rows: string[]; sent: string[] } {
  return {
    rows: [
      row('requests', { id: 'a', state: 'succeeded', version: 7 }),
      row('requests', { id: 'form', state: 'draft' }),
      row('audit', { request_id: 'a', action: 'request.approved' }),
    ],
    sent: ['POST /cloudPCs/1/reprovision at 2000'],
  };
}

const after: readonly (readonly [string, (standing: ReturnType<typeof aStanding>) => void])[] = [
  ['a state changed', ({ rows }) => rows.splice(0, 1, row('requests', { id: 'a', state: 'running', version: 8 }))],
  ['something was decided', ({ rows }) => rows.push(row('decisions', { request_id: 'a', verdict: 'approve' }))],
  ['the history has another line', ({ rows }) => rows.push(rows[2]!)],
  ['a form was sent', ({ rows }) => rows.splice(1, 1, row('requests', { id: 'form', state: 'awaitingApproval' }))],
  ['there is another request', ({ rows }) => rows.push(row('requests', { id: 'b', state: 'approved' }))],
  [
    'something is planned for what has ended',
    ({ rows }) => rows.push(row('timers', { request_id: 'a', kind: 'remind' })),
  ],
  ['something was sent to Graph again', ({ sent }) => sent.push(sent[0]!)],
];

describe('the judge of old buttons', () => {
  const rule: Rule = 'old buttons are harmless';

  it('When nothing has changed, then it has nothing to say', () => {
    assert.deepEqual(judgeUntouched(aStanding(), aStanding(), 'nothing'), []);
    assert.deepEqual(judgeUntouched(aStanding(), aStanding(), 'forms'), []);
  });

  for (const [what, harm] of after)
    it(`When ${what}, then it says so, whatever was pressed`, () => {
      const later = aStanding();
      harm(later);

      for (const may of ['nothing', 'forms'] as const) {
        const violations = judgeUntouched(aStanding(), later, may);

        assert.ok(violations.length > 0, may);
        assert.ok(violations.every((one) => one.rule === rule));
      }
    });

  it('When a form came up, then it says so but for buttons that offer one', () => {
    const later = aStanding();
    later.rows.push(
      row('requests', { id: 'new', state: 'draft' }),
      row('timers', { request_id: 'new', kind: 'expire' }),
    );

    assert.equal(judgeUntouched(aStanding(), later, 'nothing').length, 2);
    assert.deepEqual(judgeUntouched(aStanding(), later, 'forms'), []);
  });

  it('When a press was not answered as Teams wants it, then it says so', () => {
    assert.deepEqual(judgePresses([{ verb: 'request.approve', status: 200 }]), []);
    assert.equal(judgePresses([{ verb: 'request.approve', status: 400 }])[0]?.rule, rule);
  });
});

const button = (verb: string, data: Record<string, unknown>) => ({ type: 'Action.Execute', title: verb, verb, data });

describe('the old buttons', () => {
  const buttonsOn = (...actions: object[]) => ({ summary: '', attachments: [{ content: { ...text(''), actions } }] });
  const people = [{ id: personOf('ada').id, displayName: 'Ada Arendt' }];
  const collect = (...messages: Partial<ConnectorMessage>[]) => {
    const microsoft = { connector: { messages }, simulator: { tenant: { people } } } as unknown as Microsoft;
    return collectButtons(microsoft, []);
  };

  it('When a card has changed, then its buttons of before are found as well, each once', () => {
    const approve = button('request.approve', { request: 'a' });
    const history = button('request.history', { request: 'a' });

    const found = collect({
      id: '2',
      conversationId: chatOf('ada'),
      earlier: [buttonsOn(approve, history)],
      content: buttonsOn(history),
    });

    assert.deepEqual(
      found.map(({ verb, presser }) => [verb, presser.name]),
      [
        ['request.approve', 'Ada Arendt'],
        ['request.history', 'Ada Arendt'],
      ],
    );
  });

  it('When a button stands in the channel, then who approves and who administers press it, in its thread', async () => {
    const conversationId = `${channelId};messageid=2`;
    const found = collect({ id: '2', conversationId, earlier: [], content: buttonsOn(button('request.approve', {})) });
    const activities: Activity[] = [];

    const answered = await pressAll(found, new Set([personOf('adam').id]), async (activity) => {
      activities.push(activity);
      return { status: 200, body: null, received: [] };
    });

    const byPerson = new Map(activities.map(({ from, locale }) => [from.aadObjectId, locale]));
    assert.equal(answered.length, 2);
    assert.deepEqual([byPerson.get(personOf('ivan').id), byPerson.get(personOf('adam').id)], ['en-US', 'de-DE']);
    assert.deepEqual(
      activities.map(({ from }) => from.aadObjectId).sort(),
      [personOf('ivan').id, personOf('adam').id].sort(),
    );
    assert.ok(
      activities.every(({ conversation, replyToId }) => conversation.id === conversationId && replyToId === '2'),
    );
  });

  it('When a press was answered with a card, then the buttons on that are old ones as well', async () => {
    const card = { ...text(''), actions: [button('request.decline', { request: 'a' })] };
    const kept = keepAnswers(async () => ({
      status: 200,
      body: { type: 'application/vnd.microsoft.card.adaptive', value: card },
      received: [],
    }));
    const from = { aadObjectId: personOf('ines').id, name: 'Inés Ibarra' };
    await kept.deliver({ from, conversation: { id: `${channelId};messageid=2` } });

    const microsoft = { connector: { messages: [] }, simulator: { tenant: { people } } } as unknown as Microsoft;
    const [found] = collectButtons(microsoft, kept.answers);

    assert.equal(found?.verb, 'request.decline');
    assert.equal(found.presser.id, personOf('ines').id);
  });

  it('When a button begins something new, or is on a form that nobody sent, then it is kept apart', () => {
    const verbs = ['request.approve', 'request.again', 'reprovision.choose'];
    const found = collect({
      id: '1',
      conversationId: chatOf('ada'),
      earlier: [],
      content: buttonsOn(
        ...verbs.map((verb) => button(verb, { request: 'a' })),
        button('reprovision.choose', { cloudPc: adas }),
        button('request.submit', { request: 'form' }),
      ),
    });

    const { ended, beginning, ofDrafts } = sortButtons(found, aStanding());

    assert.deepEqual(
      ended.map(({ verb }) => verb),
      ['request.approve', 'reprovision.choose'],
    );
    assert.deepEqual(
      beginning.map(({ verb }) => verb),
      ['request.again', 'reprovision.choose'],
    );
    assert.deepEqual(
      ofDrafts.map(({ verb }) => verb),
      ['request.submit'],
    );
  });
});

describe('the judge of the audit and of how processes end', () => {
  const seal = { id: '3', throughId: '9', rows: 2, seal: 'ab' };

  it('When the chain is whole, then it has nothing to say', () => {
    assert.deepEqual(judgeChain({ seals: 3, unsealed: 0, broken: null }), []);
  });

  for (const [what, verdict] of [
    ['a seal does not fit', { seals: 3, unsealed: 0, broken: { seal, rows: 1 } }],
    ['rows have no seal', { seals: 3, unsealed: 1, broken: null }],
    ['there is no seal', { seals: 0, unsealed: 0, broken: null }],
  ] as const)
    it(`When ${what}, then it says: the audit’s chain verifies`, () => {
      assert.equal(judgeChain(verdict)[0]?.rule, 'the audit’s chain verifies');
    });

  it('When processes end as they are told to, or for want of room, then it has nothing to say', () => {
    assert.deepEqual(judgeEnds([0, 0], 1, 1), []);
  });

  for (const [what, codes, byItself] of [
    ['one ended with an error', [0, 1], 0],
    ['one was gone before', [null], 0],
    ['one ended by itself', [0], 1],
  ] as const)
    it(`When ${what}, then it says: a process ends in order`, () => {
      assert.equal(judgeEnds(codes, byItself, 0)[0]?.rule, 'a process ends in order');
    });

  it('When a rule is added, then it is broken here once', () => {
    const here: readonly Rule[] = [
      ...broken.map(([rule]) => rule),
      ...(['old buttons are harmless', 'the audit’s chain verifies', 'a process ends in order'] as const),
    ];

    assert.deepEqual(
      rules.filter((rule) => !here.includes(rule)),
      [],
    );
  });
});
