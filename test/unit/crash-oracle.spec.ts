// The judge of the crash test is judged itself: each thing that must hold is broken once, and it must say so.
import assert from 'node:assert/strict';
import type { Item } from '../../src/domain/item.ts';
import type { AuditRow } from '../../src/domain/ports.ts';
import { judgeCampaign } from '../campaigns/crash/campaign.ts';
import type { Evidence } from '../campaigns/crash/evidence.ts';
import type { Killed, Killer } from '../campaigns/crash/killer.ts';
import { judge } from '../campaigns/crash/oracle.ts';
import { planRound } from '../campaigns/crash/plan.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import type { Passage } from '../fakes/microsoft/front.ts';
import type { Microsoft } from '../fakes/microsoft/index.ts';
import { channelId, chatOf } from '../fakes/teams.ts';

const text = (words: string) => ({ type: 'AdaptiveCard', body: [{ type: 'TextBlock', text: words }] });

/** One round in which all went well: approved at 1000, started at 2000, ready at 9000. */
function aGoodRound() {
  const message = (id: string, conversationId: string, words: string, summary = ''): ConnectorMessage => {
    const content = { summary, attachments: [{ content: text(words) }] };
    return { id, conversationId, content, earlier: [], edits: 0, sentAt: 500, arrivedAt: 510, changedAt: 510 };
  };
  const messages = [
    message('1', chatOf('ada'), 'R-1001 | Fertig'),
    message('2', `${channelId};messageid=2`, 'Ada Arendt R-1001'),
    message('3', chatOf('ada'), 'Ihr Cloud-PC ist bereit', 'Ihr Cloud-PC ist bereit · R-1001'),
  ];
  const post: Passage = {
    count: 1,
    host: 'graph.microsoft.com',
    method: 'POST',
    path: '/v1.0/deviceManagement/virtualEndpoint/cloudPCs/1/reprovision',
    at: 2010,
    answeredAt: 2020,
    status: 204,
  };
  const mail: Passage = { ...post, count: 2, path: '/v1.0/users/1/sendMail', at: 9010, status: 202 };
  const posts = { received: 1, applied: 1 };
  const mails: unknown[] = [{}];
  const kills: Killed[] = [];
  const audit = [
    { action: 'request.approved', at: 1000 },
    { action: 'item.starting', at: 2000 },
  ] as AuditRow[];
  const item = { state: 'ready', outcome: { code: 'ready', detail: null } } as Item;
  const counts = () => ({ request: { ready: 1 }, waves: [{ ready: 1 }] });
  const card = (audience: 'requester' | 'channel', activityId: string, words: string) => ({
    card: { audience, activityId, wanted: 5, shown: 5 },
    content: text(words),
  });
  const evidence = {
    requests: [
      {
        request: { state: 'succeeded', decisions: [{}] },
        items: [item],
        audit,
        counts: { kept: counts(), counted: counts() },
        cards: [card('requester', '1', 'R-1001 | Fertig'), card('channel', '2', 'Ada Arendt R-1001')],
      },
    ],
    intents: [{ id: 'intent-1', state: 'accepted', committedAt: 2000, answeredAt: 2030 }],
    mails: [{ state: 'sent', createdAt: 9000 }],
    notices: [],
    leftOver: [],
  } as unknown as Evidence;
  const passages = [post, mail];
  const microsoft = {
    simulator: { tenant: { reprovisionPosts: () => posts, mails } },
    front: { passages },
    connector: {
      messages,
      messagesIn: (id: string) => messages.filter(({ conversationId }) => conversationId === id),
    },
  } as unknown as Microsoft;
  return {
    evidence,
    only: evidence.requests[0]!,
    intent: evidence.intents[0]!,
    item,
    audit,
    posts,
    passages,
    messages,
    mails,
    kill: (at: number) => void kills.push({ at, goneAt: at, why: '', readyAt: at + 100 }),
    /** The same message once more. */
    again: (index: number, at: number) => {
      const one = messages[index]!;
      const id = `${one.id}-again`;
      const conversationId = one.conversationId.replace(/messageid=.*/, `messageid=${id}`);
      messages.push({ ...one, id, conversationId, sentAt: at, arrivedAt: at });
    },
    judge: () => judge(evidence, microsoft, { kills } as Killer),
  };
}

