// From the preview of a bulk request to its start: the number that is typed, the form's fields, approvals, and what others took
// in between.
import assert from 'node:assert/strict';
import { hour, minute } from '../../src/domain/time.ts';
import { demoGroups, demoPeople } from '../../src/simulator/index.ts';
import { addFleet, type FleetMember } from '../campaigns/bulk/tenant.ts';
import { asks, countsOn, linesOf } from '../fakes/bulk-desk.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import { answeredCard, answeredText, type Card, eventually, findButton, wordsOn } from '../fakes/looking.ts';
import type { CastMember, TeamsAnswer } from '../fakes/teams.ts';
import { setChannel, startWholeBot, testPolicy, type WholeBot } from '../fakes/whole-bot.ts';

const patience = 240_000;
const upn = (at: number) => `worker${at}@contoso.com`;
const upns = (...all: number[]) => all.map(upn).join(', ');

const previewOf = (whole: WholeBot, ...all: number[]) => asks(whole, `bulk reprovision ${upns(...all)}`);

const sends = (whole: WholeBot, preview: ConnectorMessage | Card, inputs: Record<string, unknown> = {}) =>
  whole.presses('adam', preview, 'bulk.submit', { reason: 'New image', ...inputs });

const codeOn = (answer: TeamsAnswer) => /R-\d+/.exec(wordsOn(answeredCard(answer)))?.[0] ?? assert.fail('no code');

