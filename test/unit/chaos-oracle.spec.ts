// The judge of the chaos campaign is judged itself: each thing that must hold is broken once, and it must say so.
import assert from 'node:assert/strict';
import type { Item } from '../../src/domain/item.ts';
import type { AuditRow } from '../../src/domain/ports.ts';
import type { FleetMember } from '../campaigns/bulk/tenant.ts';
import type { Disturbance } from '../campaigns/chaos/faults.ts';
import { judge, type Rule } from '../campaigns/chaos/oracle.ts';
import type { Played } from '../campaigns/chaos/stories.ts';
import type { Evidence } from '../campaigns/crash/evidence.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import type { Microsoft } from '../fakes/microsoft/index.ts';
import { channelId, chatOf } from '../fakes/teams.ts';

const text = (words: string) => ({ type: 'AdaptiveCard', body: [{ type: 'TextBlock', text: words }] });
const adas = 'f1ee7000-0000-4000-8000-000000000001';
const start = `/deviceManagement/virtualEndpoint/cloudPCs/${adas}/reprovision`;

/** Ada's Cloud PC: approved at 1000, started at 2000, told at 9000. */
function aGoodRound() {
  const message = (id: string, conversationId: string, words: string, summary = ''): ConnectorMessage => {
    const content = { summary, attachments: [{ content: text(words) }] };
    return { id, conversationId, content, edits: 0, sentAt: 9000, arrivedAt: 9010 };
  };
  const messages = [
    message('1', chatOf('ada'), 'R-1001 | Fertig'),
    message('2', `${channelId};messageid=2`, 'Ada Arendt R-1001'),
    message('3', chatOf('ada'), 'Ihr Cloud-PC ist bereit', 'Ihr Cloud-PC ist bereit · R-1001'),
  ];
  const posts = { received: 1, applied: 1 };
  const requests = [{ method: 'POST', path: start, status: 204, at: 2000, body: null }];
  const mails = [{ from: 'concierge@contoso.com', message: { subject: 'ready' }, at: 9000 }];
  const audit = [{ action: 'request.approved', at: 1000, itemId: null }] as AuditRow[];
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
  const request = { state: 'succeeded', code: 'R-1001', operation: 'reprovision' };
  const cards = [card('requester', '1', 'R-1001 | Fertig'), card('channel', '2', 'Ada Arendt R-1001')];
  const notices = [
    { via: 'chat', notice: 'ready', state: 'sent' },
    { via: 'mail', notice: 'ready', state: 'sent' },
  ];
  const evidence = {
    requests: [{ request, items: [item], audit, counts: { kept: counts(), counted: counts() }, cards }],
    notices,
    leftOver: [] as string[],
  };
  const played = [{ plan: { kind: 'own' }, about: /CPC-ada-/, approvedAt: 1000, stuck: null }] as Played[];
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
    ...{ messages, posts, requests, mails, audit, item, request, cards, notices, evidence, played, disturbances },
    judge: () => judge(seen),
    /** The same message once more. */
    again: (index: number) => void messages.push({ ...messages[index]!, id: 'again', sentAt: 9500, arrivedAt: 9510 }),
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
  ['one start at most per approval', 'nobody approved', ({ audit }) => audit.splice(0)],
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
    'no notice and no card lost',
    'a notice was not sent',
    ({ notices }) => Object.assign(notices[0]!, { state: 'unreachable' }),
  ],
  ['nothing told twice without a cause', 'told twice', ({ again }) => again(2)],
  [
    'nothing told twice without a cause',
    'told twice, with a fault long before',
    ({ again, disturbances }) => {
      again(2);
      disturbances.push({ kind: 'kill', from: 100, to: 200, conversationId: null });
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
    assert.deepEqual({ approvals, starts, ends }, { approvals: 1, starts: 1, ends: { 'reprovision succeeded': 1 } });
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
    const round = aGoodRound();
    round.again(2);
    round.disturbances.push({ kind: 'kill', from: 9005, to: 9020, conversationId: null });

    const { violations, excusedDoubles } = round.judge();

    assert.deepEqual(violations, []);
    assert.equal(excusedDoubles, 1);
  });

  it('When Graph throttled the first try, then the second is no second start', () => {
    const round = aGoodRound();
    round.posts.received = 2;
    round.requests.unshift({ ...round.requests[0]!, status: 429 });

    assert.deepEqual(round.judge().violations, []);
  });
});