type GoodRound = ReturnType<typeof aGoodRound>;

/** The kill fell before the POST: a person was asked and had it closed. */
function cutAndClosed(round: GoodRound): void {
  round.kill(2005);
  Object.assign(round.intent, { state: 'unknown', answeredAt: 4000 });
  round.posts.received = 0;
  round.posts.applied = 0;
  round.passages.length = 0;
  round.mails.length = 0;
  round.messages.splice(2);
  round.audit.push({ action: 'item.needsOperator', at: 5000 } as AuditRow);
  Object.assign(round.item, { state: 'failed', outcome: { code: 'closedByAdmin', detail: null } });
}

describe('the judge of the crash test', () => {
  it('When all went well, then it finds no fault', () => {
    assert.deepEqual(aGoodRound().judge(), {
      faults: [],
      approvals: 1,
      posts: { received: 1, applied: 1 },
      end: 'ready',
      excusedDoubles: [],
      isMailUnclear: false,
      isStartCut: false,
    });
  });

  it('When a kill fell between intent and POST, and a person closed it, then it finds no fault', () => {
    const round = aGoodRound();
    cutAndClosed(round);

    const { faults, isStartCut } = round.judge();

    assert.deepEqual([faults, isStartCut], [[], true]);
  });

  const broken: [string, (round: GoodRound) => void, RegExp][] = [
    ['there is no request', ({ evidence }) => void evidence.requests.pop(), /^0 requests/],
    [
      'it was approved twice',
      ({ only }) => void only.request.decisions.push(only.request.decisions[0]!),
      /2 decisions/,
    ],
    ['the request has not ended', ({ only }) => Object.assign(only.request, { state: 'running' }), /is running/],
    [
      'the counts are not those of the rows',
      ({ only }) => Object.assign(only.counts.kept, { waves: [{ building: 1 }] }),
      /the counts are .*"building":1/,
    ],
    ['something is left over', ({ evidence }) => void evidence.leftOver.push('timer x'), /left over: timer x/],
    ['two POSTs came', ({ passages }) => void passages.push({ ...passages[0]!, at: 3000 }), /2 POSTs for 1/],
    ['two wipes began', ({ posts }) => Object.assign(posts, { applied: 2 }), /2 wipes/],
    ['there are two intents', ({ evidence, intent }) => void evidence.intents.push(intent), /2 intents for 1/],
    ['an intent is open', ({ intent }) => Object.assign(intent, { state: 'open' }), /still open/],
    [
      'no POST came, and nothing was killed',
      ({ posts }) => Object.assign(posts, { received: 0 }),
      /0 POSTs, and nothing was cut/,
    ],
    [
      'a POST came before the approval',
      ({ passages }) => Object.assign(passages[0]!, { at: 900 }),
      /before anybody had approved/,
    ],
    [
      'a second POST came before the admin ordered it',
      ({ passages, audit }) => {
        passages.push({ ...passages[0]!, at: 3000 });
        audit.push({ action: 'item.startAgain', at: 4000 } as AuditRow);
      },
      /before anybody had approved/,
    ],
    [
      'a person was asked, and nothing was killed',
      ({ audit }) => void audit.push({ action: 'item.needsOperator', at: 5000 } as AuditRow),
      /a person had to decide, and nothing was cut/,
    ],
    [
      'a person was asked, although the POST was taken',
      (round) => {
        round.kill(2015);
        round.audit.push({ action: 'item.needsOperator', at: 5000 } as AuditRow);
      },
      /about a reprovision that Graph had begun/,
    ],
    [
      'it is ready, and nothing was wiped',
      (round) => {
        round.kill(2005);
        Object.assign(round.posts, { received: 0, applied: 0 });
      },
      /0 wipes, and it ended as ready/,
    ],
    [
      'it was closed, although it was wiped',
      (round) => {
        cutAndClosed(round);
        Object.assign(round.posts, { received: 1, applied: 1 });
      },
      /1 wipes, and it ended as closedByAdmin/,
    ],
    ['a card was never sent', ({ only }) => Object.assign(only.cards[0]!.card, { activityId: null }), /was never sent/],
    ['a card is behind', ({ only }) => Object.assign(only.cards[1]!.card, { shown: 4 }), /shows 4 of 5/],
    ['a card shows other words', ({ only }) => Object.assign(only.cards[0]!, { content: text('else') }), /other words/],
    ['nobody was told', ({ messages }) => void messages.pop(), /nobody was told/],
    ['she was told twice', (round) => round.again(2, 9500), /2 times .*bereit/],
    ['she has two cards', (round) => round.again(0, 9500), /2 times the card of the request in her chat/],
    ['the channel has two cards', (round) => round.again(1, 9500), /2 times the approval card/],
    [
      'she was told twice, and the kill came long after the first',
      (round) => {
        round.kill(510 + 1501);
        round.again(2, 9500);
      },
      /2 times .*bereit/,
    ],
    [
      'notices look different',
      ({ messages }) => Object.assign(messages[2]!.content, { summary: 'x' }),
      /not recognised as one/,
    ],
    ['two mails were sent', ({ mails }) => void mails.push({}), /2 mails/],
    ['a mail was tried twice', ({ passages }) => void passages.push(passages[1]!), /2 tries to send the mail/],
    ['no mail was sent', ({ mails }) => void mails.pop(), /no mail, and the history does not say so/],
    [
      'the mail is called unclear, and nothing was killed',
      ({ audit }) => void audit.push({ action: 'mail.unclear', at: 9500 } as AuditRow),
      /the mail is unclear, and nothing was cut/,
    ],
  ];
  for (const [name, breakIt, fault] of broken) {
    it(`When ${name}, then it says so`, () => {
      const round = aGoodRound();
      breakIt(round);

      assert.match(round.judge().faults.join('\n'), fault);
    });
  }

  it('When she was told twice around a kill between the send and its record, then it is excused, and counted', () => {
    const round = aGoodRound();
    round.kill(520);
    round.again(2, 9500);

    const { faults, excusedDoubles } = round.judge();

    assert.deepEqual([faults, excusedDoubles.length], [[], 1]);
  });
});

