// Single sign-on: the person's own token proves whose Cloud PC it is and sends the wipe.
import assert from 'node:assert/strict';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import { answeredText, eventually, last, wordsOn } from '../fakes/looking.ts';
import {
  graphTokenOf,
  isSignInCard,
  peopleWhoSignIn,
  type SigningIn,
  startSigningIn,
  teamsUserId,
} from '../fakes/signing-in.ts';
import { personOf, tokenExchange, verifyState } from '../fakes/teams.ts';
import { ssoConnection } from '../fakes/token-service.ts';
import { adaSubmits, startWholeBot, testPolicy } from '../fakes/whole-bot.ts';

describe('single sign-on', function () {
  this.timeout(40_000);
  let at: SigningIn;

  afterEach(() => at.whole.stop());

  it('When Ada has not signed in, then she is asked to, and what she typed goes on once, however many clients say so', async () => {
    at = await startSigningIn();

    await at.whole.says('ada', 'reprovision my Cloud PC');

    const [card, ...more] = at.signInCards('ada');
    assert.deepEqual(more, []);
    assert.ok(card);
    const { text, connectionName, tokenExchangeResource, buttons } = card.content.attachments[0].content;
    assert.match(text, /anmelden|melden Sie sich/);
    assert.equal(connectionName, ssoConnection);
    assert.equal(tokenExchangeResource.id, 'exchange-resource');
    assert.match(buttons[0].value, /^https:\/\/token\.botframework\.com\//);
    assert.equal(at.forms().length, 0);

    const answers = await at.signsInByItself('ada', undefined, 3);

    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    await eventually(() => assert.equal(at.forms().length, 1));
    await at.signsInByItself('ada');
    assert.equal(at.forms().length, 1);
    assert.equal(at.signInCards('ada').length, 1);
  });

  it('When Ada asks in a channel, then the sign-in card stands in her chat, with one line in place', async () => {
    at = await startSigningIn();

    await at.whole.says('ada', 'reprovision my Cloud PC', { thread: '7' });

    assert.equal(at.signInCards('ada').length, 1);
    const inPlace = at.whole.connector.messages.filter(({ conversationId }) => conversationId.endsWith('messageid=7'));
    assert.equal(inPlace.length, 1);
    assert.ok(!inPlace.some(isSignInCard));
  });

  it('When all is well, then the wipe is sent once, to /me, by her own token and without a body; the rest by the application', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    await at.whole.says('ada', 'my cloud pcs');
    at.whole.simulator.requests.length = 0;

    await at.whole.says('ada', 'reprovision my Cloud PC');
    assert.match(wordsOn(last(at.forms())), /Das Löschen wird in Ihrem Namen gesendet/);
    await adaSubmits(at.whole);
    await at.ivanApproves();

    await at.adasCard(/ist bereit/);
    assert.deepEqual(at.postPaths(), [{ path: `/me/cloudPCs/${demoCloudPcs.ada}/reprovision`, body: undefined }]);
    assert.deepEqual(at.posts(), { received: 1, applied: 1 });
    const own = at.whole.simulator.requests.filter(({ path }) => path === '/me/cloudPCs');
    assert.equal(own.length, 4, 'twice when asking, at submit, and right before the wipe');
    assert.equal(at.signInCards('ada').length, 0);
  });

  it('When the other delegated form is set, then the path names whose token it must be', async () => {
    at = await startSigningIn({ form: 'users' });
    at.hasSignedIn('ada');

    await adaSubmits(at.whole);
    await at.ivanApproves();

    await eventually(() => assert.equal(at.posts().applied, 1));
    const path = `/users/${personOf('ada').id}/cloudPCs/${demoCloudPcs.ada}/reprovision`;
    assert.deepEqual(at.postPaths(), [{ path, body: undefined }]);
  });

  it('When an option is chosen, then the card has said so, and the application sends it', async () => {
    const selfService = { ...testPolicy.selfService, osVersions: ['windows10', 'windows11'] as const };
    at = await startSigningIn({ policy: { selfService } });
    at.hasSignedIn('ada');

    await at.whole.says('ada', 'reprovision my Cloud PC');
    assert.match(wordsOn(last(at.forms())), /im Namen dieser App/);
    await adaSubmits(at.whole, { osVersion: 'windows11' });
    await at.ivanApproves();

    await eventually(() => assert.equal(at.posts().applied, 1));
    const path = `/deviceManagement/virtualEndpoint/cloudPCs/${demoCloudPcs.ada}/reprovision`;
    assert.deepEqual(at.postPaths(), [{ path, body: { osVersion: 'windows11' } }]);
  });

  it('When an admin asks for somebody, then nobody has to sign in', async () => {
    at = await startSigningIn();

    await at.whole.says('adam', 'reprovision ada@contoso.com');

    assert.match(wordsOn(last(at.whole.messagesOf('adam'))), /CPC-ada-7F3KQ/);
    assert.deepEqual(at.whatWasAsked(), []);
  });

  it('When silent sign-in is refused, then the client is told so, and the window is another way', async () => {
    at = await startSigningIn();
    await at.whole.says('ada', 'reprovision my Cloud PC');
    const value = { id: 'x', connectionName: ssoConnection, token: 'without-consent' };

    const refused = await at.whole.post(tokenExchange('ada', value));
    const foreign = await at.whole.post(tokenExchange('ada', { ...value, connectionName: 'another' }));
    const closed = await at.whole.post(verifyState('ada', 'CancelledByUser'));
    const wrong = await at.whole.post(verifyState('ada', '999999'));
    at.whole.tokenService.codes.set('123456', graphTokenOf('ada'));
    const right = await at.whole.post(verifyState('ada', '123456'));

    assert.deepEqual(
      [refused, foreign, closed, wrong, right].map(({ status }) => status),
      [412, 412, 404, 404, 200],
    );
    assert.equal(refused.body.id, 'x');
    await eventually(() => assert.equal(at.forms().length, 1));
  });

  for (const [whose, token] of [
    ['of another person', graphTokenOf('ben')],
    ['of another tenant', graphTokenOf('ada', '99999999-9999-4999-8999-999999999999')],
    ['that does not say whose it is', 'opaque'],
  ] as const) {
    it(`When the token is one ${whose}, then it is forgotten and never used`, async () => {
      at = await startSigningIn();
      await at.whole.says('ada', 'reprovision my Cloud PC');

      const exchanged = await at.signsInByItself('ada', token, 1);
      at.whole.tokenService.codes.set('123456', token);
      const inWindow = await at.whole.post(verifyState('ada', '123456'));
      at.whole.tokenService.tokens.set(teamsUserId('ada'), token);
      await at.whole.says('ada', 'reprovision my Cloud PC');

      assert.deepEqual([exchanged[0]?.status, inWindow.status], [412, 200]);
      await eventually(() => assert.ok(at.whole.messagesOf('ada').some((one) => /anderen Konto/.test(wordsOn(one)))));
      assert.equal(at.whatWasAsked().filter((what) => what === 'SignOut').length, 3);
      assert.equal(at.whole.tokenService.tokens.size, 0);
      assert.equal(at.forms().length, 0);
      assert.ok(at.whole.simulator.requests.every(({ path }) => !path.startsWith('/me')));
    });
  }

  it('When Graph does not list it as hers, then it is not offered, whatever the names say', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    at.whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 200, body: { value: [] } } });

    await at.whole.says('ada', 'reprovision my Cloud PC');

    assert.match(wordsOn(last(at.whole.messagesOf('ada'))), /keinen Cloud-PC/);
    assert.equal(at.forms().length, 0);
  });

  it('When Graph does not take her token, then she signs in again, and once more is not asked in a circle', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    at.whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 401 } });

    await at.whole.says('ada', 'reprovision my Cloud PC');
    assert.equal(at.signInCards('ada').length, 1);
    assert.equal(at.whole.tokenService.tokens.size, 0, 'it is forgotten');
    await at.signsInByItself('ada');

    await eventually(() => assert.match(wordsOn(last(at.whole.messagesOf('ada'))), /obwohl sie neu ist/));
    assert.equal(at.signInCards('ada').length, 1);
  });

  it('When her consent is too small, then she is told what IT must mend', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    at.whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 403 } });

    await at.whole.says('ada', 'reprovision my Cloud PC');

    assert.match(wordsOn(last(at.whole.messagesOf('ada'))), /delegierte Berechtigung CloudPC\.ReadWrite\.All/);
  });

  for (const mood of ['broken', 'hanging'] as const) {
    it(`When the token service is ${mood}, then "one moment" comes in time, and later the truth`, async () => {
      at = await startSigningIn();
      at.whole.tokenService.mood = mood;

      const before = Date.now();
      await at.whole.says('ada', 'reprovision my Cloud PC');

      assert.ok(Date.now() - before < 4000);
      await eventually(
        () => assert.match(wordsOn(last(at.whole.messagesOf('ada'))), /Anmeldedienst von Microsoft antwortet nicht/),
        20_000,
      );
      assert.equal(at.forms().length, 0);
    });
  }

  it('When what a client says of a sign-in cannot be read, then it is told that there is none', async () => {
    at = await startSigningIn();
    const value = {} as Parameters<typeof tokenExchange>[1];

    const answers = [await at.whole.post(tokenExchange('ada', value)), await at.whole.post(verifyState('ada', ''))];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404],
    );
  });

  it('When single sign-on is not set up, then a sign-in means nothing to the bot', async () => {
    const whole = await startWholeBot();
    at = { whole, ...peopleWhoSignIn(whole) };

    const [exchanged] = await at.signsInByItself('ada', undefined, 1);

    assert.equal(exchanged?.status, 404);
    assert.deepEqual(at.whatWasAsked(), []);
  });

  it('When people sign in, then no token stands in the log', async () => {
    at = await startSigningIn();
    await at.whole.says('ada', 'reprovision my Cloud PC');
    await at.signsInByItself('ada');
    await eventually(() => assert.equal(at.forms().length, 1));
    at.whole.tokenService.mood = 'broken';
    await at.signsInByItself('ada');

    const logged = JSON.stringify(at.whole.log.lines);
    for (const secret of [graphTokenOf('ada'), 'client-token-of-ada', 'eyJ'])
      assert.ok(!logged.includes(secret), secret);
  });

  it('When a button needs her sign-in, then the press is answered with where it is, and goes on after it', async () => {
    at = await startSigningIn();
    await at.whole.says('ada', 'help');
    const help = last(at.whole.messagesOf('ada'));

    const pressed = await at.whole.presses('ada', help, 'reprovision.start');

    assert.match(answeredText(pressed), /in unserem Chat/);
    assert.equal(at.signInCards('ada').length, 1);
    await at.signsInByItself('ada');
    await eventually(() => assert.equal(at.forms().length, 1));
  });
});
