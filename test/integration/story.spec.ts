// The main job from end to end, as people live it: ask, approve, run once, follow, tell.
import assert from 'node:assert/strict';
import { demoCloudPcs, demoPeople } from '../../src/simulator/index.ts';
import { answeredCard, answeredText, cardOf, eventually, findButton, last, wordsOn } from '../fakes/looking.ts';
import { chatOf, personOf } from '../fakes/teams.ts';
import { adaSubmits, setChannel, startWholeBot, type WholeBot } from '../fakes/whole-bot.ts';

describe('the story of one Cloud PC', function () {
  this.timeout(30_000);
  let whole: WholeBot;

  beforeEach(async () => {
    whole = await startWholeBot();
  });
  afterEach(async () => {
    await whole.stop();
  });

  it('When Ada asks and Ivan approves, then it is reprovisioned exactly once and everybody is told', async () => {
    await setChannel(whole);
    await whole.says('ada', 'hello');
    whole.simulator.requests.length = 0;

    await whole.says('ada', 'reprovision my Cloud PC');
    const form = last(whole.messagesOf('ada'));
    assert.match(wordsOn(form), /CPC-ada-7F3KQ/);
    assert.match(wordsOn(form), /Alles darauf wird gelöscht|gelöscht/);

    const submitted = await whole.presses('ada', form, 'request.submit', {
      reason: 'Apps no longer start',
      saved: 'true',
      mail: 'true',
    });
    assert.match(wordsOn(answeredCard(submitted)), /R-1001/);

    const approval = await eventually(() => {
      const found = whole.channelMessages().find((one) => wordsOn(one).includes('Reprovision for Ada Arendt?'));
      assert.ok(found);
      return found;
    });
    assert.match(wordsOn(approval), /Apps no longer start/);
    const approved = await whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
    assert.match(wordsOn(answeredCard(approved)), /Approved by Ivan Ilić|Being checked|Starting|Being rebuilt/);

    await eventually(() => assert.equal(whole.simulator.tenant.reprovisionPosts(demoCloudPcs.ada).applied, 1));
    const toThePost = whole.simulator.requests.findIndex((request) => request.path.endsWith('/reprovision'));
    assert.equal(toThePost + 1, 6, 'a newcomer whose UPN is not known costs one more than five');

    const notice = await eventually(() => {
      const found = whole.messagesOf('ada').find((one) => /ist bereit/.test(wordsOn(one)));
      assert.ok(
        found,
        whole
          .messagesOf('ada')
          .map((one) => wordsOn(one))
          .join('\n'),
      );
      return found;
    });
    assert.match(wordsOn(notice), /CPC-ada-9X2LM/);
    await eventually(() => {
      assert.match(wordsOn(whole.messagesOf('ada').find((one) => one.id === form.id)), /Bereit/);
      const channelCard = cardOf(whole.channelMessages().find((one) => one.id === approval.id));
      assert.match(wordsOn(channelCard), /Ready/);
      assert.deepEqual(
        channelCard.actions?.map((action) => action.verb),
        ['request.history'],
      );
      assert.equal(whole.simulator.tenant.mails.length, 1);
    }, 12_000);
    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 1);
    assert.equal(
      whole.log.lines.filter((line) => line.level === 'error').length,
      0,
      JSON.stringify(whole.log.lines.filter((line) => line.level === 'error')),
    );
  });

  it('When Ada asks again later, then five Graph requests lead to the POST', async () => {
    await setChannel(whole);
    await whole.says('ada', 'my cloud pcs');
    whole.simulator.requests.length = 0;

    await adaSubmits(whole);
    const approval = await eventually(() =>
      last(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?'))),
    );
    await whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
    await eventually(() => assert.equal(whole.simulator.tenant.reprovisionPosts().applied, 1));

    const upToPost = whole.simulator.requests.findIndex((request) => request.path.endsWith('/reprovision')) + 1;
    assert.equal(
      upToPost,
      5,
      whole.simulator.requests
        .map((request) => `${request.method} ${request.path} ${request.parts?.map((part) => part.url).join(' ')}`)
        .join('\n'),
    );
  });

  it('When Ada herself or somebody who is no approver presses Approve, then they are told why not and nothing happens', async () => {
    await setChannel(whole);
    await adaSubmits(whole);
    const approval = await eventually(() =>
      last(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?'))),
    );

    const own = await whole.presses('ada', approval, 'request.approve', {}, { thread: approval.id });
    const others = await whole.presses('ben', approval, 'request.approve', {}, { thread: approval.id });

    assert.match(answeredText(own), /eigene|selbst/i);
    assert.match(answeredText(others), /genehmig/i);
    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 0);
  });

  it('When Ivan declines with a reason, then Ada reads it, the card has no buttons, and the Cloud PC is free again', async () => {
    await setChannel(whole);
    await adaSubmits(whole);
    const approval = await eventually(() =>
      last(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?'))),
    );

    const asked = await whole.presses('ivan', approval, 'request.decline.ask', {}, { thread: approval.id });
    const declined = await whole.presses(
      'ivan',
      answeredCard(asked),
      'request.decline',
      { declineReason: 'Please restart it first' },
      { thread: approval.id },
    );

    assert.match(wordsOn(answeredCard(declined)), /Please restart it first/);
    await eventually(() =>
      assert.ok(whole.messagesOf('ada').some((one) => wordsOn(one).includes('Please restart it first'))),
    );
    await eventually(
      () =>
        assert.doesNotMatch(
          JSON.stringify(cardOf(whole.channelMessages().find((one) => one.id === approval.id)).actions ?? []),
          /approve/,
        ),
      12_000,
    );
    await whole.says('ada', 'reprovision');
    assert.ok(findButton(last(whole.messagesOf('ada')), 'request.submit'));
  });

  it('When buttons are pressed twice or late, then the present card comes back and nothing runs twice', async () => {
    await setChannel(whole);
    await whole.says('ada', 'reprovision');
    const form = last(whole.messagesOf('ada'));
    const inputs = { reason: 'Slow', saved: 'true' };

    const [first, second] = await Promise.all([
      whole.presses('ada', form, 'request.submit', inputs),
      whole.presses('ada', form, 'request.submit', inputs),
    ]);
    assert.match(wordsOn(answeredCard(first)), /R-1001/);
    assert.match(wordsOn(answeredCard(second)), /R-1001/);
    const approval = await eventually(() =>
      last(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?'))),
    );
    await Promise.all([
      whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id }),
      whole.presses('ines', approval, 'request.approve', {}, { thread: approval.id }),
      whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id }),
    ]);
    await eventually(() => assert.match(wordsOn(last(whole.messagesOf('ada'))), /ist bereit/), 12_000);
    await whole.presses('ines', approval, 'request.approve', {}, { thread: approval.id });

    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 1);
  });

  it('When no channel is set, then Ada is told the truth, the admins are told, and it is posted once there is one', async () => {
    await whole.says('adam', 'help');
    const submitted = await adaSubmits(whole);

    assert.match(wordsOn(answeredCard(submitted)), /Kanal/);
    await eventually(() => assert.match(wordsOn(last(whole.messagesOf('adam'))), /R-1001/));
    await setChannel(whole);
    await eventually(() => assert.ok(whole.channelMessages().some((one) => wordsOn(one).includes('Ada Arendt?'))));
  });

  it('When Ada asks in a channel, then the card comes to her chat and one line stands in the channel', async () => {
    await whole.says('ada', 'hello');
    const before = whole.channelMessages().length;

    await whole.says('ada', 'reprovision my Cloud PC', { thread: '77' });

    assert.ok(findButton(last(whole.messagesOf('ada')), 'request.submit'));
    const lines = whole.channelMessages().slice(before);
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.content.attachments, undefined);
  });

  it('When Adam asks for Ben, who has two, then he chooses one, Ben gets a card of his own and is told', async () => {
    await setChannel(whole);
    await whole.says('ben', 'hello');
    await whole.says('adam', 'reprovision ben@contoso.com');
    const choose = last(whole.messagesOf('adam'));
    const chosen = await whole.presses('adam', choose, 'reprovision.choose', { cloudPc: demoCloudPcs.benDesign });
    const inputs = { reason: 'Agreed by phone', saved: 'true', osVersion: 'windows11', accountType: 'standardUser' };
    await whole.presses('adam', answeredCard(chosen), 'request.submit', inputs);
    const approval = await eventually(() =>
      last(whole.channelMessages().filter((one) => wordsOn(one).includes('Ben Bauer?'))),
    );
    await whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });

    await eventually(() => assert.ok(whole.messagesOf('ben').some((one) => /Adam Acker/.test(wordsOn(one)))));
    await eventually(() => assert.ok(whole.messagesOf('ben').some((one) => /ist bereit/.test(wordsOn(one)))), 12_000);
    const sent = whole.simulator.requests.find((request) => request.path.endsWith('/reprovision'));
    assert.deepEqual(sent?.body, { osVersion: 'windows11', userAccountType: 'standardUser' });
    assert.equal(whole.simulator.tenant.reprovisionPosts(demoCloudPcs.benDesign).applied, 1);
  });

  it('When a person chooses another language, then the answer to that is in it already, and so is all that follows', async () => {
    await whole.says('ada', 'language fr');
    assert.match(last(whole.messagesOf('ada')).content.text, /français/i);

    await whole.says('ada', 'reprovision');

    assert.match(wordsOn(last(whole.messagesOf('ada'))), /Reprovisionner votre Cloud PC|effac/i);
  });

  it('When somebody who is no admin asks for somebody else, then it is refused with the reason', async () => {
    await whole.says('ben', 'reprovision ada@contoso.com');

    const said = last(whole.messagesOf('ben')).content.text as string;
    assert.match(said, /IT|Admin/);
  });

  it('When the owner’s address passes to somebody else while a choice is open, then nothing of theirs is shown', async () => {
    await whole.says('ben', 'reprovision');
    const chooser = last(whole.messagesOf('ben'));
    whole.simulator.tenant.changePerson(demoPeople.ben, { userPrincipalName: 'ben.bauer@contoso.com' });

    const answer = await whole.presses('ben', chooser, 'reprovision.choose', { cloudPc: demoCloudPcs.benDesign });

    assert.match(answeredText(answer), /Cloud-PC finde ich nicht mehr/);
  });

  it('When another person’s button is pressed with a forged id, then nobody learns or changes anything', async () => {
    await setChannel(whole);
    const submitted = await adaSubmits(whole);
    const stolen = findButton(answeredCard(submitted), 'request.cancel');

    const answer = await whole.presses('ben', { actions: [stolen] }, 'request.cancel');

    assert.doesNotMatch(answeredText(answer), /Ada|CPC-ada/);
    await eventually(() => assert.ok(whole.channelMessages().some((one) => wordsOn(one).includes('Ada Arendt?'))));
  });

  it('When starts are paused, then an approved request waits, and goes on after the pause', async function () {
    this.timeout(60_000);
    await setChannel(whole);
    await whole.says('adam', 'pause all starts');
    await adaSubmits(whole);
    await whole.says('ivan', 'approve R-1001 fine with me');

    await eventually(
      () =>
        assert.match(
          wordsOn(whole.messagesOf('ada').find((one) => wordsOn(one).includes('R-1001'))),
          /angehalten|pausiert|Pause/i,
        ),
      12_000,
    );
    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 0);
    await whole.says('adam', 'resume starts');
    await eventually(() => assert.equal(whole.simulator.tenant.reprovisionPosts().applied, 1), 45_000);
  });

  it('When the answer to the POST is lost before it was applied, then nothing is sent again and an admin decides', async function () {
    this.timeout(60_000);
    await setChannel(whole);
    whole.simulator.faults.add({ match: { method: 'POST', path: /\/reprovision$/ }, times: 1, fault: 'reset' });
    await adaSubmits(whole);
    await whole.says('ivan', 'approve R-1001');

    const card = await eventually(() => {
      const found = whole.channelMessages().find((one) => wordsOn(one).includes('A person must decide'));
      assert.ok(found);
      return found;
    }, 15_000);
    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 1);
    const asked = await whole.presses('adam', card, 'request.resend.ask', {}, { thread: card.id });
    await whole.presses('adam', answeredCard(asked), 'request.resend', {}, { thread: card.id });
    const again = await whole.presses('adam', answeredCard(asked), 'request.resend', {}, { thread: card.id });
    assert.ok(answeredCard(again));

    await eventually(() => assert.ok(whole.messagesOf('ada').some((one) => /ist bereit/.test(wordsOn(one)))), 15_000);
    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 2);
    assert.equal(whole.simulator.tenant.reprovisionPosts().applied, 1);
  });

  it('When the answer to the POST is lost after it was applied, then it is followed as ours', async () => {
    await setChannel(whole);
    whole.simulator.faults.add({ match: { method: 'POST', path: /\/reprovision$/ }, times: 1, fault: 'resetAfter' });
    await adaSubmits(whole);
    await whole.says('ivan', 'approve R-1001');

    await eventually(() => assert.ok(whole.messagesOf('ada').some((one) => /ist bereit/.test(wordsOn(one)))), 12_000);
    assert.equal(whole.simulator.tenant.reprovisionPosts().received, 1);
  });

  it('When the build fails, then Ada and IT are told in plain words', async () => {
    await setChannel(whole);
    whole.simulator.tenant.nextBuild(demoCloudPcs.ada, {
      outcome: 'failed',
      statusDetail: {
        code: 'intuneEnrollFailed',
        message: 'We cannot complete MEM enrollment',
        additionalInformation: [],
      },
    });
    await adaSubmits(whole);
    await whole.says('ivan', 'approve R-1001');

    await eventually(() => assert.ok(whole.messagesOf('ada').some((one) => /Intune/.test(wordsOn(one)))), 12_000);
    assert.ok(personOf('ada').id && chatOf('ada'));
  });
});