describe('the judge of all rounds', () => {
  const rounds = (count: number) =>
    Array.from({ length: count }, (_, at) => {
      const plan = planRound(at);
      const kills = plan.kills.map((): Killed => ({ at: 0, goneAt: 0, why: '', readyAt: 0 }));
      return { plan, kills, isStartCut: at % 10 === 0 };
    });

  it('When everything was tried, then it has nothing to say', () => {
    assert.deepEqual(judgeCampaign(rounds(100)), []);
  });

  it('When nothing was killed in many rounds, then it says in how many', () => {
    const spared = rounds(100).map((round, at) => (at < 21 ? { ...round, kills: [] } : round));

    assert.deepEqual(judgeCampaign(spared), ['in 21 of 100 rounds nothing was killed']);
  });

  it('When one way of killing never struck, or no kill fell between intent and answer, then it says so', () => {
    const tame = rounds(100)
      .filter(({ plan }) => plan.kills.every(({ how }) => how !== 'message'))
      .map((round) => ({ ...round, isStartCut: false }));

    assert.deepEqual(judgeCampaign(tame), [
      'never killed by message',
      'never killed between an intent and the answer to its POST',
    ]);
  });

  it('When the rounds are few, then chance is not blamed', () => {
    assert.deepEqual(judgeCampaign(rounds(29).map((round) => ({ ...round, kills: [] }))), []);
  });
});