describe('Confirming a bulk request that two must approve', function () {
  this.timeout(patience);
  let whole: WholeBot;
  let fleet: FleetMember[];
  let ahead = 0;
  /** Each test has Cloud PCs of its own. */
  let next = 0;
  const some = (count: number) => Array.from({ length: count }, () => next++);

  before(async () => {
    whole = await startWholeBot({
      policy: {
        admin: { ...testPolicy.admin, single: 'direct' },
        approval: { ...testPolicy.approval, neededForBulk: 2 },
        limits: { ...testPolicy.limits, unknownAfterMs: hour },
      },
      buildMs: 300,
      clock: { now: () => Date.now() + ahead, monotonic: () => performance.now() },
    });
    fleet = addFleet(whole.simulator, 60, 0);
    // An approver who asks is no approver of their own request.
    whole.simulator.tenant.addMember(demoGroups.approvers, demoPeople.adam);
    await setChannel(whole);
    for (const who of ['adam', 'ivan', 'ines'] as const) await whole.says(who, 'language en');
  });
  after(async () => {
    await whole.stop();
  });

  const approvalOf = (code: string) =>
    eventually(() => {
      const card = whole.channelMessages().find((one) => wordsOn(one).includes(code));
      assert.ok(card, `${code} is not in the channel`);
      return card;
    });
  const approves = (who: CastMember, card: ConnectorMessage) =>
    whole.presses(who, card, 'request.approve', {}, { thread: card.id });

  it('When the number is not typed exactly as it is shown, then nothing is asked, and the form still waits', async () => {
    const preview = await previewOf(whole, ...some(5));

    for (const confirmCount of [
      '',
      ' ',
      '4',
      '50',
      '5.0',
      '5,0',
      '+5',
      '-5',
      '0x5',
      '5e0',
      '05',
      'five',
      '5 5',
      '٥',
      undefined,
    ]) {
      const answer = await sends(whole, preview, { confirmCount });
      assert.match(answeredText(answer), /type the number of Cloud PCs that will be wiped: 5\./, `"${confirmCount}"`);
    }
    assert.equal(wordsOn(await asks(whole, 'requests')).includes('R-'), false);
    const answer = await sends(whole, preview, { confirmCount: '  5 ' });
    assert.match(wordsOn(answeredCard(answer)), /R-\d+/);
  });

  it('When the number is that of another preview, then it does not count for this one', async () => {
    const three = await previewOf(whole, ...some(3));
    const two = await previewOf(whole, ...some(2));

    assert.match(answeredText(await sends(whole, three, { confirmCount: '2' })), /will be wiped: 3/);
    assert.match(answeredText(await sends(whole, two, { confirmCount: '3' })), /will be wiped: 2/);
  });

  it('When somebody else sends it, admin or not, then the form is not theirs', async () => {
    const preview = await previewOf(whole, ...some(1));
    whole.simulator.tenant.addMember(demoGroups.admins, demoPeople.ines);
    try {
      for (const who of ['ines', 'ada'] as const) {
        const sent = await whole.presses(who, preview, 'bulk.submit', { reason: 'x', confirmCount: '1' });
        assert.doesNotMatch(JSON.stringify(sent.body), /R-\d+/);
        assert.equal(sent.body.type, 'application/vnd.microsoft.activity.message');
      }
    } finally {
      whole.simulator.tenant.removeMember(demoGroups.admins, demoPeople.ines);
    }
    assert.match(wordsOn(answeredCard(await sends(whole, preview, { confirmCount: '1' }))), /R-\d+/);
  });

  it('When Adam is no admin any more, then he cannot send what he previewed', async () => {
    const preview = await previewOf(whole, ...some(1));
    whole.simulator.tenant.removeMember(demoGroups.admins, demoPeople.adam);
    try {
      assert.match(answeredText(await sends(whole, preview, { confirmCount: '1' })), /Only administrators/);
    } finally {
      whole.simulator.tenant.addMember(demoGroups.admins, demoPeople.adam);
    }
  });

  it('When a field is wrong, then its sentence comes, and the number is not asked for twice', async () => {
    const preview = await previewOf(whole, ...some(2));
    const confirmCount = '2';

    for (const [inputs, why] of [
      [{ reason: '  ' }, /one sentence that says why/],
      [{ reason: 'x'.repeat(301) }, /at most 300 characters/],
      [{ mailText: 'y'.repeat(3001) }, /below 3,000 characters/],
      [{ osVersion: 'windows7' }, /no longer read that button/],
      [{ accountType: 'root' }, /no longer read that button/],
    ] as const) {
      assert.match(answeredText(await sends(whole, preview, { confirmCount, ...inputs })), why);
    }
    const sent = await sends(whole, preview, { confirmCount, mail: 'true', mailText: 'As announced' });
    assert.match(wordsOn(answeredCard(sent)), /R-\d+/);
  });

  it('When it is pressed twice, at once or later, then it is one request', async () => {
    const preview = await previewOf(whole, ...some(2));
    // As it stands on the screen, whatever has become of the card.
    const button = { actions: [findButton(preview, 'bulk.submit')] } as Card;

    const [one, two] = await Promise.all([
      sends(whole, button, { confirmCount: '2' }),
      sends(whole, button, { confirmCount: '2' }),
    ]);
    const three = await sends(whole, button, { confirmCount: 'anything' });

    assert.equal(codeOn(two), codeOn(one));
    assert.equal(codeOn(three), codeOn(one));
    const another = await sends(whole, await previewOf(whole, ...some(1)), { confirmCount: '1' });
    assert.equal(Number(codeOn(another).slice(2)), Number(codeOn(one).slice(2)) + 1, 'no code was used up in between');
  });

  it('When options are chosen, then the approvers read them, and with them no maintenance window counts', async () => {
    const chosen = { osVersion: 'windows11', accountType: 'administrator', maintenance: 'true' };
    const withOptions = codeOn(
      await sends(whole, await previewOf(whole, ...some(1)), { confirmCount: '1', ...chosen }),
    );
    const inWindow = { osVersion: 'none', accountType: 'none', maintenance: 'true' };
    const waits = codeOn(await sends(whole, await previewOf(whole, ...some(1)), { confirmCount: '1', ...inWindow }));

    const optionsCard = wordsOn(await approvalOf(withOptions));
    assert.match(optionsCard, /Windows 11 · Local administrator/);
    assert.doesNotMatch(optionsCard, /maintenance window/);
    assert.match(wordsOn(await approvalOf(waits)), /in the maintenance window/);
  });

  it('When two must approve, then one of them twice is one, the requester is none, and only the second starts it', async () => {
    const mine = some(3);
    const code = codeOn(await sends(whole, await previewOf(whole, ...mine), { confirmCount: '3' }));
    const card = await approvalOf(code);
    assert.match(wordsOn(card), /New image/);

    assert.match(answeredText(await approves('adam', card)), /Somebody else must decide/);
    assert.match(answeredText(await approves('ben', card)), /Only approvers|nur Genehmigende/);
    await approves('ivan', card);
    assert.match(wordsOn(answeredCard(await approves('ivan', card))), /R-\d+/);
    const started = () =>
      mine.filter((at) => whole.simulator.tenant.reprovisionPosts(fleet[at]?.cloudPcId).received > 0);
    assert.deepEqual(started(), []);
    const approved = await approves('ines', card);

    assert.match(wordsOn(answeredCard(approved)), /Approved|running|begins|trial|Wave/i);
    await eventually(() => assert.deepEqual(started(), mine), 60_000);
    const shown = await asks(whole, `status ${code}`);
    const history = answeredCard(await whole.presses('adam', shown, 'request.history'));
    assert.match(wordsOn(history), /Wave 1 began: 1 Cloud PC .*Wave 1 ended .*Wave 2 began: 2 Cloud PCs/);
    for (const at of mine) assert.equal(whole.simulator.tenant.reprovisionPosts(fleet[at]?.cloudPcId).applied, 1);
  });

  it('When a single request takes one of them between preview and confirmation, then the rest is asked for, and it is said', async () => {
    const mine = some(3);
    const [, taken = 0] = mine;
    whole.simulator.tenant.nextBuild(fleet[taken]?.cloudPcId ?? '', { outcome: 'never' });
    const preview = await previewOf(whole, ...mine);
    assert.equal(countsOn(preview).toRebuild, 3);
    const single = await takeAlone(taken);

    const sent = await sends(whole, preview, { confirmCount: '3' });

    const code = codeOn(sent);
    assert.match(wordsOn(await approvalOf(code)), /2 Cloud PCs/);
    assert.match(wordsOn(await approvalOf(code)), /One other Cloud PC is left out/);
    const shown = await asks(whole, `status ${code}`);
    const left = await linesOf(whole, shown, 'leftOut');
    assert.deepEqual(
      left.map(({ stand }) => stand),
      [`left out · It is being rebuilt already (${single}).`],
    );
    const history = answeredCard(await whole.presses('adam', shown, 'request.history'));
    assert.match(wordsOn(history), /Left out, since another request has them by now: 1 Cloud PC/);
  });

  it('When all of them were taken meanwhile, then nothing is asked', async () => {
    const [only = 0] = some(1);
    whole.simulator.tenant.nextBuild(fleet[only]?.cloudPcId ?? '', { outcome: 'never' });
    const preview = await previewOf(whole, only);
    await takeAlone(only);

    assert.match(answeredText(await sends(whole, preview, { confirmCount: '1' })), /None of these Cloud PCs/);
  });

  it('When a second bulk request is over the same Cloud PCs, then those are refused, before and after its preview', async () => {
    const mine = some(4);
    const early = await previewOf(whole, ...mine);
    const code = codeOn(await sends(whole, await previewOf(whole, ...mine.slice(0, 3)), { confirmCount: '3' }));

    const late = await previewOf(whole, ...mine);
    assert.deepEqual(countsOn(late), { found: 4, toRebuild: 1, leftOut: 3, notFound: 0 });
    for (const { stand } of await linesOf(whole, late, 'leftOut')) {
      assert.equal(stand, `left out · It is being rebuilt already (${code}).`);
    }
    const second = codeOn(await sends(whole, early, { confirmCount: '4' }));
    assert.notEqual(second, code);
    assert.match(wordsOn(await approvalOf(second)), /3 other Cloud PCs are left out/);
  });

  it('When an hour has passed, then the form is no longer open', async () => {
    const preview = await previewOf(whole, ...some(1));
    ahead += hour + minute;

    const sent = await sends(whole, preview, { confirmCount: '1' });

    assert.match(answeredText(sent), /no longer open, and nothing was asked/);
  });

  /** Adam asks for this one alone, which starts at once. Gives the code. */
  async function takeAlone(at: number): Promise<string> {
    const form = await asks(whole, `reprovision ${upn(at)}`);
    const inputs = { reason: 'Broken', saved: 'true', osVersion: 'windows11', accountType: 'standardUser' };
    return codeOn(await whole.presses('adam', form, 'request.submit', inputs));
  }
});

