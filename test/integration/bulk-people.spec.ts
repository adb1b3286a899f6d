// Whom a bulk request concerns, over the whole bot: owners who cannot be reached, who may see what, and what becomes of the Cloud
// PCs of a request that never runs.
import assert from 'node:assert/strict';
import { second } from '../../src/domain/time.ts';
import { demoGroups, demoPeople } from '../../src/simulator/index.ts';
import type { FleetMember } from '../campaigns/bulk/tenant.ts';
import {
  approves,
  asks,
  type Bulk,
  type BulkBot,
  begins,
  bulkLimits,
  cardIn,
  chatOfWorker,
  countsOn,
  has,
  kept,
  posts,
  presses,
  startBulkBot,
  untilEnded,
} from '../fakes/bulk-hands.ts';
import { answeredCard, answeredText, type Card, eventually, last, wordsOn } from '../fakes/looking.ts';
import { testPolicy } from '../fakes/whole-bot.ts';

describe('the people of a bulk request', function () {
  this.timeout(120_000);
  let bot: BulkBot;

  before(async () => {
    const limits = { ...bulkLimits, waveSize: 5 };
    // Long enough for an approval, and short enough to wait for its end.
    const approval = { ...testPolicy.approval, expiresAfterMs: 20 * second };
    bot = await startBulkBot({ policy: { limits, approval } });
  });
  after(() => bot.whole.stop());

  it('When an owner cannot be reached in Teams, then that one gets the mail instead, and the card counts them', async () => {
    const { whole, take } = bot;
    const members = take(4);
    const away = members.slice(1, 3);
    for (const { personId } of away) whole.connector.notInstalled.add(personId);

    const bulk = await begins(whole, members);
    await untilEnded(whole, bulk);

    await eventually(() => {
      assert.match(wordsOn(cardIn(whole, bulk)), /2 owners could not be reached in Teams/);
      assert.deepEqual(mailedTo(bot).sort(), away.map(({ upn }) => upn).sort());
    }, 30_000);
    for (const member of members) {
      const isAway = away.includes(member);
      assert.equal(chatOfWorker(whole, member).length, isAway ? 0 : 2);
    }
  });

  it('When an owner opens the request, then only their own Cloud PC is there; another employee finds nothing', async () => {
    const { whole, take } = bot;
    const members = take(3);
    const ofAda = {
      personId: demoPeople.ada,
      upn: 'ada@contoso.com',
      cloudPcId: adasCloudPc(bot),
      outcome: 'provisioned',
    };
    const all = [...members, ofAda as FleetMember];
    await whole.says('ada', 'language en');
    const bulk = await begins(whole, all);
    await untilEnded(whole, bulk);
    await eventually(() => {
      const said = whole.messagesOf('ada').map((one) => wordsOn(one));
      assert.ok(
        said.some((words) => words.includes(bulk.code) && /CPC-ada/.test(words)),
        said.join('\n'),
      );
    });
    const show = ofTheRequest(cardIn(whole, bulk), 'request.show');

    const own = answeredCard(await whole.presses('ada', show, 'request.show'));
    assert.match(wordsOn(own), /CPC-ada/);
    assert.doesNotMatch(wordsOn(own), /worker|Worker/);
    const past = ofTheRequest(cardIn(whole, bulk), 'request.history');
    const history = answeredCard(await whole.presses('ada', past, 'request.history'));
    assert.doesNotMatch(wordsOn(history), /worker|Worker/);

    const before = whole.messagesOf('ben').length;
    const nothing = await whole.presses('ben', show, 'request.show');
    assert.match(answeredText(nothing), /R-|request|Antrag/i);
    assert.doesNotMatch(JSON.stringify(nothing.body), /worker|CPC-/i);
    await whole.says('ben', `status ${bulk.code}`);
    assert.doesNotMatch(JSON.stringify(whole.messagesOf('ben').slice(before)), /worker|CPC-worker/i);
    for (const verb of [
      'bulk.items',
      'bulk.export',
      'bulk.pause',
      'bulk.stop',
      'bulk.resume',
      'bulk.settle.ask',
      'bulk.retry',
    ]) {
      const forged = ofTheRequest(cardIn(whole, bulk), verb);
      for (const who of ['ada', 'ben'] as const) {
        const answer = await whole.presses(who, forged, verb);
        assert.doesNotMatch(JSON.stringify(answer.body ?? ''), /worker/i, `${who} ${verb}`);
      }
    }
    assert.deepEqual(posts(whole, all), [1, 1, 1, 1]);
  });

  it('When an owner becomes a VIP or another one’s Cloud PC busy before its wave, then those are skipped and told why', async () => {
    const { whole, take } = bot;
    const members = take(5);
    const [, vip, busy] = members as [FleetMember, FleetMember, FleetMember, ...FleetMember[]];
    const bulk = await asks(whole, members);
    whole.simulator.tenant.addMember(demoGroups.vip, vip.personId);
    whole.simulator.tenant.changeCloudPc(busy.cloudPcId, { status: 'resizing' });

    await approves(whole, bulk);
    const ended = await untilEnded(whole, bulk);

    assert.deepEqual([countsOn(ended).ready, countsOn(ended).skipped], [3, 2], wordsOn(ended));
    assert.deepEqual(posts(whole, members), [1, 0, 0, 1, 1]);
    await eventually(() => {
      for (const member of [vip, busy])
        assert.ok(chatOfWorker(whole, member).some((one) => /was not rebuilt/.test(wordsOn(one))));
    });
  });

  for (const [what, end] of [
    ['is declined', (bulk: Bulk) => declines(bot, bulk)],
    ['is cancelled by its requester before the start', ({ code }: Bulk) => bot.whole.says('adam', `cancel ${code}`)],
    ['expires', async () => {}],
  ] as const)
    it(`When it ${what}, then nothing starts, no owner hears of it, and each Cloud PC is free for another request`, async () => {
      const { whole, take } = bot;
      const members = take(3);
      const bulk = await asks(whole, members);
      await whole.says('adam', `bulk reprovision ${members.map(({ upn }) => upn).join(' ')}`);
      const taken = last(whole.messagesOf('adam'));
      assert.match(wordsOn(taken), new RegExp(`being rebuilt already \\(${bulk.code}\\)`));
      assert.ok(!has(taken, 'bulk.submit'));

      const approve = kept(cardIn(whole, bulk), 'request.approve');
      await end(bulk);

      const again = await eventually(async () => {
        await whole.says('adam', `bulk reprovision ${members.map(({ upn }) => upn).join(' ')}`);
        const preview = last(whole.messagesOf('adam'));
        assert.ok(has(preview, 'bulk.submit'), wordsOn(preview));
        return preview;
      }, 80_000);
      assert.match(wordsOn(again), /3 \| to rebuild/);
      await whole.presses('ivan', approve, 'request.approve', {}, { thread: bulk.id });
      await eventually(() => assert.ok(!has(cardIn(whole, bulk), 'request.approve')));
      assert.deepEqual(posts(whole, members), [0, 0, 0]);
      for (const member of members) assert.deepEqual(chatOfWorker(whole, member), []);
    });
});

async function declines({ whole }: BulkBot, bulk: Bulk): Promise<void> {
  const asked = answeredCard(await presses(whole, bulk, 'ivan', 'request.decline.ask'));
  await whole.presses('ivan', asked, 'request.decline', { declineReason: 'Not this week' }, { thread: bulk.id });
}

interface Mail {
  toRecipients: { emailAddress: { address: string } }[];
}

function mailedTo({ whole }: BulkBot): string[] {
  const mails = whole.simulator.tenant.mails.map(({ message }) => message as unknown as Mail);
  return mails.flatMap(({ toRecipients }) => toRecipients.map(({ emailAddress }) => emailAddress.address));
}

function adasCloudPc({ whole }: BulkBot): string {
  const found = whole.simulator.tenant.cloudPcs().find((pc) => pc.userPrincipalName === 'ada@contoso.com');
  assert.ok(found);
  return found.id;
}

/** A press that carries this request's id, whether the card has such a button or not. */
function ofTheRequest(card: Parameters<typeof kept>[0], verb: string): Card {
  const [any] = (kept(card, 'request.history').actions ?? []) as { data?: Record<string, unknown> }[];
  return { actions: [{ type: 'Action.Execute', title: verb, verb, data: { ...any?.data } }] };
}