describe('Confirming a bulk request that starts at once', function () {
  this.timeout(patience);
  let whole: WholeBot;
  let fleet: FleetMember[];

  before(async () => {
    whole = await startWholeBot({
      policy: {
        admin: { ...testPolicy.admin, bulk: 'direct', osVersions: [], accountTypes: [] },
        mail: { ...testPolicy.mail, customText: false },
      },
      config: { bulk: 'each' },
      buildMs: 300,
    });
    fleet = addFleet(whole.simulator, 8, 0);
    await whole.says('adam', 'language en');
  });
  after(async () => {
    await whole.stop();
  });

  it('When nothing can be chosen, then nothing is asked for, and what is sent all the same is refused or has no effect', async () => {
    const preview = await previewOf(whole, 0, 1);

    const words = wordsOn(preview);
    assert.match(words, /starts when you press the button/);
    assert.doesNotMatch(words, /maintenance|Windows version|Account type|Your words in that mail/);
    assert.match(findButton(preview, 'bulk.submit').title, /Wipe and rebuild 2/);
    const confirmCount = '2';
    assert.match(answeredText(await sends(whole, preview, { confirmCount, osVersion: 'windows11' })), /not offered/);
    assert.match(answeredText(await sends(whole, preview, { confirmCount, mailText: 'Hi' })), /does not use own words/);
  });

  it('When it is confirmed, then it starts without an approval and each Cloud PC is wiped once', async () => {
    const preview = await previewOf(whole, 0, 1);

    const sent = await sends(whole, preview, { confirmCount: '2', maintenance: 'true' });

    assert.match(codeOn(sent), /R-1001/);
    assert.doesNotMatch(wordsOn(answeredCard(sent)), /maintenance/);
    const { tenant } = whole.simulator;
    await eventually(() => {
      for (const at of [0, 1]) assert.equal(tenant.reprovisionPosts(fleet[at]?.cloudPcId).applied, 1);
    }, 60_000);
    assert.equal(tenant.reprovisionPosts().received, 2);
    assert.equal(tenant.bulkActions.length, 0);
  });
});
